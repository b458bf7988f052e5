"""How many messages a person may get in a time: caps by country and region, as the policy's table states them.

A law says: no more than three in 24 hours about one subject. What is one subject is nothing that can be read from
messages with certainty, so all that a workspace sends to a person counts as one.

Delivery: pure, no clock. The time zone database is read on the first use of a zone
(`pipeline.domain.tables.read_zone`).
"""

import functools
import itertools
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Annotated, Any, Final, Literal

import msgspec
from msgspec import Meta, Struct

from pipeline.domain.instants import to_datetime, to_milliseconds
from pipeline.domain.tables import read_zone

LIMIT_MAX: Final = 16
"""What the state keeps of each recipient (`pipeline.state.contacts.CAPPED_MAX`); the laws say 1 and 3."""
HOUR_MILLISECONDS: Final = 3_600_000
QUARTER_MILLISECONDS: Final = 900_000
"""No zone changes its clock within a quarter of an hour, so a local day is the same throughout."""
_CACHED_MAX: Final = 4_096


class Cap(Struct, frozen=True, gc=False):
    """One cap: so many messages in a window that moves with the clock, or on a calendar day where the person is."""

    place: str
    limit: int
    window: Literal["rolling", "calendar_day"]
    window_milliseconds: int
    source: str


def window_begins(cap: Cap, now_milliseconds: int, zones: Sequence[str]) -> int:
    """Say from when on messages count, that instant included; in milliseconds since 1970 (UTC).

    A moving window of 24 hours counts what is less than 24 hours old. Of several zones the earliest midnight counts.
    """
    if cap.window == "rolling":
        return now_milliseconds - cap.window_milliseconds + 1
    return min(_local_day(zone, now_milliseconds // QUARTER_MILLISECONDS)[0] for zone in zones)


def next_place(cap: Cap, counted: Sequence[int], now_milliseconds: int, zones: Sequence[str]) -> int:
    """Say when one of the counted messages leaves the window, so that the next may be sent.

    :param counted: when the messages that count were let pass, oldest first, as many as the limit or more
    """
    if cap.window == "rolling":
        return counted[-cap.limit] + cap.window_milliseconds
    return max(_local_day(zone, now_milliseconds // QUARTER_MILLISECONDS)[1] for zone in zones)


@functools.lru_cache(maxsize=_CACHED_MAX)
def _local_day(zone: str, quarter: int) -> tuple[int, int]:
    """Give begin and end of the local day that a quarter of an hour since 1970 lies in, in milliseconds."""
    local = to_datetime(quarter * QUARTER_MILLISECONDS).astimezone(read_zone(zone))
    begin = datetime(local.year, local.month, local.day, tzinfo=local.tzinfo)
    after = local.date() + timedelta(days=1)
    end = datetime(after.year, after.month, after.day, tzinfo=local.tzinfo)
    return to_milliseconds(begin), to_milliseconds(end)


class FrequencyCaps:
    """All caps of one policy; compared by identity, so that caches are cheap."""

    __slots__ = ("_caps", "purposes")

    def __init__(self, caps: dict[tuple[str, str], dict[str, tuple[Cap, ...]]]) -> None:
        """Keep the caps by (channel, purpose), then by country or region."""
        self._caps = caps
        self.purposes = frozenset(purpose for _, purpose in caps)
        """Purposes that any cap speaks of: other messages need no look-up."""

    def caps_for(self, country: str, regions: tuple[str, ...], channel: str, purpose: str) -> tuple[Cap, ...]:
        """List the caps on a message to a recipient in any of these places: all of them must allow it.

        :param country: the recipient's country, ISO 3166-1 alpha-2 (`Place.country`)
        :param regions: candidate ISO 3166-2 regions or further countries (`Place.regions`); a region brings its
            country's caps as well
        """
        return _caps_for(self, country, regions, channel, purpose)

    def find(self, country: str, regions: tuple[str, ...], channel: str, purpose: str) -> tuple[Cap, ...]:
        """Do the work of `caps_for` without its cache."""
        by_place = self._caps.get((channel, purpose), {})
        places = dict.fromkeys((country, *(region.partition("-")[0] for region in regions), *regions))
        return tuple(cap for place in places for cap in by_place.get(place, ()))


@functools.lru_cache(maxsize=_CACHED_MAX)
def _caps_for(
    caps: FrequencyCaps, country: str, regions: tuple[str, ...], channel: str, purpose: str
) -> tuple[Cap, ...]:
    return caps.find(country, regions, channel, purpose)


class _Row(Struct, frozen=True, forbid_unknown_fields=True):
    """A row of the policy's `[[frequency_caps]]`, as written."""

    country: Annotated[str, Meta(pattern="^[A-Z]{2}$")]
    channels: Annotated[tuple[Literal["sms", "whatsapp"], ...], Meta(min_length=1)]
    purposes: Annotated[tuple[Literal["marketing", "utility", "authentication", "service"], ...], Meta(min_length=1)]
    limit: Annotated[int, Meta(ge=1, le=LIMIT_MAX)]
    window: Literal["rolling", "calendar_day"]
    source: Annotated[str, Meta(min_length=1)]
    confidence: Literal["low", "medium", "high"]
    hours: Annotated[int, Meta(ge=1, le=24)] = 24
    region: Annotated[str, Meta(pattern="^([A-Z]{2}-[A-Z0-9]{1,3})?$")] = ""
    source_url: str = ""
    source_date: str = ""


def parse_frequency_caps(rows: list[dict[str, Any]]) -> FrequencyCaps:
    """Read the rows of the policy's `[[frequency_caps]]`.

    A row has `country`, `region` (ISO 3166-2, may be left out), `channels`, `purposes`, `limit` (1 to 16 messages),
    `window` (`rolling` with `hours`, 1 to 24, or `calendar_day` at the recipient's place), `source`, `source_url`,
    `source_date`, `confidence` (`low`, `medium`, `high`: what is unconfirmed is no fact).

    :raises ValueError: a row can't be used; the text names its position (from 1), place and field
    """
    caps: dict[tuple[str, str], dict[str, tuple[Cap, ...]]] = {}
    for position, fields in enumerate(rows, start=1):
        row = _read_row(position, fields)
        place = row.region or row.country
        cap = Cap(place, row.limit, row.window, row.hours * HOUR_MILLISECONDS, row.source)
        for use in itertools.product(row.channels, row.purposes):
            by_place = caps.setdefault(use, {})
            by_place[place] = (*by_place.get(place, ()), cap)
    return FrequencyCaps(caps)


def _read_row(position: int, fields: dict[str, Any]) -> _Row:
    place = fields.get("region") or fields.get("country") or "no country"
    try:
        row = msgspec.convert(fields, _Row)
    except msgspec.ValidationError as error:
        message = f"frequency_caps row {position} ({place}): {error}"
        raise ValueError(message) from None
    if row.region and not row.region.startswith(row.country + "-"):
        message = f"frequency_caps row {position} ({place}): the region is not in {row.country}; write {row.country}-…"
        raise ValueError(message)
    return row
