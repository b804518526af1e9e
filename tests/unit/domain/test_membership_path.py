"""The shortest way of a login to a role, and what counts as a grant's."""

from collections.abc import Iterable

from dbaccess.domain.membership_path import LONGEST_PATH, Edge, standing_roles


def paths(edges: Iterable[Edge], logins: str = "abcdef") -> dict[str, tuple[tuple[str, ...], bool]]:
    """The path to the role R by login, and whether it is usable."""
    edges = list(edges)
    names = {one: one for edge in edges for one in (edge.member, edge.role)} | {"R": "R"}
    found = standing_roles(edges, named=["R"], names=names, logins=list(logins))
    return {one.login: (one.path, one.is_usable) for one in found}


def edge(member: str, role: str, *, ours: bool = False, usable: bool = True) -> Edge:
    return Edge(member=member, role=role, is_ours=ours, is_usable=usable)


def test_usable_path_is_preferred_to_a_shorter_one_that_needs_another_grant() -> None:
    short, long = edge("a", "R", usable=False), [edge("a", "G"), edge("G", "R")]
    assert paths([short]) == {"a": (("a", "R"), False)}
    assert paths([short, *long]) == {"a": (("a", "G", "R"), True)}


def test_login_that_another_lends_its_grant_to_has_standing_access() -> None:
    given = edge("a", "R", ours=True)
    assert paths([given]) == {}
    assert paths([given, edge("b", "a")]) == {"b": (("b", "a", "R"), True)}


def test_path_that_begins_with_a_grant_is_the_grants_however_it_goes_on() -> None:
    assert paths([edge("a", "G", ours=True), edge("G", "R")]) == {}


def test_ring_of_memberships_ends() -> None:
    found = paths([edge("a", "G"), edge("G", "H"), edge("H", "G"), edge("H", "R")])
    assert found == {"a": (("a", "G", "H", "R"), True)}


def test_many_ways_cost_no_more_than_their_memberships() -> None:
    """Each of forty levels doubles the number of ways."""
    edges = [edge(f"{side}{n}", f"{to}{n + 1}") for n in range(40) for side in "xy" for to in "xy"]
    edges += [edge("a", "x0"), edge("x40", "R")]
    path, usable = paths(edges)["a"]
    assert usable
    assert len(path) == LONGEST_PATH
    assert (path[0], path[-1], path.count("…")) == ("a", "R", 1)
