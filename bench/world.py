"""A workspace as large as a benchmark needs."""

from pathlib import Path

from tests.acceptance.stack import HERE


def write_world(path: Path, engineers: int) -> list[str]:
    """The acceptance tests' workspace with so many engineers more; their Slack ids."""
    text = (HERE / "world.toml").read_text()
    more = [f"U0E{number:05}" for number in range(engineers)]
    quoted = "".join(f'"{slack_id}", ' for slack_id in more)
    for members in (
        'users = ["U0MAYA", "W0MAYA", "U0TOM"',
        'members = ["U0MAYA", "W0MAYA", "U0TOM", "U0PRIYA"',
    ):
        if members not in text:
            raise ValueError(f"the tests' workspace has changed: no {members}")
        text = text.replace(members, members.replace('["U0MAYA"', f'[{quoted}"U0MAYA"'))
    users = "".join(
        f'\n[[users]]\nid = "{slack_id}"\nname = "{slack_id.lower()}"\nreal_name = "Eng {slack_id[3:]}"\n'
        for slack_id in more
    )
    path.write_text(text.replace("\n[[user_groups]]", f"{users}\n[[user_groups]]", 1))
    return more


def with_logins(configuration: str, engineers: list[str]) -> str:
    """The configuration with a personal login for each of them."""
    entries = "".join(f'{e.lower()} = {{ slack = ["{e}"], login = "{e.lower()}" }}\n' for e in engineers)
    if "[people]\n" not in configuration:
        raise ValueError("the tests' configuration has changed: no [people]")
    return configuration.replace("[people]\n", f"[people]\n{entries}")
