"""Vonage (formerly Nexmo): the Messages API in its versions 0.1 and 1, and the SMS API.

Times of the SMS API without zone are in UTC (`message-timestamp`: "the time when Vonage started to push this delivery
receipt", UTC by its reference); `scts` is of the operator's clock and not read.
"""

from typing import Final

from pipeline.providers.meta_assets import language_tag
from pipeline.providers.meta_sends import PARAMETERS_MAX, template_in
from pipeline.providers.persons import person_of, sender_of
from pipeline.providers.said import Inbound, Said, Send, Status
from pipeline.providers.times import instant_of
from pipeline.providers.trees import Tree, dig, first, text_of, tree, trees

_MEDIA: Final = ("image", "video", "audio", "file", "vcard", "sticker")


def read_vonage(body: object, _provider: str) -> list[Said] | None:
    """Read a payload of Vonage's, or say by `None` that it has another shape."""
    source = tree(body)
    if "message-count" in source:
        return [_submission(each) for each in trees(source.get("messages"))]
    if "message_uuid" in source:
        return [_messages_report(source)]
    if "message_type" in source and "to" in source:
        return [_send(source)]
    if "content" in tree(source.get("message")) and "to" in source and "from" in source:
        return [_old_send(source)]
    if "err-code" in source or "scts" in source or ("messageId" in source and "status" in source and "to" in source):
        return [_receipt(source)]
    return None


def _messages_report(source: Tree) -> Said:
    """Read what the Messages API reports: a state, else what a person wrote."""
    content = tree(dig(source, "message", "content"))
    channel = first(source, ("channel",)) or text_of(dig(source, "from", "type"))
    sender, recipient = _address(source.get("from")), _address(source.get("to"))
    is_reply = source.get("direction") == "inbound" or "message_type" in source or "text" in source or bool(content)
    if "status" in source and source.get("direction") != "inbound":
        return Status(
            word=first(source, ("status",)),
            person=person_of(recipient),
            code=text_of(dig(source, "error", "title")) if _is_code(dig(source, "error", "title")) else _code(source),
            title=text_of(dig(source, "error", "detail")) or text_of(dig(source, "error", "reason")),
            at=instant_of(source.get("timestamp")),
            id=first(source, ("message_uuid",)),
            reference=first(source, ("client_ref",)),
            channel=channel,
            sender=sender_of(sender),
            product="messages",
        )
    if not is_reply:
        return Status(id=first(source, ("message_uuid",)), status="accepted", product="messages")
    return Inbound(
        person=person_of(sender),
        to=sender_of(recipient),
        text=first(source, ("text",)) or first(content, ("text",)) or text_of(dig(source, "reply", "title")),
        type=first(source, ("message_type",)) or first(content, ("type",)),
        at=instant_of(source.get("timestamp")),
        id=first(source, ("message_uuid",)),
        channel=channel,
    )


def _is_code(value: object) -> bool:
    return (text_of(value) or "").isdigit()


def _code(source: Tree) -> str | None:
    return text_of(dig(source, "error", "code"))


def _address(value: object) -> object:
    """Take an address: a text, or an object of version 0.1 with the number in it."""
    return first(value, ("number", "id")) if isinstance(value, dict) else value


def _receipt(source: Tree) -> Said:
    code = first(source, ("err-code",))
    return Status(
        word=first(source, ("status",)),
        person=person_of(source.get("msisdn")),
        code=code if code != "0" else None,
        at=instant_of(source.get("message-timestamp"), is_utc=True),
        id=first(source, ("messageId",)),
        reference=first(source, ("client-ref",)),
        channel="sms",
        sender=sender_of(source.get("to")),
        product="sms-dlr",
    )


def _submission(message: Tree) -> Said:
    """Read the answer to a message that was given to the SMS API, whose 9 is a lack of credit."""
    code = first(message, ("status",))
    return Status(
        status="accepted" if code == "0" else "failed",
        person=person_of(message.get("to")),
        code=code if code != "0" else None,
        title=first(message, ("error-text",)),
        id=first(message, ("message-id",)),
        reference=first(message, ("client-ref",)),
        channel="sms",
        product="sms-api",
    )


def _send(source: Tree) -> Said:
    kind = first(source, ("message_type",)) or "text"
    custom = tree(source.get("custom"))
    template = _template(source) if kind == "template" else None
    if custom.get("type") == "template":
        template = template_in(tree(custom.get("template")))
    media = tree(source.get(kind))
    url = first(media, ("url",)) if kind in _MEDIA else None
    return Send(
        person=person_of(_address(source.get("to"))),
        sender=sender_of(_address(source.get("from"))),
        channel=first(source, ("channel",)),
        text=first(source, ("text",)) or first(media, ("caption",)),
        type=kind,
        template=template,
        media=({"url": url[:4096]},) if url else (),
        reference=first(source, ("client_ref",)),
    )


def _template(source: Tree) -> dict[str, object]:
    content = tree(source.get("template"))
    given = content.get("parameters")
    parameters = [
        text
        for each in (given if isinstance(given, list) else [])
        if (text := text_of(each) or text_of(tree(each).get("default"))) is not None
    ]
    template: dict[str, object] = {"parameters": parameters[:PARAMETERS_MAX]}
    if name := first(content, ("name",)):
        template["name"] = name[:256]
    language = language_tag(text_of(dig(source, "whatsapp", "locale")))
    return {**template, "language": language} if language else template


def _old_send(source: Tree) -> Said:
    content = tree(dig(source, "message", "content"))
    custom = tree(content.get("custom"))
    return Send(
        person=person_of(_address(source.get("to"))),
        sender=sender_of(_address(source.get("from"))),
        channel=text_of(dig(source, "to", "type")),
        text=first(content, ("text",)),
        type=first(content, ("type",)),
        template=template_in(tree(custom.get("template"))) if custom.get("type") == "template" else None,
        reference=first(source, ("client_ref",)),
    )
