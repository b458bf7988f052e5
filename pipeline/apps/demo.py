"""`compliance demo`: a real Kafka, real processes and a replayed stream of real messages, for people to watch.

The processes are a worker and, where faust-streaming is installed, the pattern plane. Everything is temporary: the
broker's data, the worker's state, their logs. With `KAFKA_BOOTSTRAP_SERVERS` set the topics
are made there, under a prefix of their own unless one is given, and removed at the end.
"""

import asyncio
import contextlib
import importlib.util
import logging
import os
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import deque
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

from rich.console import Console

from pipeline.apps.demo_screen import Screen, show_summary
from pipeline.apps.development_broker import KAFKA_VERSION, LAUNCHER, BrokerError, DevelopmentBroker
from pipeline.apps.packaged import read_policy_file, topics_directory
from pipeline.apps.settings import Environment, SettingsError, client_options, read_environment
from pipeline.demo.stream import MESSAGES_MIN, Plan, Stream
from pipeline.demo.tally import Tally
from pipeline.demo.texts import read_texts
from pipeline.domain.policies import PolicyError
from pipeline.topologies.names import VERDICTS

if TYPE_CHECKING:
    from aiokafka import AIOKafkaConsumer, AIOKafkaProducer

    from pipeline.apps.topics import Installation
    from pipeline.demo.cast import DemoEvent

RATE_MAX: Final = 5_000
"""Beyond this the stream's own process, which also reads the verdicts, is what is measured."""
SILENCE_SECONDS_MAX: Final = 30.0
"""How long nothing may come out while something is owed. A verdict takes some 10 ms, a rebalance some seconds."""
READY_SECONDS_MAX: Final = 60.0
STOP_SECONDS_MAX: Final = 15.0
AGAIN_MILLISECONDS: Final = 10_000
"""Deferred messages whose time comes within this are waited for: those that exceeded a rate, not those in the night."""
GENTLE_SECONDS: Final = 0.2
"""Between two messages once the stream is judged, until Ctrl-C."""
OWN_PARTITIONS: Final = 4
LOG_TAIL_LINES: Final = 15
INTERRUPTED: Final = 130
_NAMES: Final = {"worker": "The worker", "patterns": "The pattern plane"}


class DemoError(Exception):
    """The demo can't go on; the text says why, and what whoever started it can do."""


def run_demo(*, once: bool = False, messages: int = 2_000, rate: int = 400, keep: bool = False) -> int:
    """Run the demo and print what happened; gives the exit code. Call from the main thread.

    0: every message got its verdict (without `once`: stopped by Ctrl-C). 1: it did not come so far; the last lines say
    why and what helps. 2: `messages` or `rate` is out of bounds. 130: `once`, and stopped before the end.

    :param once: end when the stream is judged; else a gentle stream goes on until Ctrl-C
    :param messages: how many messages are replayed, 200 at least
    :param rate: messages a second, 1 to 5,000
    :param keep: keep the broker's data, the worker's state and its log, and say where
    """
    console = Console(highlight=False) if sys.stdout.isatty() else Console(highlight=False, width=110)
    if messages < MESSAGES_MIN or not 1 <= rate <= RATE_MAX:
        problem = f"At least {MESSAGES_MIN} messages are needed to show everything, at a rate from 1 to {RATE_MAX}."
        console.print(problem)
        return 2
    # aiokafka reports what it then mends by itself, such as a topic that is seconds old.
    logging.getLogger("aiokafka").setLevel(logging.CRITICAL)
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    directory = Path(tempfile.mkdtemp(prefix="compliance-demo-"))
    try:
        return _run(console, directory, Plan(0, messages, rate), once=once)
    except KeyboardInterrupt:
        return INTERRUPTED if once else 0
    except _mendable_errors() as error:
        console.print("\n[bold red]The demo could not go on.[/]")
        console.print(str(error) or type(error).__name__, markup=False, soft_wrap=True)
        return 1
    finally:
        _tidy(console, directory, keep=keep)
        signal.signal(signal.SIGTERM, before)


def _mendable_errors() -> tuple[type[Exception], ...]:
    """List what an operator can mend; anything else is a bug, and shows its traceback."""
    from aiokafka.errors import KafkaError

    from pipeline.apps.topics import TopicsError

    return (DemoError, BrokerError, SettingsError, PolicyError, TopicsError, KafkaError, OSError)


