"""Meta's webhooks and answers, and messages as they are given to it. Payloads are written here in its shapes."""

from typing import Any

import pytest

from pipeline.providers.answers import Answer, Event
from pipeline.providers.normalise import normalise

METADATA = {"display_phone_number": "447700900222", "phone_number_id": "1060000000"}
AT = "1732460400"
AT_TEXT = "2024-11-24T15:00:00.000Z"


def webhook(*changes: dict[str, Any]) -> dict[str, Any]:
    """Write a webhook body."""
    return {
        "object": "whatsapp_business_account",
        "entry": [{"id": "waba-1", "time": 1732460400, "changes": list(changes)}],
    }


def change(field: str, **value: object) -> dict[str, Any]:
    """Write a change."""
    return {"field": field, "value": value}


def messages(**value: object) -> dict[str, Any]:
    """Write a change about messages."""
    return change("messages", messaging_product="whatsapp", metadata=METADATA, **value)


def read(payload: object, provider: str = "meta") -> Answer:
    """Read a payload."""
    return normalise(provider, "json", payload)


def only(payload: object, provider: str = "meta") -> Event:
    """Read a payload with one thing in it."""
    (event,) = read(payload, provider).events
    return event


STOP = {"from": "447700900123", "id": "wamid.1", "timestamp": AT, "type": "text", "text": {"body": "STOP"}}
SENT = {"id": "wamid.2", "status": "sent", "timestamp": AT, "recipient_id": "447700900123"}


def test_reads_a_reply() -> None:
    """Who wrote, to which number, when and what."""
    event = only(webhook(messages(messages=[STOP])))
    assert event.kind == "inbound"
    assert event.value == {
        "inbound_id": "wamid.1",
        "channel": "whatsapp",
        "from": "+447700900123",
        "to": "+447700900222",
        "type": "text",
        "text": "STOP",
        "received_at": AT_TEXT,
        "phone_number_id": "1060000000",
        "provider": "meta",
    }
    assert event.missing == ()


@pytest.mark.parametrize(
    ("message", "text"),
    [
        ({"type": "button", "button": {"text": "Stop promotions", "payload": "x"}}, "Stop promotions"),
        ({"type": "interactive", "interactive": {"type": "button_reply", "button_reply": {"title": "No"}}}, "No"),
        ({"type": "image", "image": {"caption": "Look", "id": "1"}}, "Look"),
        ({"type": "location", "location": {"latitude": 1}}, None),
    ],
)
def test_finds_the_words_of_a_reply(message: dict[str, Any], text: str | None) -> None:
    """A button that says stop is a stop."""
    assert only(webhook(messages(messages=[{**STOP, **message}]))).value.get("text") == text


def test_keeps_a_stop_of_somebody_without_a_number() -> None:
    """Only the business-scoped id is there: the portfolio must be added, the STOP is not lost."""
    stop = {**STOP, "from_user_id": "GB.1"}
    del stop["from"]
    event = only(webhook(messages(messages=[stop], contacts=[{"user_id": "GB.1", "profile": {"username": "@kf"}}])))
    assert event.value["from"] == {"bsuid": "GB.1", "username": "@kf"}
    assert event.missing == ("from.portfolio_id",)


def test_links_number_and_business_scoped_id() -> None:
    """Both together are what joins a person's names."""
    event = only(webhook(messages(messages=[STOP], contacts=[{"wa_id": "447700900123", "user_id": "GB.1"}])))
    assert event.value["from"] == {"bsuid": "GB.1", "e164": "+447700900123"}


def test_takes_no_name_from_one_of_several_contacts() -> None:
    """With two contacts, whose the id is stands nowhere."""
    event = only(webhook(messages(messages=[STOP], contacts=[{"user_id": "GB.1"}, {"user_id": "GB.2"}])))
    assert event.value["from"] == "+447700900123"


def test_reads_several_things_in_one_body() -> None:
    """Entries, changes and lists are taken apart; each becomes an event."""
    answer = read(webhook(messages(messages=[STOP], statuses=[SENT]), messages(statuses=[SENT, SENT])))
    assert [event.kind for event in answer.events] == ["status", "inbound", "status", "status"]
    assert answer.kind == "status"


@pytest.mark.parametrize("wrap", [lambda value: value, lambda value: {"entry": [{"changes": [{"value": value}]}]}])
def test_reads_the_value_alone(wrap: Any) -> None:  # noqa: ANN401 - a function of a test
    """Libraries show the value without what stands around it."""
    assert only(wrap({"metadata": METADATA, "statuses": [SENT]})).kind == "status"


