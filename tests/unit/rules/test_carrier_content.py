"""The rule `carrier_content`: what carriers of one country refuse and others watch."""

import pytest

from pipeline.reading.lexicon_files import Severity
from pipeline.rules.carrier_content import RULE
from pipeline.testing.builders import build_facts, build_message, build_policy, build_workspace
from pipeline.testing.readers import build_hit, build_reading

AMERICAN, CANADIAN, BRITISH = "+12125550123", "+14165550123", "+447700900123"


def outcome_for(to: str, severity: Severity, clause: str = "6.4", authorities: tuple[str, ...] = ()) -> str | None:
    """Have the rule look at a hit about alcohol, and give the outcome."""
    message = build_message(to=to)
    facts = build_facts(message, workspace=build_workspace(authorities=authorities))
    found = RULE.check(message, build_reading("x", build_hit("alcohol", clause, severity)), facts, build_policy())
    return found.outcome.value if found else None


@pytest.mark.parametrize(
    ("to", "severity", "outcome"),
    [
        (AMERICAN, "certain", "block"),
        (CANADIAN, "certain", "block"),
        (AMERICAN, "strong", "flag"),
        (AMERICAN, "weak", None),
        (BRITISH, "certain", "flag"),
        (BRITISH, "strong", "flag"),
        ("nonsense", "certain", "flag"),
    ],
)
def test_blocks_where_carriers_refuse(to: str, severity: Severity, outcome: str | None) -> None:
    """In North America what is certain is blocked; all else is shown to a human."""
    assert outcome_for(to, severity) == outcome


def test_passes_other_clauses_and_recorded_programmes() -> None:
    """Another rule answers for another clause; an age-gated programme is on record as an authority."""
    assert outcome_for(AMERICAN, "certain", clause="4.1") is None
    assert outcome_for(AMERICAN, "certain", authorities=("alcohol",)) is None
    assert outcome_for(AMERICAN, "severe", authorities=("alcohol",)) == "block"


def test_is_asked_about_sms_alone() -> None:
    """WhatsApp has a commerce policy of its own."""
    assert RULE.channels == ("sms",)