def _tidy(console: Console, directory: Path, *, keep: bool) -> None:
    if keep:
        console.print(f"Kept: {directory} (the broker's data, the worker's state, logs)", markup=False)
    else:
        shutil.rmtree(directory, ignore_errors=True)


def _run(console: Console, directory: Path, plan: Plan, *, once: bool) -> int:
    environment = read_environment()
    stage = _Stage(console, directory, environment, plan, once)
    given = environment.values.get("KAFKA_BOOTSTRAP_SERVERS")
    if given:
        console.print(f"Using Kafka at {given}", markup=False)
        return asyncio.run(_on_given_broker(stage, given))
    console.print(f"Starting Apache Kafka {KAFKA_VERSION} (the first start fetches it, 43 MB)")
    began = time.monotonic()
    with DevelopmentBroker(directory / "kafka") as broker:
        console.print(f"  listens on {broker.bootstrap_servers} after {time.monotonic() - began:.1f} s")
        prefix = environment.text("COMPLIANCE_TOPIC_PREFIX")
        return asyncio.run(_perform(stage, broker.bootstrap_servers, prefix, OWN_PARTITIONS))


@dataclass(frozen=True)
class _Stage:
    """What one run is given."""

    console: Console
    directory: Path
    environment: Environment
    plan: Plan
    once: bool


async def _on_given_broker(stage: _Stage, bootstrap_servers: str) -> int:
    """Run on somebody's Kafka, and leave nothing there unless a prefix says that it is wanted."""
    partitions = stage.environment.values.get("COMPLIANCE_PARTITIONS")
    number = int(partitions) if partitions and partitions.isdigit() else None
    chosen = stage.environment.text("COMPLIANCE_TOPIC_PREFIX")
    if chosen:
        return await _perform(stage, bootstrap_servers, chosen, number)
    prefix = f"demo-{secrets.token_hex(3)}."
    try:
        return await _perform(stage, bootstrap_servers, prefix, number)
    finally:
        await _remove_topics(bootstrap_servers, prefix, stage.environment)


async def _perform(stage: _Stage, bootstrap_servers: str, prefix: str, partitions: int | None) -> int:
    """Make the topics, publish what is known beforehand, start the worker, replay, sum up."""
    from pipeline.apps.topics import Installation, create_topics, read_topics

    options = client_options(stage.environment)
    installation = Installation(bootstrap_servers, prefix, partitions, options)
    creation = await create_topics(read_topics(topics_directory()), installation)
    if not creation.is_right:
        raise DemoError("\n".join(map(str, creation.differences)))
    stage.console.print(f"  {len(creation.lines)} topics" + (f" under {prefix}" if prefix else ""), markup=False)
    policy = read_policy_file(stage.environment.path("COMPLIANCE_POLICY_FILE"))
    # On topics that stay, ids of their own keep this run apart from the one before.
    suffix = f"-{secrets.token_hex(3)}" if prefix else ""
    plan = stage.plan._replace(now_milliseconds=time.time_ns() // 1_000_000, suffix=suffix)
    stream = Stream(plan, read_texts(), policy)
    async with _clients(installation) as platform:
        for event in stream.before():
            await platform.produce(event)
        with contextlib.ExitStack() as stack:
            processes = [stack.enter_context(_process(installation, stage.directory, name)) for name in _commands()]
            return await _Run(stage, stream, platform, processes).perform()


def _commands() -> tuple[str, ...]:
    """Name the processes to start: the pattern plane only where what it needs is installed."""
    return ("worker", "patterns") if importlib.util.find_spec("faust") else ("worker",)


@dataclass(frozen=True)
class _Platform:
    """What the platform does beside the worker: it produces events, as its parts would, and consumes verdicts."""

    prefix: str
    producer: "AIOKafkaProducer"
    consumer: "AIOKafkaConsumer"

    async def produce(self, event: "DemoEvent") -> None:
        """Produce an event, and wait for the broker where the event says so."""
        await self.producer.send(self.prefix + event.topic, event.value, key=event.key.encode())
        if event.is_acknowledged:
            await self.producer.flush()


@contextlib.asynccontextmanager
async def _clients(installation: "Installation") -> "AsyncIterator[_Platform]":
    """Connect a plain producer and a consumer that begins at the end of the verdicts."""
    from aiokafka import AIOKafkaConsumer, AIOKafkaProducer

    producer = AIOKafkaProducer(bootstrap_servers=installation.bootstrap_servers, linger_ms=2, **installation.client)
    consumer = AIOKafkaConsumer(
        installation.prefix + VERDICTS,
        bootstrap_servers=installation.bootstrap_servers,
        isolation_level="read_committed",
        fetch_max_wait_ms=100,
        **installation.client,
    )
    async with contextlib.AsyncExitStack() as stack:
        for client in (producer, consumer):
            await client.start()
            stack.push_async_callback(client.stop)
        await consumer.seek_to_end()
        yield _Platform(installation.prefix, producer, consumer)


async def _remove_topics(bootstrap_servers: str, prefix: str, environment: Environment) -> None:
    """Remove the topics of this run. Where the brokers are away, that has been said, and nothing can be removed."""
    from aiokafka.admin import AIOKafkaAdminClient
    from aiokafka.errors import KafkaError

    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap_servers, **client_options(environment))
    with contextlib.suppress(KafkaError):
        await admin.start()
        await admin.delete_topics([name for name in await admin.list_topics() if name.startswith(prefix)])
    await admin.close()


