"""What the pattern plane tells all workers: one alarm of one subject, until it is over.

On `compliance.signals` under the key `pattern/<subject>/<sign>`, rewritten when the level changes and, while it lasts,
again before `until`; a tombstone ends it. A worker uses it until then, and afterwards says that it is stale.
"""

from typing import Final

import msgspec

from pipeline.domain.alarms import Alarm

KEY_PREFIX: Final = "pattern/"


class Signal(msgspec.Struct, frozen=True, kw_only=True):
    """One alarm, as the sum of what all workers saw."""

    subject: str = "pattern"
    """Tells it from the other records of the topic."""
    alarm: Alarm
    signature: bytes = b""
    """Of a campaign's first text: an alarm holds for texts that are like it alone."""
    told_second: int
    until_second: int


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
