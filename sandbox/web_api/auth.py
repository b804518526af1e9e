"""auth.*: the workspace of a token."""

from sandbox.web_api.call import Call
from sandbox.wire import Json


def test(call: Call) -> Json:
    world = call.store.world
    return {
        "url": f"https://{world.team.domain}.slack.com/",
        "team": world.team.name or world.team.domain,
        "user": world.user(world.app.bot_user).name,
        "team_id": world.team.id,
        "user_id": world.app.bot_user,
        "bot_id": world.app.bot_id,
        "is_enterprise_install": False,
    }
