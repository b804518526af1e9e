"""A file with a mistake is not taken, and the answer says where it is and what to write instead."""

import re

import pytest

from dbaccess.policy_file import PolicyFileError, parse_policy
from tests.unit.policy_file.example import EXAMPLE, changed, line_of

HOURS = '{ tz = "Europe/Berlin", days = ["mon"], start = "08:00", end = "19:00" }'

DRIVER = 'driver = "postgresql"'
LOG = 'capture = { source = "csvlog", over = "/log" }'


def refusal(text: str) -> PolicyFileError:
    with pytest.raises(PolicyFileError) as raised:
        parse_policy(text, file="dbaccess.toml")
    return raised.value


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("version = 1", "version = 2", "version: .*Write 1"),
        ("version = 1", 'version = "1"', 'version: "1" is not possible'),
        ('"acme"', '"Acme-Corp"', "installation: .*up to 16 of a-z and 0-9"),
        ('"acme"', '"abcdefghijklmnopq"', "installation: .*up to 16"),
        ('["S0DBA"]', '["dba"]', "groups.dba.*not the Slack id"),
        ('["S0DBA"]', "[]", "groups.dba: An empty list"),
        ('["S0DBA"]', '["S0DBA", "S0DBA"]', "groups.dba: .*named twice"),
        ("dba = [", "DBA = [", r'groups\.DBA: "DBA" is not a name'),
        ('"C0OPS"', '"#ops"', 'slack.ops_channel: "#ops" has no pinned id. Run: dbaccess policy resolve'),
        ('"C0OPS"', '"@ops"', "slack.ops_channel: .*Slack id of a channel"),
        ("ops_channel", "ops_chanel", "ops_chanel: not known here. Nearest: ops_channel"),
        ('"U0BILAL"', '"S0BILAL"', r"people.bilal.slack\[1\]: .*Slack id of a person"),
        ('"U0BILAL"', '"W0ALICE"', 'people.bilal.slack: "W0ALICE" is alice too'),
        ('"U0BILAL"', '"alice"', r'people.bilal.slack\[1\]: "alice" is not the Slack id of a person'),
        ('"U0BILAL"', '"u0bilal"', r'people.bilal.slack\[1\]: "u0bilal" is not the Slack id of a person'),
        ('"U0BILAL"', '"U0BILAL "', r'people.bilal.slack\[1\]: "U0BILAL " is not the Slack id of a person'),
        ('"U0BILAL"', '"U0BILAL", "U0BILAL"', 'people.bilal.slack: "U0BILAL" is named twice'),
        ("bilal = {", "alice = {", "not TOML: .*Is a key there twice"),
        ("bilal = {", "U0ALICE = {", "people"),
        ('["S0DBA"]', '["s0dba"]', '"s0dba" is not the Slack id of a user group'),
        ('["S0DBA"]', '["engineers"]', '"engineers" is not the Slack id of a user group'),
        ("bilal = {", "worker = {", r'people\.worker: "worker" is a process in the ledger'),
        ('login = "bilal"', 'login = "alice"', 'people.bilal.login: "alice" is the login of alice too'),
        ('login = "bilal"', 'login = "pg_monitor"', "people.bilal.login: .*belongs to PostgreSQL"),
        ('driver = "postgresql"', 'driver = "mysql"', 'clusters.main.driver: .*Write "postgresql"'),
        ('driver = "postgresql"', 'replicas = []\ndriver = "postgresql"', r"main\.replicas: An empty list"),
        (
            'driver = "postgresql"',
            'replicas = ["a", "a"]\ndriver = "postgresql"',
            'clusters.main.replicas: "a" is named twice',
        ),
        (
            'driver = "postgresql"',
            'replicas = ["A"]\ndriver = "postgresql"',
            r'clusters\.main\.replicas.*"A" is not a name',
        ),
        (
            'driver = "postgresql"',
            'replicas = ["a"]\ndriver = "postgresql"\n[clusters.main-replica-a]\ndriver = "postgresql"',
            'clusters.main.replicas: "a" would have its URL where main-replica-a has one',
        ),
        (
            'driver = "postgresql"',
            'lock_database = "postgres"\ndriver = "postgresql"',
            'clusters.main.lock_database: "postgres" cannot be the workers\' private database',
        ),
        (
            'driver = "postgresql"',
            'lock_database = "Locks"\ndriver = "postgresql"',
            "clusters.main.lock_database: .*write up to 63 of a-z, 0-9 and _",
        ),
        ('"orders"\n', '"dbaccess_acme"\n', '"dbaccess_acme" is the workers\' private database'),
        ('cluster = "main"', 'cluster = "mian"', 'cluster: no cluster "mian". Nearest: main'),
        ('"orders"\n', '"ord\\u0000ers"\n', "targets.orders-prod.database: .*not a name in PostgreSQL"),
        ('"C0APPROVALS"', '"S0APPROVALS"', "targets.orders-prod.channel"),
        ('"ephemeral"', '"shared"', 'login: "shared" is not possible. Write "ephemeral" or "personal"'),
        ("host=db port=5432 dbname=orders", "postgres", "connect: Write how people connect"),
        ("host=db port=5432 dbname=orders", "host=db password=x", "connect: password does not belong"),
        ("host=db port=5432 dbname=orders", "host=db user=postgres", "connect: user does not belong"),
        ('["orders_read"]', '["public"]', "grants.*belongs to PostgreSQL"),
        ('["orders_read"]', '["pg_read_all_data"]', "grants.*belongs to PostgreSQL"),
        ('["orders_read"]', f'["{"x" * 64}"]', "grants.*1 to 63"),
        ('["orders_read"]', '["a\\u0000b"]', "grants.*1 to 63"),
        ('["orders_read"]', f'["{"é" * 32}"]', "grants.*1 to 63"),
        ("read every table", "read\\u202e every table", "can: Write one line of plain text"),
        ("read every table", "x" * 151, "can: At most 150 characters; this has 151"),
        ('act_as = "orders_owner"', 'act_as = "orders_boss"', 'act_as: "orders_boss" is not among grants'),
        ('id = "prod-ddl"', 'id = "prod-read"', r'rules\[2\].id: "prod-read" is rule 1 too'),
        ('env = ["prod"]', 'env = ["prd"]', 'env: no target has env "prd". Nearest: prod'),
        ('env = ["prod"]', "env = []", r"rules\[1\].env: An empty list"),
        ('target = ["orders-prod"]', 'target = ["orders-prd"]', "no target .orders-prd.. Nearest: orders"),
        ('access = ["ddl"]', 'access = ["dll"]', r'rules\[2\].access.*"dll" is not possible'),
        ('requester = ["engineers"]', 'requester = ["engineer"]', 'no group "engineer". Nearest: engineers'),
        ('requester = ["engineers"]\n', "", r"rules\[1\].requester: missing"),
        ('max = "4h"', 'max = "4"', 'max: "4" has no unit. Write 90m or 2h30m'),
        ('max = "4h"', "max = 4", "max: not that kind of value. Write text in quotes"),
        ('max = "4h"', 'max = "-4h"', "max: .*not a length of time"),
        ('max = "4h"', 'max = "0h"', "max: 0 is not a length of time"),
        ('group = "dba"', 'group = "dbas"', 'approvals.*no group "dbas". Nearest: dba'),
        ("count = 1", "count = 0", "count: .*greater than or equal to 1"),
        ("count = 1", "count = true", "count: not that kind of value"),
        ('[{ group = "dba", count = 1 }]', "[]", "approvals: no approval would be needed"),
        ('[{ group = "dba", count = 1 }]', '"nobody"', 'approvals: write .* or "none"'),
        ('[{ group = "dba", count = 1 }]',
         '[{ group = "dba", count = 1 }, { group = "dba", count = 1 }]',
         "approvals.*has a slot already. Raise its count"),
        ('approvals = [{ group = "dba", count = 1 }]\ndecide_within = "30m"\n', 'approvals = "none"\n',
         "approvals: .none. lets people change the schema of orders-prod .role migrate. without approval"),
        ("guests = false", 'guests = "no"', "guests: .*true or false without quotes"),
        ('"[A-Z]+-[0-9]+"', '"[A-Z"', "ticket: Not a regular expression"),
        ('"[A-Z]+-[0-9]+"', '".*"', "ticket: It fits no ticket at all"),
        ("min_reason = 20", "min_reason = 0", "min_reason"),
        ("min_reason = 20", 'role = ["migrat"]', 'role: no target has role "migrat". Nearest: migrate'),
        ("min_reason = 20", 'covers = ["table"]', 'covers.*"table" is not possible. Write "database", "sch'),
        ("min_reason = 20", 'requester_not = ["dbas"]', 'requester_not: no group "dbas". Nearest: dba'),
        ("min_reason = 20", 'requester_not = ["engineers"]', '"engineers" is in requester too'),
        ("min_reason = 20", 'up_to = "2h"', 'up_to: "2h" is over max'),
        ("min_reason = 20", f"hours = {HOURS.replace('08:00', '8:00')}", '"8:00" is not a time of day'),
        ("min_reason = 20", f'hours = {HOURS.replace("08:00", "24:01")}', '"24:01" is not a time of day'),
        ("min_reason = 20", f'hours = {HOURS.replace("Europe/Berlin", "Berlin")}',
         'tz: "Berlin" is not a time zone. Nearest: Europe/Berlin'),
        ("min_reason = 20", f'hours = {HOURS.replace("Europe/Berlin", "../etc")}', "is not a time zone"),
        ("min_reason = 20", f'hours = {HOURS.replace("mon", "monday")}', 'days.*"monday" is not possible'),
        ("min_reason = 20", 'review_by = "dba"', "review_by: "),
        ('["S0DBA"]', '{ members = ["S0DBA"], pinned = true }', '"S0DBA" is not a person. A pinned group'),
        ('["S0DBA"]', '{ members = ["U0SAM", "S0DBA"], pinned = true }', '"S0DBA" is not a person. A pinned'),
        ('["S0DBA"]', '{ members = ["U0SAM", "C0DBA"], pinned = true }', '"C0DBA" is not a person. A pinned'),
        ('["S0DBA"]', '{ members = ["G0DBA"], pinned = true }', '"G0DBA" is not a person. A pinned group'),
        ('["S0DBA"]', '{ members = ["S0DBA"], pined = true }', "groups.dba.pined: .* Nearest: pinned"),
        ('["S0DBA"]', '{ members = ["S0DBA"], owner = "dbas" }', 'dba.owner: no group "dbas". Nearest: dba'),
        ('["S0DBA"]', '{ members = ["S0DBA"], owner = "dba" }', "groups.dba.owner: is the group itself"),
        ('["S0DBA"]', '{ members = ["S0DBA"], owner = ["dba"] }', "groups.dba.owner: not that kind of value"),
        ('["S0DBA"]', '"S0DBA"', "groups.dba: not that kind of value. Write a list"),
        ("min_reason = 20", 'idle_after = "4m"', 'idle_after: "4m" is too short. Write at least 5m'),
        ("min_reason = 20", 'idle_after = "9h"', 'idle_after: "9h" is not below the longest time of a grant'),
        ("min_reason = 20", 'idle_after = "soon"', "idle_after: "),
        ("min_reason = 20", "idle_end = true", "idle_end: needs idle_after"),
        ("min_reason = 20", 'capture = "all"', 'capture: "all" is not possible. Write "full" or "shape"'),
        ("min_reason = 20", "capture = true", 'capture: "True" is not possible. Write "full" or "shape"'),
        ("min_reason = 20", 'require_capture = "yes"', "require_capture: not that kind of value"),
        ("min_reason = 20", "require_captures = true", "not known here. Nearest: require_capture"),
        (DRIVER, f'capture = "jsonlog"\n{DRIVER}', "main.capture: not that kind of value. Write a table"),
        (DRIVER, f'capture = {{ source = "jsonlog" }}\n{DRIVER}', "main.capture.over: missing"),
        (DRIVER, f'capture = {{ over = "sql" }}\n{DRIVER}', "main.capture.source: missing"),
        (DRIVER, f'capture = {{ source = "stderr", over = "sql" }}\n{DRIVER}',
         'capture.source: "stderr" is not possible. Write "jsonlog", "csvlog" or "import"'),
        (DRIVER, f'capture = {{ source = "import", over = "sql" }}\n{DRIVER}',
         "main.capture.over: has no place where source is"),
        *[
            (DRIVER, f'capture = {{ source = "csvlog", over = "{place}" }}\n{DRIVER}',
             r'capture.over: ".*" is not a place of a log. Write "sql", or the absolute path')
            for place in ("", "SQL", "log", "./log", "~/log", "/var/log/../../etc", r"/var\u0001log")
        ],
        (DRIVER, f'capture = {{ source = "csvlog", over = "sql", files = "*" }}\n{DRIVER}',
         "capture.files: not known here"),
        ('env = "prod"', 'retention = "90"\nenv = "prod"', 'orders-prod.retention: "90" has no unit'),
        ('env = "prod"', 'retention = 90\nenv = "prod"', "orders-prod.retention: not that kind of value"),
    ],
)  # fmt: skip
def test_each_mistake_is_named_on_its_line(old: str, new: str, says: str) -> None:
    text = changed(old, new)
    error = refusal(text)
    assert len(error.problems) <= 2
    found = [p for p in error.problems if re.search(says, p.what)]
    assert found, str(error)
    if new.strip():
        assert found[0].line == EXAMPLE[: EXAMPLE.index(old)].count("\n") + 1
    assert str(error).startswith("dbaccess.toml:")


