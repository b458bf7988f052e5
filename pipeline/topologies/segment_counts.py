"""Segments that 10DLC brands send to the United States, counted by the carriers' day over all partitions.

The same mechanism as the use of plans: each partition owns a cumulative count, kept in its state and reported on
`compliance.signals`; sources are merged by maximum and added up. A day begins at midnight in the Pacific zone, as
T-Mobile counts [general knowledge]; a brand of several workspaces has one count.

Delivery: as for the use of plans (`pipeline.state.usage`): this partition's count is exact, the others' may be some
milliseconds old, so a brand that sends through several workers at once can exceed its cap by what they let pass in that
time. A message counts when it passes; one that is judged anew after its lease counts again.
"""

import functools
from datetime import UTC, datetime, timedelta
from typing import Final

import msgspec

from pipeline.domain.events import OutboundMessage
from pipeline.domain.instants import to_datetime, to_milliseconds
from pipeline.domain.numbers import Number
from pipeline.domain.policies import Policy
from pipeline.domain.registrations import Registrations
from pipeline.domain.tables import read_zone
from pipeline.domain.workspaces import Workspace
from pipeline.reading.segments import segments_of
from pipeline.rules.facts import BrandUse, RateReading
from pipeline.state.keys import segments_key
from pipeline.state.usage import DAY_MILLISECONDS, NO_USAGE, Usage
from pipeline.topologies.desk import Desk
from pipeline.topologies.names import SIGNALS
from pipeline.topologies.steps import Output
from pipeline.topologies.usage_board import BRAND, UsageBoard, UsageReport
from pipeline.wire import encode

CARRIER_ZONE: Final = "America/Los_Angeles"
REPORTS_PER_DAY: Final = 100
"""Into how many parts of the cap the partitions together divide their reports to the other workers."""
_HOUR_MILLISECONDS: Final = 3_600_000

_decode_usage = msgspec.msgpack.Decoder(Usage).decode
_pack = msgspec.msgpack.Encoder().encode


def brand_use(  # noqa: PLR0913 - each is a source of facts, and none belongs into another
    message: OutboundMessage,
    number: Number | None,
    workspace: Workspace | None,
    board: UsageBoard,
    policy: Policy,
    now_milliseconds: int,
) -> BrandUse | None:
    """Read what is left of the day of the brand that a message is sent under.

    `None` unless it is an SMS to the United States from a sender whose brand has a cap that is known.
    """
    if not _may_count(message) or workspace is None or number is None or number.country != "US":
        return None
    registrations = workspace.registrations.get(message.sender.id)
    limit = _cap(registrations, policy) if registrations is not None else None
    if registrations is None or limit is None:
        return None
    brand = _brand_of(registrations, workspace.id)
    segments = segments_of(message.content.text or "").count
    day = (now_milliseconds + _offset(now_milliseconds // _HOUR_MILLISECONDS)) // DAY_MILLISECONDS
    used = board.used_on(brand, day)
    next_free = 0 if used + segments <= limit else next_carrier_day(now_milliseconds)
    return BrandUse(brand, segments, RateReading("day", limit, used, next_free))


def _may_count(message: OutboundMessage) -> bool:
    """Tell at once that nearly all other messages count towards no cap: it is about SMS to North American numbers."""
    return message.channel == "sms" and isinstance(message.to, str) and message.to[:2] == "+1"


def next_carrier_day(now_milliseconds: int) -> int:
    """Say when the carriers' next day begins, in milliseconds since 1970 (UTC)."""
    zone = read_zone(CARRIER_ZONE)
    tomorrow = to_datetime(now_milliseconds).astimezone(zone).date() + timedelta(days=1)
    midnight = datetime(tomorrow.year, tomorrow.month, tomorrow.day, tzinfo=zone)
    return to_milliseconds(midnight.astimezone(UTC))


def _cap(registrations: Registrations, policy: Policy) -> int | None:
    """Say how many segments a day count for a brand: what is stated of it, else what its score gives."""
    stated = [
        each.daily_segments_max
        for each in (registrations.brand, registrations.campaign)
        if each is not None and each.daily_segments_max is not None
    ]
    cap = min(stated, default=None)
    brand = registrations.brand
    carriers = policy.document.carriers
    if cap is None and brand is not None and brand.vetting_score is not None:
        cap = carriers.daily_segments_of(brand.vetting_score)
    return int(cap / carriers.counted_share) if cap is not None else None


def _brand_of(registrations: Registrations, workspace_id: str) -> str:
    """Name the brand; one without an id is its workspace's own."""
    return registrations.brand_id or f"workspace {workspace_id}"


@functools.lru_cache(maxsize=64)
def _offset(hour: int) -> int:
    """Give the offset of the carriers' clock from UTC in milliseconds, in an hour since 1970."""
    offset = to_datetime(hour * _HOUR_MILLISECONDS).astimezone(read_zone(CARRIER_ZONE)).utcoffset()
    return int(offset.total_seconds()) * 1_000 if offset is not None else 0


class SegmentCounts:
    """What one turn counts of segments."""

    def __init__(self, desk: Desk, source: str) -> None:
        """Count for one partition, named as a source."""
        self._desk = desk
        self._source = source
        self._loaded: set[str] = set()
        self._used: set[str] = set()

    def load(self, message: OutboundMessage, workspace: Workspace | None) -> None:
        """Take this partition's own count of the sender's brand from its state when it is first needed."""
        if not _may_count(message) or workspace is None:
            return
        registrations = workspace.registrations.get(message.sender.id)
        if registrations is None:
            return
        brand = _brand_of(registrations, workspace.id)
        if brand in self._loaded:
            return
        self._loaded.add(brand)
        if not self._desk.known.segments.knows(brand, self._source):
            stored = self._desk.state.get(segments_key(brand))
            self._desk.known.segments.restore(brand, self._source, _decode_usage(stored) if stored else NO_USAGE)

    def count(self, use: BrandUse) -> None:
        """Count a message that passes, and tell the other workers when the count has grown by a part of the cap."""
        now = self._desk.now_milliseconds
        local = now + _offset(now // _HOUR_MILLISECONDS)
        _, in_day = self._desk.known.segments.count(use.brand, self._source, local, local, use.segments)
        self._used.add(use.brand)
        per_report = max(1, use.day.limit // (REPORTS_PER_DAY * self._desk.step.partitions))
        if in_day // per_report != (in_day - use.segments) // per_report:
            report = UsageReport(
                subject=BRAND, workspace_id=use.brand, source=self._source, usage=self._usage(use.brand)
            )
            key = f"segments/{use.brand}/{self._source}".encode()
            self._desk.outputs.append(Output(SIGNALS, key, encode(report)))

    def keep(self) -> None:
        """Write what was counted to the state, at the end of the turn."""
        for brand in sorted(self._used):
            self._desk.state.put(segments_key(brand), _pack(self._usage(brand)))

    def _usage(self, brand: str) -> Usage:
        """Give this partition's count of the day alone; seconds are not asked for."""
        now = self._desk.now_milliseconds
        local = now + _offset(now // _HOUR_MILLISECONDS)
        usage = self._desk.known.segments.usage_of(brand, self._source, local)
        return Usage((), usage.day, usage.day_messages)
