"""Events in an envelope that names them: what most platforms send, each with its own words for type and parts.

The type's words decide the kind (`template_status_update`, `contact.unsubscribe.created`, `message.received`,
`PhoneNumberQualityUpdatedEvent`); the parts are found by the names of their fields, wherever in the envelope they are.
"""

import json
import re
from typing import Final

from pipeline.providers.answers import PayloadKind, Rejected
from pipeline.providers.dialects import dialect_of
from pipeline.providers.flat import Flat
from pipeline.providers.meta import read_meta
from pipeline.providers.meta_assets import account, number_quality, template
from pipeline.providers.persons import Person, person_of, sender_of
from pipeline.providers.said import Asset, Complaint, Inbound, Said, Status, Switch
from pipeline.providers.trees import Tree, first, folded, text_of, tree, trees
from pipeline.providers.vocabulary import (
    CHANNELS,
    CODE,
    DIRECTIONS,
    FROM_BUSINESS,
    FROM_PERSON,
    INWARD,
    MESSAGE_ID,
    REFERENCE,
    TEXT,
    TIME,
    TITLE,
    TO_BUSINESS,
    TO_PERSON,
)
from pipeline.providers.words import channel_of, plain_word, status_of

_TYPE_NAMES: Final = (
    *("event", "eventtype", "type", "eventcategory", "eventname", "event_type", "topic", "action", "name"),
    *("notificationtype", "namespace", "updateevent"),
)
_PATTERNS: Final[tuple[tuple[str, PayloadKind], ...]] = (
    (r"template\b.*\bquality", "template_quality"),
    (
        r"\btemplate\b.*\b(status|category|update|updated|event|created|deleted|approved|rejected|reviewed|components)",
        "template_status",
    ),
    (r"\b(quality|capability|tier|throughput|messaging limit)\b", "number_quality"),
    (r"\bpreferences?\b", "preference"),
    (
        (
            r"\b(opt(ed|ing)? ?(out|in)s?|optouts?|optins?|(un)?subscri(be|bed|ber|ption)s?|consents?|blacklist(ed)?"
            r"|user event)\b"
        ),
        "optout_event",
    ),
    (r"\b(reassigned|deactivated|deactivation)\b", "optout_event"),
    (r"\b(complaints?|spam reports?|abuse)\b", "complaint"),
    (
        (
            r"\b(account|waba|business|review|violation|verification|registration|brand|campaign|flows?|phone number"
            r"|channel event)\b"
        ),
        "account_update",
    ),
    (r"\bechoes\b", "status"),
    (r"\b(received?|inbound|incoming|mo|moreceived|reply|message in)\b", "inbound"),
    (
        (
            r"\b(delivered|delivery|status|sent|read|failed|failure|dlr|receipts?|undelivered|sending|finalized|queued|expired"
            r"|submitted|rejected|message event|error|call|session|clicked|updated)\b"
        ),
        "status",
    ),
)
_COMPILED: Final = tuple((re.compile(pattern), kind) for pattern, kind in _PATTERNS)
_CAMEL: Final = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_EDGE: Final = re.compile(r"[^A-Za-z0-9]+")
_TYPE_CHARACTERS_MAX: Final = 160
_SEND_LIKE: Final = frozenset(("to", "destinations", "recipients", "content", "contents", "text"))
_PARTS: Final = ("payload", "data", "message", "eventDetails", "body", "event", "detail", "contact", "value")
_WORD_BY_ROOT: Final = (("resume", "resume"), ("signup", "signup"), ("stop", "stop"))
_PLAIN_TYPES: Final = frozenset(
    ("text", "sms", "mms", "image", "template", "file", "media", "message", "location", "audio", "video", "document")
)


def read_envelope(body: object, provider: str) -> list[Said] | None:
    """Read an event in an envelope, or several in a list, or say by `None` that nothing names an event.

    :raises Rejected: it is a text message whose sender is no number or whose time is none
    """
    if isinstance(body, list):
        found = [said for each in trees(body) for said in read_envelope(each, provider) or []]
        return found or None
    source = tree(body)
    passed_on = _passed_on(source, provider)
    if passed_on is not None:
        return passed_on
    kind = kind_of_envelope(source)
    if kind is None:
        return None
    return _said(kind, source, provider)


