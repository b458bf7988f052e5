"""The pattern plane on faust-streaming: an agent over observations, a table of what is kept, timers, a web view.

Merging is `pipeline.patterns.plane`; here is what brings it observations and the time, and where its notes go.

Delivery: at least once. An observation is acknowledged when its signals are on their topic and its subject in the
table's changelog, so after a crash some come again, to no effect. One process owns a partition of the observations with
the changelog's of the same number; whoever gets them takes the plane up from the table. Any exception ends the process:
faust would acknowledge the event, or start the agent anew, and go on.

Faust writes changelogs from a buffer, and commits after 0.1 s of waiting whether or not it is empty; a record that
can't be written is a warning in its log. So `_Table` gives each record's future, and the acknowledgement waits for it.

Faust reads uncommitted records unless it is exactly once, and lets a fetch wait for 1.5 s, in which other partitions of
that broker are not read. `_Thread` sets both otherwise, by attributes of aiokafka's consumer that are not public;
`tests/broker/test_patterns.py` notices when they go.
"""

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from functools import partial
from typing import Any, ClassVar, Final, cast

import faust
import msgspec
from faust.transport.drivers import aiokafka as driver
from faust.types.auth import CredentialsT

from pipeline.domain.pattern_settings import Thresholds
from pipeline.domain.policies import Policy
from pipeline.engine.kafka import KafkaSettings
from pipeline.engine.partitioner import partition_of
from pipeline.patterns import windows
from pipeline.patterns.observations import decode, total
from pipeline.patterns.plane import Note, Plane, decode_kept, encode_kept
from pipeline.patterns.signals import PLANE_KEY, Heartbeat, encode
from pipeline.topologies.names import OBSERVATIONS, PATTERNS_CHANGELOG, SIGNALS

log = logging.getLogger("compliance.patterns")

FETCH_WAIT_MILLISECONDS: Final = 50
COMMIT_SECONDS: Final = 1.0
TICK_SECONDS: Final = 1.0
STATE_SECONDS: Final = 60


class _Thread(driver.AIOKafkaConsumerThread):
    """Reads committed records only, and soon."""

    def _create_worker_consumer(self, transport: Any) -> Any:  # noqa: ANN401 - faust's and aiokafka's
        consumer = super()._create_worker_consumer(transport)
        for name, value in (("_isolation_level", "read_committed"), ("_fetch_max_wait_ms", FETCH_WAIT_MILLISECONDS)):
            if not hasattr(consumer, name):
                message = f"aiokafka's consumer has no {name} any more; mend pipeline/apps/pattern_app.py"
                raise RuntimeError(message)
            setattr(consumer, name, value)
        return consumer


class _Consumer(driver.Consumer):
    def _new_consumer_thread(self) -> driver.AIOKafkaConsumerThread:
        return _Thread(self, loop=self.loop, beacon=self.beacon)


class _Transport(driver.Transport):
    Consumer: ClassVar[Any] = _Consumer


class _Table(faust.Table[bytes, bytes]):
    """A table that may be changed outside of events too, and that tells when a change is on its changelog."""

    sent: "asyncio.Future[Any]"
    """Of the last change."""
    partitions_of_input: int

    def partition_for_key(self, key: Any) -> int:  # noqa: ANN401 - faust's
        """Give the partition of the observations that a key belongs to."""
        return partition_of(key, self.partitions_of_input)

    def send_changelog(self, *arguments: Any, **options: Any) -> Any:  # noqa: ANN401 - faust's
        """Send a change, and keep its future."""
        self.sent = super().send_changelog(*arguments, **options)
        return self.sent