_GRANTS = 'grants = ["orders_read"]'


@pytest.mark.parametrize(
    ("new", "says"),
    [
        ('on = { privileges = ["SELECT"] }', "on: names no object"),
        ('on = { tables = ["orders"], privileges = ["SELECT"] }', r"on.tables.*write schema\.table"),
        ('on = { tables = ["a.b.c"], privileges = ["SELECT"] }', r"on.tables.*write schema\.table"),
        ('on = { tables = ["pg_catalog.pg_authid"], privileges = ["SELECT"] }', "belongs to PostgreSQL"),
        ('on = { schemas = ["information_schema"], privileges = ["SELECT"] }', "belongs to PostgreSQL"),
        ('on = { schemas = ["shop.orders"], privileges = ["SELECT"] }', "has a dot in it"),
        ('on = { schemas = ["shop"], privileges = [] }', "privileges: An empty list"),
        ('on = { schemas = ["shop"], privileges = ["TRIGGER"] }', '"TRIGGER" is not possible'),
        ('on = { schemas = ["shop"], privileges = ["SELECT", "DELETE"] }', '"DELETE" is more than access'),
        ('on = { schema = ["shop"], privileges = ["SELECT"] }', "schema: not known here. Nearest: schemas"),
    ],
)
def test_each_mistake_in_a_role_on_objects_is_named_on_its_line(new: str, says: str) -> None:
    error = refusal(changed(_GRANTS, new))
    found = [p for p in error.problems if re.search(says, p.what)]
    assert found, str(error)
    assert found[0].line == EXAMPLE[: EXAMPLE.index(_GRANTS)].count("\n") + 1