def _passed_on(source: Tree, provider: str) -> list[Said] | None:
    """Read Meta's own change where a partner has put it inside an envelope."""
    for name in ("channelMetadata", "payload", "data", "webhook", "whatsAppWebhookEntry", "Message"):
        inner = _inner(source.get(name))
        if name == "Message" and inner:
            return _passed_on(inner, provider) or read_envelope(inner, provider)
        if isinstance(inner.get("changes"), list) or isinstance(inner.get("entry"), list):
            return read_meta(inner, provider)
    return None


def _inner(value: object) -> Tree:
    """Take a part as an object, also where it is JSON in a text (AWS's notifications)."""
    if isinstance(value, str) and value.lstrip().startswith("{"):
        try:
            return tree(json.loads(value))
        except (ValueError, RecursionError):
            return {}
    return tree(value)


def kind_of_envelope(source: Tree) -> PayloadKind | None:
    """Tell the kind by the words of the envelope's type, then by the names of its parts."""
    typed = " ".join(_types(source))
    by_parts = _kind_by_parts(source)
    if _is_inward(source):
        return "inbound"
    if typed:
        for pattern, kind in _COMPILED:
            if pattern.search(typed):
                # A list's own entry says "status: unsubscribed" beside a type that says only "status".
                return by_parts if kind == "status" and by_parts == "optout_event" else kind
    return by_parts


def _is_inward(source: Tree) -> bool:
    """Tell whether the envelope or its payload says that a person wrote."""
    for part in (source, *(tree(source.get(name)) for name in _PARTS)):
        if plain_word(first(folded(part), DIRECTIONS) or "").replace("_", "") in INWARD:
            return True
    return False


def _types(source: Tree) -> list[str]:
    """Give the texts that name the event, spelt as words: the outer first, then those of its payload."""
    found: list[str] = [_words(name) for name, value in source.items() if len(source) == 1 and isinstance(value, dict)]
    parts: list[Tree] = [source, *(tree(source.get(name)) for name in _PARTS)]
    parts += [tree(part.get("payload")) for part in parts[1:]]
    for part in parts:
        fields = folded(part)
        for name in _TYPE_NAMES:
            text = text_of(fields.get(name))
            if text and len(text) <= _TYPE_CHARACTERS_MAX and text.lower() not in _PLAIN_TYPES and " " not in text:
                found.append(_words(text))
    return found


def _words(text: str) -> str:
    """Spell a type as words: `PhoneNumberQualityUpdatedEvent` and `phone_number.quality-updated` alike."""
    return _EDGE.sub(" ", _CAMEL.sub(" ", text)).lower().strip()


_KIND_BY_NAMES: Final[tuple[tuple[str, PayloadKind], ...]] = (
    (r"unsubscri|optout|optedout|optin(notification|status)|blacklisted|consentstatus", "optout_event"),
    (r"spamreport|complaint|abusereport", "complaint"),
    (r"newqualityscore|templatequality", "template_quality"),
    (r"templatestatus|templatecategory", "template_status"),
    (r"qualityrating|messaginglimit|currentlimit", "number_quality"),
    (r"banstate|baninfo|violationtype|restrictioninfo", "account_update"),
)


def _kind_by_parts(source: Tree) -> PayloadKind | None:
    names = set(folded(source))
    if "subscriber" in (first(source, ("status",)) or "").lower():
        return "optout_event"
    for pattern, kind in _KIND_BY_NAMES:
        if any(re.search(pattern, name) for name in names):
            return kind
    reports = trees(source.get("reports"))
    if reports and "report_id" in reports[0]:
        return "complaint"
    error = source.get("error")
    if isinstance(error, dict) and ("code" in error or "type" in error) and _SEND_LIKE.isdisjoint(source):
        return "status"
    return None


def _said(kind: PayloadKind, source: Tree, provider: str) -> list[Said] | None:
    if kind == "complaint":
        return [_complaint(each) for each in trees(source.get("reports")) or [source]]
    flat = Flat(source)
    if kind == "inbound":
        if dialect_of(provider).is_zoned and flat.first(TIME) is not None and _at(flat) is None:
            raise Rejected("time", "can't be read")
        return [_inbound(flat, _channel(flat, provider))]
    if kind == "status":
        return [_status(flat, source, _channel(flat, provider))]
    if kind in {"preference", "optout_event"}:
        return [_switch(kind, flat, source, _channel(flat, provider))]
    return [_asset(kind, flat, source)]


