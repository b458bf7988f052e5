"""The demo as a stranger runs it: a process that shows everything, ends by itself, and leaves nothing behind."""

import asyncio
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from pipeline.apps.development_broker import DevelopmentBroker
from pipeline.topologies.names import OUTBOUND
from tests.kafka import GivenBroker

pytestmark = pytest.mark.broker

SECONDS_MAX = 90
OUTCOMES = ("allow", "flag", "defer", "hold", "block", "revoked")


def environment(broker: DevelopmentBroker | GivenBroker, temporary: Path) -> dict[str, str]:
    """Let a demo use the session's Kafka, and this test's folder for what is temporary."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("COMPLIANCE_")}
    temporary.mkdir(exist_ok=True)
    return {**kept, "KAFKA_BOOTSTRAP_SERVERS": broker.bootstrap_servers, "TMPDIR": str(temporary)}


def start(settings: dict[str, str], *options: str) -> "subprocess.Popen[str]":
    """Run the command."""
    command = [sys.executable, "-m", "pipeline", "demo", *options]
    return subprocess.Popen(command, env=settings, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


async def topics_of(broker: DevelopmentBroker | GivenBroker) -> set[str]:
    """List the topics."""
    from aiokafka.admin import AIOKafkaAdminClient  # noqa: PLC0415 - used here only

    admin = AIOKafkaAdminClient(bootstrap_servers=broker.bootstrap_servers)
    await admin.start()
    try:
        return set(await admin.list_topics())
    finally:
        await admin.close()


@pytest.mark.slow
def test_once_shows_every_outcome_and_ends(tmp_path: Path) -> None:
    """With a Kafka of its own the demo ends by itself within 90 seconds, exit code 0, and tells what happened."""
    settings = environment(GivenBroker(""), tmp_path / "demo")
    del settings["KAFKA_BOOTSTRAP_SERVERS"]
    began = time.monotonic()
    demo = start(settings, "--once", "--messages", "600", "--rate", "300")
    output, _ = demo.communicate(timeout=150)
    assert demo.returncode == 0, output
    assert time.monotonic() - began < SECONDS_MAX
    counts = {name: int(count) for name, count in re.findall(r"^(\w+) +(\d+)  \w", output, re.MULTILINE)}
    assert all(counts.get(name, 0) > 0 for name in OUTCOMES), output
    assert sum(counts[name] for name in OUTCOMES[:5]) == 600
    for part in ("600 of 600 messages have their verdict", "why", "what helps", "who decided", "What to try next"):
        assert part in output
    assert list((tmp_path / "demo").iterdir()) == []


@pytest.mark.slow
def test_on_a_given_broker_removes_its_topics(broker: DevelopmentBroker | GivenBroker, tmp_path: Path) -> None:
    """On somebody's Kafka the demo works under a prefix of its own, and takes its topics away when it is stopped."""
    before = asyncio.run(topics_of(broker))
    demo = start(environment(broker, tmp_path / "demo"), "--messages", "300", "--rate", "300")
    try:
        assert demo.stdout is not None
        said = []
        for line in demo.stdout:
            said.append(line)
            if "gentle stream" in line:
                break
        during = asyncio.run(topics_of(broker)) - before
        demo.send_signal(signal.SIGINT)
        output, _ = demo.communicate(timeout=SECONDS_MAX)
    finally:
        demo.kill()
    assert demo.returncode == 0, "".join(said) + output
    assert "What to try next" in output
    assert [name for name in during if re.fullmatch(rf"demo-\w+\.{re.escape(OUTBOUND)}", name)] != []
    after = asyncio.run(topics_of(broker))
    assert [name for name in after - before if name.startswith("demo-")] == []
    assert list((tmp_path / "demo").iterdir()) == []


@pytest.mark.slow
def test_says_why_when_the_worker_dies(broker: DevelopmentBroker | GivenBroker, tmp_path: Path) -> None:
    """When the worker can't work the demo ends with exit code 1, the end of its log, and what helps."""
    settings = environment(broker, tmp_path / "demo") | {"COMPLIANCE_SESSION_TIMEOUT_MS": "none"}
    demo = start(settings, "--once", "--messages", "300")
    output, _ = demo.communicate(timeout=SECONDS_MAX)
    assert demo.returncode == 1
    assert "COMPLIANCE_SESSION_TIMEOUT_MS must be a number" in output
    assert "Mend what the last line names" in output
