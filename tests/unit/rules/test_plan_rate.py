"""The rule `plan_rate`: what exceeds the plan waits for a place."""

import pytest

from pipeline.domain.events import OutboundMessage
from pipeline.domain.outcomes import Outcome
from pipeline.domain.verdicts import Finding
from pipeline.reading.content import read_content
from pipeline.rules.facts import RateReading
from pipeline.rules.plan_rate import RULE
from pipeline.state.enforcement import Enforcement
from pipeline.testing.builders import (
    DAY,
    NOW,
    SECOND,
    build_facts,
    build_message,
    build_policy,
    build_workspace,
    instant,
)

FREE = (RateReading("second", 5, 4, 0), RateReading("day", 5, 4, 0))
FULL_SECOND = (RateReading("second", 5, 5, NOW + SECOND), RateReading("day", 100, 5, 0))
FULL_DAY = (RateReading("second", 5, 1, 0), RateReading("day", 100, 100, NOW + DAY))
FULL_BOTH = (FULL_SECOND[0], FULL_DAY[1])


def judge(rates: tuple[RateReading, ...], message: OutboundMessage | None = None, /, **facts: object) -> Finding | None:
    """Have the rule look at a message while so much is used."""
    message = message or build_message()
    return RULE.check(
        message, read_content(message.content), build_facts(message, rates=rates, **facts), build_policy()
    )


def test_lets_a_message_pass_while_there_is_a_place() -> None:
    """Below both limits nothing is objected."""
    assert judge(FREE) is None


@pytest.mark.parametrize(
    ("rates", "period", "retry_milliseconds"),
    [(FULL_SECOND, "second", NOW + SECOND), (FULL_DAY, "day", NOW + DAY), (FULL_BOTH, "day", NOW + DAY)],
)
def test_defers_a_message_to_the_next_free_place(
    rates: tuple[RateReading, ...], period: str, retry_milliseconds: int
) -> None:
    """A full second defers to the next free second, a full day to the next day; of both the later counts."""
    found = judge(rates)
    assert found is not None
    assert (found.outcome, found.clause, found.values["period"], found.retry_milliseconds) == (
        Outcome.DEFER,
        "8.1",
        period,
        retry_milliseconds,
    )


@pytest.mark.parametrize("rates", [FULL_SECOND, FULL_DAY, FULL_BOTH, ()])
def test_lets_a_message_pass_for_which_a_place_was_kept(rates: tuple[RateReading, ...]) -> None:
    """A message that waited for its place is not sent to the end of the queue again."""
    assert judge(rates, has_reservation=True) is None


def test_holds_a_message_when_the_plan_is_not_on_record() -> None:
    """A limit that is not known is not an unlimited one."""
    found = judge(())
    assert found is not None
    assert (found.outcome, found.clause, found.code) == (Outcome.HOLD, "8.1", "plan_unknown")


def test_leaves_an_unknown_workspace_to_another_rule() -> None:
    """Without a workspace there is no plan; actor_and_workspace answers for that."""
    assert judge((), workspace=None) is None


@pytest.mark.parametrize(
    "facts",
    [
        {"workspace": build_workspace(state="throttled")},
        {"enforcement": Enforcement(workspace_id="ws-1", state="throttled")},
    ],
)
def test_names_the_throttling_when_that_is_why(facts: dict[str, object]) -> None:
    """A throttled workspace reads that it is throttled, under clause 8.3, not that its plan is too small."""
    found = judge(FULL_SECOND, **facts)
    assert found is not None
    assert (found.outcome, found.clause, found.code) == (Outcome.DEFER, "8.3", "workspace_throttled")


def test_names_the_plan_when_a_throttled_workspace_has_used_up_its_day() -> None:
    """Throttling concerns the rate, not the day."""
    found = judge(FULL_DAY, workspace=build_workspace(state="throttled"))
    assert found is not None
    assert (found.clause, found.code) == ("8.1", "plan_rate")


@pytest.mark.parametrize(
    ("shift_milliseconds", "outcome", "code"),
    [(-1, "block", "too_late"), (0, "defer", "plan_rate"), (1, "defer", "plan_rate")],
)
def test_blocks_a_message_that_would_be_too_late(shift_milliseconds: int, outcome: str, code: str) -> None:
    """What is no longer valid at its place is refused at once; valid until that very instant is enough."""
    message = build_message(valid_until=instant(SECOND + shift_milliseconds))
    found = judge(FULL_SECOND, message)
    assert found is not None
    assert (found.outcome.value, found.code) == (outcome, code)
