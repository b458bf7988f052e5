"""A recording in which workers die is judged again to the same bytes, also where counts decided."""

from collections.abc import Sequence

import msgspec
import pytest

from pipeline.apps.recording import decode_lines, encode_lines, judge_again, lines_of
from pipeline.testing.builders import SECOND, build_inbound, build_policy
from pipeline.testing.memory_log import CrashError, MemoryLog, MemoryRecord
from pipeline.testing.readers import build_reader
from pipeline.topologies import names
from pipeline.topologies.evidence_pages import EvidencePage
from tests.unit.topologies.campaigns import POLICY, reward
from tests.unit.topologies.hosting import Platform

Verdicts = list[list[tuple[bytes | None, bytes | None]]]


class Kept:
    """The records of a log in memory."""

    def __init__(self, log: MemoryLog) -> None:
        """Take the log."""
        self._log = log

    async def records(self, topic: str, partition: int, first: int, end: int) -> Sequence[MemoryRecord]:
        """Give the records of a range of offsets."""
        return [record for record in self._log.read(topic, partition, first) if record.offset < end]


def by_partition(records: Sequence[MemoryRecord], partitions: int) -> Verdicts:
    """Sort verdicts by their partition, in order."""
    return [[(r.key, r.value) for r in records if r.partition == number] for number in range(partitions)]


async def again(platform: Platform) -> Verdicts:
    """Record what a platform has judged, and judge it again."""
    pages = [
        msgspec.json.decode(record.value or b"", type=EvidencePage)
        for record in platform.log.all_records(names.EVIDENCE)
    ]
    lines = decode_lines(encode_lines(await lines_of(pages, Kept(platform.log))))
    partitions = platform.log.partitions
    judged = await judge_again(list(lines), platform.policy, partitions, contents=build_reader())
    return by_partition(judged, partitions)


async def send(platform: Platform, deaths: Sequence[int], moment: str = "") -> None:
    """Send a campaign of 150 messages, a few in each transaction; a worker dies at some of them."""
    for number in range(150):
        platform.put(reward(number))
        if number in deaths:
            for partition in platform.recipients.partitions:
                partition.log.fail_next_commit = moment  # type: ignore[attr-defined]
        if number % 4 == 0 or number in deaths:
            try:
                await platform.run()
            except CrashError:
                for partition in list(platform.recipients.partitions):
                    platform.recipients.reopen(partition.number)
        if number % 20 == 0:
            await platform.give(build_inbound(inbound_id=f"in-{number}", origin=reward(number).to, text="STOP"))
            await platform.wait(SECOND)
    await platform.wait(6 * SECOND)


@pytest.mark.parametrize("partitions", [1, 2])
async def test_judges_a_campaign_again_to_the_byte(partitions: int) -> None:
    """Flags, blocks and revocations by counts come out as they did."""
    platform = Platform(partitions, build_policy(POLICY))
    await send(platform, ())
    written = by_partition(platform.log.all_records(names.VERDICTS), partitions)
    assert await again(platform) == written
    assert platform.revocations()


@pytest.mark.parametrize("moment", ["before", "after"])
@pytest.mark.parametrize("deaths", [(3,), (40, 41), (110,), (9, 60, 100, 130)], ids=str)
async def test_judges_again_to_the_byte_what_workers_judged_that_died(deaths: tuple[int, ...], moment: str) -> None:
    """Counts begin anew where a partition's owner died, and nowhere else."""
    platform = Platform(2, build_policy(POLICY))
    await send(platform, deaths, moment)
    assert await again(platform) == by_partition(platform.log.all_records(names.VERDICTS), 2)
