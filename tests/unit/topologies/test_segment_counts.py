"""Daily caps of 10DLC brands: counted in segments over all partitions, by the carriers' day."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from pipeline.apps.packaged import read_policy_file
from pipeline.domain.events import OutboundMessage
from pipeline.domain.instants import from_text, to_text
from pipeline.domain.numbers import read_number
from pipeline.domain.workspaces import WorkspaceRecord
from pipeline.state.usage import DAY_MILLISECONDS, Usage
from pipeline.testing.builders import (
    HOUR,
    NOW,
    build_consent,
    build_message,
    build_policy,
    build_record,
    build_workspace,
)
from pipeline.testing.readers import build_reader
from pipeline.topologies import names
from pipeline.topologies.global_facts import GlobalFacts
from pipeline.topologies.recipients import Recipients
from pipeline.topologies.segment_counts import brand_use, next_carrier_day
from pipeline.topologies.usage_board import UsageBoard, UsageReport
from pipeline.wire import encode
from tests.unit.topologies.hosting import Platform

LOCAL = "+12065550100"
RECIPIENTS = [f"+1212555010{number}" for number in range(8)]
POLICY = build_policy("defer_spread_seconds = 0")
MIDNIGHT = from_text("2026-11-25T08:00:00.000Z")
"""The end of the default clock's day in the Pacific zone."""
PACIFIC_DAY = (NOW - 8 * HOUR) // DAY_MILLISECONDS


def record(brand: dict[str, Any], campaign: dict[str, Any] | None = None, name: str = "ws-1") -> WorkspaceRecord:
    """Build a workspace with a registered local number."""
    registration = {"tcr_campaign": {"state": "active"} | (campaign or {}), "tcr_brand": {"state": "verified"} | brand}
    senders = [{"type": "phone_number", "id": LOCAL, "country": "US", "registration": registration}]
    return build_record(workspace_id=name, senders=senders)


def message(number: int, text: str = "Your order is ready.", **changes: object) -> OutboundMessage:
    """Build a message to one of the recipients."""
    content = {"type": "text", "text": text}
    sender = {"type": "phone_number", "id": LOCAL}
    given = {"message_id": f"m-{number}", "to": RECIPIENTS[number], "sender": sender, "content": content}
    return build_message(**(given | changes))


async def started(*records: WorkspaceRecord, partitions: int = 3) -> Platform:
    """Start a platform on which all recipients have consented to all workspaces."""
    platform = Platform(partitions, POLICY, records)
    for workspace in records:
        for to in RECIPIENTS:
            event = build_consent(to=to, workspace_id=workspace.workspace_id, consent_event_id=f"c-{to}")
            platform.put(event)
    await platform.run()
    return platform


def outcomes(platform: Platform) -> list[str]:
    """List the first outcome of each message, by message."""
    ids = sorted({verdict["message_id"] for verdict in platform.verdicts()})
    return [platform.outcomes(message_id)[0] for message_id in ids]


async def test_defers_the_message_beyond_the_cap_to_the_next_pacific_day() -> None:
    """Three segments a day: the fourth message waits for midnight in Los Angeles, and is sent then."""
    platform = await started(record({"id": "B1", "daily_segments_max": 3}))
    for number in range(4):
        await platform.give(message(number))
    assert outcomes(platform) == ["allow", "allow", "allow", "defer"]
    (verdict,) = platform.verdicts("m-3")
    assert (verdict["not_before"], verdict["findings"][0]["clause"]) == (to_text(MIDNIGHT), "6.4")
    await platform.wait(MIDNIGHT - NOW)
    assert platform.outcomes("m-3") == ["defer", "allow"]


async def test_counts_segments_and_not_messages() -> None:
    """A text of 161 letters takes two of four segments; after it two short ones fit and a third does not."""
    platform = await started(record({"id": "B1", "daily_segments_max": 4}))
    for each in (message(0, "a" * 161), message(1), message(2), message(3)):
        await platform.give(each)
    assert outcomes(platform) == ["allow", "allow", "allow", "defer"]


