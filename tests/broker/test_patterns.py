"""The pattern plane on a real Kafka: how soon it tells, and that nothing that befalls it changes what it tells.

`COMPLIANCE_TEST_OBSERVATIONS` sets how many observations a replay has, `COMPLIANCE_TEST_DISTURBANCES` how often the
process is killed or stopped in it (every second time by SIGTERM); a plain run takes few, to stay short.
"""

import asyncio
import http.client
import json
import os
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager, closing
from typing import Any, TypeVar

import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer

from pipeline.domain.alarms import Level
from pipeline.domain.pattern_settings import Thresholds
from pipeline.patterns import observations, signals
from pipeline.patterns.distinct import hash_of
from pipeline.patterns.observations import Observation
from pipeline.patterns.plane import Plane
from pipeline.patterns.windows import FOREIGN_LINK, LEAD, MESSAGE, NO_COUNTS, UNKNOWN_CONSENT, Bucket, Row
from pipeline.topologies.names import OBSERVATIONS, POLICIES, SIGNALS
from tests.kafka import free_port
from tests.live import Installation, Worker

pytestmark = [pytest.mark.broker, pytest.mark.timeout(300)]

COUNT = int(os.environ.get("COMPLIANCE_TEST_OBSERVATIONS", "2400"))
SUBJECTS = 120
DAY = 86_400
KEY = b"k"
DISTURBANCES = int(os.environ.get("COMPLIANCE_TEST_DISTURBANCES", "2"))
Said = Mapping[bytes, tuple[int, tuple[str, ...]]]
_Found = TypeVar("_Found")


def plane_of(installation: Installation, name: str = "p1", port: int = 0) -> Worker:
    """Prepare a process of the pattern plane."""
    return installation.worker(name, command="patterns", COMPLIANCE_PATTERNS_PORT=str(port))


def row(second: int, number: int) -> Row:
    """Give a suspicious message."""
    flags = MESSAGE | UNKNOWN_CONSENT | LEAD | FOREIGN_LINK
    return Row(second, flags, "ws-1", f"short_code:{number % 2}", "integration:k", "", hash_of(str(number), KEY))


def observation(subject: int, messages: int, source: str = "recipients-0@1", second: int | None = None) -> Observation:
    """Give what a source saw of a campaign."""
    now = int(time.time()) if second is None else second
    begun = Observation(f"campaign/{subject:x}", source, (), now - 60, subject.to_bytes(4) * 8)
    return observations.fold(begun, [row(now, number) for number in range(messages)], KEY)


async def tell(producer: AIOKafkaProducer, installation: Installation, told: Observation) -> None:
    """Write an observation, and wait until the broker has it."""
    await producer.send_and_wait(
        installation.prefix + OBSERVATIONS, observations.encode(told), key=told.subject.encode()
    )


async def signals_on(installation: Installation) -> dict[bytes, bytes]:
    """Give what stands on the topic of signals, as a worker that starts would read it."""
    standing: dict[bytes, bytes] = {}
    for record in await installation.read(SIGNALS):
        if record.value is None:
            standing.pop(record.key, None)
        elif record.key != signals.PLANE_KEY:
            standing[record.key] = record.value
    return standing


async def said(installation: Installation) -> Said:
    """Give the levels and signs that stand on the topic, by key."""
    alarms = {key: signals.decode(value).alarm for key, value in (await signals_on(installation)).items()}
    return {key: (alarm.level, alarm.signs) for key, alarm in alarms.items()}


async def until(look: Callable[[], Awaitable[_Found]], is_wanted: Callable[[_Found], bool]) -> _Found:
    """Look again and again until what is found is wanted, for 30 seconds at most; gives what was found last."""
    deadline = time.monotonic() + 30
    found = await look()
    while not is_wanted(found) and time.monotonic() < deadline:
        await asyncio.sleep(0.2)
        found = await look()
    return found


@asynccontextmanager
async def listening(installation: Installation) -> AsyncIterator[AIOKafkaConsumer]:
    """Follow the signals from now on."""
    consumer = AIOKafkaConsumer(
        installation.prefix + SIGNALS, bootstrap_servers=installation.bootstrap_servers, fetch_max_wait_ms=20
    )
    await consumer.start()
    await consumer.seek_to_end()
    await consumer.position(next(iter(consumer.assignment())))
    try:
        yield consumer
    finally:
        await consumer.stop()


