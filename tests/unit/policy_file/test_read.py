"""A file that is right becomes the policy it says."""

import json
from datetime import timedelta
from pathlib import Path

import pytest

from dbaccess.domain.canonical import canonical_bytes
from dbaccess.domain.people import PersonId, SlackId
from dbaccess.domain.policy import Access, Capture, CaptureMode, CaptureSource, LoginKind, Slot
from dbaccess.domain.policy_content import hash_of, policy_content, policy_of
from dbaccess.policy_file import PolicyFileError, load_policy, parse_policy
from tests.unit.policy_file.example import EXAMPLE, changed

ROOT = Path(__file__).parents[3]


def test_owner_of_a_group_is_another_group_and_part_of_the_version() -> None:
    owned = changed('["S0ENGINEERS"]', '{ members = ["S0ENGINEERS"], owner = "dba" }')
    policy = parse_policy(owned)
    assert policy.owners == {"engineers": "dba"}
    assert policy_of(policy_content(policy), policy.hash) == policy
    assert policy.hash != parse_policy(EXAMPLE).hash
    assert parse_policy(EXAMPLE).owners == {}


def test_policy_has_the_content_of_the_file() -> None:
    policy = parse_policy(EXAMPLE)
    assert policy.installation == "acme"
    assert policy.ops_channel == "C0OPS"
    assert policy.groups["dba"] == ("S0DBA",)
    assert policy.person_id(SlackId("W0ALICE")) == PersonId("alice") == policy.person_id(SlackId("U0ALICE"))
    assert policy.logins == {"alice": "alice", "bilal": "bilal"}
    target = policy.target("orders-prod")
    assert (target.cluster, target.database, target.env) == ("main", "orders", "prod")
    assert target.login is LoginKind.EPHEMERAL
    role = policy.role("orders-prod", "migrate")
    assert (role.access, role.grants, role.act_as) == (Access.DDL, ("orders_owner",), "orders_owner")


def test_a_rule_has_its_conditions_and_safe_defaults() -> None:
    read, ddl = parse_policy(EXAMPLE).rules
    assert (read.env, read.targets, read.access) == (
        frozenset({"prod"}),
        frozenset(),
        frozenset({Access.READ}),
    )
    assert (read.longest, read.decide_within) == (timedelta(hours=4), timedelta(hours=1))
    assert (read.guests, read.ticket, read.min_reason) == (False, None, 10)
    assert (ddl.targets, ddl.decide_within) == (frozenset({"orders-prod"}), timedelta(minutes=30))
    assert (ddl.approvals, ddl.ticket, ddl.min_reason) == ((Slot(group="dba", count=1),), "[A-Z]+-[0-9]+", 20)


def test_capture_and_retention_are_read_and_absent_by_default() -> None:
    plain = parse_policy(EXAMPLE)
    assert (plain.clusters["main"].capture, plain.target("orders-prod").retention) == (None, None)
    assert [(rule.capture, rule.require_capture) for rule in plain.rules] == [(CaptureMode.FULL, False)] * 2
    text = changed(
        'driver = "postgresql"', 'driver = "postgresql"\ncapture = { source = "csvlog", over = "/logs/main" }'
    )
    text = text.replace('env = "prod"\nch', 'env = "prod"\nretention = "90d"\nch')
    text = text.replace("min_reason = 20", 'capture = "shape"\nrequire_capture = true')
    policy = parse_policy(text)
    assert policy.clusters["main"].capture == Capture(source=CaptureSource.CSVLOG, over="/logs/main")
    assert policy.target("orders-prod").retention == timedelta(days=90)
    assert [(rule.capture, rule.require_capture) for rule in policy.rules] == [
        (CaptureMode.FULL, False),
        (CaptureMode.SHAPE, True),
    ]
    assert policy_of(json.loads(canonical_bytes(policy_content(policy))), policy.hash) == policy


def test_a_log_that_is_imported_has_no_place_of_its_own() -> None:
    text = changed('driver = "postgresql"', 'driver = "postgresql"\ncapture = { source = "import" }')
    capture = parse_policy(text).clusters["main"].capture
    assert capture == Capture(source=None)
    assert (capture.is_imported, capture.is_over_sql, capture.directory) == (True, False, None)
    policy = parse_policy(text)
    assert policy_of(json.loads(canonical_bytes(policy_content(policy))), policy.hash) == policy


def test_idle_time_is_read_and_absent_by_default() -> None:
    assert {(rule.idle_after, rule.idle_end) for rule in parse_policy(EXAMPLE).rules} == {(None, False)}
    policy = parse_policy(changed("min_reason = 20", 'idle_after = "5m"\nidle_end = true'))
    assert (policy.rules[1].idle_after, policy.rules[1].idle_end) == (timedelta(minutes=5), True)
    assert policy_of(json.loads(canonical_bytes(policy_content(policy))), policy.hash) == policy