def test_reads_a_refusal_of_marketing() -> None:
    """131050: with code, title and sender it can be taken as an opt-out."""
    error = {"code": 131050, "title": "This recipient has chosen to stop receiving marketing messages on WhatsApp"}
    event = only(webhook(messages(statuses=[{**SENT, "status": "failed", "errors": [error]}])))
    assert (event.value["code"], event.value["code_class"], event.value["product"]) == (
        "131050",
        "opted_out",
        "whatsapp",
    )
    assert event.value["sender"] == "+447700900222"
    assert event.flags == ()


def test_flags_a_code_whose_title_says_something_else() -> None:
    """Nobody is opted out by a number alone; somebody should look at it."""
    failed = {**SENT, "status": "failed", "errors": [{"code": 131050, "title": "Something else happened"}]}
    event = only(webhook(messages(statuses=[failed])))
    assert "code_class" not in event.value
    assert event.flags == ("code_disputed",)


def test_keeps_a_state_that_is_not_known() -> None:
    """It is flagged, and never becomes one of ours by default."""
    event = only(webhook(messages(statuses=[{**SENT, "status": "in_orbit"}])))
    assert (event.value["status"], event.flags) == ("in_orbit", ("status_unknown",))


@pytest.mark.parametrize(
    ("word", "flags"), [("stop", ()), ("resume", ()), ("signup", ()), ("sometimes", ("preference_unknown",))]
)
def test_reads_a_preference(word: str, flags: tuple[str, ...]) -> None:
    """The person's switch, with its three words."""
    preference = {"wa_id": "447700900123", "category": "marketing_messages", "value": word, "timestamp": 1732460400}
    event = only(webhook(change("user_preferences", metadata=METADATA, user_preferences=[preference])))
    assert (event.kind, event.value["to"], event.value["status"]) == ("preference", "+447700900123", word)
    assert (event.value["occurred_at"], event.flags) == (AT_TEXT, flags)


def test_reads_a_template_that_was_paused() -> None:
    """What is missing of the whole state is for the publisher to add."""
    event = only(
        webhook(
            change(
                "message_template_status_update",
                event="PAUSED",
                message_template_name="promo",
                message_template_language="en_US",
                message_template_id=1,
            )
        )
    )
    assert (event.kind, event.topic) == ("template_status", "messaging.assets")
    assert event.value["asset"] == {"type": "template", "id": "1", "name": "promo", "language": "en-US"}
    assert event.value["template"] == {"status": "PAUSED"}
    assert event.missing == ("asset.portfolio_id", "template.category", "template.quality")


@pytest.mark.parametrize("field", ["message_template_status_update", "message_template_quality_update"])
def test_decides_on_quality_by_content(field: str) -> None:
    """A page of Meta showed a quality event under the field of states."""
    event = only(
        webhook(change(field, previous_quality_score="GREEN", new_quality_score="RED", message_template_name="p"))
    )
    assert (event.kind, event.value["template"]) == ("template_quality", {"quality": "RED"})


def test_takes_no_state_from_a_word_that_is_not_known() -> None:
    """Syntax or a new word: flagged, and the state stays missing."""
    event = only(webhook(change("message_template_status_update", event="a|b|c", message_template_name="p")))
    assert "template" not in event.value
    assert event.flags == ("template_status_unknown",)


def test_reads_an_account_that_is_restricted() -> None:
    """In the shape in which the state of assets is decided: state and restrictions with their end."""
    restriction = {"restriction_type": "RESTRICTED_BIZ_INITIATED_MESSAGING", "expiration": 1732460400}
    event = only(webhook(change("account_update", event="ACCOUNT_RESTRICTION", restriction_info=[restriction])))
    assert event.kind == "account_update"
    assert event.value["account"] == {
        "state": "RESTRICTED",
        "restrictions": [{"type": "RESTRICTED_BIZ_INITIATED_MESSAGING", "until": AT_TEXT}],
    }


@pytest.mark.parametrize(
    ("ban", "state"),
    [("DISABLE", "DISABLED"), (["DISABLE"], "DISABLED"), ("SCHEDULE_FOR_DISABLE", "SCHEDULE_FOR_DISABLE")],
)
def test_reads_a_ban(ban: object, state: str) -> None:
    """The number that is meant is the asset."""
    value = {"event": "DISABLED_UPDATE", "phone_number": "447700900222", "ban_info": {"waba_ban_state": ban}}
    event = only(change("account_update", **value))
    assert event.value["asset"] == {"type": "whatsapp_number", "id": "+447700900222"}
    assert event.value["account"] == {"state": state}


