"""Names in a policy, replaced by the ids that are pinned for them."""

from collections.abc import Iterator, Mapping
from typing import Final

from dbaccess.domain.slack_names import is_slack_name
from dbaccess.policy_file.problems.problem import Complaint, Path
from dbaccess.policy_file.shape.file import FileShape

NO_IDS: Final[Mapping[str, str]] = {}


def names_in(file: FileShape) -> tuple[str, ...]:
    """Return every `#channel` and `@group` of the file, once each."""
    return tuple(sorted({text for _, text in _places(file) if is_slack_name(text)}))


def name_complaints(file: FileShape, ids: Mapping[str, str]) -> Iterator[Complaint]:
    """Yield each name without a pinned id, and each group that lists one id twice."""
    for path, text in _places(file):
        if is_slack_name(text) and text not in ids:
            yield path, f'"{text}" has no pinned id. Run: dbaccess policy resolve'
    for name, group in file.groups.items():
        written: dict[str, str] = {}
        for source in group.members:
            slack_id = ids.get(source, source)
            if slack_id in written:
                yield ("groups", name, "members"), f'"{source}" is {written[slack_id]}, which is named too.'
            written.setdefault(slack_id, source)


def with_ids(file: FileShape, ids: Mapping[str, str]) -> FileShape:
    """Return the file with ids alone; every name must have one."""

    def known(text: str) -> str:
        return ids[text] if is_slack_name(text) else text

    groups = {
        name: group.model_copy(update={"members": [known(source) for source in group.members]})
        for name, group in file.groups.items()
    }
    targets = {
        name: target.model_copy(update={"channel": known(target.channel)})
        for name, target in file.targets.items()
    }
    slack = file.slack.model_copy(update={"ops_channel": known(file.slack.ops_channel)})
    return file.model_copy(update={"groups": groups, "targets": targets, "slack": slack})


def _places(file: FileShape) -> Iterator[tuple[Path, str]]:
    yield ("slack", "ops_channel"), file.slack.ops_channel
    for name, target in file.targets.items():
        yield ("targets", name, "channel"), target.channel
    for name, group in file.groups.items():
        for number, source in enumerate(group.members):
            yield ("groups", name, "members", number), source
