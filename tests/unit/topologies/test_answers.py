"""Which choices a reply makes."""

import pytest

from pipeline.domain.policies import ReplySettings
from pipeline.replies.meaning import Meaning
from pipeline.state.choices import NO_CHOICES, PROVISIONAL_BASIS, Choices, Kind, confirm
from pipeline.testing.builders import NOW, SECOND, build_choice, build_choices
from pipeline.topologies.answers import choices_in

SETTINGS = ReplySettings()
ASKED = build_choice(Kind.WITHDRAWAL, -60 * SECOND, basis=PROVISIONAL_BASIS)


def made(meaning: Meaning, known: Choices = NO_CHOICES, settings: ReplySettings = SETTINGS) -> list[tuple[Kind, str]]:
    """Say what kind of choices a reply makes, and on which basis."""
    return [(c.kind, c.basis) for c in choices_in(meaning, known, settings, NOW, "in-1")]


@pytest.mark.parametrize(
    ("confidence", "expected"),
    [
        (0.49, []),
        (0.5, [(Kind.WITHDRAWAL, PROVISIONAL_BASIS)]),
        (0.51, [(Kind.WITHDRAWAL, PROVISIONAL_BASIS)]),
        (0.69, [(Kind.WITHDRAWAL, PROVISIONAL_BASIS)]),
        (0.7, [(Kind.WITHDRAWAL, "reply")]),
        (0.71, [(Kind.WITHDRAWAL, "reply")]),
    ],
)
def test_takes_a_request_as_surely_as_it_was_read(confidence: float, expected: list[tuple[Kind, str]]) -> None:
    """Below the first threshold it is none, below the second it is asked about."""
    assert made(Meaning("opt_out", confidence)) == expected


def test_takes_the_thresholds_from_the_policy() -> None:
    """Officers say how sure is sure."""
    assert made(Meaning("opt_out", 0.8), settings=ReplySettings(0.9, 0.6)) == [(Kind.WITHDRAWAL, PROVISIONAL_BASIS)]


def test_withdraws_what_the_request_is_about() -> None:
    """A request for a part withdraws that part, at the time of the reply, under its id."""
    (choice,) = choices_in(Meaning("opt_out", 0.9, "", "whatsapp", "marketing"), NO_CHOICES, SETTINGS, NOW, "in-1")
    assert (choice.channel, choice.purpose, choice.sender, choice.brand) == ("whatsapp", "marketing", "*", "*")
    assert (choice.occurred_milliseconds, choice.event_id) == (NOW, "in-1")


@pytest.mark.parametrize("intent", ["help", "other"])
def test_changes_nothing_by_a_call_for_help(intent: str) -> None:
    """HELP never changes consent."""
    assert made(Meaning(intent, 1.0)) == []  # type: ignore[arg-type]


@pytest.mark.parametrize("confidence", [0.6, 1.0])
def test_lifts_by_a_wish_to_go_on(confidence: float) -> None:
    """START, and YES when nothing was asked."""
    assert made(Meaning("opt_in", confidence)) == [(Kind.RESUME, "reply")]


def test_takes_a_yes_to_the_question_for_a_withdrawal() -> None:
    """To "do you want to stop?" YES means stop, of what was asked about."""
    known = confirm(build_choices(ASKED), ASKED, "m-1")
    assert made(Meaning("opt_in", 0.6), known) == [(Kind.WITHDRAWAL, "reply")]


def test_takes_a_start_after_the_question_for_a_wish_to_go_on() -> None:
    """START leaves no doubt, whatever was asked."""
    known = confirm(build_choices(ASKED), ASKED, "m-1")
    assert made(Meaning("opt_in", 1.0), known) == [(Kind.RESUME, "reply")]


def test_takes_a_yes_for_a_wish_to_go_on_when_nothing_was_asked() -> None:
    """A provisional withdrawal that nobody asked about is not what YES answers."""
    assert made(Meaning("opt_in", 0.6), build_choices(ASKED)) == [(Kind.RESUME, "reply")]
