"""The rule `sanctions`: nothing goes to sanctioned places, or comes from them, unseen."""

import pytest

from pipeline.domain.events import OutboundMessage
from pipeline.domain.outcomes import Outcome
from pipeline.domain.places import Place
from pipeline.domain.sanctioned_places import packaged_places
from pipeline.domain.verdicts import Finding
from pipeline.reading.content import read_content
from pipeline.rules.sanctions import RULE
from pipeline.testing.builders import build_facts, build_message, build_policy, build_workspace

RUSSIA_ADDED = """
[[sanctions.places]]
place = "RU-MOW"
name = "Moscow"
outcome = "hold"
prefix = "7495"
regime = "sectoral"
source = "the officers' decision"
confidence = "high"
"""
PREFIXES = [row for row in packaged_places() if row.prefix]


def judge(message: OutboundMessage, policy: str = "", **facts: object) -> Finding | None:
    """Have the rule look at a message."""
    return RULE.check(message, read_content(message.content), build_facts(message, **facts), build_policy(policy))


@pytest.mark.parametrize(
    ("to", "place"),
    [
        ("+5351234567", "Cuba"),
        ("+989121234567", "Iran"),
        ("+8501912345678", "North Korea"),
        ("+79780123456", "Crimea"),
        ("+73652123456", "Crimea"),
        ("+78692123456", "Sevastopol"),
        ("+78562123456", "Donetsk (occupied)"),
        ("+79490123456", "Donetsk (occupied)"),
        ("+78572123456", "Luhansk (occupied)"),
        ("+79590123456", "Luhansk (occupied)"),
    ],
)
@pytest.mark.parametrize("purpose", ["marketing", "utility", "authentication"])
def test_blocks_sanctioned_places(to: str, place: str, purpose: str) -> None:
    """Comprehensive programmes end every message, and the occupied territories are told by their prefixes."""
    found = judge(build_message(to=to, purpose=purpose))
    assert found is not None
    assert (found.outcome, found.clause, found.code) == (Outcome.BLOCK, "2.2", "sanctioned_destination")
    assert found.values["place"] == place


@pytest.mark.parametrize(
    "to",
    [
        "+963944567890",
        "+78602123456",
        "+79900123456",
        "+380652123456",
        "+380692123456",
        "+380622123456",
        "+380642123456",
    ],
)
def test_holds_what_a_human_must_look_at(to: str) -> None:
    """Where a programme ended, or a prefix covers other places too, a human decides."""
    found = judge(build_message(to=to))
    assert found is not None
    assert (found.outcome, found.code) == (Outcome.HOLD, "sanctions_review")


@pytest.mark.parametrize(
    "to",
    ["+77010123456", "+74951234567", "+79771234567", "+79791234567", "+380501234567", "+380441234567", "+447700900123"],
)
def test_is_silent_elsewhere(to: str) -> None:
    """Kazakhstan, Russia outside the territories, the neighbours of Crimea's 978, Ukrainian mobiles and Kyiv pass."""
    assert judge(build_message(to=to)) is None


@pytest.mark.parametrize("row", PREFIXES, ids=lambda row: row.prefix)
def test_applies_every_row_of_the_table(row: object) -> None:
    """Each prefix decides as its row says, in a number that is possible under its plan."""
    prefix, outcome = row.prefix, row.outcome  # type: ignore[attr-defined]
    size = {"5": 10, "9": 12, "8": 13, "7": 11, "3": 12}[prefix[0]]
    found = judge(build_message(to="+" + prefix.ljust(size, "1")))
    assert found is not None
    assert found.outcome.value == outcome


def test_counts_what_the_sender_states_of_the_recipient() -> None:
    """A foreign number does not help a recipient in Iran."""
    found = judge(build_message(recipient={"country": "IR"}))
    assert found is not None
    assert found.outcome is Outcome.BLOCK


def test_counts_the_country_of_a_business_scoped_id() -> None:
    """An id of a Syrian user waits for a human."""
    message = build_message(channel="whatsapp", to={"bsuid": "SY.134", "portfolio_id": "pf-1"})
    found = judge(message, place=Place("SY"))
    assert found is not None
    assert found.outcome is Outcome.HOLD


@pytest.mark.parametrize(("country", "outcome"), [("IR", Outcome.BLOCK), ("SY", Outcome.HOLD)])
def test_stops_workspaces_in_sanctioned_places(country: str, outcome: Outcome) -> None:
    """The tenant's own country counts too."""
    found = judge(build_message(), workspace=build_workspace(country=country))
    assert found is not None
    assert (found.outcome, found.code) == (outcome, "sanctioned_workspace")


def test_takes_the_strictest_of_number_and_statement() -> None:
    """A Syrian number of somebody in Cuba is blocked, not held."""
    found = judge(build_message(to="+963944567890", recipient={"country": "CU"}))
    assert found is not None
    assert found.outcome is Outcome.BLOCK


@pytest.mark.parametrize(("to", "is_silent"), [("+74951234567", False), ("+74991234567", True)])
def test_a_policy_adds_places(to: str, *, is_silent: bool) -> None:
    """Officers may go further than the packaged rows."""
    assert (judge(build_message(to=to), RUSSIA_ADDED) is None) == is_silent


def test_a_policy_drops_no_place() -> None:
    """A milder row about the same place, or a part of it, changes nothing: the clause is hard."""
    for prefix in ("98", "9891"):
        milder = RUSSIA_ADDED.replace('"RU-MOW"', '"IR"').replace('"7495"', f'"{prefix}"')
        for message in (build_message(to="+989121234567"), build_message(recipient={"country": "IR"})):
            found = judge(message, milder)
            assert found is not None
            assert found.outcome is Outcome.BLOCK


@pytest.mark.parametrize("prefix", ["797", "79780"])
def test_takes_the_strictest_of_several_prefixes(prefix: str) -> None:
    """A shorter or longer prefix that holds does not lift a block."""
    found = judge(build_message(to="+79780123456"), RUSSIA_ADDED.replace('"7495"', f'"{prefix}"'))
    assert found is not None
    assert found.outcome is Outcome.BLOCK


def test_a_policy_makes_a_place_stricter() -> None:
    """Officers may block what the packaged row holds, by number and by country."""
    stricter = RUSSIA_ADDED.replace('"RU-MOW"', '"SY"').replace('"7495"', '"963"').replace('"hold"', '"block"')
    for message in (build_message(to="+963944567890"), build_message(recipient={"country": "SY"})):
        found = judge(message, stricter)
        assert found is not None
        assert found.outcome is Outcome.BLOCK


def test_tells_no_personal_data() -> None:
    """The finding names place, law and confidence, not the number."""
    found = judge(build_message(to="+79780123456"))
    assert found is not None
    assert set(found.values) == {"place", "regime", "source", "confidence"}
    assert "123456" not in str(found)
