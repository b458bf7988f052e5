"""Refusals of providers: the newest of each channel and sender, whatever the order, and what ends them."""

import itertools

import pytest

from pipeline.state.refusals import REFUSALS_MAX, Refusal, newest_refusal, with_refusal, without_refusals

SPAM = Refusal("spam_limited", "sms", "2020", 100)


def test_keeps_the_newest_in_any_order() -> None:
    """Order and repetition of reports don't matter."""
    refusals = (SPAM, Refusal("account_restricted", "sms", "2020", 200), Refusal("spam_limited", "whatsapp", "*", 50))
    results = set()
    for order in itertools.permutations((*refusals, SPAM)):
        known: tuple[Refusal, ...] = ()
        for refusal in order:
            known = with_refusal(known, refusal)
        results.add(known)
    assert results == {(refusals[2], refusals[1])}


@pytest.mark.parametrize("senders", [REFUSALS_MAX - 1, REFUSALS_MAX, REFUSALS_MAX + 1])
def test_forgets_the_oldest_beyond_the_limit(senders: int) -> None:
    """A workspace with many senders doesn't let a record grow."""
    known: tuple[Refusal, ...] = ()
    for number in range(senders):
        known = with_refusal(known, Refusal("spam_limited", "sms", str(number), number))
    assert len(known) == min(senders, REFUSALS_MAX)
    assert known[-1].sender == str(senders - 1)


@pytest.mark.parametrize(
    ("channel", "sender", "is_met"), [("sms", "2020", True), ("sms", "3030", False), ("whatsapp", "2020", False)]
)
def test_covers_its_own_channel_and_sender(channel: str, sender: str, *, is_met: bool) -> None:
    """Another sender may write."""
    assert (newest_refusal((SPAM,), channel, sender) is not None) == is_met


def test_covers_every_sender_when_none_was_named() -> None:
    """Nobody said which it was."""
    assert newest_refusal((Refusal("spam_limited", "sms", "*", 1),), "sms", "3030") is not None


@pytest.mark.parametrize(("sent", "is_left"), [(99, True), (100, False), (101, False)])
def test_ends_with_a_message_that_was_sent_since(sent: int, *, is_left: bool) -> None:
    """What was sent before the refusal disproves nothing."""
    assert bool(without_refusals((SPAM,), "sms", "2020", sent)) == is_left
