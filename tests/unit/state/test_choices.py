"""What a recipient chose: which choice covers a message, what stands, what is kept, what goes on to other names."""

import pytest

from pipeline.domain.events import Scope
from pipeline.domain.instants import to_milliseconds
from pipeline.state.choices import (
    ENTRIES_MAX,
    NO_CHOICES,
    PROVISIONAL_BASIS,
    Choice,
    Choices,
    Kind,
    Target,
    choice_from,
    confirm,
    event_from,
    merge,
    provisional_withdrawals,
    standing_consents,
    standing_withdrawal,
)
from pipeline.testing.builders import NOW, build_choice, build_choices, build_consent

TARGET = Target("sms", "marketing", "+447700900111", "Sunny Bakery")
UNBRANDED = TARGET._replace(brand="")
FLOOD = ENTRIES_MAX * 2


def is_opted_out(*choices: Choice, target: Target = TARGET) -> bool:
    """Say whether a withdrawal stands, of these choices merged one by one."""
    merged = NO_CHOICES
    for choice in choices:
        merged = merge(merged, (choice,))
    return standing_withdrawal(merged, target) is not None


def consents_of(*choices: Choice, target: Target = TARGET) -> list[str]:
    """List the ids of the consents that stand."""
    return [consent.event_id for consent in standing_consents(build_choices(*choices), target)]


# Which message a choice speaks of.


@pytest.mark.parametrize("field", ["channel", "purpose", "sender", "brand"])
@pytest.mark.parametrize("kind", Kind)
def test_covers_a_message_of_the_same_scope(kind: Kind, field: str) -> None:
    """A scope that names what the message has covers it, whatever the choice does."""
    assert build_choice(kind, **{field: getattr(TARGET, field)}).covers(TARGET)


@pytest.mark.parametrize("field", ["channel", "purpose", "sender", "brand"])
@pytest.mark.parametrize("kind", Kind)
def test_covers_no_message_of_another_scope(kind: Kind, field: str) -> None:
    """One part of the scope that differs is enough to leave the message out."""
    assert not build_choice(kind, **{field: "other"}).covers(TARGET)


@pytest.mark.parametrize("kind", Kind)
def test_covers_every_message_when_the_scope_is_everything(kind: Kind) -> None:
    """Four asterisks cover all messages, also those without a brand."""
    assert build_choice(kind).covers(UNBRANDED)


@pytest.mark.parametrize("kind", Kind)
def test_covers_a_message_without_brand_only_when_a_brand_was_withdrawn(kind: Kind) -> None:
    """An unknown brand might be the one that was refused, and must not be taken for the one that was agreed to."""
    assert build_choice(kind, brand="Sunny Bakery").covers(UNBRANDED) == (kind is Kind.WITHDRAWAL)


# What stands.


def test_finds_no_withdrawal_in_an_empty_record() -> None:
    """Nothing known is no withdrawal."""
    assert standing_withdrawal(NO_CHOICES, TARGET) is None


@pytest.mark.parametrize("kind", [Kind.GRANT, Kind.RESUME])
@pytest.mark.parametrize(("shift_milliseconds", "stands"), [(-1, True), (0, True), (1, False)])
def test_lifts_a_withdrawal_only_by_a_later_act(kind: Kind, shift_milliseconds: int, *, stands: bool) -> None:
    """An act of the person one millisecond later lifts it; at the same instant the withdrawal wins."""
    assert is_opted_out(build_choice(Kind.WITHDRAWAL, 0), build_choice(kind, shift_milliseconds)) == stands


@pytest.mark.parametrize("kind", [Kind.IMPORTED, Kind.END])
def test_never_lifts_a_withdrawal_by_what_the_person_did_not_do(kind: Kind) -> None:
    """A list that claims later consent, or a consent that ended, lifts nothing."""
    assert is_opted_out(build_choice(Kind.WITHDRAWAL, 0), build_choice(kind, 1_000))


def test_keeps_a_withdrawal_when_consent_of_another_scope_comes_later() -> None:
    """Consent to codes does not lift the refusal of marketing."""
    assert is_opted_out(build_choice(Kind.WITHDRAWAL, 0), build_choice(Kind.GRANT, 1, purpose="authentication"))


