"""What a WhatsApp portfolio wrote to a recipient, and how many different people it wrote to in a moving 24 hours.

The recipient is the key, so each partition holds the exact set of its own recipients (`Reached`, one record each, which
leaves the set by its own time), and the sum over the partitions is exact. What the partitions tell each other is a
count (`Reach`), by the part of an hour in which recipients came in, so that it can be said when places get free. The
same record holds what counts in the pair rate of each number: one record to write for a message, not two.

Delivery: what was let pass is noted in the transaction that emits the verdict, under the message's id, so a message
that is judged anew counts once, and one that is revoked is taken out again. Each partition's counts are numbered and
written with what they count; of two reports of one partition the one with the higher number stands, so a lost, late or
repeated report changes nothing once the next one is in.

Source: Meta, messaging limits (rules/whatsapp-rules.md, live 2026): unique WhatsApp user numbers delivered to, outside
a customer service window, in a moving 24 hours, per business portfolio.
"""

from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from pipeline.state.assets import sender_key
from pipeline.state.contacts import Passed

REACH_MILLISECONDS: Final = 86_400_000
PART_MILLISECONDS: Final = 600_000
"""Ten minutes: 145 counts at most in a report, and whoever waits for a place waits ten minutes too long at most."""

PAIR_MILLISECONDS: Final = 6_000
"""WhatsApp's pair rate: one message in six seconds from a business number to a user (rules/frequency-caps.csv, error
131056; 2026, confidence high). The burst that general knowledge allows beyond it is not counted on."""

PASSED_MAX: Final = 64
"""Messages kept for the pair rate, two of each number: of more than 32 numbers the oldest are forgotten."""


class Reached(Struct, frozen=True, array_like=True, gc=False):
    """What a portfolio wrote to a recipient lately; instants in milliseconds since 1970 (UTC).

    The portfolio stands in the value because the key may hold its hash. What the newest message that took a place
    replaced is kept, so that it can be restored when that message is revoked.
    """

    portfolio_id: str
    at_milliseconds: int = 0
    """When the recipient was last written to outside a service window; 0: takes no place."""
    message_id: str = ""
    before_milliseconds: int = 0
    passed: tuple[Passed, ...] = ()
    """The newest two messages of each number, oldest first, so that one can be taken out again."""

    @property
    def over_milliseconds(self) -> int:
        """When the recipient leaves the set; without a place, when the pair rate is over; 0 for an empty record."""
        if self.at_milliseconds:
            return self.at_milliseconds + REACH_MILLISECONDS
        return self.passed[-1].at_milliseconds + PAIR_MILLISECONDS if self.passed else 0


class Reach(Struct, frozen=True, array_like=True, gc=False):
    """One partition's count for one portfolio: recipients by the part of an hour in which they were reached."""

    revision: int = 0
    parts: tuple[tuple[int, int], ...] = ()
    """(part since 1970, recipients), ascending."""


NO_REACH = Reach()


def merge(known: Reach, reported: Reach) -> Reach:
    """Take in a report of the same partition: the one with the higher number stands."""
    return max(known, reported, key=lambda reach: (reach.revision, reach.parts))


def is_in_set(reached: Reached, now_milliseconds: int) -> bool:
    """Tell whether a recipient takes a place now: up to and without the end of its 24 hours."""
    return reached.at_milliseconds + REACH_MILLISECONDS > now_milliseconds if reached.at_milliseconds else False


def pair_free_milliseconds(reached: Reached, sender: str, message_id: str) -> int:
    """Say when a number may write again by the pair rate; another turn of the same message is no second one."""
    key = sender_key(sender)
    times = [each.at_milliseconds for each in reached.passed if each.sender == key and each.message_id != message_id]
    return max(times) + PAIR_MILLISECONDS if times else 0


def note_passed(reached: Reached, passed: Passed) -> Reached:
    """Note a message that was let pass; its former turn, if any, is replaced."""
    if not reached.passed:
        return Reached(
            reached.portfolio_id,
            reached.at_milliseconds,
            reached.message_id,
            reached.before_milliseconds,
            (passed,),
        )
    mine = [each for each in reached.passed if each.sender == passed.sender and each.message_id != passed.message_id]
    others = [each for each in reached.passed if each.sender != passed.sender]
    kept = sorted([*others, *mine[-1:], passed], key=lambda each: (each.at_milliseconds, each.message_id))
    return replace(reached, passed=tuple(kept[-PASSED_MAX:]))


def take_place(reached: Reached, at_milliseconds: int, message_id: str) -> Reached:
    """Note that a message takes a place; another turn of the same message keeps what there was before it."""
    before = reached.before_milliseconds if reached.message_id == message_id else reached.at_milliseconds
    return Reached(reached.portfolio_id, at_milliseconds, message_id, before, reached.passed)


def take_out(reached: Reached, message_id: str, now_milliseconds: int) -> Reached:
    """Take out a message that was revoked: the recipient takes no place, or the one from before it."""
    left = replace(reached, passed=tuple(each for each in reached.passed if each.message_id != message_id))
    if reached.message_id != message_id:
        return left
    before = replace(left, at_milliseconds=reached.before_milliseconds, message_id="", before_milliseconds=0)
    return before if is_in_set(before, now_milliseconds) else leave(before)


def leave(reached: Reached) -> Reached:
    """Take the place away from a recipient."""
    return replace(reached, at_milliseconds=0, message_id="", before_milliseconds=0)


def part_of(at_milliseconds: int) -> int:
    """Say in which part of an hour an instant lies."""
    return at_milliseconds // PART_MILLISECONDS
