// Understands what was copied in the sandbox: a line to connect with, a login, or a password.

/** {host, port, database, user} or {user} or {password}; null where it is none of them. */
export function understand(text) {
  const line = text.trim();
  const inQuotes = /^psql\s+"([^"]*)"$/.exec(line);
  if (inQuotes) return fromPairs(inQuotes[1]);
  if (/^postgres(ql)?:\/\//.test(line)) return fromUrl(line);
  if (/^jit_[a-z0-9_]{1,50}$/.test(line)) return { user: line };
  if (/^[^\s/:"'`]{12,128}$/.test(line)) return { password: line };
  return null;
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
