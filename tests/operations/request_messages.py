"""The messages in the channel where requests are posted."""

from tests.operations.house import House

CHANNEL = "C0APPROVALS"


def told(house: House) -> list[str]:
    return [str(message.blocks) for message in house.slack.person("U0PRIYA").messages(CHANNEL)]