# ── the processes ──


class _Process:
    """A child process that does not outlive this one. Ctrl-C reaches us alone, and we stop it in order."""

    def __init__(self, installation: "Installation", directory: Path, name: str) -> None:
        self.name = name
        self.log_path = directory / f"{name}.log"
        environment = os.environ | {
            "KAFKA_BOOTSTRAP_SERVERS": installation.bootstrap_servers,
            "COMPLIANCE_TOPIC_PREFIX": installation.prefix,
            # A name of its own: else it would take the partitions of a real worker on the same brokers.
            "COMPLIANCE_APPLICATION": f"{installation.prefix}demo",
            "COMPLIANCE_INSTANCE": "",
            "COMPLIANCE_STATE_DIRECTORY": str(directory / "state"),
            # Another pattern plane may have the usual port.
            "COMPLIANCE_PATTERNS_PORT": os.environ.get("COMPLIANCE_PATTERNS_PORT", "0"),
        }
        command = [sys.executable, "-m", "pipeline", name]
        with self.log_path.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-I", "-S", "-c", LAUNCHER, str(os.getpid()), *command],
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    @property
    def is_ready(self) -> bool:
        """Whether it says that it works on all its partitions."""
        return " ready: " in self.log_path.read_text("utf-8", "replace")

    def check(self) -> None:
        """Notice that it has ended.

        :raises DemoError: it has; the text holds the end of its log
        """
        code = self.process.poll()
        if code is None:
            return
        how, remedy = f"ended with exit code {code}", "Mend what the last line names and start again"
        if code < 0:
            how, remedy = (
                f"was ended by signal {-code}",
                "See who sent it (9 is often a lack of memory) and start again",
            )
        problem = (
            f"{_NAMES[self.name]} {how}. The end of its log:\n{self.log_tail()}\n"
            f"{remedy}; `compliance demo --keep` keeps the whole log."
        )
        raise DemoError(problem)

    def log_tail(self) -> str:
        """Give the end of its log."""
        return "\n".join(self.log_path.read_text("utf-8", "replace").splitlines()[-LOG_TAIL_LINES:])

    def stop(self) -> None:
        """Ask it to end, wait, and kill it if that takes too long."""
        self.process.terminate()
        try:
            self.process.wait(STOP_SECONDS_MAX)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


@contextlib.contextmanager
def _process(installation: "Installation", directory: Path, name: str) -> Iterator[_Process]:
    process = _Process(installation, directory, name)
    try:
        yield process
    finally:
        process.stop()


# ── the stream ──


class _Stopped(Exception):  # noqa: N818 - not an error: somebody pressed Ctrl-C
    """The demo was asked to stop."""