async def test_counts_a_brand_over_its_workspaces() -> None:
    """Two workspaces of one brand share its day."""
    brand = {"id": "B1", "daily_segments_max": 1}
    platform = await started(record(brand), record(brand, name="ws-2"))
    for each in (message(0), message(1, workspace_id="ws-2")):
        await platform.give(each)
    assert outcomes(platform) == ["allow", "defer"]


async def test_counts_workspaces_of_unnamed_brands_apart() -> None:
    """Without a brand's id each workspace has a count of its own."""
    brand = {"daily_segments_max": 1}
    platform = await started(record(brand), record(brand, name="ws-2"))
    for each in (message(0), message(1, workspace_id="ws-2")):
        await platform.give(each)
    assert outcomes(platform) == ["allow", "allow"]


async def test_does_not_count_what_does_not_pass() -> None:
    """A message that is held takes nothing of the day."""
    platform = await started(record({"id": "B1", "daily_segments_max": 1}))
    for each in (message(0, actor=None), message(1)):
        await platform.give(each)
    assert outcomes(platform) == ["hold", "allow"]


async def test_keeps_the_count_over_a_restart() -> None:
    """The count lies in the state, not in the worker."""
    platform = await started(record({"id": "B1", "daily_segments_max": 1}))
    await platform.give(message(0))
    platform.recipients = platform.start_recipients()
    await platform.give(message(0, message_id="m-9"))
    assert platform.outcomes("m-9") == ["defer"]


async def test_counts_what_other_partitions_report() -> None:
    """A report of another worker's partition counts at once; one about plans does not."""
    platform = await started(record({"id": "B1", "daily_segments_max": 5}))
    usage = Usage((), PACIFIC_DAY, 5)
    for subject, key in (("workspace", "usage/B1/recipients-99"), ("brand", "segments/B1/recipients-99")):
        before = len(platform.verdicts())
        report = UsageReport(subject=subject, workspace_id="B1", source="recipients-99", usage=usage)
        platform.put_raw(names.SIGNALS, encode(report), key)
        await platform.run()
        await platform.give(message(before))
    assert outcomes(platform) == ["allow", "defer"]


async def test_tells_the_other_workers_what_it_counted() -> None:
    """Two segments of a small cap are reported at once, under the brand and this partition."""
    platform = await started(record({"id": "B1", "daily_segments_max": 3}), partitions=1)
    await platform.give(message(0, "a" * 161))
    (report,) = [each for each in platform.answers(names.SIGNALS) if each["subject"] == "brand"]
    assert report == {
        "subject": "brand",
        "workspace_id": "B1",
        "source": "recipients-0",
        "usage": [[], PACIFIC_DAY, 2],
    }


async def test_reports_large_caps_in_parts() -> None:
    """A hundredth of the cap, over the partitions: not every message is reported."""
    platform = await started(record({"id": "B1", "daily_segments_max": 400}), partitions=1)
    for number in range(8):
        await platform.give(message(number))
    assert [each["usage"][2] for each in platform.answers(names.SIGNALS) if each["subject"] == "brand"] == [4, 8]


def test_restores_its_count_when_a_partition_has_come() -> None:
    """What is in its state is true then, whatever was heard of it before."""
    known = GlobalFacts(POLICY, reader=build_reader())
    known.segments.restore("B1", "recipients-0", Usage((), PACIFIC_DAY, 1))
    Recipients(known).opened(0)
    assert not known.segments.knows("B1", "recipients-0")


@pytest.mark.parametrize(
    ("used", "segments", "fits"), [(1, 1, True), (2, 1, True), (3, 1, False), (1, 2, True), (2, 2, False)]
)
def test_asks_whether_all_segments_of_a_message_fit(used: int, segments: int, *, fits: bool) -> None:
    """Around a cap of three: what would go beyond it waits."""
    board = UsageBoard()
    board.restore("B1", "x", Usage((), PACIFIC_DAY, used))
    workspace = build_workspace(senders=encode_senders({"id": "B1", "daily_segments_max": 3}))
    asked = message(0, "a" * (100 if segments == 1 else 161))
    use = brand_use(asked, read_number(RECIPIENTS[0]), workspace, board, POLICY, NOW)
    assert use is not None
    assert (use.segments, use.day.used, use.day.next_free_milliseconds == 0) == (segments, used, fits)


