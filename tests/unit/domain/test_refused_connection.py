"""A refusal is told in words of our own: whatever libpq or a server says, no secret gets through."""

import pytest

from dbaccess.domain.refused_connection import Place, postgresql_refusal

PARTS = {"host": "db1", "port": "5433", "user": "dbaccess_worker", "dbname": "orders"}
AT = Place.of(PARTS, secrets=["hunter2"])


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ('FATAL:  password authentication failed for user "x"', "refuses the password of dbaccess_worker"),
        ('FATAL:  database "hunter2" does not exist', "has no database orders"),
        ('FATAL:  role "hunter2" does not exist', "has no role dbaccess_worker"),
        ("fe_sendauth: no password supplied", "wants a password of dbaccess_worker"),
        (
            'FATAL: no pg_hba.conf entry for host "::1", user "x", database "y", no encryption',
            "only with TLS",
        ),
        ('FATAL: no pg_hba.conf entry for host "::1", SSL encryption', "does not let dbaccess_worker from"),
        ("server does not support SSL, but SSL was required", "does not use TLS"),
        ("SSL error: certificate verify failed", "not signed by an authority in sslrootcert"),
        ('server certificate for "a" does not match host name "b"', "certificate of db1:5433 is for another"),
        ('root certificate file "/hunter2" does not exist', "the file in sslrootcert for db1:5433"),
        ("[Errno -2] Name or service not known", "the host name db1 cannot be resolved"),
        ("connection to server failed: Connection refused", "no server listens at db1:5433"),
        ("connection timeout expired", "db1:5433 does not answer"),
        ("FATAL: sorry, too many clients already", "has no connection to spare"),
        ('FATAL: too many connections for role "x"', "has no connection to spare"),
        ("FATAL: the database system is starting up", "is starting or stopping"),
        ('FATAL: permission denied for database "orders"', "does not let dbaccess_worker connect"),
        ('FATAL: unsupported startup parameter in options: "x"', "is a pooler"),
        ('invalid sslmode value: "hunter2"', "has a parameter that libpq does not take"),
        ("FATAL:  terminating connection due to transaction timeout", "by its transaction_timeout"),
        (
            'FATAL:  could not access file "hunter2": No such file or directory',
            "cannot load a library that dbaccess_worker is to have in orders",
        ),
        ("FATAL: hunter2 is your password, is it not", "takes no connection"),
        ("FEHLER: Passwort-Authentifizierung für hunter2 fehlgeschlagen", "takes no connection"),
    ],
)
def test_refusal_is_named_without_the_servers_words(text: str, what: str) -> None:
    said = str(postgresql_refusal(text, AT))
    assert what in said
    assert "hunter2" not in said
    assert len(said.splitlines()) == 1


def test_part_of_an_address_that_shows_its_password_is_left_out() -> None:
    for name in PARTS:
        place = Place.of(PARTS | {name: "xhunter2x"}, secrets=["hunter2"])
        for text in ("password authentication failed", "database does not exist", "not known"):
            assert "hunter2" not in str(postgresql_refusal(text, place))


def test_part_of_an_address_cannot_move_the_cursor() -> None:
    place = Place.of(PARTS | {"user": "x\x1b[2J\n"}, secrets=[])
    assert place.user == "x[2J"
