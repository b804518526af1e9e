"""The judgement of a campaign: the checker's observations beside the ledger and Slack."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import psycopg

from bench.faults.campaign import Campaign, Row, Struck
from bench.faults.checker import Seen
from bench.faults.verdict import ALARM, Late, Verdict
from dbaccess.domain.ledger import Entry, faults

ALARM_TAKES = 5.0
"""Seconds that the alarm may take from when it is due until it is planned."""
FOREVER = float("inf")


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """The access by one grant, from its creation until the next grant of the same login."""

    grant: Row
    last: float
    seen: str
    lost: tuple[float, ...]
    """When looks found the login unusable that had been usable."""


def compare(campaign: Campaign, seen: dict[str, dict[str, Seen]]) -> Verdict:
    """Return the verdict on a finished campaign.

    `seen` are the checker's observations, by target and login.
    """
    rows = list(campaign.grants.values())
    accesses = list(_accesses(campaign, rows, seen))
    late = sorted(
        filter(None, (_late(campaign, access) for access in accesses)), key=lambda one: -one.seconds
    )
    with psycopg.connect(campaign.site.control.superuser_url, autocommit=True) as control:
        alarmed = _requests_with(control, "ops.overdue", "channel.overdue")
        told = _told(campaign, control)
        broken = [f"{fault.seq}: {fault.what}" for fault in faults(_entries(control))]
    return Verdict(
        faults=len(campaign.struck),
        grants=len(rows),
        ended=sum(row.state == "ended" for row in rows),
        late=late,
        early=[_early(access) for access in accesses if _early(access)],
        false_receipts=[
            f"G-{a.grant.id} ended, and {a.last - a.grant.ended_at:.2f} s later there was a {a.seen}"
            for a in accesses
            if a.grant.state == "ended" and a.grant.ended_at is not None and a.last > a.grant.ended_at
        ],
        not_ended=[_not_ended(campaign, row) for row in rows if row.state != "ended"],
        not_told=[
            f"{row.holder} of G-{row.id}" for row in rows if row.state == "ended" and row.id not in told
        ],
        no_alarm=[
            f"G-{one.grant.id} {one.seconds:.1f} s late"
            for one in late
            if one.unexcused > ALARM + ALARM_TAKES and one.grant.request_id not in alarmed
        ],
        ledger=broken,
    )


def _accesses(campaign: Campaign, rows: Sequence[Row], seen: dict[str, dict[str, Seen]]) -> Iterator[Access]:
    for row in rows:
        sighting = seen.get(row.target, {}).get(row.login or "")
        if sighting is None:
            continue
        # The same login gets its next grant only after this one: what is seen from then on is not this one's.
        later = [
            o.created_at for o in rows if o.login == row.login and o.target == row.target and o.id > row.id
        ]
        until = min(later, default=FOREVER)
        reads = campaign.holders[row.id].reads if row.id in campaign.holders else []
        yield _access(row, sighting, reads, until)


def _access(row: Row, seen: Seen, reads: Iterable[float], until: float) -> Access:
    began = row.created_at
    spans = [(start, end) for start, end in seen.spans if start < until and end >= began]
    usable = max((min(end, until) for _, end in spans), default=0.0)
    # A session that began while a look saw access has had it; one that began later came in for nothing.
    sessions = [min(last, until) for since, last in seen.sessions.values() if began <= since <= usable]
    candidates = {
        "login that works": usable,
        "session": max(sessions, default=0.0),
        "statement that was answered": max((at for at in reads if at < until), default=0.0),
    }
    by = max(candidates, key=lambda name: candidates[name])
    lost = tuple(at for at in seen.gone if began <= at < until)
    return Access(grant=row, last=candidates[by], seen=by, lost=lost)


def _late(campaign: Campaign, access: Access) -> Late | None:
    due = access.grant.due_at
    if due is None or access.last <= due:
        return None
    place = access.grant.target
    during = [each for each in campaign.struck if each.began < access.last and each.ended > due]
    excuses = [each for each in campaign.struck if place in each.fault.excuses]
    holder = campaign.holders.get(access.grant.id)
    return Late(
        grant=access.grant,
        seconds=access.last - due,
        unexcused=access.last - due - _covered(due, access.last, excuses),
        seen=access.seen,
        manner=holder.manner if holder else "unknown",
        during=tuple(
            f"{each.fault.name}{f' on {each.fault.host}' if each.fault.host else ''}" for each in during
        ),
    )


def _covered(begin: float, end: float, excuses: Sequence[Struck]) -> float:
    """Seconds between begin and end in which there was an excuse."""
    covered, at = 0.0, begin
    for each in sorted(excuses, key=lambda struck: struck.began):
        start, stop = max(at, each.began), min(end, each.ended)
        if stop > start:
            covered, at = covered + stop - start, stop
    return covered


def _early(access: Access) -> str:
    """Empty where access was there until it was due."""
    row = access.grant
    if row.activated_at is None or row.due_at is None:
        return ""
    early = [at for at in access.lost if at < row.due_at]
    return f"G-{row.id} {row.due_at - early[0]:.2f} s too soon" if early else ""


def _not_ended(campaign: Campaign, row: Row) -> str:
    manner = campaign.holders[row.id].manner if row.id in campaign.holders else "unknown"
    return f"G-{row.id} on {row.target} is {row.state} ({row.last_failure}), holder {manner}"


def _told(campaign: Campaign, control: psycopg.Connection[Any]) -> set[int]:
    """Grants of which Slack has the holder's message that says how it ended."""
    rows = control.execute(
        """select g.id, g.holder_slack_id, m.posted_ts from messages m join grants g using (request_id)
            where m.kind in ('dm.ended', 'dm.never_active') and m.posted_ts is not null"""
    ).fetchall()
    people = {holder for _, holder, _ in rows}
    shown = {person: {m.ts for m in campaign.site.person(person).direct_messages()} for person in people}
    return {grant_id for grant_id, holder, ts in rows if ts in shown[holder]}


def _requests_with(control: psycopg.Connection[Any], *kinds: str) -> set[int]:
    rows = control.execute("select request_id from messages where kind = any(%s)", [list(kinds)]).fetchall()
    return {request_id for (request_id,) in rows}


def _entries(control: psycopg.Connection[Any]) -> Iterator[Entry]:
    rows = control.execute("select seq, prev_hash, body, hash from ledger order by seq").fetchall()
    for seq, prev_hash, body, digest in rows:
        yield Entry(seq=seq, prev_hash=prev_hash, body=body, hash=digest)
