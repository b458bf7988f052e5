"""Verdicts on what a message says: they hold ids, kinds and places, and nothing of the text."""

import pytest

from pipeline.inspection import inspect, inspect_content
from pipeline.testing.builders import build_facts, build_message, build_policy, build_workspace
from pipeline.testing.readers import build_hit, build_reading
from pipeline.wire import encode

TEXTS = (
    "Zanzibarine, your card 4111 1111 1111 1111 exp 04/29 is saved, call +447700900123",
    "Zanzibarine: final notice, PayPal is limited: paypa1-secure.example/zanzibarine?n=447700900123",
    "Zanzibarine http://zanzibarine@3232235777/login and http://other.example/447700900123.apk",
    "Zanzibarine, your password is Zanz1barine! and your code 482913",
)
HITS = tuple(
    build_hit(category, clause, "certain")
    for category, clause in (
        ("fraud.bank", "2.3"),
        ("surveillance", "2.3"),
        ("drugs", "4.1"),
        ("counterfeit", "4.2"),
        ("malware", "4.3"),
        ("threats", "4.4"),
        ("harassment", "5.4"),
        ("alcohol", "6.4"),
        ("special-data.health", "7.4"),
    )
)


@pytest.mark.parametrize("hits", [(), HITS], ids=["as read", "all clauses"])
@pytest.mark.parametrize("text", TEXTS, ids=range(len(TEXTS)))
def test_tells_nothing_of_the_text(text: str, hits: tuple[()]) -> None:
    """No word, number, host or path of a message stands in its verdict, whatever rules object."""
    message = build_message(purpose="utility", content={"type": "text", "text": text})
    facts = build_facts(message, workspace=build_workspace(domains=["sunnybakery.example"]))
    verdict = inspect(message, build_reading(text, *hits), facts, build_policy())
    assert verdict.findings
    written = encode(verdict).decode().lower()
    for part in ("zanz", "4111", "7700900123", "3232235777", "paypa1", "other.example", "482913"):
        assert part not in written


def test_asks_the_content_rules_alone() -> None:
    """A text by itself has no recipient and no purpose: consent, hours and audits are not asked."""
    message = build_message(purpose="marketing", content={"type": "text", "text": TEXTS[0]})
    facts = build_facts(message, workspace=None, choices=None)
    findings = inspect_content(message, build_reading(TEXTS[0]), facts, build_policy())
    assert [found.rule_id for found in findings] == ["sensitive_data"]


def test_leaves_out_what_the_policy_switched_off() -> None:
    """Rules of clauses that are not hard follow the policy here too."""
    message = build_message(content={"type": "text", "text": TEXTS[1]})
    policy = build_policy('[rules]\ncounterfeit_and_impersonation = { mode = "off" }')
    facts = build_facts(message)
    ids = [found.rule_id for found in inspect_content(message, build_reading(TEXTS[1]), facts, policy)]
    assert "counterfeit_and_impersonation" not in ids
    assert "fraud_evidence" in ids
