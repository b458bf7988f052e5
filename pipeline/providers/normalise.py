"""A provider's own payload to our events.

Delivery: pure; the same payload always gives the same answer, with the same ids, so that a body that a provider sends
twice is one event. Every payload gets an answer: what can't be used is `rejected` with a reason that names no value.

The kind is recognised from the payload's shape; the provider's name decides only how strictly a gateway's own demands
are taken. So a provider that nobody has written down is read too.
"""

import hashlib
import json
from collections.abc import Callable
from typing import Final

from pipeline.providers.answers import REJECTED, Answer, Event, PayloadKind, Rejected
from pipeline.providers.drafts import Origin, event_from, kind_of
from pipeline.providers.envelopes import read_envelope
from pipeline.providers.gateways import read_gateway
from pipeline.providers.infobip import read_infobip
from pipeline.providers.meta import read_meta
from pipeline.providers.meta_sends import read_meta_send
from pipeline.providers.payloads import read_payload
from pipeline.providers.said import Said
from pipeline.providers.sinch import read_sinch
from pipeline.providers.smpp import read_pdu
from pipeline.providers.twilio import read_twilio
from pipeline.providers.vonage import read_vonage

_PROVIDER_CHARACTERS_MAX: Final = 256
_EVENTS_MAX: Final = 10_000
_FAMILIES: Final[tuple[Callable[[object, str], list[Said] | None], ...]] = (
    read_pdu,
    read_meta,
    read_meta_send,
    read_twilio,
    read_vonage,
    read_infobip,
    read_sinch,
    read_envelope,
)
"""Readers by shape, the more particular first; what none of them knows is read as a flat gateway's."""


def normalise(provider: str, content_type: str, payload: object) -> Answer:
    """Read one payload.

    :param provider: who sent it, such as `twilio`; an unknown name is no mistake
    :param content_type: `json`, `form`, `query`, `xml`, `smpp`, or a MIME type that names one
    :param payload: the body as text, or what a JSON body was decoded to
    """
    try:
        said = _read(provider, content_type, payload)
    except Rejected as rejected:
        return Answer(kind=REJECTED, events=(), reason=rejected.reason)
    origin = Origin(provider.lower()[:_PROVIDER_CHARACTERS_MAX], _digest(provider, payload))
    drafts = [event_from(each, origin, number) for number, each in enumerate(said[:_EVENTS_MAX])]
    events: tuple[Event, ...] = tuple(event for event in drafts if event is not None)
    return Answer(kind=_leading_kind(said), events=events)


def _read(provider: str, content_type: str, payload: object) -> list[Said]:
    body = read_payload(content_type, payload)
    for read in _FAMILIES:
        said = read(body, provider)
        if said:
            return said
    said = read_gateway(body, provider, content_type)
    if not said:
        raise Rejected("payload", "has no shape and no fields that are known")
    return said


def _leading_kind(said: list[Said]) -> PayloadKind:
    """Name the kind of a body with several things in it: the first's."""
    return kind_of(said[0])


def _digest(provider: str, payload: object) -> str:
    text = payload if isinstance(payload, str) else json.dumps(payload, sort_keys=True, separators=(",", ":"))
    return hashlib.blake2b(f"{provider}|{text}".encode("utf-8", "replace"), digest_size=16).hexdigest()
