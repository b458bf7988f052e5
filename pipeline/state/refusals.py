"""What providers lately refused to send to one recipient for one workspace, and for which reason of the sender's.

A record keeps the newest refusal of each channel and sender, and is gone a day after the newest of them.

Delivery: redelivery and reordering change nothing but which of two refusals of the same instant is named. After a
restart the record comes from the changelog. No record means that no provider has refused anything.
"""

from typing import Final

from msgspec import Struct

REFUSALS_MAX: Final = 16
"""Senders of one workspace that refusals are kept of; the oldest goes first."""


class Refusal(Struct, frozen=True, array_like=True, gc=False):
    """One refusal; `reported_milliseconds` since 1970 (UTC), `sender` is `*` when nobody said which it was."""

    group: str
    channel: str
    sender: str
    reported_milliseconds: int

    def covers(self, channel: str, sender: str) -> bool:
        """Tell whether a message by a channel from a sender would meet the same refusal."""
        return self.channel == channel and self.sender in ("*", sender)


Refusals = tuple[Refusal, ...]


def with_refusal(known: Refusals, refusal: Refusal) -> Refusals:
    """Take in a refusal: the newest of each channel and sender stays."""
    newest = {(each.channel, each.sender): each for each in known}
    slot = (refusal.channel, refusal.sender)
    if slot not in newest or newest[slot].reported_milliseconds <= refusal.reported_milliseconds:
        newest[slot] = refusal
    return tuple(sorted(newest.values(), key=_age)[-REFUSALS_MAX:])


def without_refusals(known: Refusals, channel: str, sender: str, sent_milliseconds: int) -> Refusals:
    """Drop what a message that was sent disproves: refusals of its channel and sender that are not newer than it."""
    return tuple(
        each for each in known if not each.covers(channel, sender) or each.reported_milliseconds > sent_milliseconds
    )


def newest_refusal(known: Refusals, channel: str, sender: str) -> Refusal | None:
    """Give the newest refusal that a message would meet again."""
    return max((each for each in known if each.covers(channel, sender)), key=_age, default=None)


def _age(refusal: Refusal) -> tuple[int, str, str, str]:
    return (refusal.reported_milliseconds, refusal.group, refusal.channel, refusal.sender)
