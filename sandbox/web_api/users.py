"""users.*: the people of the workspace, deactivated ones included."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from sandbox.web_api.call import Call
from sandbox.wire import Json
from sandbox.world import User, World


def info(call: Call) -> Json:
    return {"user": user_row(call.store.world, call.user())}


def list_(call: Call) -> Json:
    world = call.store.world
    rows, metadata = call.page(world.users)
    found = [user_row(world, user) for user in rows]
    return {"members": found, "cache_ts": int(datetime.now(UTC).timestamp()), "response_metadata": metadata}


def user_row(world: World, user: User) -> Json:
    """A user object; a deactivated person lacks the fields that Slack leaves out."""
    name = user.real_name or user.name
    row: Json = {
        "id": user.id,
        "team_id": user.team_id,
        "name": user.name,
        "deleted": user.deleted,
        "profile": {
            "real_name": name,
            "real_name_normalized": name,
            "display_name": user.name,
            "display_name_normalized": user.name,
            "team": user.team_id,
        },
        "is_bot": user.is_bot,
        "is_app_user": False,
        "updated": user.updated,
    }
    if user.deleted:
        return row
    if world.is_foreign(user):
        row["is_stranger"] = True
    zone = ZoneInfo(user.tz)
    offset = datetime.now(zone).utcoffset()
    return row | {
        "real_name": name,
        "tz": user.tz,
        "tz_label": user.tz,
        "tz_offset": int(offset.total_seconds()) if offset else 0,
        "is_admin": False,
        "is_owner": False,
        "is_primary_owner": False,
        "is_restricted": user.is_guest,
        "is_ultra_restricted": user.is_ultra_restricted,
    }