async def test_tells_within_a_second_of_the_observation_that_crosses(installation: Installation) -> None:
    """From the acknowledged observation to the signal it takes less than a second at p99, with others about."""
    plane = plane_of(installation)
    plane.start()
    await plane.until_ready()
    crossed: dict[str, float] = {}
    latencies: list[float] = []
    async with installation.producer(linger_ms=0) as producer, listening(installation) as consumer:
        for number in range(100):
            for other in range(2):
                await tell(producer, installation, observation(10_000 + 2 * number + other, 2))
            crossed[f"campaign/{number + 1:x}"] = time.monotonic()
            await tell(producer, installation, observation(number + 1, 8))
            await asyncio.sleep(0.02)
            for batch in (await consumer.getmany(timeout_ms=0)).values():
                latencies += [_latency(record.value, crossed) for record in batch if record.key != signals.PLANE_KEY]
        deadline = time.monotonic() + 10
        while len(latencies) < len(crossed) and time.monotonic() < deadline:
            for batch in (await consumer.getmany(timeout_ms=20)).values():
                latencies += [_latency(record.value, crossed) for record in batch if record.key != signals.PLANE_KEY]
    assert len(latencies) == len(crossed)
    sys.stdout.write(f"seconds to the signal: median {sorted(latencies)[50]:.3f}, p99 {sorted(latencies)[98]:.3f}\n")
    assert sorted(latencies)[98] < 1


def _latency(value: bytes, crossed: Mapping[str, float]) -> float:
    subject = signals.decode(value).alarm.subject.partition("#")[0]
    return time.monotonic() - crossed[subject]


async def test_ends_a_level_that_has_decayed_with_a_tombstone(installation: Installation) -> None:
    """When time alone has emptied the window of what spoke against a text, its signal is taken off the topic."""
    plane = plane_of(installation)
    plane.start()
    await plane.until_ready()
    told = await about_to_decay(seconds=4)
    async with installation.producer() as producer:
        await tell(producer, installation, told)
    standing = await until(lambda: signals_on(installation), bool)
    assert [signals.decode(value).alarm.level for value in standing.values()] == [Level.MASS]
    assert await until(lambda: signals_on(installation), lambda found: not found) == {}


async def about_to_decay(seconds: int) -> Observation:
    """Give an observation whose level ends by time alone: yesterday without consent, today as many with it.

    Of yesterday's messages the window of a day holds ten fewer each second.
    """
    left = DAY - int(time.time()) % DAY
    if left < 60:
        await asyncio.sleep(left)
        left = DAY
    today = int(time.time()) // DAY
    before = Bucket(DAY, today - 1, (10 * DAY, 10 * DAY, *NO_COUNTS[2:]))
    current = Bucket(DAY, today, (10 * (left - seconds), *NO_COUNTS[1:]))
    return Observation("campaign/1", "recipients-0@1", (before, current), 1, bytes(32))


async def test_goes_by_the_published_policy(installation: Installation) -> None:
    """What is bulk by the packaged policy is quiet by a published one that has higher thresholds."""
    document = 'version = "v-2"\neffective_at = 2026-01-01T00:00:00Z\n[patterns]\nbulk_messages = 40\n'
    plane = plane_of(installation)
    async with installation.producer() as producer:
        await producer.send_and_wait(
            installation.prefix + POLICIES, json.dumps({"version": "v-2", "document": document}).encode(), key=b"v-2"
        )
        plane.start()
        await until(_log_of(plane), lambda log: "policy v-2" in log)
        await plane.until_ready()
        await tell(producer, installation, observation(1, 10))
        await tell(producer, installation, observation(2, 41))
    standing = await until(lambda: signals_on(installation), bool)
    assert [signals.decode(value).alarm.counts["messages"] for value in standing.values()] == [41]


def _log_of(plane: Worker) -> Callable[[], Awaitable[str]]:
    async def look() -> str:
        return plane.log()

    return look


async def test_takes_nothing_from_a_transaction_that_was_not_committed(installation: Installation) -> None:
    """What a worker saw in a transaction that it did not commit is seen again by another, and would count twice."""
    plane = plane_of(installation)
    plane.start()
    await plane.until_ready()
    transactional = {"transactional_id": f"{installation.prefix}t", "enable_idempotence": True}
    async with installation.producer(**transactional) as producer:
        await producer.begin_transaction()
        await tell(producer, installation, observation(1, 20))
        await producer.abort_transaction()
        await producer.begin_transaction()
        await tell(producer, installation, observation(1, 20, "recipients-0@2"))
        await producer.commit_transaction()
    standing = await until(lambda: signals_on(installation), bool)
    assert [signals.decode(value).alarm.counts["messages"] for value in standing.values()] == [20]


