"""Instants between the forms they take: RFC 3339 text on the wire, milliseconds since 1970 (UTC) inside."""

import functools
from datetime import UTC, datetime, timedelta

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)


def to_milliseconds(instant: datetime) -> int:
    """Turn an aware instant into milliseconds since 1970 in UTC, cutting what is finer."""
    return (instant - _EPOCH) // _MILLISECOND


def to_datetime(milliseconds: int) -> datetime:
    """Turn milliseconds since 1970 into an aware instant in UTC."""
    return _EPOCH + milliseconds * _MILLISECOND


def from_text(text: str) -> int:
    """Read what `to_text` wrote."""
    return to_milliseconds(datetime.fromisoformat(text))


@functools.lru_cache(maxsize=4096)
def to_text(milliseconds: int) -> str:
    """Write milliseconds since 1970 as RFC 3339 in UTC with three decimals: `2026-11-24T15:00:00.000Z`.

    Cached: all messages of one transaction share their instants.
    """
    instant = to_datetime(milliseconds)
    return instant.strftime("%Y-%m-%dT%H:%M:%S.") + f"{milliseconds % 1000:03d}Z"
