"""Twilio: form posts of its Programmable Messaging, and the CloudEvents of its Event Streams.

Its published CloudEvents are invalid (`datacontenttype` holds a time), so the envelope is not checked; `type` decides.
"""

import json
from typing import Final

from pipeline.providers.answers import PayloadKind, Rejected
from pipeline.providers.meta_sends import PARAMETERS_MAX
from pipeline.providers.persons import person_of, sender_of
from pipeline.providers.said import Asset, Inbound, Said, Send, Status, Switch
from pipeline.providers.times import instant_of
from pipeline.providers.trees import Tree, dig, first, text_of, tree
from pipeline.providers.words import status_of

PRODUCT: Final = "messaging"
_IDS: Final = ("MessageSid", "SmsSid", "SmsMessageSid")
_TYPE_PREFIX: Final = "com.twilio."
_MEDIA_MAX: Final = 32
_KIND_BY_PART: Final[tuple[tuple[str, PayloadKind], ...]] = (
    ("reassigned-number", "optout_event"),
    ("opt-out", "optout_event"),
    ("optout", "optout_event"),
    ("consent", "optout_event"),
    ("inbound-message", "inbound"),
    ("messaging.message.", "status"),
    ("compliance", "account_update"),
    ("registration", "account_update"),
    ("toll-free", "account_update"),
    ("brand", "account_update"),
    ("campaign", "account_update"),
    ("accountsecurity", "status"),
    ("error-logs", "status"),
    ("account", "account_update"),
)


def read_twilio(body: object, _provider: str) -> list[Said] | None:
    """Read a payload of Twilio's, or say by `None` that it has another shape.

    :raises Rejected: it has the shape, and its state is not known or nobody is named
    """
    source = tree(body)
    kind = text_of(source.get("type"))
    if kind is not None and kind.startswith(_TYPE_PREFIX):
        return [_event(kind, source)]
    if "Status" in source:
        return None  # others copy Twilio's names for ids, with a state of their own
    if not any(name in source for name in (*_IDS, "MessageStatus", "SmsStatus")):
        return _send(source)
    said = _report_or_reply(source)
    if isinstance(said, Inbound) and said.opt_out_type == "STOP":
        # The account's own list of words decides, in any language: Twilio has opted the person out already.
        stop = Switch(
            kind="optout_event", person=said.person, word="opted_out", at=said.at, sender=said.to, channel=said.channel
        )
        return [said, stop]
    return [said]


def _report_or_reply(source: Tree) -> Said:
    state = first(source, ("MessageStatus", "SmsStatus"))
    if state == "received" or (state is None and ("Body" in source or "NumMedia" in source)):
        return _inbound(source)
    if state is None or status_of(state) is None:
        raise Rejected("MessageStatus", "is missing or not known")
    return _status(source, state)


def _channel(source: Tree) -> str:
    """Tell WhatsApp from SMS by the addresses."""
    addresses = f"{first(source, ('To', 'to')) or ''} {first(source, ('From', 'from')) or ''}"
    return "whatsapp" if "whatsapp:" in addresses else "sms"


def _inbound(source: Tree) -> Inbound:
    person = person_of(source.get("From") or source.get("from"), source.get("ExternalUserId"))
    if not person.is_given:
        raise Rejected("From", "is missing")
    return Inbound(
        person=person,
        to=sender_of(source.get("To") or source.get("to")),
        text=first(source, ("Body", "body")),
        type=first(source, ("MessageType",)) or "text",
        id=first(source, (*_IDS, "messageSid")),
        at=instant_of(source.get("timestamp")),
        channel=_channel(source),
        opt_out_type=first(source, ("OptOutType",)),
        username=first(source, ("ProfileUsername",)),
    )


def _status(source: Tree, state: str | None) -> Status:
    channel = _channel(source)
    return Status(
        word=state,
        person=person_of(source.get("To") or source.get("to")),
        code=first(source, ("ErrorCode", "errorCode")),
        title=first(source, ("ErrorMessage", "ChannelStatusMessage", "errorMessage")),
        id=first(source, (*_IDS, "messageSid")),
        at=instant_of(source.get("timestamp")),
        channel=channel,
        sender=sender_of(source.get("From") or source.get("from")),
        product=PRODUCT,
    )


def _send(source: Tree) -> list[Said] | None:
    if "To" not in source or not any(
        name in source for name in ("Body", "MediaUrl", "ContentSid", "MessagingServiceSid", "From")
    ):
        return None
    if "MessageUUID" in source or "Text" in source:
        return None
    media = source.get("MediaUrl")
    urls = media if isinstance(media, list) else [media]
    sid = first(source, ("ContentSid",))
    template: dict[str, object] | None = {"name": sid[:256], "parameters": _variables(source)} if sid else None
    return [
        Send(
            person=person_of(source.get("To")),
            sender=sender_of(source.get("From")),
            channel=_channel(source),
            text=first(source, ("Body",)),
            template=template,
            media=tuple({"url": url[:4096]} for each in urls[:_MEDIA_MAX] if (url := text_of(each))),
            send_at=instant_of(source.get("SendAt")),
            flags=() if source.get("From") else ("sender_chosen_by_provider",),
        )
    ]


def _variables(source: Tree) -> list[str]:
    """Read the template's variables, a JSON object in a text: those that are texts, by their order."""
    try:
        values = json.loads(first(source, ("ContentVariables",)) or "{}")
    except (ValueError, RecursionError):
        return []
    return [text for each in tree(values).values() if (text := text_of(each)) is not None][:PARAMETERS_MAX]


def _event(kind: str, source: Tree) -> Said:
    """Read a CloudEvent; an event of unknown type is a state of the account."""
    data = tree(source.get("data"))
    family: PayloadKind = next((each for part, each in _KIND_BY_PART if part in kind), "account_update")
    at = instant_of(source.get("time") or data.get("timestamp") or data.get("event_time"))
    event_id = first(source, ("id",))
    if family == "inbound":
        return _inbound(data)
    if family == "status":
        return _status({**data, "timestamp": at}, kind.rpartition(".")[2])
    if family == "optout_event":
        number = first(data, ("phone_number", "to", "to_number", "recipient", "contact", "phoneNumber"))
        word = "reassigned" if "reassigned" in kind else _opt_word(data, kind)
        return Switch(kind="optout_event", person=person_of(number), word=word, at=at, id=event_id, channel="sms")
    account = first(data, ("accountsid", "account_sid", "accountSid"))
    state = text_of(dig(data, "status")) or first(data, ("registrationstatus", "verificationstatus"))
    return Asset(
        kind="account_update",
        type="account",
        id=account,
        event=kind,
        state={"state": state} if state else {},
        at=at,
        event_id=event_id,
    )


def _opt_word(data: Tree, kind: str) -> str | None:
    word = (first(data, ("status", "type", "consent_status", "opt_out_type")) or kind).lower()
    if "out" in word or "stop" in word:
        return "opted_out"
    return "opted_in" if "in" in word or "start" in word else None
