"""Quoting of names and texts in SQL that is printed for people to run."""


def identifier(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def text(value: str) -> str:
    """Quote with escapes that hold for any `standard_conforming_strings`."""
    quoted = "'" + value.replace("'", "''") + "'"
    return f"E{quoted.replace(chr(92), chr(92) * 2)}" if "\\" in value else quoted


def comment(value: str) -> str:
    """Return a comment; a name may hold a line end, and the rest of it must stay a comment."""
    return "".join(c if c.isprintable() else "?" for c in value)
