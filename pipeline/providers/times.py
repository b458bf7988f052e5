"""Times as providers write them, turned into RFC 3339 in UTC, or `None` when they name no instant.

A time without zone names none, unless the provider documents that it is UTC: a guess could put a STOP before the
consent that it ends. Numbers count seconds or milliseconds since 1970; which, their size says.
"""

import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Final

from pipeline.domain.instants import to_milliseconds, to_text
from pipeline.providers.trees import text_of

_CHARACTERS_MAX: Final = 100
_NUMBER: Final = re.compile(r"-?[0-9]{1,16}(\.[0-9]+)?", re.ASCII)
_SECONDS_END: Final = 1 << 31
"""The end of 32-bit time, in 2038. Larger numbers of ten digits are operators' `YYMMDDhhmm` (2401011000)."""
_MILLISECONDS_BEGIN: Final = 100_000_000_000
_MICROSECONDS_BEGIN: Final = 100_000_000_000_000
_DATE_TIME: Final = re.compile(r"\d{4}-\d{2}-\d{2}[Tt ]\d{2}:\d{2}:\d{2}(\.\d+)?\s?([Zz]|[+-]\d{2}:?\d{2})?", re.ASCII)
_WRITTEN_OUT: Final = re.compile(
    r"[A-Z][a-z]{2} ([A-Z][a-z]{2} \d{1,2} \d{4} \d{2}:\d{2}:\d{2}) GMT([+-]\d{4})", re.ASCII
)
"""As JavaScript writes it: `Fri Nov 22 2013 12:12:13 GMT+0000 (UTC)`."""
_BEGIN_MILLISECONDS: Final = 946_684_800_000
"""2000: what lies before is a counter or a default of some program, not when a message was received."""
_END_MILLISECONDS: Final = 253_402_300_799_999


def instant_of(value: object, *, is_utc: bool = False) -> str | None:
    """Read a time.

    :param value: seconds or milliseconds since 1970, RFC 3339, or the date of an e-mail header
    :param is_utc: whether the provider documents that times without zone are in UTC
    """
    text = text_of(value)
    if text is None or len(text) > _CHARACTERS_MAX:
        return None
    if _NUMBER.fullmatch(text):
        return _from_count(float(text))
    moment = _parsed(text)
    if moment is None:
        return None
    if moment.tzinfo is None:
        if not is_utc:
            return None
        moment = moment.replace(tzinfo=UTC)
    return _written(to_milliseconds(moment))


def is_time(value: object) -> bool:
    """Tell whether a value is written like a time at all, also without zone."""
    text = text_of(value)
    return (
        text is not None
        and len(text) <= _CHARACTERS_MAX
        and (bool(_NUMBER.fullmatch(text)) or _parsed(text) is not None)
    )


def _from_count(count: float) -> str | None:
    if count >= _MICROSECONDS_BEGIN:
        return _written(int(count // 1_000))
    if count >= _MILLISECONDS_BEGIN:
        return _written(int(count))
    return _written(int(count * 1_000)) if count < _SECONDS_END else None


def _written(milliseconds: int) -> str | None:
    return to_text(milliseconds) if _BEGIN_MILLISECONDS <= milliseconds <= _END_MILLISECONDS else None


def _parsed(text: str) -> datetime | None:
    try:
        if _DATE_TIME.fullmatch(text):
            return datetime.fromisoformat(re.sub(r"(\.\d{6})\d+", r"\1", text).replace(" +", "+").upper())
        if "," in text:
            return parsedate_to_datetime(text)
        written = _WRITTEN_OUT.match(text)
        if written is not None:
            return datetime.strptime(f"{written.group(1)} {written.group(2)}", "%b %d %Y %H:%M:%S %z")
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return None