@pytest.mark.parametrize(
    ("score", "cap"),
    [
        (0, None),
        (1, 2_000),
        (24, 2_000),
        (25, 10_000),
        (49, 10_000),
        (50, 40_000),
        (74, 40_000),
        (75, 200_000),
        (76, 200_000),
    ],
)
def test_takes_the_cap_from_the_vetting_score(score: int, cap: int | None) -> None:
    """The packaged table, around each of its borders; a score that reaches no row has no cap that is known."""
    workspace = build_workspace(senders=encode_senders({"id": "B1", "vetting_score": score}))
    use = brand_use(message(0), read_number(RECIPIENTS[0]), workspace, UsageBoard(), read_policy_file(None), NOW)
    assert (use.day.limit if use is not None else None) == cap


def test_takes_the_smaller_of_stated_caps_and_divides_by_the_share_that_counts() -> None:
    """Where only half of the segments are counted as T-Mobile's, twice as many may go."""
    senders = encode_senders({"id": "B1", "daily_segments_max": 30}, {"daily_segments_max": 10})
    policy = build_policy("[carriers]\ncounted_share = 0.5")
    use = brand_use(message(0), read_number(RECIPIENTS[0]), build_workspace(senders=senders), UsageBoard(), policy, NOW)
    assert use is not None
    assert use.day.limit == 20


@pytest.mark.parametrize(
    "changes", [{"channel": "whatsapp"}, {"sender": {"type": "phone_number", "id": "+12065550199"}}]
)
def test_counts_nothing_else(changes: dict[str, object]) -> None:
    """Another channel, or a sender without registration, has no cap."""
    workspace = build_workspace(senders=encode_senders({"id": "B1", "daily_segments_max": 3}))
    asked = message(0, **changes)  # type: ignore[arg-type]
    assert brand_use(asked, read_number(RECIPIENTS[0]), workspace, UsageBoard(), POLICY, NOW) is None
    british = read_number("+447700900123")
    assert brand_use(message(0), british, workspace, UsageBoard(), POLICY, NOW) is None


@pytest.mark.parametrize("day", ["2026-03-07", "2026-03-08", "2026-10-31", "2026-11-01", "2026-11-24"])
@pytest.mark.parametrize("hour", [0, 1, 12, 23])
def test_the_carriers_day_ends_at_midnight_in_los_angeles(day: str, hour: int) -> None:
    """Also on the days on which clocks change."""
    zone = ZoneInfo("America/Los_Angeles")
    now = datetime.fromisoformat(f"{day}T{hour:02d}:30:00").replace(tzinfo=zone)
    end = datetime.fromtimestamp(next_carrier_day(int(now.timestamp() * 1_000)) / 1_000, zone)
    assert (end.hour, end.minute, end.toordinal() - now.toordinal()) == (0, 0, 1)


@pytest.mark.parametrize(("seconds", "used"), [(-1, 7), (0, 0), (1, 0)])
def test_a_new_day_begins_with_nothing_used(seconds: int, used: int) -> None:
    """One second before and after midnight in Los Angeles."""
    board = UsageBoard()
    board.restore("B1", "x", Usage((), PACIFIC_DAY, 7))
    workspace = build_workspace(senders=encode_senders({"id": "B1", "daily_segments_max": 9}))
    now = MIDNIGHT + seconds * 1_000
    use = brand_use(message(0), read_number(RECIPIENTS[0]), workspace, board, POLICY, now)
    assert use is not None
    assert use.day.used == used


def encode_senders(brand: dict[str, Any], campaign: dict[str, Any] | None = None) -> list[dict[str, Any]]:
    """Write the senders of a workspace as its record has them."""
    registration = {"tcr_campaign": {"state": "active"} | (campaign or {}), "tcr_brand": brand}
    return [{"type": "phone_number", "id": LOCAL, "registration": registration}]
