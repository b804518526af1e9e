"""A name stands for one channel or user group, and never moves to another one by itself."""

import pytest

from dbaccess.domain.pinned_names import Pin, name_changes, pin_names
from dbaccess.domain.slack_names import Named, NameUnresolved, find_named, is_slack_name

ROOM = Named(id="C0ROOM", name="#db-approvals")
DBA = Named(id="S0DBA", name="@dba")


@pytest.mark.parametrize(
    ("name", "listed", "says"),
    [
        ("#db-aprovals", [ROOM], "Slack shows the app no channel #db-aprovals. Nearest: #db-approvals."),
        ("@dbaa", [DBA], "Slack has no user group @dbaa. Nearest: @dba."),
        ("#dba", [DBA], "If it is private, invite the bot first"),
        ("@db-approvals", [ROOM], "Slack has no user group @db-approvals."),
        ("#a", [Named(id="C2", name="#a"), Named(id="C1", name="#a")], "#a is the name of C1 and C2. Write"),
        ("#a", [Named(id="C1", name="#a", is_gone=True)], "#a (C1) is archived. Restore it"),
        ("@a", [Named(id="S1", name="@a", is_gone=True)], "@a (S1) is disabled. Restore it"),
        ("#a", [Named(id="C1", name="#a", is_shared=True)], "#a (C1) is shared with another workspace"),
        ("#a", [Named(id="C1", name="#b", before=("#a",))], "#a was renamed: it is #b now."),
        (
            "#a",
            [Named(id="C1", name="#b", before=("#a",), is_gone=True)],
            "Slack shows the app no channel #a",
        ),
        # A Cyrillic letter that looks like ours is another name.
        ("#db", [Named(id="C1", name="#\u0501b")], "Slack shows the app no channel #db"),
    ],
)
def test_name_without_one_usable_meaning_is_refused(name: str, listed: list[Named], says: str) -> None:
    with pytest.raises(NameUnresolved) as refused:
        find_named(name, listed)
    assert says in str(refused.value)


def test_live_channel_is_taken_where_an_archived_one_had_its_name() -> None:
    assert find_named("#db-approvals", [Named(id="C0OLD", name="#db-approvals", is_gone=True), ROOM]) is ROOM


@pytest.mark.parametrize(
    ("listed", "how"),
    [
        ([], "Slack does not show the app"),
        ([Named(id="S0DBA", name="@dba-old")], "Slack calls @dba-old now."),
        (
            [Named(id="S0DBA", name="@dba-old"), Named(id="S0EVIL", name="@dba")],
            "Slack calls @dba-old now. @dba is S0EVIL there.",
        ),
        ([Named(id="S0DBA", name="@dba", is_gone=True)], "is disabled."),
        (
            [Named(id="S0DBA", name="@dba", is_gone=True), Named(id="S0EVIL", name="@dba")],
            "is disabled. @dba is S0EVIL there.",
        ),
    ],
)
def test_pinned_name_that_slack_uses_otherwise_is_never_moved(listed: list[Named], how: str) -> None:
    with pytest.raises(NameUnresolved) as refused:
        pin_names(["@dba"], pinned={"@dba": "S0DBA"}, listed=listed)
    assert f"@dba is pinned to S0DBA, which {how}" in str(refused.value)
    assert 'dbaccess policy resolve --repin "@dba"' in str(refused.value)


def test_channel_that_became_shared_or_archived_is_reported() -> None:
    shared = Named(id="C0ROOM", name="#db-approvals", is_shared=True)
    archived = Named(id="C0ROOM", name="#db-approvals", is_gone=True)
    for listed, how in ((shared, "shared with another"), (archived, "is archived")):
        (said,) = name_changes({"#db-approvals": "C0ROOM"}, [listed])
        assert how in said.what


def test_pin_moves_only_where_it_is_asked_to() -> None:
    listed = [Named(id="S0DBA", name="@old"), Named(id="S0NEW", name="@dba"), ROOM]
    pins = pin_names(["@dba", "#db-approvals"], pinned={"@dba": "S0DBA"}, listed=listed, repin=["@dba"])
    assert pins == [
        Pin(name="@dba", id="S0NEW", is_new=True),
        Pin(name="#db-approvals", id="C0ROOM", is_new=True),
    ]
    assert pin_names(["#db-approvals"], pinned={"#db-approvals": "C0ROOM"}, listed=listed) == [
        Pin(name="#db-approvals", id="C0ROOM", is_new=False)
    ]


def test_every_name_that_cannot_be_resolved_is_reported_at_once() -> None:
    with pytest.raises(NameUnresolved) as refused:
        pin_names(["#x", "@y"], pinned={}, listed=[ROOM, DBA])
    assert len(str(refused.value).splitlines()) == 2


@pytest.mark.parametrize("text", ["#db-approvals", "@dba", "#büro", "@on.call_1", "#日本"])
def test_names_as_slack_spells_them_are_names(text: str) -> None:
    assert is_slack_name(text)


@pytest.mark.parametrize(
    "text",
    ["", "#", "@", "db", "##a", "#a b", "#A", "@a,@b", "#a\u202eb", "#a\u200bb", "#<!here>", "#u\u0308",
     "#" + "a" * 81, "#a\n"],
)  # fmt: skip
def test_other_text_is_no_name(text: str) -> None:
    assert not is_slack_name(text)
