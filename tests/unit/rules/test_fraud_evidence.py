"""The rule `fraud_evidence`: signs that are weighed together, by the weights of the policy."""

import pytest
from msgspec.structs import replace

from pipeline.domain.policies import PolicyError
from pipeline.domain.verdicts import Finding
from pipeline.reading.lexicon_files import Pattern
from pipeline.rules import check_policy
from pipeline.rules.fraud_evidence import RULE
from pipeline.testing.builders import build_facts, build_message, build_policy, build_workspace
from pipeline.testing.readers import build_hit, build_reading

OWN = ("sunnybakery.example",)
STRONG, WEAK = build_hit("fraud.bank", "2.3", "strong"), build_hit("fraud.bank", "2.3", "weak")
CERTAIN = build_hit("fraud.prize", "2.3", "certain")


def finding_of(text: str, *hits: Pattern, domains: tuple[str, ...] = OWN, policy: str = "") -> Finding | None:
    """Have the rule look at a text with these hits, from a workspace of these domains."""
    message = build_message(content={"type": "text", "text": text})
    facts = build_facts(message, workspace=build_workspace(domains=domains))
    return RULE.check(message, build_reading(text, *hits), facts, build_policy(policy))


def found_by(text: str, *hits: Pattern, domains: tuple[str, ...] = OWN, policy: str = "") -> str | None:
    """Give the outcome."""
    found = finding_of(text, *hits, domains=domains, policy=policy)
    return found.outcome.value if found else None


@pytest.mark.parametrize(
    ("text", "hits", "outcome"),
    [
        ("Your parcel: https://other.example/a", (), "flag"),
        ("Your parcel: https://sunnybakery.example/a", (), None),
        ("Your parcel: https://track.sunnybakery.example/a", (), None),
        ("Your parcel is here.", (), None),
        ("Call us", (STRONG,), "flag"),
        ("Call us", (WEAK,), None),
        ("Call us or see https://sunnybakery.example/a", (STRONG,), None),
        ("Call us or see https://sunnybakery.example/a", (CERTAIN,), "flag"),
        ("PayPal and more at https://sunnybakery.example/a", (WEAK,), None),
        ("PayPal: call us", (WEAK,), "flag"),
        ("Call us", (WEAK, STRONG), "flag"),
        ("Call us", (CERTAIN,), "hold"),
        ("See https://other.example/a", (STRONG,), "flag"),
        ("See https://other.example/a", (CERTAIN,), "block"),
        ("Last chance! See https://paypal-verify.example/a", (STRONG,), "block"),
    ],
)
def test_weighs_signs(text: str, hits: tuple[Pattern, ...], outcome: str | None) -> None:
    """One suspicion is flagged, what comes together is held or blocked, and words alone never block."""
    assert found_by(text, *hits) == outcome


def test_asks_for_more_when_no_domain_is_on_record() -> None:
    """Then a link may be the workspace's own: it is flagged only beside other signs."""
    assert found_by("Your parcel: https://other.example/a", domains=()) is None
    assert found_by("Final notice from USPS: https://other.example/a", domains=()) == "flag"


def test_lets_public_places_be_linked() -> None:
    """A map or a brand's own page is no stranger's."""
    policy = '[content]\npublic_domains = ["maps.example"]'
    assert found_by("Our shop: https://maps.example/a", policy=policy) is None
    assert found_by("Pay by PayPal: https://www.paypal.com/activity") is None


def test_holds_no_code_back_for_its_words() -> None:
    """Whoever waits for a code gets it; beside a stranger's link it is held like all else."""
    code = "Your verification code is 482913."
    assert found_by(code, CERTAIN) == "flag"
    assert found_by(f"{code} https://other.example/a", CERTAIN) == "block"


def test_holds_what_could_not_be_read_to_its_end() -> None:
    """What was not read may say anything."""
    message = build_message()
    unread = replace(build_reading("x"), is_whole=False)
    found = RULE.check(message, unread, build_facts(message), build_policy())
    assert found is not None
    assert (found.outcome.value, found.code, found.decided_by) == ("hold", "content_unread", "missing_fact")


@pytest.mark.parametrize(("score", "outcome"), [(1.99, "flag"), (2.0, "flag"), (2.01, None)])
def test_flags_from_the_score_on(score: float, outcome: str | None) -> None:
    """A link to a stranger weighs 2."""
    assert found_by("See https://other.example/a", policy=f"[content]\nflag_score = {score}") == outcome


@pytest.mark.parametrize(("score", "outcome"), [(3.99, "hold"), (4.0, "hold"), (4.01, "flag")])
def test_holds_from_the_score_on(score: float, outcome: str) -> None:
    """A stranger's link and strong wording weigh 2 each."""
    policy = f"[content]\nhold_score = {score}"
    assert found_by("See https://other.example/a", STRONG, policy=policy) == outcome


@pytest.mark.parametrize(("score", "outcome"), [(6.99, "block"), (7.0, "block"), (7.01, "hold")])
def test_blocks_from_the_score_on(score: float, outcome: str) -> None:
    """A stranger's link and certain wording weigh 7 together."""
    policy = f"[content]\nblock_score = {score}"
    assert found_by("See https://other.example/a", CERTAIN, policy=policy) == outcome


@pytest.mark.parametrize(("kinds", "outcome"), [(2, "block"), (3, "hold")])
def test_blocks_only_if_enough_kinds_come_together(kinds: int, outcome: str) -> None:
    """However heavy one kind is, another must support it."""
    policy = f"[content]\nblock_kinds_min = {kinds}"
    assert found_by("See https://other.example/a", CERTAIN, policy=policy) == outcome


def test_names_the_signs_and_nothing_of_the_text() -> None:
    """A finding says which kinds of sign it saw, what each weighed and no word, number or host."""
    found = finding_of("Last chance, Anna! Pay $40 at https://other.example/a?n=447700900123", STRONG)
    assert found is not None
    assert found.values["weights"] == {"wording": 2.0, "link": 2.0, "urgency": 0.5, "money": 0.2}
    written = repr(found)
    assert not any(value in written for value in ("Anna", "40", "other", "447700"))


def test_refuses_a_policy_that_takes_the_weights_away() -> None:
    """A weight may be halved; less would switch a hard clause off."""
    check_policy(build_policy("[content.weights]\nlink_outside = 1.0"))
    with pytest.raises(PolicyError, match=r"content\.weights\.link_outside below 1"):
        check_policy(build_policy("[content.weights]\nlink_outside = 0.99"))
