"""A judged message is remembered as long as it may be revoked, judged again or asked about."""

import pytest

from pipeline.state.ledger import Entry, Standing, answers_repeats, is_revocable, mark_sent
from pipeline.testing.builders import HOUR, MINUTE, NOW


def build_entry(standing: Standing) -> Entry:
    """Build a judged message with a lease of five minutes that waits, if it does, for an hour."""
    return Entry(
        standing=standing,
        message_id="m-1",
        recipient="+447700900123",
        verdict_id="v-1",
        verdict=b"{}",
        decided_milliseconds=NOW,
        expires_milliseconds=NOW + 5 * MINUTE,
        until_milliseconds=NOW + HOUR,
        not_before_milliseconds=NOW + HOUR,
        event=b"a body",
    )


@pytest.mark.parametrize(("shift_milliseconds", "is_open"), [(-1, True), (0, False), (1, False)])
def test_can_be_revoked_until_its_lease_runs_out(shift_milliseconds: int, *, is_open: bool) -> None:
    """At the instant at which the lease ends there is nothing to revoke any more."""
    assert is_revocable(build_entry(Standing.OPEN), NOW + 5 * MINUTE + shift_milliseconds) == is_open


def test_can_be_revoked_while_it_waits_however_long() -> None:
    """A deferred message has no lease yet, and can be withdrawn at any time."""
    assert is_revocable(build_entry(Standing.WAITING), NOW + 1_000 * HOUR)


def test_can_not_be_revoked_once_it_is_closed() -> None:
    """What was sent, revoked or refused is not revoked again."""
    assert not is_revocable(build_entry(Standing.CLOSED), NOW)


@pytest.mark.parametrize("standing", [Standing.OPEN, Standing.WAITING])
def test_drops_the_body_when_it_is_closed(standing: Standing) -> None:
    """A body is kept only while its message waits (9.1)."""
    assert mark_sent(build_entry(standing)).event == b""


def test_keeps_the_verdict_when_it_is_closed() -> None:
    """A closed record still answers a repeat with the same bytes."""
    assert mark_sent(build_entry(Standing.OPEN)).verdict == b"{}"


def test_is_closed_after_closing() -> None:
    """Nothing more becomes of a closed message."""
    assert mark_sent(build_entry(Standing.WAITING)).standing is Standing.SENT


@pytest.mark.parametrize(
    ("standing", "in_lease", "after_lease"),
    [
        (Standing.OPEN, True, False),
        (Standing.CLOSED, True, False),
        (Standing.WAITING, True, True),
        (Standing.SENT, True, True),
        (Standing.REVOKED, False, False),
    ],
)
def test_answers_a_repeat_while_its_verdict_holds(standing: Standing, in_lease: bool, after_lease: bool) -> None:  # noqa: FBT001
    """A repeat gets the same verdict within the lease; after it only one that waits or was sent does."""
    entry = build_entry(standing)
    end = entry.expires_milliseconds
    assert [answers_repeats(entry, at) for at in (end - 1, end, end + 1)] == [in_lease, after_lease, after_lease]
