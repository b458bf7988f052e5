"""What a partition counts of messages and of news about them, tells the others, and keeps until it has."""

import pytest

from pipeline.engine.overlay import RECORDS
from pipeline.patterns import windows
from pipeline.patterns.windows import Window
from pipeline.state.keys import ROWS, end_of
from pipeline.testing.builders import (
    DAY,
    NOW,
    SECOND,
    SENDER,
    build_consent,
    build_inbound,
    build_policy,
    build_provider_event,
    build_record,
    instant,
)
from pipeline.testing.memory_log import CrashError
from pipeline.topologies.pattern_rows import within_day
from tests.unit.topologies.campaigns import POLICY, reward, together, told
from tests.unit.topologies.hosting import Happening, Platform

WORKSPACE = "workspace/ws-1"
HOUR_SECONDS = 3_600


def started(partitions: int = 1) -> Platform:
    """Start a platform on which messages without consent pass."""
    return Platform(partitions, build_policy(POLICY))


def window_of(platform: Platform, subject: str = WORKSPACE) -> Window:
    """Read what was told of a subject in the last hour, by all sources together."""
    found = together(platform).get(subject, ())
    return windows.window(found[0].buckets, HOUR_SECONDS, platform.now_milliseconds // 1_000) if found else Window()


def pages(platform: Platform) -> int:
    """Count the pages that are kept."""
    return sum(
        len(partition.store.scan(RECORDS + ROWS, RECORDS + end_of(ROWS), 1_000))
        for partition in platform.recipients.partitions
    )


async def test_tells_what_it_has_counted_though_nothing_more_comes() -> None:
    """Five seconds after the last message all of it is told."""
    platform = started()
    for number in range(5):
        await platform.give(reward(number))
    await platform.wait(6 * SECOND)
    assert (window_of(platform).messages, window_of(platform).recipients) == (5, 5)


async def test_counts_a_message_that_comes_again_once() -> None:
    """A repeat gets its answer from the ledger and is no second message."""
    platform = started()
    await platform.give(reward(1), reward(1))
    await platform.wait(6 * SECOND)
    assert window_of(platform).messages == 1


async def test_counts_a_deferred_message_once() -> None:
    """A message that waits and is judged again is the same message."""
    plan = {"messages_per_second": 1, "messages_per_day": 100}
    platform = Platform(1, build_policy(POLICY), (build_record(plan=plan),))
    await platform.give(*(reward(number) for number in range(3)))
    await platform.wait(10 * SECOND)
    assert (window_of(platform).messages, len(platform.verdicts())) == (3, 5)


async def test_counts_what_speaks_against_a_text() -> None:
    """Links that lead away and missing consents are counted with the message."""
    platform = started()
    await platform.give(reward(1))
    await platform.give(build_consent(to=reward(2).to))
    await platform.give(reward(2))
    await platform.wait(6 * SECOND)
    window = window_of(platform)
    assert (window.foreign_links, window.unknown_consents) == (2, 0)


@pytest.mark.parametrize(
    ("news", "counted"),
    [
        (build_provider_event(to="+447700900001", message_id="m-1", status="failed"), "failures"),
        (build_provider_event(to="+447700900001", message_id="m-1", kind="complaint", status=None), "complaints"),
        (build_inbound(origin="+447700900001", text="STOP"), "opt_outs"),
    ],
    ids=["failure", "complaint", "opt-out"],
)
async def test_counts_news_of_a_message(news: Happening, counted: str) -> None:
    """What becomes of a message counts with its sender and its workspace."""
    platform = started()
    await platform.give(reward(1), reward(3))
    await platform.give(news)
    await platform.wait(6 * SECOND)
    for subject in (WORKSPACE, f"sender/phone_number:{SENDER}"):
        assert getattr(window_of(platform, subject), counted) == 1


@pytest.mark.parametrize("seconds", [(20, 10), (10, 20)], ids=["newest last", "newest first"])
async def test_counts_who_opts_out_twice_once(seconds: tuple[int, int]) -> None:
    """In whatever order the two are read."""
    platform = started()
    await platform.give(reward(1), reward(3))
    for number, ago in enumerate(seconds):
        at = instant(-ago * SECOND)
        await platform.give(
            build_inbound(inbound_id=f"in-{number}", origin="+447700900001", text="STOP", received_at=at)
        )
    await platform.wait(6 * SECOND)
    assert window_of(platform).opt_outs == 1


@pytest.mark.parametrize(
    ("given", "counted"),
    [(0, -DAY), (-DAY - 1, -DAY), (-DAY, -DAY), (-DAY + 1, -DAY + 1), (-1, -1), (0, 0), (1, 0)],
    ids=["1970", "before", "a day ago", "within", "just now", "now", "future"],
)
def test_counts_at_most_a_day_ago_and_not_in_the_future(given: int, counted: int) -> None:
    """Where no window looks nothing would see it."""
    at = 0 if (given, counted) == (0, -DAY) else NOW + given
    assert within_day(at, NOW) == NOW + counted


async def test_counts_news_with_the_campaign_of_the_message() -> None:
    """An opt-out counts with the text that it answers."""
    platform = started()
    await platform.give(*(reward(number) for number in range(6)))
    await platform.give(build_inbound(origin="+447700900005", text="STOP"))
    await platform.wait(6 * SECOND)
    opt_outs = [
        windows.window(campaign.buckets, HOUR_SECONDS, platform.now_milliseconds // 1_000).opt_outs
        for subject, campaigns in together(platform).items()
        if subject.startswith("campaign/")
        for campaign in campaigns
    ]
    assert opt_outs
    assert set(opt_outs) == {1}


async def test_lets_pages_go_once_told_and_their_verdicts_are_over() -> None:
    """While a verdict can be used its page stays; then it goes, though nothing more comes."""
    platform = started()
    await platform.give(reward(1))
    await platform.wait(6 * SECOND)
    kept = pages(platform)
    await platform.wait(301 * SECOND)
    assert (kept, pages(platform)) == (1, 0)


async def test_gives_each_owner_a_source_of_its_own() -> None:
    """Who takes a partition over counts under a name that nobody has told under."""
    platform = started()
    await platform.give(reward(1))
    platform.recipients.reopen(0)
    await platform.give(reward(2))
    await platform.wait(6 * SECOND)
    assert {observation.source for observation in told(platform)} == {"recipients-0@1", "recipients-0@2"}


@pytest.mark.parametrize("moment", ["before", "after"])
@pytest.mark.parametrize("crash_at", range(8))
async def test_tells_each_message_once_in_all_whichever_transaction_crashes(moment: str, crash_at: int) -> None:
    """A crash at any commit, before or after it took effect, leaves the sum of all sources as it is."""
    platform = started()
    for number in range(8):
        platform.put(reward(number))
        if number == crash_at:
            platform.recipients.partitions[0].log.fail_next_commit = moment  # type: ignore[attr-defined]
            with pytest.raises(CrashError):
                await platform.run()
            platform.recipients.reopen(0)
        await platform.wait(SECOND)
    await platform.wait(6 * SECOND)
    assert (window_of(platform).messages, window_of(platform).recipients) == (8, 8)


async def test_flags_and_then_blocks_a_campaign_by_its_own_counts() -> None:
    """Without a pattern plane a partition that sees enough of a campaign stops it."""
    platform = started()
    for number in range(120):
        platform.put(reward(number))
        if number % 10 == 0:
            await platform.run()
    await platform.run()
    found = [{"bulk_suspected", "bulk_mass"} & set(platform.codes(f"m-{number}")) for number in (0, 50, 119)]
    assert found == [set(), {"bulk_suspected"}, {"bulk_mass"}]
    assert platform.outcomes("m-119") == ["block"]


def test_clock_is_in_the_middle_of_an_hour() -> None:
    """The tests' windows begin with the default clock's hour."""
    assert NOW % (HOUR_SECONDS * 1_000) == 0
