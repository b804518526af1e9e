"""Names and texts in SQL that is printed for people to run."""


def identifier(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def text(value: str) -> str:
    """With the escapes that hold whatever `standard_conforming_strings` says."""
    quoted = "'" + value.replace("'", "''") + "'"
    return f"E{quoted.replace(chr(92), chr(92) * 2)}" if "\\" in value else quoted


def comment(value: str) -> str:
    """A name may hold a line's end, and what follows it must stay a comment."""
    return "".join(c if c.isprintable() else "?" for c in value)