def test_lifts_a_wide_withdrawal_for_the_scope_of_later_consent_alone() -> None:
    """Who stopped everything and then agrees to codes gets codes."""
    choices = (build_choice(Kind.WITHDRAWAL, 0), build_choice(Kind.GRANT, 1, purpose="authentication"))
    assert not is_opted_out(*choices, target=TARGET._replace(purpose="authentication"))


def test_stops_again_when_the_newest_choice_is_a_withdrawal() -> None:
    """Stop, start, stop: stopped."""
    stop, start, again = (
        build_choice(Kind.WITHDRAWAL, 0),
        build_choice(Kind.RESUME, 1),
        build_choice(Kind.WITHDRAWAL, 2),
    )
    assert is_opted_out(stop, start, again)


def test_names_the_newest_of_several_withdrawals() -> None:
    """Of withdrawals with different scopes the newest is the one that stands."""
    choices = build_choices(build_choice(Kind.WITHDRAWAL, 0), build_choice(Kind.WITHDRAWAL, 1, channel="sms"))
    found = standing_withdrawal(choices, TARGET)
    assert found is not None
    assert found.channel == "sms"


def test_takes_an_act_before_1970_for_older_than_a_withdrawal() -> None:
    """A producer that writes the year 1 for "unknown" lifts nothing."""
    start = choice_from(build_consent(action="resume", occurred_at="0001-01-01T00:00:00+14:00"))
    stop = choice_from(build_consent(action="opt_out", occurred_at="1970-01-01T00:00:00Z"))
    assert is_opted_out(start, stop)


def test_lists_consents_newest_last() -> None:
    """The order of the consents is that of their acts, whatever order they arrived in."""
    old, new = build_choice(Kind.GRANT, -2, event_id="old"), build_choice(Kind.IMPORTED, -1, event_id="new")
    assert consents_of(new, old) == ["old", "new"]


@pytest.mark.parametrize(("shift_milliseconds", "stands"), [(-1, False), (0, False), (1, True)])
def test_ends_the_consents_given_up_to_the_end(shift_milliseconds: int, *, stands: bool) -> None:
    """Consent one millisecond after the end is new consent; at the same instant it has ended."""
    consent = build_choice(Kind.GRANT, shift_milliseconds, event_id="c")
    assert consents_of(build_choice(Kind.END, 0), consent) == (["c"] if stands else [])


def test_ends_consent_only_in_the_scope_of_the_end() -> None:
    """Marketing consent that expired leaves a consent to codes alone."""
    end = build_choice(Kind.END, 0, purpose="authentication")
    assert consents_of(build_choice(Kind.GRANT, -1, event_id="c"), end) == ["c"]


@pytest.mark.parametrize("occurred_at", ["1970-01-01T00:00:00Z", "1969-12-31T23:59:59.999Z", "0001-01-01T00:00:00Z"])
def test_ends_consent_also_when_the_end_is_dated_before_1970(occurred_at: str) -> None:
    """Consent and end that both carry a producer's "unknown" date: the end wins."""
    choices = [choice_from(build_consent(action=action, occurred_at=occurred_at)) for action in ("opt_in", "expire")]
    assert consents_of(*choices) == []


# From events, and to events again.


@pytest.mark.parametrize(
    ("action", "kind"),
    [
        ("opt_in", Kind.GRANT),
        ("import", Kind.IMPORTED),
        ("opt_out", Kind.WITHDRAWAL),
        ("resume", Kind.RESUME),
        ("expire", Kind.END),
        ("reassigned", Kind.END),
    ],
)
def test_reads_each_action_as_its_kind(action: str, kind: Kind) -> None:
    """Every action of the contract has its kind."""
    assert choice_from(build_consent(action=action)).kind is kind


def test_keeps_the_scope_of_an_event() -> None:
    """Channel, purpose, sender and brand are taken over."""
    choice = choice_from(build_consent(scope={"channel": "sms", "purpose": "marketing", "sender": "s", "brand": "b"}))
    assert (choice.channel, choice.purpose, choice.sender, choice.brand) == ("sms", "marketing", "s", "b")


