"""What the pattern plane tells all workers: one alarm of one subject, until it is over.

On `compliance.signals` under the key `pattern/<subject>/<sign>`, rewritten when the level changes and, while it lasts,
again before `until`; a tombstone ends it. A worker uses it until then, and afterwards says that it is stale.

Under `pattern/plane` the plane says about once a second that it works, whether or not there is anything to tell: by
that a worker knows quiet from stale.
"""

from typing import Final

import msgspec

from pipeline.domain.alarms import Alarm

KEY_PREFIX: Final = "pattern/"
PLANE_KEY: Final = b"pattern/plane"


class Signal(msgspec.Struct, frozen=True, kw_only=True):
    """One alarm, as the sum of what all workers saw."""

    subject: str = "pattern"
    """Tells it from the other records of the topic."""
    alarm: Alarm
    signature: bytes = b""
    """Of a campaign's first text: an alarm holds for texts that are like it alone."""
    told_second: int
    until_second: int


class Heartbeat(msgspec.Struct, frozen=True, kw_only=True):
    """That the plane works: whatever workers told it until shortly before is in its signals."""

    subject: str = "plane"
    told_second: int


def key_of(alarm: Alarm) -> bytes:
    """Name a signal on its topic."""
    return f"{KEY_PREFIX}{alarm.subject}/{alarm.sign}".encode()


encode: Final = msgspec.json.Encoder().encode
_decoder: Final = msgspec.json.Decoder(Signal)


def decode(value: bytes) -> Signal:
    """Read a signal.

    :raises msgspec.ValidationError: it has another form
    """
    return _decoder.decode(value)


_heartbeat_decoder: Final = msgspec.json.Decoder(Heartbeat)


def decode_heartbeat(value: bytes) -> Heartbeat:
    """Read what stands under `PLANE_KEY`.

    :raises msgspec.ValidationError: it has another form
    """
    return _heartbeat_decoder.decode(value)
