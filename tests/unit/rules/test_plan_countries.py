"""The rule `plan_countries`: a plan reaches the countries that it lists."""

import pytest

from pipeline.domain.events import OutboundMessage
from pipeline.domain.outcomes import Outcome
from pipeline.domain.places import Place
from pipeline.domain.verdicts import Finding
from pipeline.reading.content import read_content
from pipeline.rules.plan_countries import RULE
from pipeline.testing.builders import build_facts, build_message, build_policy, build_workspace


def judge(message: OutboundMessage, *countries: str, **facts: object) -> Finding | None:
    """Have the rule look at a message of a workspace whose plan lists some countries."""
    plan = {"messages_per_second": 1, "messages_per_day": 1, "countries": list(countries)}
    given = build_facts(message, **({"workspace": build_workspace(plan=plan)} | facts))
    return RULE.check(message, read_content(message.content), given, build_policy())


@pytest.mark.parametrize(("to", "country"), [("+4915123456789", "DE"), ("+77010123456", "KZ"), ("+882161234567", "")])
def test_blocks_a_country_outside_the_plan(to: str, country: str) -> None:
    """A number of another country, or of none, is not reached."""
    found = judge(build_message(to=to), "GB", "US")
    assert found is not None
    assert (found.outcome, found.clause, found.code) == (Outcome.BLOCK, "8.2", "plan_country")
    assert found.values == {"country": country or "this destination"}


@pytest.mark.parametrize("countries", [("GB",), ("US", "GB"), ("*",), ("DE", "*")])
def test_is_silent_within_the_plan(countries: tuple[str, ...]) -> None:
    """A listed country passes, and a star lists all."""
    assert judge(build_message(), *countries) is None


def test_blocks_everything_when_the_plan_lists_nothing() -> None:
    """An empty list covers no country."""
    assert judge(build_message()) is not None


@pytest.mark.parametrize(("country", "is_silent"), [("US", True), ("DE", False)])
def test_takes_the_country_of_a_business_scoped_id(country: str, *, is_silent: bool) -> None:
    """An id begins with its user's country."""
    message = build_message(channel="whatsapp", to={"bsuid": f"{country}.134", "portfolio_id": "pf-1"})
    assert (judge(message, "US", place=Place(country)) is None) == is_silent


def test_takes_no_statement_for_a_number_of_no_country() -> None:
    """A satellite number is outside the plan, wherever its holder is said to be."""
    assert judge(build_message(to="+882161234567"), "GB", place=Place("GB")) is not None


@pytest.mark.parametrize("facts", [{"workspace": None}, {"place": None, "number": None}])
def test_leaves_missing_facts_to_the_rules_that_ask_for_them(facts: dict[str, object]) -> None:
    """Without workspace or number, actor_and_workspace and jurisdiction hold."""
    assert judge(build_message(), "US", **facts) is None
