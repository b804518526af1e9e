"""usergroups.*: groups of people."""

from sandbox.web_api.call import Call
from sandbox.wire import Json, SlackError
from sandbox.world import UserGroup, World


def list_(call: Call) -> Json:
    found = [
        group
        for group in call.store.world.user_groups
        if not group.date_delete or call.flag("include_disabled")
    ]
    rows = [group_row(call.store.world, group) for group in found]
    for row, group in zip(rows, found, strict=True):
        if call.flag("include_users"):
            row["users"] = list(group.users)
        if call.flag("include_count"):
            row["user_count"] = len(group.users)
    return {"usergroups": rows}


def users_list(call: Call) -> Json:
    group = call.store.world.find_group(call.required("usergroup"))
    if group is None or (group.date_delete and not call.flag("include_disabled")):
        raise SlackError("no_such_subteam")
    return {"users": list(group.users)}


def group_row(world: World, group: UserGroup) -> Json:
    return {
        "id": group.id,
        "team_id": world.team.id,
        "is_usergroup": True,
        "is_subteam": True,
        "name": group.name or group.handle,
        "description": "",
        "handle": group.handle,
        "is_external": False,
        "date_create": 1,
        "date_update": group.date_update,
        "date_delete": group.date_delete,
        "auto_type": None,
        "prefs": {"channels": [], "groups": []},
    }
