"""Block Kit as strict as Slack's own check; what is not known here is refused."""

from sandbox.blocks.surfaces import check_message_blocks, check_options, check_view

__all__ = ["check_message_blocks", "check_options", "check_view"]
