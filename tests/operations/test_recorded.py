"""The answer to a request says at once that the channel took no message before."""

from bot.deps import Deps
from bot.reply import recorded
from dbaccess.domain.request import Request
from tests.operations.channel_messages import CHANNEL
from tests.operations.house import House


def _told(house: House, request: Request) -> str:
    deps = Deps(begin=house.begin, policy=house.policy, workspace=house.workspace)
    return str(recorded(deps, request)["blocks"])


def test_answer_names_the_last_refusal_of_the_channel_until_a_message_is_posted(house: House) -> None:
    first = house.submit()
    assert "Reviewers may not see it" not in _told(house, first)
    house.slack.archive(CHANNEL)
    house.notify(first.id)
    assert "the channel is archived" in _told(house, house.submit(role="write"))
    house.slack.set_channel(CHANNEL, is_archived=False)
    house.notify(first.id)
    assert "Reviewers may not see it" not in _told(house, first)
