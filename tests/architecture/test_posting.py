"""Only the messenger writes to a channel, because it refuses channels that another workspace reads."""

import re
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[2]
WRITES: Final = re.compile(r"\.((?:chat|files|bookmarks|canvases|pins|reminders)_\w+)\(")
ALLOWED: Final = {
    ("dbaccess/slack/messenger.py", "chat_postMessage"),
    ("dbaccess/slack/messenger.py", "chat_update"),
    # It refuses any channel but direct messages.
    ("dbaccess/slack/files.py", "files_getUploadURLExternal"),
    ("dbaccess/slack/files.py", "files_completeUploadExternal"),
    # To the person who clicked, as a direct message.
    ("bot/reply.py", "chat_postMessage"),
}


def test_no_other_module_posts_edits_or_uploads() -> None:
    found = {
        (str(file.relative_to(ROOT)), method)
        for part in ("bot", "dbaccess", "workers")
        for file in (ROOT / part).rglob("*.py")
        for method in WRITES.findall(file.read_text(encoding="utf-8"))
    }
    assert found == ALLOWED
