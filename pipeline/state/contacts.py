"""When a recipient and a workspace last wrote to each other: for service windows and frequency caps.

One record per recipient and workspace, kept only where a rule asks for it: replies by WhatsApp, and marketing to places
with a cap. It is bounded, and forgotten when all of it is over.

Delivery: replies are merged by maximum per sender, so redelivery and reordering change nothing
(`tests/properties/test_contacts_laws.py`). What was let pass is noted in the transaction that emits the verdict, under
the message's id, so a message that is judged anew counts once, and one that is revoked is taken out again. An empty
record means that nobody wrote: the service window is closed, and no cap is used.
"""

from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from pipeline.state.assets import sender_key

SENDERS_MAX: Final = 32
"""Senders of one workspace per recipient; the one that was used longest ago goes first, which closes its window."""

CAPPED_MAX: Final = 16
"""Capped messages kept: no cap may be higher (`pipeline.domain.frequency_caps`), so the newest ones decide."""

WINDOW_MILLISECONDS: Final = 86_400_000
"""WhatsApp's customer service window: 24 hours from the user's last message (rules/whatsapp-rules.md, "Service
window", error 131047; 2026-06-29)."""

CAPPED_MILLISECONDS: Final = 2 * 86_400_000
"""How long capped messages are kept: no window is longer than a day, and a calendar day has 25 hours at most."""


class Passed(Struct, frozen=True, array_like=True, gc=False):
    """A message that was let pass; `at_milliseconds` since 1970 in UTC, `sender` as `sender_key` writes it."""

    at_milliseconds: int
    message_id: str
    sender: str


class Heard(Struct, frozen=True, array_like=True, gc=False):
    """The newest message of a recipient to a sender; `at_milliseconds` and `sender` as in `Passed`."""

    at_milliseconds: int
    sender: str


class Contacts(Struct, frozen=True, array_like=True, gc=False):
    """What one recipient and one workspace have written lately, each list oldest first."""

    heard: tuple[Heard, ...] = ()
    """By WhatsApp, the newest of each sender."""
    capped: tuple[Passed, ...] = ()
    """On any channel, what counts in a frequency cap."""
    workspace_id: str = ""
    """Here because the key may hold its hash."""

    def window_ends_milliseconds(self, sender: str) -> int:
        """Say when the service window of a sender ends or ended; 0 when the recipient never wrote to it."""
        key = sender_key(sender)
        for heard in self.heard:
            if heard.sender == key:
                return heard.at_milliseconds + WINDOW_MILLISECONDS
        return 0

    def capped_times(self, message_id: str) -> list[int]:
        """List when other messages that count in caps were let pass, oldest first."""
        return [passed.at_milliseconds for passed in self.capped if passed.message_id != message_id]


NO_CONTACTS = Contacts()


def hear(contacts: Contacts, sender: str, at_milliseconds: int) -> Contacts:
    """Take in a reply: of each sender the newest stays. Order and repetition don't matter."""
    newest = {heard.sender: heard for heard in contacts.heard}
    key = sender_key(sender)
    known = newest.get(key)
    if known is not None and known.at_milliseconds >= at_milliseconds:
        return contacts
    newest[key] = Heard(at_milliseconds, key)
    order = sorted(newest.values(), key=lambda each: (each.at_milliseconds, each.sender))
    return replace(contacts, heard=tuple(order[-SENDERS_MAX:]))


def note_capped(contacts: Contacts, passed: Passed) -> Contacts:
    """Note a message that counts in caps and was let pass; its former turn, if any, is replaced."""
    kept = sorted([*(each for each in contacts.capped if each.message_id != passed.message_id), passed], key=_order)
    return replace(contacts, capped=tuple(kept[-CAPPED_MAX:]))


def take_out(contacts: Contacts, message_id: str) -> Contacts:
    """Take out a message that was revoked: it was never sent, so it counts in no cap."""
    return replace(contacts, capped=tuple(each for each in contacts.capped if each.message_id != message_id))


def over_milliseconds(contacts: Contacts) -> int:
    """Say from when on a record says nothing any more, and can be forgotten; 0 for an empty one."""
    times = [each.at_milliseconds + WINDOW_MILLISECONDS for each in contacts.heard[-1:]]
    times += [each.at_milliseconds + CAPPED_MILLISECONDS for each in contacts.capped[-1:]]
    return max(times, default=0)


def _order(passed: Passed) -> tuple[int, str]:
    return (passed.at_milliseconds, passed.message_id)
