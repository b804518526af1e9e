"""Building of the domain's policy from a checked file, with the hash that identifies this version."""

from dataclasses import replace
from types import MappingProxyType

from dbaccess.domain.people import PersonId, SlackId, SourceId
from dbaccess.domain.policy import Access, Cluster, LoginKind, Policy, Role, SecondSink, Target
from dbaccess.domain.policy_content import hash_of
from dbaccess.policy_file.build_rule import build_rule
from dbaccess.policy_file.checks.objects import object_privileges
from dbaccess.policy_file.shape.file import FileShape, RoleShape, TargetShape


def build_policy(file: FileShape) -> Policy:
    """Return the whole policy; the same content gives the same hash, whatever the file's layout."""
    people = file.people.items()
    policy = Policy(
        hash="",
        installation=file.installation,
        ops_channel=file.slack.ops_channel,
        groups=MappingProxyType(
            {name: tuple(SourceId(s) for s in group.members) for name, group in file.groups.items()}
        ),
        aliases=MappingProxyType({SlackId(s): PersonId(name) for name, p in people for s in p.slack}),
        logins=MappingProxyType({PersonId(name): p.login for name, p in people if p.login is not None}),
        clusters=MappingProxyType(
            {
                name: Cluster(name=name, driver=c.driver, replicas=tuple(sorted(c.replicas or ())))
                for name, c in file.clusters.items()
            }
        ),
        targets=MappingProxyType({name: _target(name, target) for name, target in file.targets.items()}),
        second_sink=SecondSink(file.break_glass.second_sink) if file.break_glass else None,
        break_glass_in_lockdown=file.lockdown is not None and file.lockdown.break_glass,
        rules=tuple(build_rule(rule) for rule in file.rules),
    )
    return replace(policy, hash=hash_of(policy))


def _target(name: str, target: TargetShape) -> Target:
    return Target(
        name=name,
        cluster=target.cluster,
        database=target.database,
        env=target.env,
        channel=target.channel,
        login=LoginKind(target.login),
        connect=target.connect,
        roles=MappingProxyType({role: _role(role, shape) for role, shape in target.roles.items()}),
    )


def _role(name: str, role: RoleShape) -> Role:
    return Role(
        name=name,
        access=Access(role.access),
        grants=tuple(sorted(role.grants or ())),
        can=role.can,
        cannot=role.cannot,
        act_as=role.act_as,
        on=object_privileges(role.on) if role.on else None,
        narrower=tuple(sorted(role.narrower or ())),
    )
