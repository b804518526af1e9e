"""Names of channels and user groups are decided by the ids that are pinned beside the policy."""

from pathlib import Path

import pytest

from dbaccess.policy_file import (
    PinnedIds,
    PolicyFileError,
    ids_beside,
    load_names,
    load_policy,
    parse_policy,
    read_ids,
    write_ids,
)
from tests.unit.policy_file.example import EXAMPLE, line_of

NAMED = (
    EXAMPLE.replace('"C0OPS"', '"#ops"')
    .replace('"C0APPROVALS"', '"#approvals"')
    .replace('["S0DBA"]', '["@dba", "U0BOSS", "#dbas"]')
)
IDS = {"#ops": "C0OPS", "#approvals": "C0APPROVALS", "@dba": "S0DBA", "#dbas": "G0DBAS"}


def load(tmp_path: Path, text: str, ids: dict[str, str] | None) -> Path:
    path = tmp_path / "dbaccess.toml"
    path.write_text(text, encoding="utf-8")
    if ids is not None:
        write_ids(ids_beside(path), PinnedIds(workspace="T0ACME", ids=ids))
    return path


def test_policy_with_names_is_the_policy_with_their_ids(tmp_path: Path) -> None:
    policy = load_policy(load(tmp_path, NAMED, IDS))
    assert policy.groups["dba"] == ("S0DBA", "U0BOSS", "G0DBAS")
    assert (policy.ops_channel, policy.target("orders-prod").channel) == ("C0OPS", "C0APPROVALS")
    same = EXAMPLE.replace('["S0DBA"]', '["S0DBA", "U0BOSS", "G0DBAS"]')
    assert policy.hash == parse_policy(same).hash


def test_another_id_is_another_policy(tmp_path: Path) -> None:
    one = load_policy(load(tmp_path, NAMED, IDS)).hash
    assert load_policy(load(tmp_path, NAMED, IDS | {"@dba": "S0EVIL"})).hash != one


def test_name_without_an_id_is_refused_on_its_line(tmp_path: Path) -> None:
    with pytest.raises(PolicyFileError) as refused:
        load_policy(load(tmp_path, NAMED, {name: IDS[name] for name in ("#ops", "#approvals")}))
    line = line_of(NAMED, '"@dba"')
    said = [(problem.line, problem.what) for problem in refused.value.problems]
    assert said == [
        (line, 'groups.dba[1]: "@dba" has no pinned id. Run: dbaccess policy resolve'),
        (line, 'groups.dba[3]: "#dbas" has no pinned id. Run: dbaccess policy resolve'),
    ]


def test_without_the_ids_no_name_is_taken_and_a_policy_of_ids_needs_none(tmp_path: Path) -> None:
    with pytest.raises(PolicyFileError):
        load_policy(load(tmp_path, NAMED, None))
    assert load_policy(load(tmp_path, EXAMPLE, None)).hash == parse_policy(EXAMPLE).hash


def test_names_are_found_before_they_have_ids(tmp_path: Path) -> None:
    assert load_names(load(tmp_path, NAMED, None)) == ("#approvals", "#dbas", "#ops", "@dba")


@pytest.mark.parametrize(
    ("members", "says"),
    [
        ('["@dba", "S0DBA"]', '"S0DBA" is @dba, which is named too'),
        ('["@dba", "@dba"]', '"@dba" is named twice'),
        ('["@Dba"]', '"@Dba" is not the Slack id'),
        ('["@dba "]', "is not the Slack id"),
        ('{ members = ["@dba"], pinned = true }', '"@dba" is not a person'),
    ],
)
def test_name_that_hides_something_is_refused(tmp_path: Path, members: str, says: str) -> None:
    with pytest.raises(PolicyFileError) as refused:
        load_policy(load(tmp_path, EXAMPLE.replace('["S0DBA"]', members), IDS))
    assert says in str(refused.value)


@pytest.mark.parametrize("person", ["@bilal", "#bilal"])
def test_person_is_never_a_name(tmp_path: Path, person: str) -> None:
    with pytest.raises(PolicyFileError, match="not the Slack id of a person"):
        load_policy(load(tmp_path, EXAMPLE.replace('"U0BILAL"', f'"{person}"'), IDS))


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("version = 1", "version = 2", "not the form"),
        ("[ids]", "[names]", "not the form"),
        ("workspace =", "team =", "not the form"),
        ('"T0ACME"', '"acme"', "not the id of a workspace"),
        ('"S0DBA"', '"C0DBA"', '"@dba" cannot be "C0DBA"'),
        ('"C0OPS"', '"S0OPS"', '"#ops" cannot be "S0OPS"'),
        ('"C0OPS"', "7", '"#ops" cannot be "7"'),
        ('"C0OPS"', '"C0APPROVALS"', "C0APPROVALS is both #approvals and #ops"),
        ("version = 1", "version = ", "is not TOML"),
    ],
)
def test_wrong_file_of_ids_is_refused(tmp_path: Path, old: str, new: str, says: str) -> None:
    path = load(tmp_path, NAMED, IDS)
    written = ids_beside(path).read_text(encoding="utf-8")
    assert old in written
    ids_beside(path).write_text(written.replace(old, new), encoding="utf-8")
    with pytest.raises(PolicyFileError) as refused:
        load_policy(path)
    assert says in str(refused.value)
    assert "dbaccess.ids.toml:1: " in str(refused.value)


def test_ids_are_read_as_they_were_written(tmp_path: Path) -> None:
    path = tmp_path / "dbaccess.ids.toml"
    pinned = PinnedIds(workspace="T0ACME", ids=IDS | {"#büro": "C0B"})
    write_ids(path, pinned)
    assert read_ids(path) == pinned
    assert path.stat().st_mode & 0o777 == 0o644
    assert [one.name for one in tmp_path.iterdir()] == [path.name]
