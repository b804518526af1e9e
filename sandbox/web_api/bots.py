"""bots.*: the bot of an app."""

from sandbox.web_api.call import Call
from sandbox.wire import Json, SlackError


def info(call: Call) -> Json:
    world = call.store.world
    if call.required("bot") != world.app.bot_id:
        raise SlackError("bot_not_found")
    name = world.user(world.app.bot_user).name
    return {
        "bot": {
            "id": world.app.bot_id,
            "deleted": False,
            "name": name,
            "updated": 1,
            "app_id": world.app.id,
            "user_id": world.app.bot_user,
        }
    }