def test_role_that_gives_nothing_is_refused() -> None:
    assert "roles.read: gives nothing" in str(refusal(changed(f"{_GRANTS}\n", "")))


def test_objects_need_a_login_made_for_the_grant() -> None:
    text = changed(_GRANTS, 'on = { tables = ["shop.orders"], privileges = ["SELECT"] }')
    error = refusal(text.replace('"ephemeral"', '"personal"'))
    assert "roles.read.on: goes to logins made for a grant only" in str(error)


def test_act_as_needs_a_login_made_for_the_grant() -> None:
    text = changed('"ephemeral"', '"personal"')
    (problem,) = refusal(text).problems
    assert "cannot be set on a personal login" in problem.what
    assert problem.line == line_of(text, "act_as")


def test_a_role_name_over_twenty_is_refused() -> None:
    error = refusal(EXAMPLE.replace("roles.migrate", f"roles.{'m' * 21}"))
    assert "Write up to 20" in str(error)


def test_a_target_name_over_thirty_is_refused() -> None:
    error = refusal(EXAMPLE.replace("orders-prod", "o" * 31))
    assert "Write up to 30" in str(error)


@pytest.mark.parametrize("name", ["Orders", "-orders", "orders_prod", "orders.prod", "örders"])
def test_a_target_has_a_plain_name(name: str) -> None:
    assert f'"{name}" is not a name' in str(
        refusal(EXAMPLE.replace("targets.orders-prod", f'targets."{name}"'))
    )


