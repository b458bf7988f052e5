"""Laws of `normalise`: every payload gets an answer, and an event with what is missing added is a complete event."""

import json
from typing import Any, get_args

from hypothesis import given
from hypothesis import strategies as st

from pipeline.domain.events import AssetEvent
from pipeline.providers import vocabulary
from pipeline.providers.answers import REJECTED, Answer, Event, PayloadKind
from pipeline.providers.normalise import normalise
from pipeline.wire import decode_inbound_message, decode_outbound_message, decode_provider_event, decoder

KINDS = {*get_args(PayloadKind), REJECTED}
PROVIDERS = st.sampled_from(["twilio", "meta", "infobip", "kannel", "sinch(mblox)", "zenvia", "nobody", ""])
CONTENT_TYPES = st.sampled_from(["json", "form", "query", "xml", "smpp", "application/json", "text/plain", ""])
DECODERS = {
    "messaging.inbound": decode_inbound_message,
    "messaging.provider-events": decode_provider_event,
    "messaging.outbound": decode_outbound_message,
    "messaging.assets": decoder(AssetEvent),
}
NOW_TEXT = "2026-11-24T15:00:00Z"
ADDED: dict[str, Any] = {
    **dict.fromkeys(("to", "from"), "+447700900123"),
    **dict.fromkeys(("received_at", "occurred_at", "requested_at"), NOW_TEXT),
    "channel": "sms",
    "sender": {"type": "phone_number", "id": "+447700900111"},
    "actor": {"type": "integration", "id": "key-1"},
    "purpose": "utility",
    "content.media": [{"url": "https://sunnybakery.example/bread.jpg"}],
}
NAMES = sorted(
    {
        *(name for names in (vocabulary.TEXT, vocabulary.FROM_PERSON, vocabulary.TO_PERSON) for name in names),
        *(*vocabulary.STATUS, *vocabulary.MESSAGE_ID, *vocabulary.TIME, *vocabulary.CODE, *vocabulary.SEND_MARKS),
        *("entry", "changes", "field", "value", "statuses", "messages", "contacts", "errors", "user_preferences"),
        *("messaging_product", "template", "results", "destinations", "content", "payload", "data", "event"),
        *("eventType", "app_id", "recipient", "message_delivery_report", "contact_message", "audit_records"),
        *("MessageSid", "MessageStatus", "To", "From", "Body", "ContentSid", "ContentVariables", "message_uuid"),
        *("message_type", "err-code", "reports", "report_id", "event_type", "metadata", "interactive", "components"),
        *("parameters", "restriction_info", "ban_info", "waba_ban_state", "new_quality_score", "type", "language"),
    }
)
WORDS = st.sampled_from(
    [
        *("+447700900123", "447700900123", "2020", "MTN", "US.1234", "whatsapp:+447700900123", "delivered", "failed"),
        *("received", "text", "template", "mo_text", "mt_text", "inbound", "1732460400", "2026-11-24T15:00:00Z"),
        *(
            "message.received",
            "contact.unsubscribe.created",
            "template_status_update",
            "account_update",
            "STOP",
            "21610",
        ),
        *("com.twilio.messaging.message.failed", "recipient_delivery_report_sms", "x" * 2_000, "y" * 11_000, ""),
    ]
)
LEAVES = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False), st.text(max_size=20), WORDS)
JSON = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(st.one_of(st.sampled_from(NAMES), st.text(max_size=5)), inner, max_size=5),
    ),
    max_leaves=25,
)


def completed(event: Event) -> bytes:
    """Add what is missing to an event, as its publisher must."""
    value = json.loads(json.dumps(event.value))
    for path in event.missing:
        *parents, last = path.split(".")
        at = value
        for parent in parents:
            at = at.setdefault(parent, {})
        at[last] = ADDED.get(path, "x")
    return json.dumps(value).encode()


def check(answer: Answer) -> None:
    """Hold an answer against what is promised of every answer."""
    assert answer.kind in KINDS
    assert (answer.reason is not None) == (answer.kind == REJECTED)
    for event in answer.events:
        if event.topic in DECODERS:
            DECODERS[event.topic](completed(event))


@given(PROVIDERS, CONTENT_TYPES, JSON)
def test_answers_any_json(provider: str, content_type: str, payload: object) -> None:
    """Any JSON value has an answer, and its events are complete once what is missing is added."""
    check(normalise(provider, content_type, payload))


@given(PROVIDERS, CONTENT_TYPES, st.one_of(st.text(), st.binary().map(lambda data: data.decode("latin-1"))))
def test_answers_any_text(provider: str, content_type: str, payload: str) -> None:
    """Any text or bytes has an answer."""
    check(normalise(provider, content_type, payload))


@given(st.binary(min_size=16, max_size=120))
def test_answers_any_pdu(data: bytes) -> None:
    """Any octets that claim to be an SMPP PDU have an answer."""
    check(normalise("smpp", "smpp", data.hex()))


@given(st.sampled_from([4, 5, 0x103, 0x80000004]), st.binary(max_size=120))
def test_answers_any_message_pdu(command: int, data: bytes) -> None:
    """So have PDUs that carry messages, cut off or not."""
    header = (len(data) + 16).to_bytes(4, "big") + command.to_bytes(4, "big") + bytes(8)
    check(normalise("smpp", "smpp", (header + data).hex()))


@given(PROVIDERS, st.dictionaries(st.sampled_from(NAMES), WORDS, max_size=6))
def test_answers_the_same_twice(provider: str, payload: dict[str, str]) -> None:
    """The same payload gives the same events with the same ids: what a provider sends twice is one event."""
    assert normalise(provider, "json", payload) == normalise(provider, "json", dict(payload))


@given(PROVIDERS, st.dictionaries(st.sampled_from(NAMES), WORDS, max_size=6))
def test_reasons_hold_no_values(provider: str, payload: dict[str, str]) -> None:
    """Why something was rejected is said without what it said."""
    reason = normalise(provider, "json", payload).reason or ""
    assert "447700900123" not in reason
    assert "STOP" not in reason
