"""The rule `targeted_repetition`: how often is too often, and for which messages that is asked."""

import pytest

from pipeline.rules.targeted_repetition import RULE, needs_history
from pipeline.state.choices import NO_CHOICES, Choices, Kind
from pipeline.testing.builders import build_choice, build_choices, build_facts, build_message, build_policy
from pipeline.testing.readers import build_hit, build_reading

DEMAND = "Pay what you owe today."
DELIVERY = "Your parcel has been packed."
REFUSED = build_choices(build_choice(Kind.WITHDRAWAL))


def found_by(text: str, recent: int | None, choices: Choices = NO_CHOICES) -> tuple[str, str] | None:
    """Have the rule look at a text, of which so many came before in the hour."""
    message = build_message(content={"type": "text", "text": text})
    facts = build_facts(message, recent_messages=recent, choices=choices)
    found = RULE.check(message, build_reading(text), facts, build_policy())
    return (found.outcome.value, found.code) if found else None


@pytest.mark.parametrize(
    ("recent", "found"),
    [
        (None, None),
        (6, None),
        (7, ("flag", "repetition")),
        (8, ("flag", "repetition")),
        (14, ("flag", "repetition")),
        (15, ("block", "repetition")),
    ],
)
def test_counts_texts_that_demand(recent: int | None, found: tuple[str, str] | None) -> None:
    """From the eighth of an hour on a human is told, from the sixteenth on it is stopped."""
    assert found_by(DEMAND, recent) == found


@pytest.mark.parametrize(
    ("recent", "found"),
    [(3, None), (4, ("block", "repetition_after_refusal")), (5, ("block", "repetition_after_refusal"))],
)
def test_counts_any_text_after_a_refusal(recent: int, found: tuple[str, str] | None) -> None:
    """The fifth message to somebody who has said stop is not an oversight."""
    assert found_by(DELIVERY, recent, REFUSED) == found


def test_is_silent_about_other_texts() -> None:
    """Ten delivery updates in an hour are no harassment."""
    assert found_by(DELIVERY, 10) is None


@pytest.mark.parametrize("clause", ["4.4", "5.4"])
@pytest.mark.parametrize(
    ("recent", "outcome"), [(2, None), (3, "flag"), (4, "flag"), (6, "flag"), (7, "block"), (8, "block")]
)
def test_counts_texts_that_press(clause: str, recent: int, outcome: str | None) -> None:
    """A weak pattern, which is no offence once, is one when it is repeated."""
    message = build_message()
    facts = build_facts(message, recent_messages=recent)
    found = RULE.check(message, build_reading("x", build_hit("harassment", clause, "weak")), facts, build_policy())
    assert (found.outcome.value if found else None) == outcome


@pytest.mark.parametrize(
    ("text", "choices", "is_needed"),
    [(DEMAND, NO_CHOICES, True), (DELIVERY, REFUSED, True), (DELIVERY, NO_CHOICES, False)],
)
def test_asks_for_the_history_only_where_it_matters(text: str, choices: Choices, is_needed: bool) -> None:  # noqa: FBT001
    """Looking it up costs more than the rest of a rule."""
    message = build_message()
    assert needs_history(build_reading(text), choices, build_facts(message).target) is is_needed


def test_counts_can_be_set() -> None:
    """Within bounds that keep the clause in force."""
    message = build_message(content={"type": "text", "text": DEMAND})
    facts = build_facts(message, recent_messages=3)
    policy = build_policy("[content]\nrepetition_flag = 2")
    assert RULE.check(message, build_reading(DEMAND), facts, policy) is not None
