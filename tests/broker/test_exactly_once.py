"""Every message gets one verdict, whatever is killed, paused, joined or restarted: real Kafka, real processes.

`COMPLIANCE_TEST_MESSAGES` sets how many messages each stream has. The must-hold figure is 50,000; a plain run of the
suite takes fewer, so that it stays short.
"""

import asyncio
import os
import signal
import sys
from pathlib import Path

import pytest

from pipeline.apps.development_broker import DevelopmentBroker
from pipeline.topologies import names
from tests.live import (
    Answers,
    Installation,
    Stream,
    answers_in,
    choices_in,
    final_state,
    messages_counted,
    until_processed,
)

pytestmark = [pytest.mark.broker, pytest.mark.timeout(300)]

MESSAGES = int(os.environ.get("COMPLIANCE_TEST_MESSAGES", "12000"))
RECIPIENTS = 4_000
CHUNKS = 24


async def verdicts_of(installation: Installation, stream: Stream, timeout_seconds: float = 90) -> Answers:
    """Wait until every message has a verdict, and give them all, with whatever came besides."""
    await installation.read_until(names.VERDICTS, len(stream.produced), timeout_seconds)
    await until_processed(installation, names.OUTBOUND)
    return answers_in(await installation.read(names.VERDICTS))


async def assert_exactly_once(installation: Installation, stream: Stream) -> None:
    """Check what must hold after any disturbance."""
    answers = await verdicts_of(installation, stream)
    lost = set(stream.produced) - answers.verdicts.keys()
    assert not lost, f"{len(lost)} of {len(stream.produced)} messages have no verdict"
    assert not answers.doubled, f"{len(answers.doubled)} messages have several verdicts"
    allowed_after = [m for m in stream.forbidden if answers.outcome(m) != "block"]
    assert not allowed_after, f"{len(allowed_after)} messages were allowed after an acknowledged opt-out"
    allowed = [m for m in stream.produced if answers.outcome(m) == "allow"]
    assert await messages_counted(installation) == len(allowed), "the counters differ from the verdicts"
    await assert_state_as_in_a_calm_run(installation, stream)


async def assert_state_as_in_a_calm_run(installation: Installation, stream: Stream) -> None:
    """Check that the register holds for every recipient what the events merge to, and nothing else."""
    choices = choices_in(await final_state(installation))
    wrong = [key for key in choices.keys() | stream.choices.keys() if choices.get(key) != stream.choices.get(key)]
    assert not wrong, f"the choices of {len(wrong)} of {len(stream.choices)} recipients differ from a calm run"


async def test_loses_and_doubles_nothing_when_killed_eight_times(installation: Installation) -> None:
    """A worker killed with SIGKILL eight times in mid-stream leaves one verdict per message and exact counters."""
    stream = Stream(RECIPIENTS)
    worker = installation.worker("w1")
    async with installation.producer() as producer:
        await stream.prepare(producer, installation.prefix)
        worker.start()
        await worker.until_ready()
        resumed = []
        for chunk in range(CHUNKS):
            count = MESSAGES // CHUNKS
            await stream.produce(producer, installation.prefix, chunk * count, count)
            if chunk % 3 == 1:
                worker.kill()
                worker.start()
                resumed.append(await worker.until_ready())
    assert len(resumed) == 8
    await assert_exactly_once(installation, stream)
    sys.stdout.write(f"seconds from kill -9 to ready: {[round(seconds, 2) for seconds in resumed]}\n")


async def test_loses_and_doubles_nothing_when_workers_join_and_leave(installation: Installation) -> None:
    """A second worker that joins and leaves five times in mid-stream leaves one verdict per message."""
    stream = Stream(RECIPIENTS)
    first = installation.worker("w1", is_static=False)
    second = installation.worker("w2", is_static=False)
    async with installation.producer() as producer:
        await stream.prepare(producer, installation.prefix)
        first.start()
        await first.until_ready()
        for chunk in range(CHUNKS):
            count = MESSAGES // CHUNKS
            await stream.produce(producer, installation.prefix, chunk * count, count)
            if chunk % 4 == 1 and chunk < 20:
                second.start()
                await second.until_ready()
            if chunk % 4 == 3 and chunk < 20:
                assert await second.stop() == 0
    await assert_exactly_once(installation, stream)


async def test_loses_and_doubles_nothing_when_the_broker_restarts(
    own_broker: DevelopmentBroker, tmp_path: Path
) -> None:
    """A broker killed and started again twice in mid-stream leaves one verdict per message, by the same process."""
    installation = Installation(own_broker.bootstrap_servers, "restart.", tmp_path)
    await installation.create_topics()
    stream = Stream(RECIPIENTS)
    worker = installation.worker("w1")
    try:
        async with installation.producer(enable_idempotence=True) as producer:
            await stream.prepare(producer, installation.prefix)
            worker.start()
            await worker.until_ready()
            for chunk in range(CHUNKS):
                count = MESSAGES // CHUNKS
                await stream.produce(producer, installation.prefix, chunk * count, count)
                if chunk in (7, 15):
                    own_broker.kill()
                    await asyncio.to_thread(own_broker.start)
        await assert_exactly_once(installation, stream)
        assert worker.is_running
    finally:
        installation.close()


async def test_fences_a_worker_that_was_paused_past_its_session(installation: Installation) -> None:
    """A worker stopped with SIGSTOP past its session timeout and resumed can't commit what another has taken over."""
    stream = Stream(RECIPIENTS)
    zombie = installation.worker("w1", is_static=False)
    other = installation.worker("w2", is_static=False)
    async with installation.producer() as producer:
        await stream.prepare(producer, installation.prefix)
        zombie.start()
        await zombie.until_ready()
        other.start()
        await other.until_ready()
        count = MESSAGES // CHUNKS
        for chunk in range(CHUNKS):
            await stream.produce(producer, installation.prefix, chunk * count, count)
            if chunk % 8 == 2:
                zombie.signal(signal.SIGSTOP)
            if chunk % 8 == 5:
                await asyncio.sleep(4)
                zombie.signal(signal.SIGCONT)
    await assert_exactly_once(installation, stream)
    assert "another worker owns this partition now" in zombie.log()