def test_a_key_written_twice_is_refused() -> None:
    text = changed('max = "4h"', 'max = "4h"\nmax = "8h"')
    assert refusal(text).problems[0].line == line_of(text, '"8h"')


def test_text_that_is_no_toml_is_refused_with_its_line() -> None:
    text = changed('max = "4h"', "max = 4h")
    assert refusal(text).problems[0].line == line_of(text, "max = 4h")
    assert "not TOML" in str(refusal('version = "'))


def test_all_mistakes_are_told_at_once_in_the_order_of_the_file() -> None:
    text = EXAMPLE.replace('"acme"', '"Acme"').replace('max = "4h"', 'max = "4"').replace("ddl", "dll")
    lines = [problem.line for problem in refusal(text).problems]
    assert len(lines) >= 4
    assert lines == sorted(lines)


def test_a_name_in_a_list_of_many_lines_has_its_own_line() -> None:
    text = changed('requester = ["engineers"]', 'requester = [\n  "engineers",\n  "nobody",\n]')
    assert refusal(text).problems[0].line == line_of(text, '"nobody"')


@pytest.mark.parametrize("text", ["", "version = 1", "[[rules]]", "rules = 3", "targets = []"])
def test_a_file_with_hardly_anything_says_what_is_missing(text: str) -> None:
    assert "missing" in str(refusal(text))


