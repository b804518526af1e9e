"""Limits for one person: enough for anyone at work, too few to drown the others."""

from datetime import timedelta

OPEN_REQUESTS = 10
"""Requests that wait for a decision at the same time, for access and for more time."""

REQUESTS_AN_HOUR = 30
"""Every request counts, withdrawn ones too."""

PASSWORDS_A_MINUTE = 6
"""Clicks on Show credentials for one grant."""

DRAFTS = 20
"""Refused lines that a person may still change; an older one makes room for a new one."""

REFUSALS_AN_HOUR = 20
"""Refused attempts of one account that the ledger takes; the others are counted."""

ALL_REFUSALS_AN_HOUR = 500
"""The same for all accounts together, which a compromised bot can make up. The database holds both."""

HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)

SHOWN = 20
"""The most rows that a list shows."""
