"""What rules make of patterns by their severity, and what an authority covers."""

import pytest

from pipeline.reading.lexicon_files import Severity
from pipeline.rules.wording_found import wording_finding
from pipeline.testing.builders import build_facts, build_policy, build_workspace
from pipeline.testing.readers import build_hit


def outcome_of(*severities: Severity, policy: str = "", authorities: tuple[str, ...] = ()) -> str | None:
    """Word a finding about gambling patterns of these severities, and give its outcome."""
    hits = [build_hit("gambling.online", "4.1", severity) for severity in severities]
    facts = build_facts(workspace=build_workspace(authorities=authorities))
    found = wording_finding("illegal_goods", "4.1", "illegal_goods", hits, facts, build_policy(policy))
    return found.outcome.value if found else None


@pytest.mark.parametrize(
    ("severities", "outcome"),
    [
        (("severe",), "block"),
        (("certain",), "block"),
        (("strong",), "hold"),
        (("weak",), None),
        (("weak", "weak"), "flag"),
        (("weak", "strong"), "hold"),
        (("weak", "certain", "strong"), "block"),
        ((), None),
    ],
)
def test_lets_the_strictest_pattern_decide(severities: tuple[Severity, ...], outcome: str | None) -> None:
    """What is certain blocks, a suspicion is held, one weak sign is evidence only, two are flagged."""
    assert outcome_of(*severities) == outcome


def test_flags_suspicions_when_the_policy_says_so() -> None:
    """Officers choose what a suspicion leads to; what is certain they can't change."""
    policy = '[content]\nsuspicion = "flag"'
    assert outcome_of("strong", policy=policy) == "flag"
    assert outcome_of("certain", policy=policy) == "block"


@pytest.mark.parametrize("authority", ["gambling", "gambling.online", "regulated_goods"])
def test_passes_what_an_authority_covers(authority: str) -> None:
    """A licensed operator may write about its business; nothing covers what is severe."""
    assert outcome_of("certain", "strong", authorities=(authority,)) is None
    assert outcome_of("severe", authorities=(authority,)) == "block"


@pytest.mark.parametrize("authority", ["", "gam", "gambling.casino", "special_categories", "Gambling"])
def test_passes_nothing_by_another_authority(authority: str) -> None:
    """An authority is for what it names."""
    assert outcome_of("strong", authorities=(authority,)) == "hold"
