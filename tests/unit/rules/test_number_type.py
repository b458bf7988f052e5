"""The rule `number_type`: what no campaign may reach."""

import pytest

from pipeline.domain.outcomes import Outcome
from pipeline.reading.content import read_content
from pipeline.rules.number_type import RULE
from pipeline.testing.builders import build_facts, build_message, build_policy

NEVER = ["+881612345678", "+870301234567", "+979123456789", "+80012345678", "+80812345678", "+19002345678"]
NO_MARKETING = {"+448001234567": "toll free", "+611300123456": "shared cost", "+445512345678": "uan"}


def found_by(to: str, purpose: str) -> tuple[Outcome, str, str] | None:
    """Have the rule look at a message, and give outcome, clause and type."""
    message = build_message(to=to, purpose=purpose)
    found = RULE.check(message, read_content(message.content), build_facts(message), build_policy())
    return (found.outcome, found.clause, found.values["type"]) if found else None


@pytest.mark.parametrize("to", NEVER)
@pytest.mark.parametrize("purpose", ["marketing", "utility", "authentication", "service"])
def test_blocks_premium_rate_and_codes_of_no_country_always(to: str, purpose: str) -> None:
    """Satellite, international and national premium rate: not even a one-time code, which is how they are pumped."""
    found = found_by(to, purpose)
    assert found is not None
    assert found[:2] == (Outcome.BLOCK, "2.1")


@pytest.mark.parametrize("to", NO_MARKETING)
def test_blocks_marketing_to_other_types(to: str) -> None:
    """Nobody has such a number as a mobile."""
    assert found_by(to, "marketing") == (Outcome.BLOCK, "2.1", NO_MARKETING[to])


@pytest.mark.parametrize("to", NO_MARKETING)
def test_lets_other_purposes_reach_them(to: str) -> None:
    """A code that somebody asks for may go to a freephone line that reads texts."""
    assert found_by(to, "authentication") is None


@pytest.mark.parametrize("to", ["+447700900123", "+12125550123", "+442079460000", "+4915123456789", "+77010123456"])
def test_is_silent_for_mobiles_and_landlines(to: str) -> None:
    """In North America mobiles and landlines can't be told apart, so landlines pass too."""
    assert found_by(to, "marketing") is None


def test_is_silent_without_a_number() -> None:
    """What is no number is for jurisdiction to answer."""
    assert found_by("+12", "marketing") is None
