"""What comes out for records that nobody can read, and how a worker refuses to start: real Kafka, real processes."""

import asyncio
import json
import os
import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline.apps.development_broker import DevelopmentBroker, free_port
from pipeline.topologies import names
from tests.live import Installation, Stream, answers_in, encode, message, until_processed

pytestmark = [pytest.mark.broker, pytest.mark.timeout(240)]

POISON = int(os.environ.get("COMPLIANCE_TEST_POISON", "3000"))
CANARY = "canary-7f3a"
"""Stands in every bad value, so that it can be looked for where no value may appear."""


def poison(number: int, to: str) -> tuple[bytes | None, bytes | None, str | None]:
    """Make one bad record: its key, its value, and its message id where a verdict may be due instead."""
    good = message(f"poison-{number}", to, "ws-1")
    kinds: list[tuple[bytes | None, bytes | None, str | None]] = [
        (to.encode(), f"not JSON {CANARY}".encode(), None),
        (to.encode(), b"\xff\xfe" + CANARY.encode(), None),
        (to.encode(), encode(good | {"channel": CANARY}), None),
        (to.encode(), encode(good | {"purpose": 7}), None),
        (to.encode(), encode(good | {"to": {"bsuid": CANARY}}), None),
        (to.encode(), encode({"message_id": f"poison-{number}", "note": CANARY}), None),
        (to.encode(), encode({k: v for k, v in good.items() if k != "sender"}), None),
        (to.encode(), encode({k: v for k, v in good.items() if k != "actor"}), good["message_id"]),
        (to.encode(), encode(good | {"note": CANARY * 90_000}), None),
        (to.encode(), encode(good | {"content": {"type": "text", "text": CANARY * 2_000}}), None),
        (to.encode(), b'{"message_id":"x","content":' + b"[" * 10_000 + b"]" * 10_000 + b"}", None),
        (to.encode(), encode(good).replace(b"Your order", b"\\ud800 " + CANARY.encode()), None),
        (b"wrong key", encode(good), good["message_id"]),
        (None, encode(good), good["message_id"]),
        (to.encode(), encode(good | {"to": "12"}), good["message_id"]),
        (to.encode(), encode(good | {"requested_at": CANARY}), None),
        (to.encode(), b"", None),
        (to.encode(), None, None),
        (to.encode(), b"[]", None),
        (to.encode(), b"null", None),
    ]
    return kinds[number % len(kinds)]


async def test_gives_every_record_a_verdict_or_a_dead_letter(installation: Installation) -> None:
    """Poison among good messages: each record ends in exactly one verdict or dead letter, and no value shows."""
    stream = Stream(recipients=500)
    worker = installation.worker("w1")
    topic = installation.prefix + names.OUTBOUND
    expected = set()
    numbers = list(range(POISON))
    random.Random(3).shuffle(numbers)  # noqa: S311 - a fixed shuffle
    async with installation.producer(max_request_size=2_000_000) as producer:
        await stream.prepare(producer, installation.prefix)
        worker.start()
        await worker.until_ready()
        for done, number in enumerate(numbers):
            key, value, message_id = poison(number, stream.recipient(number))
            await producer.send(topic, value, key=key)
            if message_id is not None:
                expected.add(message_id)
            if done % 50 == 49:
                await stream.produce(producer, installation.prefix, done - 49, 50, opt_out_every=10_000)
        await producer.flush()
        await until_processed(installation, names.OUTBOUND, 120)
        await until_processed(installation, names.FORWARDED)
    answers = answers_in(await installation.read(names.VERDICTS))
    letters = [json.loads(record.value) for record in await installation.read(names.DEAD_LETTERS)]
    assert answers.verdicts.keys() == set(stream.produced) | expected
    assert not answers.doubled
    assert len(letters) == POISON - len(expected)
    assert len({(letter["topic"], letter["partition"], letter["offset"]) for letter in letters}) == len(letters)
    assert all(letter["reason"] and letter["field"].startswith("$") for letter in letters)
    assert CANARY not in json.dumps(letters)
    assert CANARY not in worker.log()
    assert await worker.stop() == 0


async def test_stops_when_too_large_a_share_is_unreadable(installation: Installation) -> None:
    """Above the configured share of dead letters the worker ends with a clear error and commits nothing of it."""
    worker = installation.worker("w1", COMPLIANCE_DEAD_LETTER_SHARE_MAX="0.5")
    async with installation.producer() as producer:
        for number in range(3000):
            await producer.send(installation.prefix + names.OUTBOUND, CANARY.encode(), key=b"%d" % number)
    worker.start()
    assert await asyncio.to_thread(worker.process.wait, 60) == 1
    assert "more than the 50% allowed" in worker.log()
    assert "COMPLIANCE_DEAD_LETTER_SHARE_MAX" in worker.log()
    assert CANARY not in worker.log()
    assert len(await installation.read(names.DEAD_LETTERS)) < 3000


async def test_refuses_to_start_without_topics(broker: DevelopmentBroker, tmp_path: Path) -> None:
    """Missing topics end the worker at once, with the remedy."""
    worker = Installation(broker.bootstrap_servers, "nowhere.", tmp_path).worker("w1")
    worker.start()
    assert await asyncio.to_thread(worker.process.wait, 60) == 1
    assert "compliance topics create" in worker.log()
    assert "Traceback" not in worker.log()


async def test_refuses_to_start_with_a_policy_that_weakens_a_hard_clause(
    installation: Installation, tmp_path: Path
) -> None:
    """An unusable policy ends the worker at once, and the text names what to mend."""
    policy = tmp_path / "policy.toml"
    policy.write_text('version = "x"\neffective_at = 2026-01-01T00:00:00Z\n[rules]\nopt_out = { mode = "off" }\n')
    worker = installation.worker("w1", COMPLIANCE_POLICY_FILE=str(policy))
    worker.start()
    assert await asyncio.to_thread(worker.process.wait, 60) == 1
    assert "clause 6.3 is hard" in worker.log()
    assert "Traceback" not in worker.log()


async def test_ends_when_no_broker_answers(tmp_path: Path) -> None:
    """A broker that is not there ends the worker within a bounded time, with the address and the remedy."""
    worker = Installation(f"127.0.0.1:{free_port()}", "", tmp_path).worker("w1")
    worker.start()
    assert await asyncio.to_thread(worker.process.wait, 60) == 1
    assert "Start it, or set KAFKA_BOOTSTRAP_SERVERS" in worker.log()
    assert "Traceback" not in worker.log()


@pytest.fixture
def mortal_broker(tmp_path: Path) -> Iterator[DevelopmentBroker]:
    """Give a broker that the test kills."""
    with DevelopmentBroker(tmp_path / "kafka") as started:
        yield started


async def test_ends_when_the_broker_stays_away(mortal_broker: DevelopmentBroker, tmp_path: Path) -> None:
    """A broker that goes and stays away is waited for, with a line that says how long, and then the worker ends."""
    installation = Installation(mortal_broker.bootstrap_servers, "away.", tmp_path)
    await installation.create_topics()
    worker = installation.worker("w1", COMPLIANCE_PATIENCE_SECONDS="4")
    worker.start()
    try:
        await worker.until_ready()
        mortal_broker.kill()
        assert await asyncio.to_thread(worker.process.wait, 60) == 1
    finally:
        installation.close()
    assert "of at most 4 s" in worker.log()
    assert "nothing is half committed" in worker.log()
    assert "Traceback" not in worker.log()
