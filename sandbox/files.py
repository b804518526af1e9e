"""Files that the app uploads: announced, sent to an address of their own, then shared."""

import secrets
from dataclasses import dataclass, field

from sandbox.wire import Json, SlackError

LARGEST = 1_000_000_000
"""Bytes of one file, as Slack allows."""


@dataclass(slots=True, kw_only=True)
class File:
    """`content` is None until it was sent. `title` is what people see, once the file was shared."""

    id: str
    name: str
    length: int
    secret: str
    title: str = ""
    content: bytes | None = None
    channels: list[str] = field(default_factory=list)

    def row(self) -> Json:
        """The file as a message shows it."""
        return {"id": self.id, "name": self.name, "title": self.title, "size": self.length}


@dataclass(slots=True)
class Files:
    kept: dict[str, File] = field(default_factory=dict)
    made: int = 0

    def announce(self, name: str, length: int) -> File:
        self.made += 1
        file = File(id=f"F0{self.made:08}", name=name, length=length, secret=secrets.token_hex(16))
        self.kept[file.id] = file
        return file

    def send(self, secret: str, content: bytes) -> bool:
        """Keep the content of the file with this address; return whether it is new and as long as said."""
        file = next((one for one in self.kept.values() if one.secret == secret), None)
        if file is None or file.content is not None or len(content) != file.length:
            return False
        file.content = content
        return True

    def sent(self, file_id: str) -> File:
        """The file that was sent whole; else Slack's refusal."""
        file = self.kept.get(file_id)
        if file is None or file.content is None:
            raise SlackError("file_not_found")
        return file