def test_ends_consent_of_every_scope_when_a_number_is_reassigned() -> None:
    """The new holder of a number has agreed to nothing, whatever scope the event names."""
    choice = choice_from(build_consent(action="reassigned", scope={"channel": "sms"}))
    assert (choice.channel, choice.purpose, choice.sender, choice.brand) == ("*", "*", "*", "*")


def test_takes_an_end_in_1970_for_an_end() -> None:
    """Zero means "no end" inside, so a consent that ended at the epoch must not read as one that never ends."""
    assert choice_from(build_consent(expires_at="1970-01-01T00:00:00Z")).expires_milliseconds != 0


@pytest.mark.parametrize("moment", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"])
@pytest.mark.parametrize("field", ["occurred_at", "recorded_at", "expires_at"])
def test_words_as_an_event_whatever_date_it_was_given(field: str, moment: str) -> None:
    """Dates that lie beyond the calendar once they are turned into UTC can be told to another name too."""
    event = build_consent(action="opt_out", **{field: moment})
    assert event_from(choice_from(event), "ws-1", "+447700900124").action == "opt_out"


@pytest.mark.parametrize("action", ["opt_in", "import", "opt_out", "resume", "expire"])
def test_comes_back_from_the_event_it_is_worded_as(action: str) -> None:
    """A choice told to another name of its person is the same choice there."""
    choice = choice_from(
        build_consent(action=action, scope={"purpose": "marketing"}, expires_at="2027-01-01T00:00:00Z")
    )
    assert choice_from(event_from(choice, "ws-1", "+447700900124")) == choice


def test_tells_a_choice_to_the_other_name_in_the_same_workspace() -> None:
    """The event is addressed to the other name and belongs to the workspace of the choice."""
    event = event_from(build_choice(), "ws-7", "+447700900124")
    assert (event.workspace_id, event.to, event.scope) == ("ws-7", "+447700900124", Scope())


# The merge.


@pytest.mark.parametrize("field", ["occurred_milliseconds", "recorded_milliseconds"])
@pytest.mark.parametrize("shift", [-1, 1])
def test_keeps_the_newer_of_two_choices_of_one_scope(field: str, shift: int) -> None:
    """The newest by the act, then by the record, stays; the order of arrival does not matter."""
    known = build_choice(Kind.GRANT, 0, event_id="known")
    added = build_choice(Kind.GRANT, 0, event_id="added", **{field: getattr(known, field) + shift})
    assert [entry.event_id for entry in build_choices(known, added).entries] == ["added" if shift > 0 else "known"]


def test_decides_between_equal_times_by_the_id() -> None:
    """Two choices of the same instant end in the same one, whichever comes first."""
    first, second = build_choice(Kind.GRANT, 0, event_id="a"), build_choice(Kind.GRANT, 0, event_id="b")
    assert build_choices(first, second) == build_choices(second, first)


def test_keeps_consents_on_different_bases_apart() -> None:
    """Express consent and implied consent end at different times, so neither replaces the other."""
    choices = build_choices(build_choice(basis="express"), build_choice(basis="implied_inquiry"))
    assert len(choices.entries) == 2


def test_keeps_the_workspace_of_a_record() -> None:
    """The merged record belongs to the same workspace."""
    assert merge(Choices(workspace_id="ws-1"), (build_choice(),)).workspace_id == "ws-1"


@pytest.mark.parametrize("size", [ENTRIES_MAX - 1, ENTRIES_MAX, ENTRIES_MAX + 1])
def test_keeps_at_most_the_limit_of_entries(size: int) -> None:
    """One more scope than the limit drops one entry."""
    grants = [build_choice(Kind.GRANT, index, sender=f"s{index}") for index in range(size)]
    assert len(build_choices(*grants).entries) == min(size, ENTRIES_MAX)


def test_forgets_the_oldest_consent_first_when_the_record_is_full() -> None:
    """Forgetting the oldest consent is safe."""
    grants = [build_choice(Kind.GRANT, index, sender=f"s{index}") for index in range(ENTRIES_MAX + 1)]
    assert "s0" not in {entry.sender for entry in build_choices(*grants).entries}


@pytest.mark.parametrize("kind", [kind for kind in Kind if kind is not Kind.WITHDRAWAL])
def test_keeps_a_withdrawal_when_later_choices_fill_the_record(kind: Kind) -> None:
    """Nothing that is no withdrawal pushes one out, however much of it comes."""
    flood = [build_choice(kind, 1, sender=f"s{index}") for index in range(FLOOD)]
    assert is_opted_out(build_choice(Kind.WITHDRAWAL, 0), *flood)


def test_keeps_a_consent_ended_when_later_consents_fill_the_record() -> None:
    """An end that is forgotten takes what it has ended with it, also when that comes again."""
    flood = [build_choice(Kind.GRANT, 1, sender=f"s{index}") for index in range(FLOOD)]
    ended = build_choice(Kind.GRANT, -1, event_id="ended")
    assert "ended" not in consents_of(ended, build_choice(Kind.END, 0), *flood, ended)


def test_keeps_a_withdrawal_in_force_when_later_withdrawals_fill_the_record() -> None:
    """A number that was stopped from three hundred senders, one by one, stays stopped from the first."""
    flood = [build_choice(Kind.WITHDRAWAL, 1, sender=f"s{index}") for index in range(FLOOD)]
    assert is_opted_out(build_choice(Kind.WITHDRAWAL, 0, sender=TARGET.sender), *flood)


def test_keeps_every_withdrawal_in_force_when_a_consent_comes_to_a_full_record() -> None:
    """What stands for the refusals that did not fit is not lost with the next event."""
    flood = [build_choice(Kind.WITHDRAWAL, 1, sender=f"s{index}") for index in range(FLOOD)]
    late = build_choice(Kind.GRANT, 0, sender="s0")
    assert is_opted_out(build_choice(Kind.WITHDRAWAL, 0, sender=TARGET.sender), *flood, late, late)


def test_lifts_every_withdrawal_of_a_full_record_by_a_later_act() -> None:
    """A person whose record overflowed can still resume, once and for all."""
    flood = [build_choice(Kind.WITHDRAWAL, 1, sender=f"s{index}") for index in range(FLOOD)]
    assert not is_opted_out(*flood, build_choice(Kind.RESUME, 2))


@pytest.mark.parametrize(
    ("size", "kept"), [(ENTRIES_MAX - 1, ENTRIES_MAX - 1), (ENTRIES_MAX, ENTRIES_MAX), (ENTRIES_MAX + 1, 1)]
)
def test_turns_too_many_withdrawals_into_one_of_everything(size: int, kept: int) -> None:
    """Keeping every refusal in force does not make the record grow without end."""
    flood = [build_choice(Kind.WITHDRAWAL, 1, sender=f"s{index}") for index in range(size)]
    assert len(build_choices(*flood).entries) == kept


def test_keeps_withdrawals_and_consents_from_crowding_each_other_out() -> None:
    """Each has its own limit, so a record full of refusals still takes in the consent to something else."""
    flood = [build_choice(Kind.WITHDRAWAL, 0, sender=f"s{index}") for index in range(ENTRIES_MAX)]
    assert consents_of(*flood, build_choice(Kind.GRANT, 1, event_id="c")) == ["c"]


def test_stays_confirmed_when_withdrawals_become_one() -> None:
    """Many refusals at once are still confirmed once."""
    stop = build_choice(Kind.WITHDRAWAL, 2)
    flood = [build_choice(Kind.WITHDRAWAL, 1, sender=f"s{index}") for index in range(FLOOD)]
    found = standing_withdrawal(merge(confirm(build_choices(stop), stop, "m-1"), flood), TARGET)
    assert found is not None
    assert found.confirmed_by == "m-1"


# The one confirmation.


def test_notes_which_message_confirmed_a_withdrawal() -> None:
    """The withdrawal is marked with the message that confirmed it."""
    stop = build_choice(Kind.WITHDRAWAL, 0)
    confirmed = standing_withdrawal(confirm(build_choices(stop), stop, "m-1"), TARGET)
    assert confirmed is not None
    assert confirmed.confirmed_by == "m-1"


def test_leaves_other_choices_alone_when_a_withdrawal_is_confirmed() -> None:
    """Only the withdrawal that was confirmed is marked."""
    stop, grant = build_choice(Kind.WITHDRAWAL, 0), build_choice(Kind.GRANT)
    assert grant in confirm(build_choices(stop, grant), stop, "m-1").entries


def test_stays_confirmed_when_the_withdrawal_comes_again() -> None:
    """A redelivered opt-out does not open the way for a second confirmation."""
    stop = build_choice(Kind.WITHDRAWAL, 0)
    again = standing_withdrawal(merge(confirm(build_choices(stop), stop, "m-1"), (stop,)), TARGET)
    assert again is not None
    assert again.confirmed_by == "m-1"


def test_is_confirmed_anew_when_the_recipient_stops_once_more() -> None:
    """A later opt-out is another request, and may be confirmed once again."""
    stop, again = build_choice(Kind.WITHDRAWAL, 0), build_choice(Kind.WITHDRAWAL, 1)
    found = standing_withdrawal(merge(confirm(build_choices(stop), stop, "m-1"), (again,)), TARGET)
    assert found is not None
    assert found.confirmed_by == ""


def test_takes_instants_over_to_the_millisecond() -> None:
    """Act, record and end are kept in milliseconds since 1970."""
    event = build_consent(occurred_at="2026-11-24T15:00:00.001Z", recorded_at="2026-11-24T15:00:00.002Z")
    choice = choice_from(event)
    assert (choice.occurred_milliseconds, choice.recorded_milliseconds) == (NOW + 1, to_milliseconds(event.recorded_at))


# Withdrawals that nobody is sure of.


def provisional(shift_milliseconds: int = 0, /, **changes: object) -> Choice:
    """Build a provisional withdrawal."""
    return build_choice(Kind.WITHDRAWAL, shift_milliseconds, **{"basis": PROVISIONAL_BASIS} | changes)


def test_forbids_by_a_provisional_withdrawal() -> None:
    """Until it is settled it stands like any other."""
    assert is_opted_out(provisional())


@pytest.mark.parametrize(("shift", "stands"), [(-1, True), (0, True), (1, False)])
@pytest.mark.parametrize("kind", [Kind.RESUME, Kind.GRANT])
def test_lifts_a_provisional_withdrawal_by_a_later_act(kind: Kind, shift: int, *, stands: bool) -> None:
    """At the same instant it stands, as any other withdrawal does."""
    assert is_opted_out(provisional(), build_choice(kind, shift)) == stands


@pytest.mark.parametrize("shift", [-1, 0, 1])
def test_prefers_a_withdrawal_that_is_sure(shift: int) -> None:
    """However new the provisional one is, the sure one is what stands."""
    standing = standing_withdrawal(build_choices(build_choice(Kind.WITHDRAWAL), provisional(shift)), TARGET)
    assert standing is not None
    assert not standing.is_provisional


@pytest.mark.parametrize(("shift", "settled"), [(-1, False), (0, False), (1, True)])
@pytest.mark.parametrize("kind", [Kind.RESUME, Kind.GRANT, Kind.WITHDRAWAL])
def test_settles_a_provisional_withdrawal_by_a_later_act(kind: Kind, shift: int, *, settled: bool) -> None:
    """An answer that came later settles it, whichever it is."""
    choices = build_choices(provisional(), build_choice(kind, shift))
    assert (provisional_withdrawals(choices) == []) == settled


@pytest.mark.parametrize("field", ["channel", "purpose", "sender", "brand"])
def test_settles_no_provisional_withdrawal_of_a_wider_scope(field: str) -> None:
    """An answer about a part leaves the rest open."""
    answer = build_choice(Kind.RESUME, 1, **{field: getattr(TARGET, field)})
    assert provisional_withdrawals(build_choices(provisional(), answer)) == [provisional()]


@pytest.mark.parametrize("kind", [Kind.IMPORTED, Kind.END])
def test_settles_no_provisional_withdrawal_by_what_is_no_act(kind: Kind) -> None:
    """A list, or time, answers nothing."""
    assert provisional_withdrawals(build_choices(provisional(), build_choice(kind, 1))) == [provisional()]


@pytest.mark.parametrize("kind", [Kind.GRANT, Kind.RESUME, Kind.END])
def test_takes_only_withdrawals_for_provisional(kind: Kind) -> None:
    """The basis alone makes no withdrawal."""
    assert not build_choice(kind, basis=PROVISIONAL_BASIS).is_provisional