def _at(flat: Flat) -> str | None:
    return flat.instant(TIME)


_WHATSAPP_PARTNERS: Final = ("gupshup", "wati", "acl", "360dialog", "turn.io", "ycloud", "whatsapp")
"""Platforms whose envelopes name no channel because they know one; Gupshup's SMS product has another shape."""


def _channel(flat: Flat, provider: str) -> str:
    """Name the channel: the one of ours that is named, else the first that is named at all, else the provider's."""
    named = [text for name in CHANNELS for text in flat.fields.get(name, ())]
    for text in named:
        if channel_of(text) is not None:
            return text
    types = " ".join(_words(text) for name in ("type", "eventtype", "provider") for text in flat.fields.get(name, ()))
    if "whatsapp" in types or "wamid" in " ".join(flat.fields.get("id", ())):
        return "whatsapp"
    if named and named[0].isalpha() and named[0].lower() != "chatapps":
        return named[0]
    return "whatsapp" if provider.lower().startswith(_WHATSAPP_PARTNERS) else "sms"


def _bsuid(flat: Flat) -> str | None:
    return flat.first(("bsuid", "fromuserid", "userid"))


def _inbound(flat: Flat, channel: str) -> Inbound:
    given = flat.first(("from", "fromnumber", "source", "msisdn", "contactnumber", *FROM_PERSON))
    person = person_of(given, _meta_bsuid(flat))
    if channel_of(channel) == "sms" and given is not None and given.isalpha() and not set(given.lower()) <= set("x"):
        raise Rejected("from", "is no number")
    return Inbound(
        person=person,
        to=sender_of(flat.first(TO_BUSINESS)),
        text=flat.first(TEXT),
        type="text",
        at=_at(flat),
        id=flat.first(("umid", *MESSAGE_ID)),
        channel=channel,
    )


def _meta_bsuid(flat: Flat) -> str | None:
    """Take an id of a user as Meta's business-scoped one if it has that form."""
    given = _bsuid(flat)
    return given if given is not None and person_of(given).bsuid is not None else None


def _status(flat: Flat, source: Tree, channel: str) -> Status:
    word = flat.first(("messagestatus", "state", "deliverystatus", "status"))
    named = [text for text in (*flat.fields.get("type", ()), *_type_words(source)) if status_of(text) is not None]
    if word is None or status_of(word) is None:
        word = named[-1] if named else word
    error = tree(source.get("error"))
    code = flat.first(CODE) or _plain_code(flat)
    if word is None and not error and not flat.filled(frozenset(CODE)):
        # Where there is no other word for it, the code is the state; an unknown one is kept as it is.
        word, code = code, None
    return Status(
        word=None if error else word,
        status="failed" if error or (word is None and code is not None) else None,
        person=person_of(flat.first(("recipientid", *TO_PERSON)), _meta_bsuid(flat)),
        code=code or first(error, ("type",)),
        title=flat.first((*TITLE, "title")) or first(error, ("message",)),
        at=_at(flat),
        id=flat.first(("umid", *MESSAGE_ID)),
        reference=flat.first(REFERENCE),
        channel=channel,
        sender=sender_of(flat.first(FROM_BUSINESS)),
        product="whatsapp" if channel_of(channel) == "whatsapp" else "messaging" if not channel else channel.lower(),
    )


def _plain_code(flat: Flat) -> str | None:
    """Give what is called just `code`: of several the one that is a number, as the others are names."""
    codes = flat.fields.get("code", [])
    return next((code for code in codes if code.isdigit()), codes[0] if codes else None)


def _type_words(source: Tree) -> list[str]:
    """Give the last words of the types: `message.delivered` says `delivered`."""
    return [word for typed in _types(source) for word in (typed, typed.rpartition(" ")[2])]


