"""What no single value can say: names must exist, people must be one, rules must ask for a yes."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from dbaccess.policy_file.complaint import written
from dbaccess.policy_file.objects import object_complaints
from dbaccess.policy_file.places import Places
from dbaccess.policy_file.problem import Path, Problem, unknown
from dbaccess.policy_file.shape import FileShape, RuleShape

Complaint = tuple[Path, str]


def cross_problems(file: FileShape, places: Places) -> list[Problem]:
    """Every contradiction in a file whose single values are right."""
    return [
        Problem(line=places.line(path, _value(text)), what=f"{written(path)}: {text}")
        for path, text in _Check(file).all()
    ]


def _value(text: str) -> str:
    return text.split('"')[1] if text.count('"') > 1 else ""


@dataclass(frozen=True, slots=True)
class _Check:
    file: FileShape
    envs: set[str] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "envs", {target.env for target in self.file.targets.values()})

    def all(self) -> Iterator[Complaint]:
        yield from self._people()
        yield from self._targets()
        yield from object_complaints(self.file)
        first: dict[str, int] = {}
        for number, rule in enumerate(self.file.rules):
            if rule.id in first:
                yield (
                    ("rules", number, "id"),
                    f'"{rule.id}" is rule {first[rule.id] + 1} too. Name it otherwise.',
                )
            first.setdefault(rule.id, number)
            yield from self._names(rule, number)
            yield from self._approvals(rule, number)

    def _people(self) -> Iterator[Complaint]:
        whose: dict[str, str] = {}
        logins: dict[str, str] = {}
        for name, person in self.file.people.items():
            for slack_id in person.slack:
                if slack_id in whose:
                    why = f'"{slack_id}" is {whose[slack_id]} too. One Slack id is one person.'
                    yield ("people", name, "slack"), why
                whose.setdefault(slack_id, name)
            if person.login in logins:
                why = f'"{person.login}" is the login of {logins[person.login]} too. One each.'
                yield ("people", name, "login"), why
            if person.login is not None:
                logins.setdefault(person.login, name)

    def _targets(self) -> Iterator[Complaint]:
        for name, target in self.file.targets.items():
            here = ("targets", name)
            if target.cluster not in self.file.clusters:
                yield (*here, "cluster"), unknown("cluster", target.cluster, self.file.clusters)
            for role_name, role in target.roles.items():
                path = (*here, "roles", role_name, "act_as")
                if role.act_as is not None and target.login == "personal":
                    yield (
                        path,
                        (
                            f'"{role.act_as}" cannot be set on a login of somebody\'s own. '
                            'Take it out, or write login = "ephemeral" for the target.'
                        ),
                    )
                elif role.act_as is not None and role.act_as not in (role.grants or ()):
                    yield path, f'"{role.act_as}" is not among grants. Add it there.'

    def _names(self, rule: RuleShape, number: int) -> Iterator[Complaint]:
        here = ("rules", number)
        for kind, key, asked, known in (
            ("group", "requester", rule.requester, self.file.groups),
            ("target", "target", rule.target or (), self.file.targets),
            ("target has env", "env", rule.env or (), self.envs),
        ):
            for name in asked:
                if name not in known:
                    yield (*here, key), unknown(kind, name, known)
        for slot_number, slot in enumerate(rule.approvals):
            if slot.group not in self.file.groups:
                path = (*here, "approvals", slot_number, "group")
                yield path, unknown("group", slot.group, self.file.groups)

    def _approvals(self, rule: RuleShape, number: int) -> Iterator[Complaint]:
        path = ("rules", number, "approvals")
        if not rule.approvals:
            yield path, 'nobody would have to say yes. Write [{ group = "dba", count = 1 }].'
        elif len(rule.approvals) > 1:
            yield path, "more than one group is not possible in this version. Name one, with its count."