@pytest.mark.parametrize(
    ("over", "directory"), [("sql", None), ("/var/log/postgresql", "/var/log/postgresql")]
)
def test_a_log_is_read_over_sql_or_in_a_directory(over: str, directory: str | None) -> None:
    assert Capture(source=CaptureSource.JSONLOG, over=over).directory == directory


def test_the_hash_names_the_content_and_not_the_layout() -> None:
    policy = parse_policy(EXAMPLE)
    assert parse_policy("# a remark\n" + EXAMPLE.replace(" = ", "=")).hash == policy.hash == hash_of(policy)
    assert len(policy.hash) == 64


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('"acme"', '"acme2"'),
        ('["S0DBA"]', '["S0DBA", "U0EVE"]'),
        ('"C0APPROVALS"', '"C0OTHER"'),
        ('"orders_read"', '"orders_admin"'),
        ("read every table", "read nothing"),
        ('max = "4h"', 'max = "5h"'),
        ("count = 1", "count = 2"),
        ("guests = false", "guests = true"),
        ('login = "alice"', 'login = "alicia"'),
        ('"W0ALICE"', '"W0EVE"'),
        ("min_reason = 20", 'min_reason = 20\ncapture = "shape"'),
        ("min_reason = 20", "min_reason = 20\nrequire_capture = true"),
        ("min_reason = 20", 'min_reason = 20\nidle_after = "30m"'),
        ('env = "prod"', 'env = "prod"\nretention = "90d"'),
        (
            'driver = "postgresql"',
            'driver = "postgresql"\ncapture = { source = "jsonlog", over = "sql" }',
        ),
    ],
)
def test_every_change_of_content_changes_the_hash(old: str, new: str) -> None:
    assert parse_policy(changed(old, new)).hash != parse_policy(EXAMPLE).hash


def test_a_policy_cannot_be_changed_in_memory() -> None:
    policy = parse_policy(EXAMPLE)
    with pytest.raises(TypeError):
        policy.groups["dba"] = ()  # type: ignore[index]
    with pytest.raises(AttributeError):
        policy.hash = ""  # type: ignore[misc]


def test_a_missing_file_says_where_it_is_looked_for(tmp_path: Path) -> None:
    with pytest.raises(PolicyFileError, match=r"nothing\.toml:1: no such file\. .*DBACCESS_CONFIG"):
        load_policy(tmp_path / "nothing.toml")


def test_a_folder_or_bytes_in_its_place_are_said(tmp_path: Path) -> None:
    with pytest.raises(PolicyFileError, match="cannot be read"):
        load_policy(tmp_path)
    (tmp_path / "latin.toml").write_bytes(b'installation = "\xe9"')
    with pytest.raises(PolicyFileError, match="UTF-8"):
        load_policy(tmp_path / "latin.toml")


def test_role_on_objects_is_read_beside_granted_roles_or_instead() -> None:
    on = 'on = { tables = ["shop.b", "shop.a"], privileges = ["UPDATE", "SELECT"] }'
    role = 'access = "read"\ngrants = ["orders_read"]'
    instead = parse_policy(changed(role, f'access = "write"\n{on}'))
    read = instead.role("orders-prod", "read")
    assert read.grants == ()
    assert read.on is not None
    assert read.on.said == ("SELECT, UPDATE on shop.a", "SELECT, UPDATE on shop.b")
    beside = parse_policy(changed(role, f'access = "write"\ngrants = ["orders_read"]\n{on}'))
    assert beside.role("orders-prod", "read").grants == ("orders_read",)
    assert beside.hash != instead.hash


@pytest.mark.parametrize("text", [EXAMPLE, (ROOT / "dbaccess.example.toml").read_text(encoding="utf-8")])
def test_a_policy_comes_back_out_of_its_content_as_it_was(text: str) -> None:
    policy = parse_policy(text)
    stored = json.loads(canonical_bytes(policy_content(policy)))
    assert policy_of(stored, policy.hash) == policy


def test_content_of_another_hash_is_no_policy() -> None:
    policy, other = parse_policy(EXAMPLE), parse_policy(changed('max = "4h"', 'max = "8h"'))
    assert policy_of(policy_content(other), policy.hash) is None
    assert policy_of({**policy_content(policy), "rules": 7}, policy.hash) is None
    assert policy_of(None, policy.hash) is None
    deep: list[object] = []
    for _ in range(100_000):
        deep = [deep]
    for rules in ([{**policy_content(policy)["rules"][0], "longest": 10**20}], deep):
        assert policy_of({**policy_content(policy), "rules": rules}, policy.hash) is None
