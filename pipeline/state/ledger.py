"""What was decided lately, one record per message: to answer repeats, to revoke, to judge again.

Delivery: a record is written in the transaction that emits its verdict, so it exists exactly when the verdict does; a
redelivered message finds it and gets the same bytes again. It is forgotten when its lease has run out and repeats are
no longer answered.
"""

import enum

from msgspec import Struct
from msgspec.structs import replace


class Standing(enum.IntEnum):
    """What may still become of a judged message. Stored as a number: the values are part of the state format."""

    OPEN = 1
    """Let pass, not reported as sent: can be revoked while its lease runs."""
    WAITING = 2
    """Deferred: will be judged again at its time."""
    CLOSED = 3
    """Refused: kept to answer a repeat with the same verdict as long as that lasts."""
    REVOKED = 4
    """Withdrawn: its verdict must not be given again, so a repeat is judged anew."""
    SENT = 5
    """Reported as sent: a repeat gets the same verdict, never a new one that would let it be sent twice."""


class Entry(Struct, frozen=True, array_like=True, gc=False, kw_only=True):
    """One judged message; instants in milliseconds since 1970 (UTC)."""

    standing: Standing
    message_id: str
    recipient: str
    """The recipient's key, under which the verdict was published."""
    verdict_id: str
    verdict: bytes
    """The verdict as issued, so that a repeat gets the same bytes; empty when it has an ending in common."""
    decided_milliseconds: int
    expires_milliseconds: int
    until_milliseconds: int
    """How long it is remembered, unless it waits: as long as its verdict can be used or asked for again."""
    not_before_milliseconds: int = 0
    """Of a waiting message: when to judge it again."""
    actor_type: str = ""
    actor_id: str = ""
    channel: str = ""
    purpose: str = ""
    sender: str = ""
    brand: str = ""
    event: bytes = b""
    """Of a waiting message: the event as received. The body is kept only while it waits (9.1)."""
    origin: tuple[str, int, int, int] = ("", 0, 0, 0)
    """Of a waiting message: topic, partition and offset of the event, and how often it was judged."""
    ending: bytes = b""
    """The name of what the verdict ends with after its ids; empty when it is kept whole (`topologies/endings.py`)."""
    has_reservation: bool = False
    """Of a waiting message: whether a place in the plan's rate is kept for it."""
    template: tuple[str, str] = ("", "")
    """Name and language of the template that the message is made of, if it is."""
    text_mark: bytes = b""
    """Keys and signature of its text, if a campaign is counted of it, so that news of the message count there too
    (`topologies/watching.py`)."""


def is_revocable(entry: Entry, now_milliseconds: int) -> bool:
    """Tell whether a verdict may still be used by the messaging service, now or when its time comes."""
    if entry.standing is Standing.OPEN:
        return entry.expires_milliseconds > now_milliseconds
    return entry.standing is Standing.WAITING


def revoke(entry: Entry) -> Entry:
    """Withdraw what was let pass or waits, and drop its body."""
    return replace(entry, standing=Standing.REVOKED, event=b"")


def mark_sent(entry: Entry) -> Entry:
    """Note that a message was sent: nothing more will become of it."""
    return replace(entry, standing=Standing.SENT, event=b"")


def answers_repeats(entry: Entry, now_milliseconds: int) -> bool:
    """Tell whether a repeat of the message gets the same verdict again, or is judged anew.

    Anew once the lease is over, because who asks then asks again, and once the verdict was withdrawn.
    """
    if entry.standing in (Standing.WAITING, Standing.SENT):
        return True
    return entry.standing is not Standing.REVOKED and entry.expires_milliseconds > now_milliseconds