def test_takes_no_state_from_a_list_of_alternatives() -> None:
    """Older samples list what the state may be."""
    ban = {"waba_ban_state": ["SCHEDULE_FOR_DISABLE", "DISABLE", "REINSTATE"]}
    event = only(change("account_update", event="DISABLED_UPDATE", ban_info=ban))
    assert "account" not in event.value
    assert event.flags == ("state_has_alternatives",)


@pytest.mark.parametrize(
    "field", ["account_alerts", "account_review_update", "phone_number_name_update", "flows", "security"]
)
def test_reads_other_news_of_an_account(field: str) -> None:
    """What the state is, none of these says."""
    event = only(webhook(change(field, event="PARTNER_ADDED")))
    assert (event.kind, "account.state" in event.missing) == ("account_update", True)


def test_reads_a_limit_of_a_number() -> None:
    """The tier, as the rule of WhatsApp needs it."""
    value = {"display_phone_number": "447700900222", "event": "UPGRADE", "current_limit": "TIER_10K"}
    event = only(webhook(change("phone_number_quality_update", **value)))
    assert (event.kind, event.value["account"]) == ("number_quality", {"limit": "TIER_10K", "event": "UPGRADE"})


def test_reads_an_error_of_the_api() -> None:
    """The answer to a send says why it was refused."""
    event = only({"error": {"message": "(#131048) Spam rate limit hit", "type": "OAuthException", "code": 131048}})
    assert (event.kind, event.value["status"], event.value["code"]) == ("status", "failed", "131048")


def test_reads_an_echo_of_the_business_phone() -> None:
    """What the business writes from its phone was never judged."""
    echo = {"from": "447700900222", "to": "447700900123", "id": "wamid.3", "timestamp": AT, "type": "text"}
    event = only(webhook(change("smb_message_echoes", metadata=METADATA, message_echoes=[echo])))
    assert (event.kind, event.value["to"], event.flags) == ("status", "+447700900123", ("sent_outside_the_platform",))


def test_refuses_the_older_shape_when_the_sender_is_no_number() -> None:
    """It knows nothing but numbers, and this is none."""
    answer = read({"messages": [{**STOP, "from": "notnumber"}]}, "turn.io")
    assert (answer.kind, answer.reason) == ("rejected", "messages[].from: is no number")


def test_refuses_a_body_without_changes() -> None:
    """There is nothing in it."""
    assert read({"object": "whatsapp_business_account", "entry": []}).kind == "rejected"


# Messages to be sent.


def test_reads_a_template_to_be_sent() -> None:
    """Neither sender nor category nor the words are in the body: they must be added."""
    event = only(
        {
            "messaging_product": "whatsapp",
            "to": "447700900123",
            "type": "template",
            "biz_opaque_callback_data": "m-1",
            "template": {
                "name": "promo",
                "language": {"code": "en_GB"},
                "components": [{"type": "body", "parameters": [{"type": "text", "text": "Ann"}]}],
            },
        }
    )
    assert (event.kind, event.value["message_id"], event.value["to"]) == ("send_request", "m-1", "+447700900123")
    template = {"name": "promo", "language": "en-GB", "parameters": ["Ann"]}
    assert event.value["content"] == {"type": "template", "template": template}
    assert set(event.missing) == {
        *("sender", "purpose", "workspace_id", "actor", "requested_at"),
        *("content.text", "content.template.category"),
    }


@pytest.mark.parametrize("product", [{}, {"messaging_product": "whatsapp"}])
def test_reads_a_text_to_be_sent(product: dict[str, str]) -> None:
    """With and without the product's name, which the older shape has not."""
    event = only({**product, "to": "447700900123", "type": "text", "text": {"body": "Hello"}})
    assert (event.kind, event.value["content"]) == ("send_request", {"type": "text", "text": "Hello"})


def test_reads_a_picture_to_be_sent() -> None:
    """A link is a medium; an id at the provider is none that could be looked at."""
    linked = {
        "to": "447700900123",
        "type": "image",
        "image": {"link": "https://sunnybakery.example/b.jpg", "caption": "Bread"},
    }
    assert only(linked).value["content"] == {
        "type": "image",
        "text": "Bread",
        "media": [{"url": "https://sunnybakery.example/b.jpg"}],
    }
    assert "content.media" in only({"to": "447700900123", "type": "image", "image": {"id": "1"}}).missing


@pytest.mark.parametrize("more", [{"status": "read"}, {"status": "read", "typing_indicator": {"type": "text"}}])
def test_makes_no_message_of_a_read_receipt(more: dict[str, Any]) -> None:
    """It goes to nobody: no verdict is due."""
    answer = read({"messaging_product": "whatsapp", "message_id": "wamid.1", **more})
    assert (answer.kind, answer.events) == ("send_request", ())