class PatternApp:
    """The faust app, and the plane that it feeds."""

    def __init__(self, settings: KafkaSettings, thresholds: Thresholds, partitions: int, bind: str, port: int) -> None:
        """Make the app; `app.start()` runs it.

        :param partitions: of the observations, and of the table's changelog
        :param bind: address of the web view
        :param port: of the web view; 0: none
        """
        self.plane = Plane(thresholds)
        self._ready = asyncio.Event()
        """Set while the plane holds what the table holds of the partitions that are ours."""
        self._own: set[int] = set()
        self._changing = asyncio.Lock()
        """Of what is told of a subject and kept, one change is carried out at a time."""
        self._refused = 0
        self._crashes: set[asyncio.Future[None]] = set()
        """Held, because the loop holds tasks weakly."""
        self.app = _new_app(settings, bind, port)
        self._observations = self._topic(settings.topic(OBSERVATIONS))
        self._signals = self._topic(settings.topic(SIGNALS))
        table = self.app.Table(
            "patterns",
            key_type=bytes,
            value_type=bytes,
            changelog_topic=self._topic(settings.topic(PATTERNS_CHANGELOG), acks=False, internal=True),
        )
        self._table = cast("_Table", table)
        self._table.partitions_of_input = self._partitions = partitions
        self._table.on_recover(self._take_up)
        self.app.on_partitions_revoked.connect(self._let_go)
        self.app.agent(self._observations, name="merge")(self._merge)
        self.app.timer(TICK_SECONDS, traced=False)(self._tick)
        self.app.timer(STATE_SECONDS, traced=False)(self._say_state)
        if port:
            _add_page(self.app, self.plane)

    def use_policy(self, policy: Policy) -> None:
        """Use a policy's thresholds from now on."""
        self.plane.thresholds = policy.document.patterns

    def _topic(self, name: str, **options: Any) -> Any:  # noqa: ANN401 - faust's
        return self.app.topic(
            name,
            key_type=bytes,
            value_type=bytes,
            key_serializer="raw",
            value_serializer="raw",
            allow_empty=True,
            **options,
        )

    # What comes in.

    async def _merge(self, stream: Any) -> None:  # noqa: ANN401 - faust's; `noack` is missing from its type
        async with self._crashing():
            async for event in cast("AsyncIterator[Any]", stream.noack().events()):
                kept = await self._take(event.key, event.value, event.message.partition)
                if kept is None:
                    event.ack()
                else:
                    kept.add_done_callback(partial(self._acknowledge, event))

    def _acknowledge(self, event: Any, kept: "asyncio.Future[Any]") -> None:  # noqa: ANN401 - faust's
        error = None if kept.cancelled() else kept.exception()
        if error is not None:
            self._crashes.add(asyncio.ensure_future(self.app.crash(error)))
        elif not kept.cancelled():
            event.ack()

    @asynccontextmanager
    async def _crashing(self) -> AsyncIterator[None]:
        """End the process with whatever goes wrong, before faust starts the agent anew."""
        try:
            yield
        except Exception as error:  # noqa: BLE001 - it is raised again by whoever runs the app
            await self.app.crash(error)

    async def _take(self, key: bytes | None, value: bytes | None, partition: int) -> "asyncio.Future[Any] | None":
        """Take an observation in; gives what is done when it is kept, or nothing, when it is refused."""
        try:
            observation = decode(value or b"")
        except msgspec.DecodeError:
            self._refuse(partition, "it has another form than this version knows")
            return None
        subject = observation.subject
        if key != subject.encode() or partition_of(key, self._partitions) != partition:
            self._refuse(partition, "its key is not its subject, or does not belong into this partition")
            return None
        await self._ready.wait()
        async with self._changing:
            if partition not in self._own:
                return asyncio.Future()  # never done, so never acknowledged: its new owner gets it
            await self._write(self.plane.take(observation, _now()))
            return self._keep(subject)

    def _refuse(self, partition: int, reason: str) -> None:
        """Skip an observation; counts are the workers' to tell again, so nothing hangs on one."""
        self._refused += 1
        if self._refused & (self._refused - 1) == 0:
            log.warning("%d observations skipped, the last in partition %d: %s", self._refused, partition, reason)

    # What goes out.

    async def _write(self, notes: tuple[Note, ...]) -> None:
        """Write notes, and wait until the brokers have them."""
        sent = [await self._signals.send(key=note.key, value=note.value) for note in notes]
        for each in sent:
            await each

    def _keep(self, subject: str) -> "asyncio.Future[Any]":
        kept = self.plane.kept(subject)
        if kept is None:
            self._table.pop(subject.encode(), None)
        else:
            self._table[subject.encode()] = encode_kept(kept)
        return self._table.sent

    async def _tick(self) -> None:
        if not self._ready.is_set():
            return
        async with self._crashing(), self._changing:
            ticked = self.plane.tick(_now())
            await self._write(ticked.notes)
            for subject in ticked.subjects:
                await self._keep(subject)
            if 0 in self._own:
                await self._write((Note(PLANE_KEY, encode(Heartbeat(told_second=_now()))),))

    async def _say_state(self) -> None:
        log.info("%d subjects in partitions %s", len(self.plane), sorted(self._own))

    # Whose partitions are whose.

    async def _let_go(self, *_args: object, **_options: object) -> None:
        self._ready.clear()

    async def _take_up(self) -> None:
        """Take the plane up from the table, which has been restored for the partitions that are ours now."""
        async with self._changing:
            topic = self._observations.get_topic_name()
            self._own = {partition for name, partition in self.app.consumer.assignment() if name == topic}
            self.plane.forget()
            for key, value in list(self._table.items()):
                if partition_of(key, self._partitions) in self._own:
                    self._restore(key, value)
            self._ready.set()
        log.info("ready: partitions %s, %d subjects", sorted(self._own), len(self.plane))

    def _restore(self, key: bytes, value: bytes) -> None:
        try:
            self.plane.restore(key.decode(), decode_kept(value))
        except msgspec.DecodeError:
            log.warning("a subject in the table is of another version, and is counted anew")


