"""Who wrote to whom lately: bounded, and forgotten in time."""

import pytest

from pipeline.state.contacts import (
    CAPPED_MAX,
    CAPPED_MILLISECONDS,
    NO_CONTACTS,
    SENDERS_MAX,
    WINDOW_MILLISECONDS,
    Contacts,
    Passed,
    hear,
    note_capped,
    over_milliseconds,
    take_out,
)
from pipeline.testing.builders import DAY, NOW, WHATSAPP_SENDER

KEY = WHATSAPP_SENDER.lstrip("+")


def passed(at: int = NOW, message_id: str = "m-1", sender: str = KEY) -> Passed:
    """Build a message that was let pass."""
    return Passed(at, message_id, sender)


def test_knows_no_window_of_a_sender_that_nobody_wrote_to() -> None:
    """There is no end of what never began."""
    assert hear(NO_CONTACTS, WHATSAPP_SENDER, NOW).window_ends_milliseconds("+447700900333") == 0


def test_opens_a_window_for_a_day() -> None:
    """With or without the plus sign it is one number."""
    contacts = hear(NO_CONTACTS, KEY, NOW)
    assert contacts.window_ends_milliseconds(WHATSAPP_SENDER) == NOW + DAY


@pytest.mark.parametrize(("second", "ends"), [(-1, 0), (0, 0), (1, 1)])
def test_begins_the_window_anew_with_a_newer_message(second: int, ends: int) -> None:
    """A message that comes late opens nothing anew."""
    contacts = hear(hear(NO_CONTACTS, KEY, NOW), KEY, NOW + second)
    assert contacts.window_ends_milliseconds(KEY) == NOW + ends + WINDOW_MILLISECONDS


@pytest.mark.parametrize("count", [SENDERS_MAX - 1, SENDERS_MAX, SENDERS_MAX + 1])
def test_forgets_the_oldest_window_when_there_are_too_many(count: int) -> None:
    """A workspace with many numbers has the newest windows."""
    contacts = NO_CONTACTS
    for number in range(count):
        contacts = hear(contacts, f"44770090{number:04d}", NOW + number)
    assert len(contacts.heard) == min(count, SENDERS_MAX)
    assert (contacts.window_ends_milliseconds("447700900000") == 0) == (count > SENDERS_MAX)


@pytest.mark.parametrize("count", [CAPPED_MAX - 1, CAPPED_MAX, CAPPED_MAX + 1])
def test_keeps_as_many_capped_messages_as_any_cap_asks_for(count: int) -> None:
    """The oldest go first."""
    contacts = NO_CONTACTS
    for number in range(count):
        contacts = note_capped(contacts, passed(NOW + number, f"m-{number}"))
    assert contacts.capped_times("") == [NOW + number for number in range(max(0, count - CAPPED_MAX), count)]


def test_counts_a_message_that_is_judged_again_once() -> None:
    """Its newest turn replaces the one before."""
    contacts = note_capped(note_capped(NO_CONTACTS, passed()), passed(NOW + 9))
    assert contacts.capped_times("") == [NOW + 9]


def test_takes_a_revoked_message_out() -> None:
    """What was never sent counts in no cap."""
    contacts = note_capped(NO_CONTACTS, passed())
    assert take_out(contacts, "m-1") == NO_CONTACTS


@pytest.mark.parametrize(
    ("contacts", "over"),
    [
        (NO_CONTACTS, 0),
        (hear(NO_CONTACTS, KEY, NOW), NOW + WINDOW_MILLISECONDS),
        (note_capped(NO_CONTACTS, passed()), NOW + CAPPED_MILLISECONDS),
        (note_capped(hear(NO_CONTACTS, KEY, NOW + 2 * DAY), passed()), NOW + 3 * DAY),
    ],
)
def test_says_when_a_record_is_over(contacts: Contacts, over: int) -> None:
    """It is kept until the last part of it says nothing any more."""
    assert over_milliseconds(contacts) == over
