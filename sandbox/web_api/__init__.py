"""Slack's Web API: one file for each family of methods, one endpoint for all."""

from sandbox.web_api import apps, auth, bots, chat, conversations, files, usergroups, users, views
from sandbox.web_api.call import Handler

HANDLERS: dict[str, Handler] = {
    "apps.connections.open": apps.connections_open,
    "auth.test": auth.test,
    "bots.info": bots.info,
    "chat.getPermalink": chat.get_permalink,
    "chat.postEphemeral": chat.post_ephemeral,
    "chat.postMessage": chat.post_message,
    "chat.update": chat.update,
    "conversations.info": conversations.info,
    "conversations.list": conversations.list_,
    "conversations.members": conversations.members,
    "conversations.open": conversations.open_,
    "files.completeUploadExternal": files.complete_upload,
    "files.getUploadURLExternal": files.get_upload_url,
    "usergroups.list": usergroups.list_,
    "usergroups.users.list": usergroups.users_list,
    "users.info": users.info,
    "users.list": users.list_,
    "views.open": views.open_,
    "views.publish": views.publish,
    "views.push": views.push,
    "views.update": views.update,
}
