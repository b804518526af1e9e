"""How to connect: two lines to copy, never with a password."""

import re
from urllib.parse import quote, urlencode, urlsplit, urlunsplit

_PAIR = re.compile(r"(\w+)\s*=\s*('(?:[^'\\]|\\.)*'|\S+)")


def connect_lines(connect: str, login: str) -> tuple[str, ...]:
    """A line for psql, and a URL for other clients."""
    return _psql_line(connect, login), _url_line(connect, login)


def _psql_line(connect: str, login: str) -> str:
    """`psql "host=db1 … user=jit_…"`; what a shell would read inside the quotes is escaped."""
    if "://" in connect:
        return f'psql "{_shell(_url_line(connect, login))}"'
    return f'psql "{_shell(f"{connect.strip()} user={login}")}"'


def _url_line(connect: str, login: str) -> str:
    """`postgresql://jit_…@db1:5432/orders`, made of a conninfo line or of a URL without a user."""
    if "://" in connect:
        parts = urlsplit(connect)
        place = parts.netloc.rpartition("@")[2]
        return urlunsplit(parts._replace(netloc=f"{quote(login, safe='')}@{place}"))
    pairs = {key: _unquoted(value) for key, value in _PAIR.findall(connect)}
    host, port, database = (pairs.pop(key, "") for key in ("host", "port", "dbname"))
    pairs.pop("user", None)
    place = quote(host, safe=".:[]-") + (f":{quote(port, safe='')}" if port else "")
    query = f"?{urlencode(pairs, quote_via=quote)}" if pairs else ""
    return f"postgresql://{quote(login, safe='')}@{place}/{quote(database, safe='')}{query}"


def _unquoted(value: str) -> str:
    return re.sub(r"\\(.)", r"\1", value[1:-1]) if value.startswith("'") else value


def _shell(text: str) -> str:
    return re.sub(r'([\\"$`])', r"\\\1", text)