async def test_shows_the_numbers_of_a_subject(installation: Installation) -> None:
    """The web view gives one subject's windows and alarms, and says where there is nothing to show."""
    port = free_port()
    plane = plane_of(installation, port=port)
    plane.start()
    await plane.until_ready()
    async with installation.producer() as producer:
        await tell(producer, installation, observation(1, 8))
    await until(lambda: signals_on(installation), bool)
    status, page = await get(port, "/subjects/campaign/1")
    assert (status, page["windows"]["86400"]["messages"], page["alarms"][0]["sign"]) == (200, 8, "bulk")
    status, page = await get(port, "/subjects/campaign/2")
    assert (status, list(page)) == (404, ["error"])


async def get(port: int, path: str) -> tuple[int, dict[str, Any]]:
    """Ask the web view."""

    def ask() -> tuple[int, dict[str, Any]]:
        with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=10)) as connection:
            connection.request("GET", path)
            answer = connection.getresponse()
            return answer.status, json.loads(answer.read())

    return await asyncio.to_thread(ask)


async def test_tells_the_same_whatever_happens_to_it(installation: Installation) -> None:
    """Killed and stopped in mid-replay, the pattern plane ends in the signals of a calm run."""
    reports = replay(int(time.time()))
    plane = plane_of(installation)
    async with installation.producer() as producer:
        plane.start()
        await plane.until_ready()
        for part in range(DISTURBANCES + 1):
            for told in chunk(reports, part):
                await producer.send(
                    installation.prefix + OBSERVATIONS, observations.encode(told), key=told.subject.encode()
                )
            await producer.flush()
            await asyncio.sleep(0.1 * (part % 4))
            if part == DISTURBANCES:
                break
            if part % 2 == 1:
                assert await plane.stop() == 0
            else:
                plane.kill()
            plane.start()
            await plane.until_ready()
    wanted = calm(reports)
    assert {level for level, _ in wanted.values()} == {Level.GROWING, Level.BULK, Level.MASS}
    assert await until(lambda: said(installation), lambda found: found == wanted) == wanted
    assert await plane.stop() == 0


def replay(now: int) -> list[Observation]:
    """Give what two sources tell of campaigns that grow, each to a size of its own, in an order of no meaning."""
    steps = max(1, COUNT // (2 * SUBJECTS))
    return [
        observation(subject + 1, max(1, subject * (step + 1) // steps), f"recipients-{source}@1", now)
        for step in range(steps)
        for subject in range(SUBJECTS)
        for source in range(2)
    ]


def chunk(reports: list[Observation], part: int) -> list[Observation]:
    """Give the part of the replay that goes before a disturbance."""
    size = len(reports) // (DISTURBANCES + 1)
    return reports[part * size :] if part == DISTURBANCES else reports[part * size : (part + 1) * size]


def calm(reports: list[Observation]) -> Said:
    """Give what a plane tells that nothing happens to."""
    plane = Plane(Thresholds())
    standing = {
        note.key: signals.decode(note.value).alarm
        for told in reports
        for note in plane.take(told, int(time.time()))
        if note.value is not None
    }
    return {key: (alarm.level, alarm.signs) for key, alarm in standing.items()}


async def test_counts_nothing_twice_when_another_takes_over(installation: Installation) -> None:
    """Two processes share the partitions; when one leaves, the other takes its subjects up and ends nothing."""
    first, second = (plane_of(installation, name) for name in ("p1", "p2"))
    reports = replay(int(time.time()))
    half = len(reports) // 2
    first.start()
    await first.until_ready()
    async with installation.producer() as producer:
        for told in reports[:half]:
            await producer.send(
                installation.prefix + OBSERVATIONS, observations.encode(told), key=told.subject.encode()
            )
        await producer.flush()
        second.start()
        await second.until_ready()
        for told in reports[half:]:
            await producer.send(
                installation.prefix + OBSERVATIONS, observations.encode(told), key=told.subject.encode()
            )
        await producer.flush()
        assert await first.stop() == 0
    wanted = calm(reports)
    assert await until(lambda: said(installation), lambda found: found == wanted) == wanted
