// Understands what was copied in the sandbox: a line to connect with, or a password with its login.

/** {host, port, database, user}, or {user, password}, or null where it is neither. */
export function understand({ text, modal, beside }) {
  const line = text.trim();
  const inQuotes = /^psql\s+"([^"]*)"$/.exec(line);
  if (inQuotes) return fromPairs(inQuotes[1]);
  if (/^postgres(ql)?:\/\//.test(line)) return fromUrl(line);
  return modal === true ? fromCredentials(line, String(beside)) : null;
}

/** A password stands alone, in a window that names its login: nothing else is taken for one. */
function fromCredentials(password, beside) {
  const login = /\bUser\s+(jit_[a-z0-9_]{1,59})(?![a-z0-9_])/.exec(beside);
  return login && /^\S{8,200}$/.test(password) ? { user: login[1], password } : null;
}

function fromPairs(text) {
  const pairs = Object.fromEntries([...text.matchAll(/(\w+)\s*=\s*('(?:[^'\\]|\\.)*'|\S+)/g)].map((m) => [m[1], m[2]]));
  return pairs.dbname ? { host: pairs.host, port: pairs.port ?? "5432", database: pairs.dbname, user: pairs.user } : null;
}

function fromUrl(line) {
  try {
    // Browsers parse only the schemes they know into parts.
    const url = new URL(line.replace(/^postgres(ql)?:/, "http:"));
    return {
      host: url.hostname,
      port: url.port || "5432",
      database: decodeURIComponent(url.pathname.slice(1)),
      user: decodeURIComponent(url.username),
    };
  } catch {
    return null;
  }
}
