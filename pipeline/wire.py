"""Bytes to values and back. The only module that knows how events look on the wire (`schemas/`).

What can't be decoded raises `Undecodable`, which names the field and the reason and never the value. Unknown fields are
kept out of the decision, not refused.
"""

import re
from collections.abc import Callable
from typing import Any, Final, TypeVar

import msgspec

from pipeline.domain.events import AssetEvent, Command, ConsentEvent, InboundMessage, OutboundMessage, ProviderEvent
from pipeline.domain.verdicts import Revocation, Verdict
from pipeline.domain.workspaces import WorkspaceRecord

EVENT_BYTES_MAX: Final = 262_144
"""A quarter of a MiB: room for a WhatsApp template with every parameter at its limit, four times over."""

_Value = TypeVar("_Value")


class Undecodable(Exception):  # noqa: N818 - it is named for what the event is, as in the design
    """An event that can't be decoded: which field, and why, without the value. Its producer can mend it."""

    def __init__(self, field: str, reason: str) -> None:
        """Name the field as a path from the root (`$`) and the reason."""
        super().__init__(f"{field}: {reason}")
        self.field = field
        self.reason = reason


_PATH = re.compile(r" - at `(?:key in )?(\$[^`]{0,200})`$")
_QUOTED_VALUE = re.compile(r"^Invalid (enum )?value .*", re.DOTALL)


def _undecodable(error: Exception) -> Undecodable:
    """Turn a decoder's error into ours; only msgspec's own wording is kept, and none that quotes the input."""
    text = str(error)
    if isinstance(error, msgspec.ValidationError):
        path = _PATH.search(text)
        reason = _PATH.sub("", text)
        if _QUOTED_VALUE.match(reason):
            reason = "unknown value"
        elif reason.startswith("Object contains unknown field"):
            reason = "unknown field"
        return Undecodable(path.group(1) if path else "$", reason)
    if isinstance(error, RecursionError):
        return Undecodable("$", "nested too deeply")
    if isinstance(error, UnicodeDecodeError):
        return Undecodable("$", "text is not UTF-8")
    return Undecodable("$", "not JSON")


def decoder(kind: type[_Value]) -> Callable[[bytes | None], _Value]:
    """Make the decoder of one event type: bytes of JSON to a value, or `Undecodable`."""
    decode = msgspec.json.Decoder(kind).decode

    def decode_value(value: bytes | None) -> _Value:
        if value is None:
            raise Undecodable("$", "no data")
        if len(value) > EVENT_BYTES_MAX:
            raise Undecodable("$", f"larger than {EVENT_BYTES_MAX} bytes")
        try:
            return decode(value)
        except (msgspec.DecodeError, UnicodeError, RecursionError) as error:
            raise _undecodable(error) from None

    return decode_value


decode_outbound_message = decoder(OutboundMessage)
decode_inbound_message = decoder(InboundMessage)
decode_provider_event = decoder(ProviderEvent)
decode_consent_event = decoder(ConsentEvent)
decode_command = decoder(Command)
decode_workspace = decoder(WorkspaceRecord)
decode_asset_event = decoder(AssetEvent)

_ENCODER = msgspec.json.Encoder()


def encode(value: Any) -> bytes:  # noqa: ANN401 - any of our value types
    """Write a value as JSON in UTF-8, fields in the order of their type: equal values give equal bytes."""
    return _ENCODER.encode(value)


def encode_verdict(verdict: Verdict) -> bytes:
    """Write a verdict as it goes to `compliance.verdicts`."""
    return _ENCODER.encode(verdict)


def encode_revocation(revocation: Revocation) -> bytes:
    """Write a revocation as it goes to `compliance.verdicts`."""
    return _ENCODER.encode(revocation)


class DeadLetter(msgspec.Struct, frozen=True, kw_only=True):
    """What is kept of an event that nothing could be made of: where it was and why, never what it said."""

    topic: str
    partition: int
    offset: int
    field: str
    reason: str
    value_bytes: int
    dead_lettered_at: str


class PolicyPublication(msgspec.Struct, frozen=True, kw_only=True):
    """A policy as published on `compliance.policies` (key = version): its text, and who published it."""

    version: str
    document: str
    published_by: str | None = None
    published_at: str | None = None


decode_policy_publication = decoder(PolicyPublication)
