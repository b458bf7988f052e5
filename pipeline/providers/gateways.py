"""HTTP gateways of any name: the kind of a flat payload, and its parts, told by the names of its fields.

Most gateways write the same few things under a few dozen names. Who sends has credentials and a place to report to; who
received has a short code, a keyword, a time of receipt; a report has a state and an id. Where the names leave it open,
the addresses decide: the business has the short code or the name, the person the long number.
"""

import re
from typing import Final, Literal

from pipeline.providers.answers import Rejected
from pipeline.providers.dialects import Dialect, dialect_of
from pipeline.providers.flat import Flat
from pipeline.providers.persons import Person, person_of, sender_of
from pipeline.providers.said import Inbound, Nothing, Said, Send, Status
from pipeline.providers.times import instant_of, is_time
from pipeline.providers.trees import Tree, tree, trees
from pipeline.providers.vocabulary import (
    CHANNELS,
    CODE,
    DIRECTIONS,
    FROM_BUSINESS,
    FROM_PERSON,
    INBOUND_MARKS,
    INWARD,
    MEDIA,
    MEDIA_URLS,
    MESSAGE_ID,
    MESSAGE_IDS,
    OUTWARD,
    REFERENCE,
    SEND_MARKS,
    STATUS,
    STATUSES,
    STRONG_SEND_MARKS,
    TEXT,
    TEXTS,
    TIME,
    TITLE,
    TO_BUSINESS,
    TO_PERSON,
)
from pipeline.providers.words import channel_of, plain_word, status_of

FlatKind = Literal["send_request", "inbound", "status"]

_ITEMS: Final = ("messages", "results", "message", "sms", "inboundSMSMessage", "items", "data", "records")
_LISTS: Final = ("sms-request", "inboundSMSMessage", "messages", "results")
_ITEMS_MAX: Final = 1_000
_SHORT_CODE: Final = re.compile(r"[0-9]{3,6}", re.ASCII)
_LONG_NUMBER: Final = re.compile(r"\+?[0-9]{8,15}", re.ASCII)


def read_gateway(body: object, provider: str, content_type: str) -> list[Said] | None:
    """Read a payload of a gateway, or say by `None` that its fields tell nothing.

    :raises Rejected: what it must have is not there, or its state or time is none
    """
    dialect = dialect_of(provider)
    said: list[Said] = []
    for item in _items(body):
        flat = Flat(_outermost(item) if dialect.is_flat else item)
        kind = kind_of_flat(flat, content_type, dialect)
        if kind is None:
            continue
        said += _said(kind, flat, dialect)
    if not said and _is_empty_list(body):
        return [Nothing(kind="inbound")]
    return said or None


def _items(body: object) -> list[Tree]:
    """Give the messages of a payload: those of its list, with what stands around the list, or the payload itself."""
    if isinstance(body, list):
        return trees(body)[:_ITEMS_MAX]
    source = tree(body)
    for name in _ITEMS:
        inner = source.get(name)
        if isinstance(inner, list) and trees(inner):
            around = {key: value for key, value in source.items() if key != name}
            return [{**around, **item} for item in trees(inner)[:_ITEMS_MAX]]
    if len(source) == 1:
        (only,) = source.values()
        if isinstance(only, dict) and any(isinstance(only.get(name), list) and trees(only[name]) for name in _ITEMS):
            return _items(only)
    return [source] if source else []


def _outermost(item: Tree) -> dict[str, object]:
    return {name: value for name, value in item.items() if not isinstance(value, dict | list)}


def _is_empty_list(body: object) -> bool:
    """Tell whether a gateway asked for messages to be taken, and there are none: `<sms-request/>`, an empty list."""
    inner = tree(body)
    return any(inner[name] in ("", []) for name in _LISTS if name in inner) or (
        len(inner) == 1 and _is_empty_list(next(iter(inner.values())))
    )


def kind_of_flat(flat: Flat, content_type: str, dialect: Dialect) -> FlatKind | None:
    """Tell a send request, an inbound message and a report apart by the names of the fields."""
    stated = _stated(flat)
    if stated is not None:
        return stated
    has_text = flat.has(TEXTS) or flat.has(MEDIA)
    if _is_report(flat, has_text=has_text and _direction(flat) not in OUTWARD):
        return "status"
    if has_text:
        return _by_short_code(flat) or _by_marks(flat) or _by_rest(flat, content_type)
    return _without_text(flat, dialect)


def _direction(flat: Flat) -> str:
    """Give the payload's word for the direction; Twilio's says by what as well (`outbound-api`)."""
    word = plain_word(flat.first(DIRECTIONS) or "")
    return word.partition("_")[0] if word.startswith(("inbound_", "outbound_")) else word.replace("_", "")