class _Run:
    """Produces the stream, reads what comes out, and waits where the stream says so."""

    def __init__(self, stage: _Stage, stream: Stream, platform: _Platform, processes: list[_Process]) -> None:
        self._stage = stage
        self._stream = stream
        self._platform = platform
        self._processes = processes
        self._worker = processes[0]
        self._tally = Tally()
        self._screen = Screen(stage.console, self._tally, stage.plan.messages)
        self._stop = asyncio.Event()
        self._began = self._came_at = time.monotonic()
        self._sent_at: dict[str, float] = {}
        self._latencies: deque[float] = deque(maxlen=100_000)
        self._reader = asyncio.create_task(self._read())

    async def perform(self) -> int:
        """Go from the worker's start to the summary; gives the exit code."""
        for number in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(number, self._stop.set)
        try:
            await self._until(lambda: self._worker.is_ready, "the worker to get ready", READY_SECONDS_MAX)
            ready_seconds = time.monotonic() - self._began
            self._screen.say(f"worker (process {self._worker.process.pid}) ready after {ready_seconds:.1f} s", mark="")
            for process in self._processes[1:]:
                self._screen.say(f"pattern plane (process {process.process.pid}) beside it", mark="")
            seconds = await self._judge()
            is_whole = True
        except _Stopped:
            seconds, is_whole = time.monotonic() - self._began, False
        finally:
            self._reader.cancel()
        show_summary(self._stage.console, self._tally, seconds, sorted(self._latencies))
        return 0 if is_whole or not self._stage.once else INTERRUPTED

    async def _judge(self) -> float:
        """Replay and wait until all is judged; then, unless it is to end, go on gently. Gives the replay's seconds."""
        began = time.monotonic()
        with self._screen:
            await self._replay()
            await self._until(lambda: not self._tally.unjudged(), "the last verdicts")
            seconds = time.monotonic() - began
            await self._until(self._is_judged_again, "the deferred messages whose time has come")
            if not self._stage.once:
                await self._go_on_gently()
        return seconds

    def _is_judged_again(self) -> bool:
        return not self._tally.due_again(time.time_ns() // 1_000_000, AGAIN_MILLISECONDS)

    async def _replay(self) -> None:
        lag_seconds = time.monotonic() - self._stream.begins_milliseconds / 1000
        for event in self._stream.events():
            self._check()
            wait_seconds = event.at_milliseconds / 1000 + lag_seconds - time.monotonic()
            await asyncio.sleep(max(0.0, wait_seconds))
            await self._produce(event)
            for awaited in event.awaited:
                await self._until(partial(self._tally.has, awaited), f"the {awaited.kind} of {awaited.message_id}")

    async def _go_on_gently(self) -> None:
        self._screen.say("All judged. A gentle stream goes on; Ctrl-C ends it and prints the summary.")
        with contextlib.suppress(_Stopped):
            while True:
                for event in self._stream.ordinary(time.time_ns() // 1_000_000):
                    await self._produce(event)
                self._check()
                await asyncio.sleep(GENTLE_SECONDS)
        self._stop.clear()
        await self._until(lambda: not self._tally.unjudged(), "the last verdicts")

    async def _produce(self, event: "DemoEvent") -> None:
        self._screen.say(event.story)
        if event.message is not None:
            self._tally.note_message(event.message, event.label)
            self._sent_at[event.message["message_id"]] = time.monotonic()
        await self._platform.produce(event)

    async def _read(self) -> None:
        """Read the verdicts, as the messaging service would."""
        while True:
            for records in (await self._platform.consumer.getmany(timeout_ms=100)).values():
                now = self._came_at = time.monotonic()
                for record in records:
                    message_id = self._tally.take(record.value)
                    if message_id is not None:
                        self._latencies.append(now - self._sent_at.pop(message_id, now))

    async def _until(self, is_reached: Callable[[], bool], what: str, seconds_max: float = SILENCE_SECONDS_MAX) -> None:
        """Wait until something is so.

        :raises DemoError: the worker has ended, or nothing has come out for so long
        """
        began = time.monotonic()
        while not is_reached():
            self._check()
            if time.monotonic() - max(began, self._came_at) > seconds_max:
                missing = self._tally.unjudged()
                problem = (
                    f"Waited {seconds_max:g} s for {what}, and nothing came. Messages without a verdict: {len(missing)}"
                    f" ({', '.join(missing[:5]) or 'none'}). The end of the worker's log:\n{self._worker.log_tail()}\n"
                    "If the machine is busy, start again with a smaller --rate."
                )
                raise DemoError(problem)
            await asyncio.sleep(0.01)

    def _check(self) -> None:
        """Notice Ctrl-C, a worker that has ended, and an error in reading; show how things stand."""
        if self._stop.is_set():
            raise _Stopped
        for process in self._processes:
            process.check()
        if self._reader.done():
            self._reader.result()
        self._screen.refresh()
