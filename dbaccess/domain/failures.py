"""The texts for failure codes."""

import re
from typing import Final

TOLD_AFTER: Final = 3
"""Failed attempts after which people hear of it. A first failure may be over at the next attempt."""

ROLE_TOO_POWERFUL: Final = "role_too_powerful"
"""The code of a role that gives more than data."""

ADMINISTRATOR: Final = "administrator"
"""The code of a cluster's URL with an administrator's account, which only an operator can replace."""

PATH_CHANGED: Final = "path_changed"
"""The code of standing access that is another now than the one that was to be removed."""

SUPERUSER: Final = "superuser"
"""The code of a superuser's login, which is never changed."""

BEYOND_RIGHTS: Final = "beyond_rights"
"""The code of standing access that the server does not let the worker remove."""

DEPENDENT: Final = "dependent"
"""The code of a membership by which its login granted the role to others."""

WORDS: Final = {
    "unreachable": "{target} does not answer",
    "no_answer": "{target} does not answer",
    "configuration": "the workers do not know the address of {target}",
    ADMINISTRATOR: "the workers' URL of {target} is an administrator's; dbaccess doctor says the fix",
    PATH_CHANGED: "the login, the role or its path on {target} changed since it was read",
    SUPERUSER: "the login on {target} is a superuser's",
    BEYOND_RIGHTS: "the worker may not remove this access on {target}",
    DEPENDENT: "others on {target} hold the role because this login granted it to them",
    "other_cluster": "the address of {target} leads to another server",
    "version": "{target} runs a version that is too old for a login for each grant",
    "not_captured": "the rule requires that statements on {target} are captured, and that is not proved",
    "unannounced": "its message could not be posted",
    "directory": "Slack does not say who is in which group",
    "no_policy": "the workers have no valid policy",
    "observe": "the workers only observe: the control database is older than a target",
    "no_object": "{target} lacks a table that the role names",
    "no_grant_option": "the worker may not give everything that the role names on {target}",
    "no_connect": "the role does not allow a connection to the database of {target}",
    "worker_connect": "the worker may not connect to the database of {target}",
    "database_closed": "the database of {target} refuses connections of the worker",
    "no_database": "the database of {target} does not exist",
    "no_lock_database": "{target} lacks the database in which the workers take their lock",
    "no_role": "a role of the grant does not exist on {target}",
    ROLE_TOO_POWERFUL: "a role of the grant gives more than data on {target}",
    "bad_login": "the holder's own login on {target} cannot be used",
    "standing_changed": "the holder was given a role on {target} meanwhile",
    "read_back": "{target} does not show the new access",
    "login_refused": "{target} does not let the new login in",
    "no_login": "the login on {target} is gone or disabled",
    "act_as": "the policy asks for what {target} cannot give",
    "on": "the policy asks for what {target} cannot give",
    "bad_name": "the policy has a name that {target} does not accept",
    "bad_privilege": "the policy has a privilege that {target} cannot give",
    "personal": "the login on {target} is the holder's own, with a password of its own",
    "locked": "another transaction on {target} holds a lock that the end needs",
    "cluster_locked": "other changes to the roles of {target} have not ended",
    "catalog_locked": "another transaction on {target} keeps the worker from a catalog of the server",
    "lock_table_full": "other sessions on {target} hold all locks that it has room for",
    "prepared_left": "the holder left a prepared transaction on {target}",
    "owns_many": "the login owns very many objects on {target}, which are being handed over",
    "owns_objects": "the login owns objects on {target} that cannot be handed over",
    "sessions_left": "a session on {target} does not end",
    "sessions_unknown": "a session on {target} shows no login",
    "event_trigger": "an event trigger on {target} stops a statement of the worker",
    "login_kept": "other roles gave the disabled login on {target} privileges that only they can revoke",
    "login_left": "the login on {target} still exists",
    "objects_left": "the login still has privileges on {target}",
    "replica_unproved": "a replica of {target} does not show that access has ended",
    "sessions_hidden": "the worker may not see the sessions of others on {target}",
    "session_refused": "{target} does not let the worker terminate a session",
    "still_held": "another role gave the holder the same access on {target}",
    "role_unknown": "a role of the grant has another name on {target} now",
    "foreign_login": "a login on {target} cannot be told from the grant's",
    "recipe_unreadable": "the record of what was given on {target} cannot be read",
    "unexpected": "an unexpected error on {target}",
    "unrecorded": "the result on {target} could not be recorded",
}
"""By the project's own codes."""

_BY_SQLSTATE: Final = {
    "2BP01": "another role gave the login a privilege on {target}",
    "25006": "{target} is read-only",
    "25P03": "{target} waited too long for the worker",
    "25P04": "{target} took too long",
    "42501": "the worker lacks a privilege on {target}",
    "55P03": "another transaction on {target} holds a lock that the worker needs",
    "57014": "{target} took too long",
    "08": "the connection to {target} broke",
    "28": "{target} refuses the workers' login",
    "40": "other transactions on {target} conflicted",
    "53": "{target} has no connection, memory or disk space to spare",
    "57": "{target} is starting or stopping",
}
"""By SQLSTATE, or by its class, for the errors that a driver passes on as its server raised them."""

_SQLSTATE: Final = re.compile(r"[0-9A-Z]{5}")


def failure_in_words(code: str, *, target: str) -> str:
    """Return a clause for a sentence; an SQLSTATE, which an operator may look up, follows the words."""
    said = WORDS.get(code)
    if said is None and _SQLSTATE.fullmatch(code):
        of_class = _BY_SQLSTATE.get(code[:2], "{target} reported an error")
        said = f"{_BY_SQLSTATE.get(code, of_class)} ({code})"
    return (said or "{target} did not confirm").replace("{target}", target)