def _stated(flat: Flat) -> FlatKind | None:
    """Take the payload's own word for it: a direction, an action, a message that was received."""
    state = plain_word(flat.first(STATUS) or "")
    if _direction(flat) in INWARD or state in {"received", "receive", "inbound"}:
        return "inbound"
    action = (flat.first(("action", "operation", "command")) or "").lower()
    return "send_request" if action.startswith("send") else None


def _is_report(flat: Flat, *, has_text: bool) -> bool:
    if "status" in flat.objects and not flat.filled(TEXTS):
        return True
    if flat.filled(STATUSES):
        return not has_text or flat.has(frozenset(CODE)) or not flat.filled(TEXTS)
    return flat.filled(frozenset(("err", "errcode", "errorcode", "deliveryerrorcode"))) and not has_text


def _by_short_code(flat: Flat) -> FlatKind | None:
    """Tell who wrote by a short code or a name on one side and a long number on the other."""
    sender, recipient = flat.first(_SENDERS), flat.first(_RECIPIENTS)
    if not sender or not recipient:
        return None
    if _is_long(recipient) and _is_business(sender):
        return "send_request"
    return "inbound" if _is_long(sender) and _SHORT_CODE.fullmatch(recipient) else None


def _by_marks(flat: Flat) -> FlatKind | None:
    """Tell who wrote by what only one side has to say."""
    if flat.has(STRONG_SEND_MARKS) or not flat.lists.isdisjoint(TO_PERSON):
        return "send_request"
    if flat.has(INBOUND_MARKS) or (flat.filled(_MSISDN) and flat.filled(_TO)):
        return "inbound"
    sender, recipient = flat.first(_SENDERS), flat.first(_RECIPIENTS)
    if sender and recipient and _is_long(sender) and _is_business(recipient):
        return "inbound"
    return "send_request" if flat.has(SEND_MARKS) else None


def _by_rest(flat: Flat, content_type: str) -> FlatKind:
    """Tell who wrote where only addresses are left: gateways post replies as forms, and take JSON to be sent."""
    if not flat.filled(_RECIPIENT_NAMES):
        return "inbound"
    is_receipt = content_type != "json" or flat.has(MESSAGE_IDS) or flat.filled(frozenset(TIME))
    return "inbound" if flat.first(_SENDERS) and is_receipt else "send_request"


def _without_text(flat: Flat, dialect: Dialect) -> FlatKind | None:
    """Tell the kind of a payload without a text: an empty reply, a picture to be sent, a report whose state is gone."""
    if flat.filled(frozenset(FROM_PERSON)) and flat.has(INBOUND_MARKS | {"text", "message"}):
        return "inbound"
    if dialect.inbound and all(_filled(flat, need) for need in dialect.inbound):
        return "inbound"
    if flat.filled(_FROM) and flat.filled(_TO) and flat.filled(frozenset(TIME)):
        return "inbound"
    if flat.has(STRONG_SEND_MARKS) and flat.filled(frozenset(TO_PERSON)):
        return "send_request"
    return "status" if flat.has(MESSAGE_IDS) and len(flat.names) <= _REPORT_NAMES_MAX else None


_REPORT_NAMES_MAX: Final = 4
"""A report that says nothing but whose it is has few fields."""
_RECIPIENT_NAMES: Final = frozenset(
    ("to", "fromdid", "todid", "receiver", "address", "recipient", "destination", "dst")
)
_SENDERS: Final = (
    "from",
    "sender",
    "source",
    "src",
    "originator",
    "original",
    "senderaddress",
    "originationnumber",
    "sourcenumber",
)
_RECIPIENTS: Final = (
    "to",
    "destination",
    "dst",
    "recipient",
    "receiver",
    "sendto",
    "receiveraddress",
    "destinationnumber",
    "destinationphonenumber",
)
_FROM: Final = frozenset(("from", "source"))
_MSISDN: Final = frozenset(("msisdn",))
_TO: Final = frozenset(("to", "destination"))


def _is_business(address: str) -> bool:
    return bool(_SHORT_CODE.fullmatch(address)) or not any(character.isdigit() for character in address)


def _is_long(address: str) -> bool:
    return bool(_LONG_NUMBER.fullmatch(address))


def _said(kind: FlatKind, flat: Flat, dialect: Dialect) -> list[Said]:
    if kind == "inbound":
        return [_inbound(flat, dialect)]
    if kind == "status":
        return [_status(flat, dialect)]
    return _sends(flat, dialect)


def _filled(flat: Flat, need: str) -> bool:
    return flat.filled(frozenset(need.split("|")))


def _demand(flat: Flat, needs: tuple[str, ...]) -> None:
    for need in needs:
        if not _filled(flat, need):
            raise Rejected(need.replace("|", " or "), "is missing")


