"""Laws of a recipient's choices: the merge is a join, and no list ever lifts an opt-out."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from pipeline.state import choices as module
from pipeline.state.choices import (
    NO_CHOICES,
    Choice,
    Choices,
    Kind,
    Target,
    choice_from,
    event_from,
    merge,
    standing_consents,
    standing_withdrawal,
)

TARGETS = st.builds(
    Target,
    st.sampled_from(["sms", "whatsapp"]),
    st.sampled_from(["marketing", "utility"]),
    st.sampled_from(["a", "b"]),
    st.sampled_from(["", "x"]),
)
FEW = 2
"""A limit small enough for the full record to be met all the time."""


def named(choice: Choice) -> Choice:
    """Give a choice the id that follows from what it says: one id never means two things."""
    return replace(choice, event_id=hashlib.sha256(repr(choice).encode()).hexdigest()[:6])


CHOICES = st.builds(
    Choice,
    kind=st.sampled_from(Kind),
    channel=st.sampled_from(["*", "sms", "whatsapp"]),
    purpose=st.sampled_from(["*", "marketing", "utility"]),
    sender=st.sampled_from(["*", "a", "b"]),
    brand=st.sampled_from(["*", "", "x"]),
    basis=st.sampled_from(["", "express", "implied"]),
    occurred_milliseconds=st.integers(0, 4),
    recorded_milliseconds=st.integers(0, 4),
    event_id=st.just(""),
    expires_milliseconds=st.sampled_from([0, 3]),
).map(named)
LISTS = st.lists(CHOICES, max_size=12)
LIMITS = st.sampled_from([FEW, module.ENTRIES_MAX])


def merged(*lists: list[Choice], limit: int = module.ENTRIES_MAX) -> Choices:
    """Merge lists of choices one after the other, under a limit of the record's size."""
    record = NO_CHOICES
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "ENTRIES_MAX", limit)
        for choices in lists:
            record = merge(record, choices)
    return record


@given(LISTS, st.randoms(use_true_random=False), LIMITS)
def test_merges_to_the_same_record_in_any_order(choices: list[Choice], source: object, limit: int) -> None:
    """Reordering of events changes nothing, also when the record is full."""
    shuffled = list(choices)
    source.shuffle(shuffled)  # type: ignore[attr-defined]
    assert merged(*([choice] for choice in shuffled), limit=limit) == merged(choices, limit=limit)


@given(LISTS, LIMITS)
def test_merges_to_the_same_record_when_events_come_again(choices: list[Choice], limit: int) -> None:
    """Redelivery of events changes nothing."""
    assert merged(choices, choices, limit=limit) == merged(choices, limit=limit)


@given(LISTS, LISTS, LISTS, LIMITS)
def test_merges_records_in_any_grouping(
    first: list[Choice], second: list[Choice], third: list[Choice], limit: int
) -> None:
    """It does not matter which records were merged with each other before."""
    left = merged(list(merged(first, second, limit=limit).entries), third, limit=limit)
    right = merged(first, list(merged(second, third, limit=limit).entries), limit=limit)
    assert left == right


@given(LISTS, LIMITS)
def test_keeps_a_record_within_its_limit(choices: list[Choice], limit: int) -> None:
    """A record holds at most as many withdrawals as the limit says, and as many other choices."""
    kinds = [entry.kind is Kind.WITHDRAWAL for entry in merged(choices, limit=limit).entries]
    assert max(kinds.count(True), kinds.count(False)) <= limit


@given(LISTS, st.lists(CHOICES.filter(lambda choice: choice.kind in {Kind.IMPORTED, Kind.END})), TARGETS, LIMITS)
def test_never_lifts_an_opt_out_by_lists(
    choices: list[Choice], claims: list[Choice], target: Target, limit: int
) -> None:
    """Whatever lists claim, and however late, who has opted out stays opted out until that person acts."""
    before = standing_withdrawal(merged(choices, limit=limit), target)
    after = standing_withdrawal(merged(choices, claims, limit=limit), target)
    assert before is None or after is not None


@given(LISTS, CHOICES, TARGETS, LIMITS)
def test_lifts_an_opt_out_only_by_a_later_act_of_the_person(
    choices: list[Choice], added: Choice, target: Target, limit: int
) -> None:
    """If an opt-out stands and one more choice lifts it, that choice is a later act that covers the message."""
    before = standing_withdrawal(merged(choices, limit=limit), target)
    after = standing_withdrawal(merged(choices, [added], limit=limit), target)
    if before is not None and after is None:
        assert added.kind in {Kind.GRANT, Kind.CONFIRMED, Kind.RESUME}
        assert added.occurred_milliseconds > before.occurred_milliseconds
        assert added.covers(target)


@given(LISTS, CHOICES.filter(lambda choice: choice.kind is Kind.WITHDRAWAL), TARGETS, LIMITS)
def test_obeys_an_opt_out_that_is_not_older_than_any_act(
    choices: list[Choice], stop: Choice, target: Target, limit: int
) -> None:
    """An opt-out as new as the newest act of the person stands: it wins the tie."""
    newest = max((choice.occurred_milliseconds for choice in choices), default=0)
    record = merged(choices, [named(replace(stop, occurred_milliseconds=newest))], limit=limit)
    assert not stop.covers(target) or standing_withdrawal(record, target) is not None


@given(LISTS, TARGETS)
def test_never_finds_a_consent_that_does_not_cover_the_message(choices: list[Choice], target: Target) -> None:
    """Every consent that is counted covers the message and is a consent."""
    found = standing_consents(merged(choices), target)
    assert all(choice.covers(target) and choice.kind in {Kind.GRANT, Kind.CONFIRMED, Kind.IMPORTED} for choice in found)


@given(LISTS, CHOICES.filter(lambda choice: choice.kind is Kind.END), TARGETS)
def test_never_gains_a_consent_by_an_end(choices: list[Choice], end: Choice, target: Target) -> None:
    """An end can only take consents away."""
    before, after = (standing_consents(merged(choices, *added), target) for added in ([], [[end]]))
    assert set(after) <= set(before)


@pytest.mark.parametrize("kind", [kind for kind in Kind if kind is not Kind.END])
@given(CHOICES)
def test_is_the_same_choice_under_another_name(kind: Kind, choice: Choice) -> None:
    """What is told to another name of the person means there what it means here."""
    told = replace(choice, kind=kind)
    assert choice_from(event_from(told, "ws-1", "+447700900124")) == told
