"""Blocks of PL/pgSQL in the SQL that is printed for people to run."""

from itertools import count

from dbaccess.targets.postgresql.quoting import text


def block(body: str) -> str:
    """Return a DO block; no name in the body can end its quotes."""
    tag = next(tag for number in count() if (tag := f"$dbaccess{number or ''}$") not in body)
    return f"do {tag}\n{body.rstrip()}\n{tag};\n"


def attempts(*each: str) -> str:
    """Return one block that makes each attempt: an attempt that fails leaves the others in force."""
    return block(f"begin\n{''.join(each)}end\n")


def attempt(statement: str, *, lost: str, check: str = "", instead: str = "") -> str:
    """Return the part of a block that runs a statement, or says in a notice what is lost without it.

    `check` is a condition that holds afterwards: PostgreSQL only warns about some refused grants. `instead`
    is a second statement, for servers on which the first is refused.
    """
    refused = f"raise notice 'left out: %. %', sqlerrm, {text(lost)};"
    if instead:
        refused = f"begin\n      {instead};\n    exception when others then\n      {refused}\n    end;"
    unmet = f"\n    if not ({check}) then\n      raise 'it has no effect';\n    end if;" if check else ""
    return f"  begin\n    {statement};{unmet}\n  exception when others then\n    {refused}\n  end;\n"
