"""How many different people a WhatsApp portfolio has written to outside service windows, in a moving 24 hours.

The recipient is the key, so each partition holds the exact set of its own recipients (`Reached`, one record each, which
leaves the set by its own time), and the sum over the partitions is exact. What the partitions tell each other is a
count (`Reach`), by the part of an hour in which recipients came in, so that it can be said when places get free.

Delivery: each partition's counts are numbered and written with what they count; of two reports of one partition the
one with the higher number stands, so a lost, late or repeated report changes nothing once the next one is in.

Source: Meta, messaging limits (rules/whatsapp-rules.md, live 2026): unique WhatsApp user numbers delivered to, outside
a customer service window, in a moving 24 hours, per business portfolio.
"""

from typing import Final

from msgspec import Struct

REACH_MILLISECONDS: Final = 86_400_000
PART_MILLISECONDS: Final = 600_000
"""Ten minutes: 145 counts at most in a report, and whoever waits for a place waits ten minutes too long at most."""


class Reached(Struct, frozen=True, array_like=True, gc=False):
    """A recipient in the set; instants in milliseconds since 1970 (UTC).

    The portfolio stands in the value because the key may hold its hash. What the newest message replaced is kept, so
    that it can be restored when that message is revoked.
    """

    portfolio_id: str
    at_milliseconds: int
    message_id: str
    before_milliseconds: int = 0

    @property
    def over_milliseconds(self) -> int:
        """When the recipient leaves the set."""
        return self.at_milliseconds + REACH_MILLISECONDS


class Reach(Struct, frozen=True, array_like=True, gc=False):
    """One partition's count for one portfolio: recipients by the part of an hour in which they were reached."""

    revision: int = 0
    parts: tuple[tuple[int, int], ...] = ()
    """(part since 1970, recipients), ascending."""


NO_REACH = Reach()


def merge(known: Reach, reported: Reach) -> Reach:
    """Take in a report of the same partition: the one with the higher number stands."""
    return max(known, reported, key=lambda reach: (reach.revision, reach.parts))


def is_in_set(reached: Reached | None, now_milliseconds: int) -> bool:
    """Tell whether a recipient takes a place now: up to and without the end of its 24 hours."""
    return reached is not None and reached.over_milliseconds > now_milliseconds


def reach_again(reached: Reached | None, portfolio_id: str, at_milliseconds: int, message_id: str) -> Reached:
    """Note that a recipient is written to; another turn of the same message keeps what there was before it."""
    if reached is None:
        return Reached(portfolio_id, at_milliseconds, message_id)
    before = reached.before_milliseconds if reached.message_id == message_id else reached.at_milliseconds
    return Reached(portfolio_id, at_milliseconds, message_id, before)


def take_back(reached: Reached, message_id: str, now_milliseconds: int) -> Reached | None:
    """Undo a message that was revoked; `None` when the recipient is in the set no more."""
    if reached.message_id != message_id:
        return reached
    before = Reached(reached.portfolio_id, reached.before_milliseconds, "")
    return before if is_in_set(before, now_milliseconds) else None


def part_of(at_milliseconds: int) -> int:
    """Say in which part of an hour an instant lies."""
    return at_milliseconds // PART_MILLISECONDS
