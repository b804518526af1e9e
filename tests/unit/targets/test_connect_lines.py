"""The line that a holder copies to connect to PostgreSQL."""

import pytest

from dbaccess.targets.postgresql.connect_lines import connect_lines


@pytest.mark.parametrize(
    ("connect", "login", "lines"),
    [
        (
            "host=db1 port=5432 dbname=orders",
            "jit_acme_maya_7f3a",
            (
                'psql "host=db1 port=5432 dbname=orders user=jit_acme_maya_7f3a"',
                "postgresql://jit_acme_maya_7f3a@db1:5432/orders",
            ),
        ),
        (
            "postgresql://db1/orders?sslmode=require",
            "maya@example",
            (
                'psql "postgresql://maya%40example@db1/orders?sslmode=require"',
                "postgresql://maya%40example@db1/orders?sslmode=require",
            ),
        ),
        (
            "host=db1 dbname='a $(id) b' sslmode=require",
            "maya",
            (
                "psql \"host=db1 dbname='a \\$(id) b' sslmode=require user=maya\"",
                "postgresql://maya@db1/a%20%24%28id%29%20b?sslmode=require",
            ),
        ),
    ],
)
def test_lines_name_the_login_and_nothing_that_a_shell_runs(
    connect: str, login: str, lines: tuple[str, ...]
) -> None:
    assert connect_lines(connect, login) == lines