DENY = """
[[rules]]
id = "freeze"
deny = true
env = ["prod"]
"""


@pytest.mark.parametrize("key", ['max = "1h"', "guests = true", 'approvals = "none"', 'up_to = "1h"'])
def test_a_rule_that_denies_has_conditions_only(key: str) -> None:
    (problem,) = refusal(f"{EXAMPLE}{DENY}{key}\n").problems
    assert re.search("has no place in a rule that denies", problem.what)


def test_a_rule_that_denies_needs_nothing_else() -> None:
    assert parse_policy(EXAMPLE + DENY).rules[-1].denies


def test_rule_without_approvals_takes_no_time_for_a_decision() -> None:
    text = changed('[{ group = "dba", count = 1 }]', '"none"\ndecide_within = "1h"')
    assert "decide_within: has no place here: no approval is asked" in str(refusal(text))


@pytest.mark.parametrize("key", ["max", "approvals", "requester"])
def test_rule_that_allows_names_requesters_duration_and_approvals(key: str) -> None:
    lines = [line for line in EXAMPLE.splitlines(keepends=True) if not line.startswith(f"{key} =")]
    assert re.search(rf"rules\[2\]\.{key}: missing\. ", str(refusal("".join(lines))))


@pytest.mark.parametrize("name", ["done", "list", "listall", "break-glass", "breakglass", "help", "h"])
def test_target_cannot_be_named_like_a_subcommand(name: str) -> None:
    error = refusal(EXAMPLE.replace("orders-prod", name))
    assert f'targets.{name}: "{name}" is a sub-command of /dbaccess' in str(error)


def test_a_rule_that_denies_says_nothing_of_capture() -> None:
    text = changed("guests = false", 'deny = true\ncapture = "shape"\nrequire_capture = false')
    said = str(refusal(text))
    assert "rules[2].capture: has no place in a rule that denies" in said
    assert "rules[2].require_capture: has no place in a rule that denies" in said


def test_two_clusters_never_share_the_directory_of_a_log() -> None:
    other = LOG.replace("/log", "/log/")
    text = changed(DRIVER, f"{DRIVER}\n{LOG}\n[clusters.other]\n{DRIVER}\n{other}")
    error = refusal(text)
    assert [problem.what for problem in error.problems] == [
        'clusters.other.capture.over: "/log" is the log of main too. Each cluster has a directory of its own.'
    ]
    assert error.problems[0].line == line_of(text, other)


def test_no_target_is_the_workers_private_database() -> None:
    error = refusal(changed(DRIVER, f'lock_database = "orders"\n{DRIVER}'))
    (problem,) = error.problems
    assert 'targets.orders-prod.database: "orders" is the workers\' private database' in problem.what
