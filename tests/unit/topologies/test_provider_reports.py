"""What a provider reports of a person changes what may be sent to that person."""

from typing import Any

import msgspec
import pytest

from pipeline.domain.events import ProviderEvent
from pipeline.providers.normalise import normalise
from pipeline.state.keys import refusals_key
from pipeline.testing.builders import (
    HOUR,
    NOW,
    RECIPIENT,
    SENDER,
    build_command,
    build_consent,
    build_inbound,
    build_message,
    build_provider_event,
    instant,
)
from tests.unit.topologies.hosting import Happening, Platform

BSUID = {"bsuid": "GB.1", "portfolio_id": "pf-1"}
WROTE = build_inbound(inbound_id="in-wrote", channel="whatsapp", text="Hello")
"""A message by WhatsApp, so that free-form answers are within its window."""


def refusal(**changes: Any) -> ProviderEvent:  # noqa: ANN401 - passed on
    """Build Twilio's report that the recipient has unsubscribed."""
    title = "Attempt to send to unsubscribed recipient"
    defaults = {"message_id": "m-0", "status": "failed", "product": "messaging", "code": "21610", "code_title": title}
    return build_provider_event(**(defaults | changes))


async def outcomes(*events: Happening) -> list[str]:
    """Give the outcomes after the recipient has consented to everything and events have come."""
    platform = Platform()
    for event in (build_consent(), *events):
        await platform.give(event)
    assert platform.dead_letters() == []
    return platform.outcomes()


async def test_blocks_after_an_opt_out_that_only_the_provider_knows() -> None:
    """The code, its title, the provider and the product agree: the person is opted out."""
    assert await outcomes(refusal(), build_message()) == ["block"]


@pytest.mark.parametrize("changes", [{"code_title": "Message filtered"}, {"code": "99999"}, {"product": "voice"}])
async def test_opts_nobody_out_when_the_parts_disagree(changes: dict[str, str]) -> None:
    """A code alone says nothing, an unknown code neither, and nothing breaks."""
    assert await outcomes(refusal(**changes), build_message()) == ["allow"]


async def test_keeps_to_the_sender_that_was_used() -> None:
    """A STOP at one number of Twilio's is one at that number."""
    assert await outcomes(refusal(sender="+447700900222"), build_message()) == ["allow"]
    assert await outcomes(refusal(sender=SENDER), build_message()) == ["block"]


async def test_finds_the_workspace_by_its_sender() -> None:
    """A provider knows numbers, not workspaces."""
    assert await outcomes(refusal(workspace_id=None, sender=SENDER), build_message()) == ["block"]


async def test_records_an_opt_out_that_belongs_to_no_workspace() -> None:
    """An opt-out that stops nothing is not lost silently."""
    platform = Platform()
    await platform.give(refusal(workspace_id=None))
    (letter,) = platform.dead_letters()
    assert letter["field"] == "$.workspace_id"


async def test_revokes_what_was_allowed() -> None:
    """A message that waits at the messaging service must not go out any more."""
    platform = Platform()
    await platform.give(build_consent())
    await platform.give(build_message())
    await platform.give(refusal())
    assert platform.revoked() == ["m-1"]


async def test_takes_the_sender_from_the_message_that_was_refused() -> None:
    """The report names the message, and the worker remembers its sender."""
    message = build_message(message_id="m-2", sender={"type": "phone_number", "id": "+447700900222"})
    platform = Platform()
    for event in (build_consent(), build_message(), refusal(message_id="m-1"), message):
        await platform.give(event)
    assert platform.outcomes("m-2") == ["allow"]


async def test_lets_the_person_resume() -> None:
    """Who stopped marketing on WhatsApp and resumes it gets it again."""
    stop = build_provider_event(kind="preference", status="stop", provider="meta")
    resume = build_provider_event(
        kind="preference", status="resume", provider="meta", provider_event_id="p-2", occurred_at=instant(1)
    )
    marketing = build_message(channel="whatsapp", purpose="marketing")
    platform = Platform()
    for event in (build_consent(), WROTE, stop, marketing):
        await platform.give(event)
    platform.now_milliseconds += 1
    await platform.give(resume)
    await platform.give(build_message(channel="whatsapp", purpose="marketing", message_id="m-2"))
    assert platform.outcomes() + platform.outcomes("m-2") == ["block", "allow"]


async def test_leaves_other_purposes_alone_when_marketing_was_stopped() -> None:
    """Meta's switch is about marketing."""
    stop = build_provider_event(kind="preference", status="stop", provider="meta")
    assert await outcomes(WROTE, stop, build_message(channel="whatsapp", purpose="utility")) == ["allow"]


async def test_ends_consent_when_a_number_is_deactivated() -> None:
    """The next owner of a number has agreed to nothing."""
    ended = refusal(provider="bandwidth", code="4721", code_title="destination-tn-deactivated")
    assert await outcomes(ended, build_message()) == ["hold"]


async def test_stops_also_the_number_of_whom_is_known_by_a_business_scoped_id() -> None:
    """The report names only the id, and the messages go to the number."""
    link = build_inbound(**{"from": {"e164": RECIPIENT, **BSUID}}, text="Hi")
    stop = build_provider_event(kind="preference", status="stop", to=BSUID)
    assert await outcomes(link, stop, build_message(channel="whatsapp", purpose="marketing")) == ["block"]


async def test_records_a_refusal_of_nobody_who_could_be_written_to() -> None:
    """An opt-out under a misspelt number would stop nothing."""
    platform = Platform()
    await platform.give(refusal(to="07700 900123"))
    (letter,) = platform.dead_letters()
    assert letter["field"] == "$.to"