def _switch(kind: PayloadKind, flat: Flat, source: Tree, channel: str) -> Switch:
    given = flat.first(
        (
            *(
                "unsubscribednumber",
                "optedoutnumber",
                "contactphonenumber",
                "phonenumber",
                "phone",
                "receiver",
                "msisdn",
                "mobile",
            ),
            *("waid", "customernumber", "identity", *FROM_PERSON, *TO_PERSON),
        )
    )
    typed = " ".join([*_types(source), *(_words(text) for text in flat.fields.get("status", ()))])
    word = _preference_word(flat) if kind == "preference" else _opt_word(typed, flat)
    return Switch(
        kind=kind,
        person=person_of(given, _meta_bsuid(flat)),
        word=word,
        at=_at(flat),
        id=flat.first(("eventid", "uuid", "id")),
        channel=channel if kind == "preference" or flat.first(CHANNELS) else None,
        sender=sender_of(flat.first(("businessphonenumber", "to"))) if "to" not in flat.lists else None,
        flags=() if word else ("choice_unknown",),
    )


def _preference_word(flat: Flat) -> str | None:
    value = (flat.first(("value", "preference", "status")) or "").lower()
    return next((word for root, word in _WORD_BY_ROOT if value == root), value or None)


def _opt_word(typed: str, flat: Flat) -> str | None:
    """Say which way an entry of a list goes, or `None` where the words don't tell."""
    names = " ".join(flat.names)
    if re.search(r"\b(reassigned|deactivated)\b", typed):
        return "reassigned"
    is_removed = re.search(r"\b(deleted|removed|inactive)\b", typed) or "false" in {
        text.lower() for text in flat.fields.get("active", ())
    }
    if re.search(r"\bopt(ed)? ?in|\b(re)?subscribed\b|\bsubscription\b", typed):
        return "opted_out" if is_removed else "opted_in"
    if re.search(r"\bopt(ed)? ?out|optout|\bunsubscri|\bblacklist", f"{typed} {names}") or "unsubscri" in names:
        return None if is_removed else "opted_out"
    return None


def _asset(kind: PayloadKind, flat: Flat, source: Tree) -> Asset:
    """Read a state by translating the envelope's names into Meta's, whose events most of these are."""
    account_id = flat.first(("wabaid", "businessaccountid", "app", "accountid"))
    at = _at(flat)
    if kind in {"template_status", "template_quality"}:
        value: Tree = {
            "event": flat.first(("status", "templatestatus", "newstatus")),
            "message_template_id": flat.first(("templateid", "messagetemplateid", "id")),
            "message_template_name": flat.first(("templatename", "elementname", "name", "messagetemplatename")),
            "message_template_language": flat.first(("templatelanguage", "languagecode", "language")),
            "new_category": flat.first(("newcategory", "new", "category")),
            "new_quality_score": flat.first(("newqualityscore", "qualityscore", "quality", "currentquality")),
            "reason": flat.first(("reason", "rejectedreason")),
        }
        return template(kind, value, at, account_id)
    number = flat.first(("displayphonenumber", "phonenumber", "channelphonenumber"))
    if kind == "number_quality":
        value = {
            "display_phone_number": number,
            "current_limit": flat.first(("currentlimit", "messaginglimit", "maxdailyconversationperphone")),
            "quality_rating": flat.first(("qualityrating", "currentquality", "quality")),
            "event": flat.first(("event", "qualityupdateevent", "eventtype", "type")),
        }
        return number_quality(value, at, account_id)
    restrictions = [each for part in _all_parts(source) for each in trees(part.get("restrictions"))]
    value = {
        "phone_number": number,
        "event": flat.first(("status", "updateevent", "eventtype", "event")),
        "restrictions": restrictions,
    }
    field = (_types(source) or ["account"])[0].replace(" ", "_")
    return account(field, value, at, account_id)


def _all_parts(source: Tree) -> list[Tree]:
    inner = [tree(source.get(name)) for name in _PARTS]
    return [source, *inner, *(tree(part.get("payload")) for part in inner)]


def _complaint(report: Tree) -> Complaint:
    flat = Flat(report)
    return Complaint(
        sender=sender_of(flat.first(("sender", "from", "originator", "reportedsender", "reportednumber"))),
        person=_reporter(flat),
        text=flat.first(("message", "text", "body", "content")),
        at=flat.instant(("reportts", "reporttime", "reportedat", *TIME)),
        id=flat.first(("reportid", "id")),
        source=flat.first(("source", "feedbacktype", "channel")),
    )


def _reporter(flat: Flat) -> Person:
    return person_of(flat.first(("recipient", "reporter", "msisdn", "to")))
