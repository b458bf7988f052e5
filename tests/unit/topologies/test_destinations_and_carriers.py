"""Variants of the scenarios of clauses 2.2, 6.4 and 8.2, judged whole: records in, verdicts out, packaged policy."""

from typing import Any

import pytest

from pipeline.apps.packaged import read_policy_file
from pipeline.testing.builders import build_consent, build_message, build_record
from tests.unit.topologies.hosting import Platform

POLICY = read_policy_file(None)
BRITISH, LOCAL, SUSPENDED, TOLL_FREE, PENDING = (
    "+447700900111",
    "+12065550100",
    "+12065550101",
    "+18335550100",
    "+18445550100",
)
ACTIVE = {"tcr_campaign": {"state": "active", "use_case": "MIXED"}}
SENDERS = [
    {"type": "phone_number", "id": BRITISH, "country": "GB"},
    {"type": "phone_number", "id": LOCAL, "country": "US", "registration": ACTIVE},
    {"type": "phone_number", "id": SUSPENDED, "registration": {"tcr_campaign": {"state": "expired"}}},
    {"type": "phone_number", "id": TOLL_FREE, "registration": {"toll_free": {"state": "verified"}}},
    {"type": "phone_number", "id": PENDING, "registration": {"toll_free": {"state": "pending"}}},
    {"type": "alphanumeric", "id": "SunnyBakery"},
]
NEW_YORK, LONDON, PARIS, MUMBAI, DUBAI = (
    "+12125550123",
    "+447700900123",
    "+33612345678",
    "+919812345678",
    "+971501234567",
)
ORDER = "Your order 4471 has been packed and leaves our shop today."
OFFER = "Sunny Bakery: new bread. Reply STOP to end."


async def judged(to: str, sender: str, purpose: str, text: str, **record: Any) -> dict[str, Any]:  # noqa: ANN401 - passed on
    """Judge one message with the packaged policy, and give its verdict."""
    workspace = build_record(**({"senders": SENDERS} | record))
    platform = Platform(1, POLICY, [workspace])
    platform.put(build_consent(to=to))
    kind = "phone_number" if sender.startswith("+") else "alphanumeric"
    content = {"type": "text", "text": text}
    message = build_message(to=to, sender={"type": kind, "id": sender}, purpose=purpose, content=content)
    await platform.give(message)
    (verdict,) = platform.verdicts()
    return verdict


@pytest.mark.parametrize(
    ("to", "sender", "purpose", "text", "outcome", "clause"),
    [
        ("+79780123456", BRITISH, "utility", ORDER, "block", "2.2"),
        ("+73652123456", BRITISH, "authentication", "Your code is 123456", "block", "2.2"),
        ("+5351234567", BRITISH, "utility", ORDER, "block", "2.2"),
        ("+963944567890", BRITISH, "utility", ORDER, "hold", "2.2"),
        ("+77012345678", BRITISH, "utility", ORDER, "allow", None),
        ("+380501234567", BRITISH, "utility", ORDER, "allow", None),
        (NEW_YORK, LOCAL, "marketing", OFFER, "allow", None),
        (NEW_YORK, SUSPENDED, "marketing", OFFER, "block", "6.4"),
        (NEW_YORK, SUSPENDED, "authentication", "Your code is 123456", "block", "6.4"),
        (NEW_YORK, "+12065550109", "utility", ORDER, "hold", "6.4"),
        (NEW_YORK, TOLL_FREE, "utility", ORDER, "allow", None),
        (NEW_YORK, PENDING, "utility", ORDER, "block", "6.4"),
        (NEW_YORK, LOCAL, "utility", "Track it: tinyurl.com/2p9", "block", "6.4"),
        (LONDON, BRITISH, "utility", "Track it: https://cutt.ly/2p9", "flag", "6.4"),
        (LONDON, BRITISH, "utility", "Track it: https://sunnybakery.example/4471", "allow", None),
        (NEW_YORK, "SunnyBakery", "utility", ORDER, "block", "6.4"),
        (LONDON, "SunnyBakery", "utility", ORDER, "allow", None),
        (LONDON, "SunnyBakeries", "utility", ORDER, "block", "6.4"),
        (MUMBAI, "SunnyBakery", "utility", ORDER, "hold", "6.4"),
        (MUMBAI, BRITISH, "utility", ORDER, "allow", None),
        (DUBAI, "AD-Sunny", "marketing", OFFER, "flag", "6.4"),
        (DUBAI, "SunnyBakery", "marketing", OFFER, "flag", "2.1"),
        (LONDON, BRITISH, "marketing", OFFER, "allow", None),
        (LONDON, BRITISH, "marketing", "New bread!", "flag", "2.1"),
        (PARIS, BRITISH, "marketing", "Sunny Bakery : du pain. STOP au 36111", "allow", None),
        (PARIS, BRITISH, "marketing", "Sunny Bakery : du pain. STOP", "flag", "2.1"),
        ("+881612345678", BRITISH, "authentication", "Your code is 123456", "block", "2.1"),
    ],
)
async def test_judges_variants(  # noqa: PLR0913 - a row of the table
    to: str, sender: str, purpose: str, text: str, outcome: str, clause: str | None
) -> None:
    """Each row states the strictest outcome and a clause that must be among the findings."""
    verdict = await judged(to, sender, purpose, text)
    assert verdict["outcome"] == outcome
    assert clause is None or clause in [finding["clause"] for finding in verdict["findings"]]


@pytest.mark.parametrize(
    ("to", "outcome"), [(LONDON, "allow"), (NEW_YORK, "block"), ("+4915123456789", "block"), ("+77012345678", "block")]
)
async def test_keeps_to_the_countries_of_the_plan(to: str, outcome: str) -> None:
    """A plan of one country."""
    plan = {"messages_per_second": 100, "messages_per_day": 1_000, "countries": ["GB"]}
    verdict = await judged(to, LOCAL if to == NEW_YORK else BRITISH, "utility", ORDER, plan=plan)
    assert (verdict["outcome"], [each["clause"] for each in verdict["findings"]]) == (
        outcome,
        ["8.2"] if outcome == "block" else [],
    )


async def test_tells_the_sender_what_the_provider_would_have_said() -> None:
    """An expired campaign is Twilio's 30034."""
    verdict = await judged(NEW_YORK, SUSPENDED, "marketing", OFFER)
    assert verdict["provider_equivalents"]["twilio"] == "30034"


async def test_holds_no_personal_data_in_a_verdict() -> None:
    """Neither the number nor the text of what was blocked."""
    verdict = await judged("+79780123456", BRITISH, "utility", "Track it: bit.ly/CANARY")
    assert "79780123456" not in str(verdict)
    assert "CANARY" not in str(verdict)
