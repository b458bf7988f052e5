"""What the model's opinion counts among the signs of fraud: towards a flag, and no further."""

from collections.abc import Callable

import pytest
from msgspec.structs import replace

from pipeline.apps.packaged import read_policy_file
from pipeline.domain.content_settings import ContentSettings
from pipeline.domain.verdicts import Finding
from pipeline.reading.distinct_text import DistinctText
from pipeline.reading.lexicon_files import Pattern
from pipeline.reading.model import FRAUD_SCORE_HIGH, MODEL_VERSION
from pipeline.rules import check_policy
from pipeline.rules.fraud_evidence import RULE
from pipeline.testing.builders import build_facts, build_message, build_policy, build_workspace
from pipeline.testing.readers import build_hit, build_reading

OWN = "https://sunnybakery.example/a"
OTHER = "https://other.example/a"
CERTAIN, STRONG, WEAK = (build_hit("fraud.bank", "2.3", severity) for severity in ("certain", "strong", "weak"))


def finding_of(
    text: str, score: float, *hits: Pattern, domains: tuple[str, ...] = (), policy: str = ""
) -> Finding | None:
    """Have the rule look at a text of this score."""
    message = build_message(content={"type": "text", "text": text})
    facts = build_facts(message, workspace=build_workspace(domains=domains))
    reading = replace(build_reading(text, *hits), distinct=DistinctText("x", lambda _: score))
    return RULE.check(message, reading, facts, build_policy(policy))


def outcome_of(text: str, score: float, *hits: Pattern, domains: tuple[str, ...] = (), policy: str = "") -> str:
    """Give the outcome."""
    found = finding_of(text, score, *hits, domains=domains, policy=policy)
    return found.outcome.value if found else "allow"


@pytest.mark.parametrize(
    ("score", "outcome"),
    [
        (FRAUD_SCORE_HIGH - 0.001, "allow"),
        (FRAUD_SCORE_HIGH, "flag"),
        (FRAUD_SCORE_HIGH + 0.001, "flag"),
        (1.0, "flag"),
    ],
)
def test_a_high_score_flags_beside_a_link(score: float, outcome: str) -> None:
    """From the threshold on a wording is reason enough, where a link leads to nobody knows where."""
    assert outcome_of(f"See {OTHER}", score) == outcome


@pytest.mark.parametrize(("score", "outcome"), [(0.799, "allow"), (0.8, "flag"), (0.801, "flag")])
def test_some_score_counts_beside_other_signs(score: float, outcome: str) -> None:
    """A link of 0.5, urgency of 0.5 and money of 0.2 are not enough, but are together with it."""
    assert outcome_of(f"Final notice, pay $5.00 now: {OTHER}", score) == outcome


def test_some_score_is_nothing_by_itself() -> None:
    """A link and some score are what many honest messages have."""
    assert outcome_of(f"See {OTHER}", 0.9) == "allow"


@pytest.mark.parametrize(
    ("text", "hits"),
    [
        ("See you on Monday", ()),
        (f"See {OWN}", ()),
        (f"See {OWN} or call +12065550100", ()),
        ("Your verification code is 482913, call +12065550100", ()),
        ("Your verification code is 482913", (WEAK,)),
    ],
)
def test_what_leads_nowhere_else_is_left_alone(text: str, hits: tuple[Pattern, ...]) -> None:
    """Without a way to the fraudster a wording harms nobody; a code must arrive."""
    assert outcome_of(text, 1.0, *hits, domains=("sunnybakery.example",)) == "allow"


@pytest.mark.parametrize(
    ("text", "hits"), [("Call +12065550100 now", ()), (f"See {OTHER}", ()), ("Write to us", (WEAK,))]
)
def test_what_leads_away_is_flagged(text: str, hits: tuple[Pattern, ...]) -> None:
    """A number, a link of nobody known, or a fraud's words."""
    assert outcome_of(text, 1.0, *hits) == "flag"


@pytest.mark.parametrize("domains", [(), ("sunnybakery.example",)])
@pytest.mark.parametrize("hits", [(), (WEAK,), (STRONG,), (CERTAIN,), (CERTAIN, STRONG)])
@pytest.mark.parametrize("text", [f"See {OTHER}", f"Last chance! {OTHER}", "Call +12065550100", "Hello", f"See {OWN}"])
def test_a_model_never_holds_or_blocks(text: str, hits: tuple[Pattern, ...], domains: tuple[str, ...]) -> None:
    """What is worse than a flag is the same whatever the model thinks."""
    without, with_score = (outcome_of(text, score, *hits, domains=domains) for score in (0.0, 1.0))
    assert with_score == without or (without, with_score) == ("allow", "flag")


def test_says_that_a_model_found_it() -> None:
    """The reason is another one, and names the model and how sure it was."""
    found = finding_of(f"See {OTHER}", 0.98765)
    assert found is not None
    assert found.code == "fraud_alike"
    assert found.values == {
        "score": 2.5,
        "signs": "link, model",
        "weights": {"link": 0.5, "model": 2.0},
        "fraud_score": 0.988,
        "model": MODEL_VERSION,
    }


def test_a_policy_may_leave_the_model_out() -> None:
    """It is a guess, not what a hard clause rests on."""
    policy = "[content.weights]\nmodel = 0\nmodel_some = 0"
    check_policy(build_policy(policy))
    assert outcome_of(f"See {OTHER}", 1.0, policy=policy) == "allow"


def test_a_policy_may_move_the_threshold() -> None:
    """Whoever rather looks at more sets it lower."""
    assert outcome_of(f"See {OTHER}", 0.9, policy="[content]\nmodel_score_high = 0.9") == "flag"


@pytest.mark.parametrize("build", [ContentSettings, lambda: build_policy().document.content])
def test_the_packaged_threshold_is_the_model_cards(build: Callable[[], ContentSettings]) -> None:
    """The policy's default is what was measured."""
    assert build().model_score_high == FRAUD_SCORE_HIGH


def test_the_packaged_policy_agrees() -> None:
    """The file that ships says the same as the defaults."""
    assert read_policy_file(None).document.content.model_score_high == FRAUD_SCORE_HIGH