def restriction(**changes: Any) -> ProviderEvent:  # noqa: ANN401 - passed on
    """Build Twilio's report that the account is suspended."""
    return build_provider_event(
        **({"status": "failed", "product": "messaging", "code": "30002", "sender": SENDER} | changes)
    )


async def test_blocks_what_the_provider_refuses() -> None:
    """An account that is suspended sends nothing."""
    platform = Platform()
    for event in (build_consent(), restriction(message_id="m-0"), build_message()):
        await platform.give(event)
    assert (platform.outcomes(), platform.codes()) == (["block"], ["provider_restricts_account"])


async def test_lets_pass_again_once_a_message_was_sent() -> None:
    """The provider has changed its mind."""
    sent = build_provider_event(message_id="m-00", status="delivered", sender=SENDER)
    assert await outcomes(restriction(message_id="m-0"), sent, build_message()) == ["allow"]


@pytest.mark.parametrize(("hours", "outcome"), [(23, "block"), (24, "allow")])
async def test_asks_the_provider_again_after_a_day(hours: int, outcome: str) -> None:
    """Nobody says when a restriction ends."""
    platform = Platform()
    await platform.give(build_consent())
    await platform.give(restriction(message_id="m-0"))
    platform.now_milliseconds += hours * HOUR
    await platform.give(build_message(purpose="authentication"))
    assert platform.outcomes() == [outcome]


@pytest.mark.parametrize(
    "changes", [{"code": "30003"}, {"code": "99999"}, {"workspace_id": None}, {"status": "queued"}]
)
async def test_takes_no_other_failure_for_a_refusal(changes: dict[str, object]) -> None:
    """A phone that is switched off says nothing of the sender."""
    assert await outcomes(restriction(message_id="m-0", **changes), build_message()) == ["allow"]


@pytest.mark.parametrize(("hours", "outcome"), [(23, "block"), (24, "allow"), (25, "allow")])
async def test_counts_a_refusal_from_when_it_happened(hours: int, outcome: str) -> None:
    """A report that comes late says nothing of today."""
    report = restriction(message_id="m-0", occurred_at=instant(-hours * HOUR))
    assert await outcomes(report, build_message()) == [outcome]


META_STOP = {
    "field": "user_preferences",
    "value": {
        "metadata": {"display_phone_number": SENDER},
        "user_preferences": [{"wa_id": RECIPIENT[1:], "value": "stop", "timestamp": NOW // 1000 - 60}],
    },
}
META_REFUSED = {
    "metadata": {"display_phone_number": SENDER},
    "statuses": [
        {
            "id": "wamid.1",
            "status": "failed",
            "recipient_id": RECIPIENT[1:],
            "timestamp": str(NOW // 1000 - 60),
            "errors": [{"code": 131050, "title": "This recipient has chosen to stop receiving marketing messages"}],
        }
    ],
}
VONAGE_REFUSED = {"msisdn": RECIPIENT[1:], "to": SENDER, "messageId": "1", "status": "failed", "err-code": "9"}
BANDWIDTH_DEACTIVATED = [
    {
        "type": "message-failed",
        "time": instant(-1),
        "to": RECIPIENT,
        "errorCode": 4721,
        "description": "destination-tn-deactivated",
        "message": {"id": "1", "text": "", "from": SENDER},
    }
]
TWILIO_REFUSED = f"MessageSid=1&MessageStatus=failed&ErrorCode=21610&To=%2B{RECIPIENT[1:]}&From=%2B{SENDER[1:]}"


@pytest.mark.parametrize(
    ("provider", "content_type", "payload", "message", "outcome"),
    [
        ("meta", "json", META_STOP, {"channel": "whatsapp", "purpose": "marketing"}, "block"),
        ("meta", "json", META_REFUSED, {"channel": "whatsapp", "purpose": "marketing"}, "block"),
        ("meta", "json", META_REFUSED, {"purpose": "marketing"}, "allow"),
        ("vonage", "json", VONAGE_REFUSED, {}, "block"),
        ("twilio", "form", TWILIO_REFUSED, {}, "block"),
        ("twilio", "form", TWILIO_REFUSED.replace("21610", "30003"), {}, "allow"),
        ("bandwidth", "json", BANDWIDTH_DEACTIVATED, {}, "hold"),
    ],
)
async def test_follows_a_payload_to_the_verdict(
    provider: str, content_type: str, payload: object, message: dict[str, object], outcome: str
) -> None:
    """From the provider's own body, with its time added where it has none, to what becomes of the next message."""
    (event,) = normalise(provider, content_type, payload).events
    report = msgspec.convert({"occurred_at": instant(-1), **event.value}, ProviderEvent)
    assert await outcomes(report, build_message(**message)) == [outcome]


async def test_lets_later_consent_of_the_person_stand_against_an_old_report() -> None:
    """A report of two years ago does not undo what the person agreed to since."""
    old = refusal(occurred_at="2024-11-24T15:00:00Z")
    assert await outcomes(old, build_message()) == ["allow"]


async def test_forgets_refusals_when_the_person_is_erased() -> None:
    """What is kept of a person goes, also what a provider said."""
    platform = Platform()
    await platform.give(restriction(message_id="m-0"))
    key = refusals_key(RECIPIENT, "ws-1")
    assert platform.stored(key, RECIPIENT) is not None
    await platform.give(build_command(kind="erase", subject={"recipient": RECIPIENT}))
    assert platform.stored(key, RECIPIENT) is None