def _time(flat: Flat, dialect: Dialect) -> tuple[str | None, tuple[str, ...]]:
    given = flat.first(TIME)
    if given is None:
        return None, ()
    at = flat.instant(TIME)
    if (dialect.is_dated and not is_time(given)) or (dialect.is_zoned and at is None):
        raise Rejected("time", "can't be read")
    return at, () if at else ("time_without_zone",)


def _channel(flat: Flat, dialect: Dialect) -> str:
    """Name the channel; gateways that name none carry one, most of them SMS."""
    given = flat.first(CHANNELS)
    return given if given is not None and (channel_of(given) or given.isalpha()) else dialect.channel


def _inbound(flat: Flat, dialect: Dialect) -> Inbound:
    _demand(flat, dialect.inbound)
    channel = _channel(flat, dialect)
    given = flat.first(FROM_PERSON)
    person = person_of(given, calling_code=dialect.calling_code)
    if given is None:
        raise Rejected("from", "is missing: nobody is named as the sender")
    if channel_of(channel) != "whatsapp" and not person.is_numeric and not _is_masked(given):
        raise Rejected("from", "is no number")
    at, flags = _time(flat, dialect)
    return Inbound(
        person=person,
        to=sender_of(flat.first(TO_BUSINESS), dialect.calling_code),
        text=_text(flat),
        type="text",
        at=at,
        id=flat.first(MESSAGE_ID),
        channel=channel,
        flags=flags,
    )


def _text(flat: Flat) -> str | None:
    """Find the words; those that are written in hexadecimal (Jasmin, Kannel) are UCS-2 or of the default alphabet."""
    written = flat.first(("hexcontent",))
    if written is None:
        return flat.first(TEXT)
    try:
        octets = bytes.fromhex(written)
    except ValueError:
        return None
    return octets.decode("utf-16-be" if flat.first(("coding",)) == "8" else "latin-1", "replace") or None


def _is_masked(given: str) -> bool:
    """Tell whether somebody blacked out a number: `91XX985XX10X`, `1650*******`."""
    return any(character in "xX*" for character in given) and (
        any(character.isdigit() for character in given) or not given.strip("xX*")
    )


def _status(flat: Flat, dialect: Dialect) -> Status:
    _demand(flat, dialect.status)
    word = flat.first(STATUS) or (flat.first(("code",)) if "status" in flat.objects else None)
    at, flags = _time(flat, dialect)
    code, title = flat.first(CODE), flat.first(TITLE)
    if word is None and code is None and not dialect.is_named_by_address:
        raise Rejected("status", "is missing")
    status = _state(flat, word, dialect) if word is not None else "failed" if code is not None else None
    if status is None and dialect.is_closed and not (word or "").isdigit():
        raise Rejected("status", "is not known")
    given = flat.first(
        ("recipient", "to", "msisdn", "destination", "mobile", "phonenumber", "dst", "phone", "receiver")
    )
    return Status(
        word=word,
        status=status,
        person=person_of(given, calling_code=dialect.calling_code),
        code=code if code not in {"0", "000"} else None,
        title=title,
        at=at,
        id=flat.first(MESSAGE_ID),
        reference=flat.first(REFERENCE),
        channel=_channel(flat, dialect),
        sender=sender_of(flat.first(FROM_BUSINESS), dialect.calling_code),
        product=_channel(flat, dialect),
        flags=flags,
    )


def _state(flat: Flat, word: str, dialect: Dialect) -> str | None:
    """Say which of our states a report gives: by its word, or by the gateway's list where it is a number."""
    if not word.isdigit():
        return status_of(word)
    if "dlvrd" in flat.fields and flat.first(STATUS) == flat.first(("dlvrd",)):
        return "delivered" if int(word) else None
    if int(word) == 0:
        raise Rejected("status", "is 0, which is no state")
    return dialect.numbers.get(int(word))


def _sends(flat: Flat, dialect: Dialect) -> list[Said]:
    recipients = flat.all(TO_PERSON)[:_ITEMS_MAX]
    if not recipients:
        raise Rejected("to", "is missing: nobody is named as the recipient")
    persons: list[Person] = [person_of(each, calling_code=dialect.calling_code) for each in recipients]
    channel, text, sender = (
        _channel(flat, dialect),
        _text(flat),
        sender_of(flat.first(FROM_BUSINESS), dialect.calling_code),
    )
    urls = flat.all(MEDIA_URLS)
    media: tuple[dict[str, object], ...] = tuple({"url": url[:4096]} for url in urls[:32])
    reference = flat.first((*MESSAGE_ID[:8], *REFERENCE))
    return [
        Send(
            person=person,
            sender=sender,
            channel=channel,
            text=text if text not in recipients else None,
            media=media,
            reference=reference if len(persons) == 1 else None,
            send_at=instant_of(flat.first(("sendat", "scheduleat", "scheduledat"))),
        )
        for person in persons
    ]
