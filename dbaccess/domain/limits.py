"""How much one person may do: enough for anybody at work, too little to drown the others."""

from datetime import timedelta

OPEN_REQUESTS = 10
"""That wait for a decision at the same time: for access, and for more time."""

REQUESTS_AN_HOUR = 30
"""Whatever became of them: who withdraws and asks again counts on."""

PASSWORDS_A_MINUTE = 6
"""Clicks on Show credentials, for one grant."""

DRAFTS = 20
"""Lines that were refused and may still be changed; an older one makes room."""

HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)

SHOWN = 20
"""No list shows more rows of it."""