def _add_page(app: faust.App, plane: Plane) -> None:
    """Show one subject's numbers under `/subjects/<name>`."""

    async def subjects(web: Any, request: Any, name: str) -> Any:  # noqa: ANN401, ARG001 - faust's
        page = subject_page(plane, name, _now())
        if page is None:
            return web.json({"error": "this process counts nothing of this subject"}, status=404)
        return web.json(page)

    app.page("/subjects/{name:.+}")(subjects)


def subject_page(plane: Plane, subject: str, now: int) -> Mapping[str, Any] | None:
    """Give one subject's numbers in plain values: windows of all sources together, and its alarms."""
    seen = plane.observations(subject)
    if not seen:
        return None
    together = total(seen)
    return {
        "subject": subject,
        "sources": sorted(observation.source for observation in seen),
        "windows": {
            str(width): msgspec.to_builtins(windows.window(together.buckets, width, now))
            for width in windows.WIDTHS_SECONDS
        },
        "alarms": [msgspec.to_builtins(alarm) for alarm, _ in plane.alarms(subject, now)],
        "now": now,
    }


def _now() -> int:
    return int(time.time())


def _new_app(settings: KafkaSettings, bind: str, port: int) -> faust.App:
    app = faust.App(
        f"{settings.application}-patterns",
        broker=[f"kafka://{server.strip()}" for server in settings.bootstrap_servers.split(",")],
        broker_client_id=str(settings.client.get("client_id", "compliance-patterns")),
        broker_credentials=_credentials(settings.client),
        broker_session_timeout=settings.session_timeout_milliseconds / 1_000,
        broker_heartbeat_interval=max(0.1, settings.session_timeout_milliseconds / 10_000),
        broker_commit_interval=COMMIT_SECONDS,
        consumer_auto_offset_reset="earliest",
        consumer_group_instance_id=settings.instance_id,
        store="memory://",
        # `compliance topics create` makes topics; whoever starts a process need not be allowed to.
        topic_allow_declare=False,
        topic_disable_leader=True,
        stream_wait_empty=False,
        web_enabled=bool(port),
        web_bind=bind,
        web_port=port or None,
        web_stats_enabled=False,
        web_graph_enabled=False,
        web_router_enabled=False,
        web_tables_enabled=False,
        web_metrics_enabled=False,
        worker_redirect_stdouts=False,
        Table=_Table,
    )
    app.transport = _Transport(app.conf.broker_consumer, app)
    return app


def _credentials(client: Mapping[str, Any]) -> CredentialsT | None:
    """Word the client's security as faust does."""
    protocol = client.get("security_protocol", "PLAINTEXT")
    if protocol == "SSL":
        return faust.SSLCredentials(context=client["ssl_context"])
    if protocol == "PLAINTEXT":
        return None
    return faust.SASLCredentials(
        username=client["sasl_plain_username"],
        password=client["sasl_plain_password"],
        mechanism=client["sasl_mechanism"],
        ssl_context=client.get("ssl_context"),
    )
