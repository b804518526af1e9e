"""Slack's refusals in plain words: what keeps a message from being posted, and who can change that."""

from typing import Final, NamedTuple


class Why(NamedTuple):
    """`reason` is a clause; `fix` a sentence."""

    reason: str
    fix: str


_MEMBER = "Invite dbaccess to the channel, or correct its id in the policy."
_SETTINGS = "Allow dbaccess to post in the settings of the channel."
_ADMIN = "Ask an administrator of the workspace to let dbaccess post."
_INSTALL = "Install the app again, and give bot and workers its new token."
_REPORT = "Report this with the log of the workers."

_WHY: Final = {
    "is_archived": Why("the channel is archived", "Unarchive it, or name another channel in the policy."),
    "is_inactive": Why("the channel is frozen", "Unfreeze it, or name another channel in the policy."),
    "channel_not_found": Why("the channel is private, deleted, or has another id", _MEMBER),
    "not_in_channel": Why("dbaccess is not a member of the channel", _MEMBER),
    "shared_channel": Why(
        "the channel is shared with another workspace",
        "Stop sharing it, or name another channel in the policy.",
    ),
    "external_channel_migrating": Why(
        "Slack is moving the channel to another workspace", "Name another channel in the policy."
    ),
    "restricted_action": Why("a setting of the workspace limits who posts in the channel", _SETTINGS),
    "restricted_action_read_only_channel": Why("the channel is read-only", _SETTINGS),
    "restricted_action_thread_only_channel": Why("the channel takes replies only", _SETTINGS),
    "restricted_action_non_threadable_channel": Why("the channel takes no replies", _SETTINGS),
    "restricted_action_thread_locked": Why("the thread is locked", "Unlock the thread."),
    "channel_type_not_supported": Why("the channel is of a kind that takes no app's messages", _MEMBER),
    "messages_tab_disabled": Why(
        "direct messages of the app are turned off", "Turn on its Messages tab in the settings of the app."
    ),
    "message_limit_exceeded": Why("the workspace is over its limit of messages", _ADMIN),
    "not_rendered": Why("dbaccess cannot make this message", _REPORT),
    **dict.fromkeys(
        ("account_inactive", "invalid_auth", "not_authed", "token_expired", "token_revoked"),
        Why("Slack no longer accepts the token of dbaccess", _INSTALL),
    ),
    **dict.fromkeys(
        ("missing_scope", "no_permission", "not_allowed_token_type"),
        Why("the app lacks a permission that it needs", "Install the app again from manifest.yml."),
    ),
    **dict.fromkeys(
        (
            "access_denied",
            "accesslimited",
            "ekm_access_denied",
            "enterprise_is_restricted",
            "org_login_required",
            "team_access_not_granted",
            "team_added_to_org",
            "two_factor_setup_required",
        ),
        Why("an administrator of the workspace does not let dbaccess post", _ADMIN),
    ),
    **dict.fromkeys(
        (
            "block_mismatch",
            "invalid_arguments",
            "invalid_blocks",
            "invalid_blocks_format",
            "invalid_metadata_format",
            "invalid_metadata_schema",
            "metadata_too_large",
            "msg_blocks_too_long",
            "msg_too_long",
            "no_text",
        ),
        Why("Slack does not accept the form of the message", _REPORT),
    ),
    **dict.fromkeys(
        ("cant_update_message", "edit_window_closed"),
        Why("a setting of the workspace forbids to edit the message", _ADMIN),
    ),
}


def why(code: str) -> Why:
    """Return the reason and the fix for Slack's code; an unknown code is quoted."""
    unknown = Why(
        f"Slack answered {code}", "Look this answer up in Slack's documentation of chat.postMessage."
    )
    return _WHY.get(code, unknown)
