"""The development broker, with real Kafka, real processes and real signals."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient, NewTopic

from pipeline.apps.development_broker import (
    HOST,
    KAFKA_VERSION,
    BrokerError,
    DevelopmentBroker,
    Runtime,
    answering_cluster,
    cache_directory,
    prepare_runtime,
)
from tests.kafka import GivenBroker, free_port

pytestmark = pytest.mark.broker

REPOSITORY = Path(__file__).parents[2]


async def make_topic(bootstrap_servers: str, topic: str) -> None:
    """Make a topic of one partition."""
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap_servers)
    await admin.start()
    try:
        await admin.create_topics([NewTopic(topic, num_partitions=1, replication_factor=1)])
    finally:
        await admin.close()


async def send(bootstrap_servers: str, topic: str, value: bytes) -> None:
    """Send one record outside of any transaction, and wait until it is acknowledged."""
    async with AIOKafkaProducer(bootstrap_servers=bootstrap_servers, enable_idempotence=True) as producer:
        await producer.send_and_wait(topic, value)


async def committed_values(bootstrap_servers: str, topic: str, count: int) -> list[bytes]:
    """Return the first `count` values that a reader of committed records is given."""
    consumer = AIOKafkaConsumer(
        topic, bootstrap_servers=bootstrap_servers, auto_offset_reset="earliest", isolation_level="read_committed"
    )
    async with consumer:
        return [(await consumer.getone()).value for _ in range(count)]


def is_listening(port: int) -> bool:
    """Tell whether a connection to the port is accepted."""
    with socket.socket() as probe:
        return probe.connect_ex((HOST, port)) == 0


def wait_until_silent(port: int, seconds_max: float = 10.0) -> bool:
    """Tell whether the port stops accepting connections in time."""
    deadline = time.monotonic() + seconds_max
    while is_listening(port):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


@pytest.fixture(scope="module")
def runtime() -> Runtime:
    """Fill the cache, so that what follows can copy from it."""
    return prepare_runtime()


@pytest.fixture
def copied_cache(runtime: Runtime, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give the folder of a cache of its own, jars copied, archive empty, and let the broker use it."""
    home = tmp_path / "cache" / KAFKA_VERSION
    shutil.copytree(runtime.jars[0].parent, home / "jars")
    for archive in (cache_directory() / KAFKA_VERSION).glob("*.aot"):
        (home / archive.name).touch()
    monkeypatch.setenv("COMPLIANCE_BROKER_CACHE", str(tmp_path / "cache"))
    return home


@pytest.fixture(scope="module")
def kept_broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DevelopmentBroker]:
    """Give one broker to all tests here that may stop and kill it: each start costs more than a second."""
    kept = DevelopmentBroker(tmp_path_factory.mktemp("own"))
    yield kept
    kept.stop()


@pytest.fixture
def own_broker(kept_broker: DevelopmentBroker) -> DevelopmentBroker:
    """Give a running broker that the test may end."""
    if not kept_broker.is_running:
        kept_broker.start()
    return kept_broker


async def test_shows_committed_records_and_hides_aborted_ones(broker: DevelopmentBroker | GivenBroker) -> None:
    """Records of a committed transaction can be read, those of an aborted one can not."""
    address, topic = broker.bootstrap_servers, f"development-broker-{os.getpid()}"
    await make_topic(address, topic)
    await send(address, topic, b"before")
    async with AIOKafkaProducer(bootstrap_servers=address, transactional_id=topic) as producer:
        await producer.begin_transaction()
        await producer.send_and_wait(topic, b"aborted")
        await producer.abort_transaction()
        async with producer.transaction():
            await producer.send_and_wait(topic, b"committed")

    assert await committed_values(address, topic, 2) == [b"before", b"committed"]


async def test_keeps_data_address_and_cluster_when_killed_and_started_again(own_broker: DevelopmentBroker) -> None:
    """After SIGKILL the same object starts over the same data, on the same port, as the same cluster."""
    address, cluster, first_pid = own_broker.bootstrap_servers, answering_cluster(own_broker.port), own_broker.pid
    await make_topic(address, "kept")
    await send(address, "kept", b"kept")

    own_broker.kill()
    own_broker.start()

    assert own_broker.bootstrap_servers == address
    assert own_broker.pid != first_pid
    assert answering_cluster(own_broker.port) == cluster
    assert await committed_values(address, "kept", 1) == [b"kept"]


def test_refuses_a_second_start(own_broker: DevelopmentBroker) -> None:
    """Starting what runs is an error, and leaves it running."""
    with pytest.raises(BrokerError, match="runs already"):
        own_broker.start()
    assert own_broker.is_running


def test_opens_the_data_of_a_stopped_broker_under_another_port(own_broker: DevelopmentBroker) -> None:
    """A data directory outlives the object that made it, and is not bound to a port."""
    cluster = answering_cluster(own_broker.port)
    own_broker.stop()
    with DevelopmentBroker(own_broker.data) as second:
        assert second.port != own_broker.port
        assert answering_cluster(second.port) == cluster


def test_has_a_pid_only_while_it_runs(own_broker: DevelopmentBroker) -> None:
    """A stopped broker says so in place of a stale process id, and may be stopped again."""
    assert own_broker.is_running
    own_broker.stop()
    own_broker.stop()
    assert not own_broker.is_running
    with pytest.raises(BrokerError, match="does not run"):
        _ = own_broker.pid


def test_names_the_port_when_it_is_taken(tmp_path: Path) -> None:
    """A taken port is an error that names it and the remedy, before any JVM is started on it."""
    with socket.create_server((HOST, free_port())) as other:
        port = other.getsockname()[1]
        with pytest.raises(BrokerError, match=f"Port {port} on {HOST} is taken. Stop what listens there"):
            DevelopmentBroker(tmp_path, port).start()


def test_shows_the_end_of_the_log_when_kafka_can_not_start(own_broker: DevelopmentBroker) -> None:
    """A start that fails names the log and shows why: here, another broker holds the data directory."""
    second = DevelopmentBroker(own_broker.data)
    with pytest.raises(BrokerError, match=r"ended while starting(?s:.)*broker\.log(?s:.)*Failed to acquire lock"):
        second.start()
    assert not second.is_running
    assert own_broker.is_running


def test_stops_a_broker_that_hangs(own_broker: DevelopmentBroker) -> None:
    """A JVM that does not heed SIGTERM in time is killed."""
    os.kill(own_broker.pid, signal.SIGSTOP)
    own_broker.stop(timeout_seconds=0.2)
    assert not own_broker.is_running
    assert not is_listening(own_broker.port)


def test_an_open_port_is_no_answer() -> None:
    """A program that listens and says nothing is not taken for a broker."""
    with socket.create_server((HOST, free_port())) as silent:
        assert answering_cluster(silent.getsockname()[1]) is None


def change(jars: Path) -> None:
    """Change one byte of one jar; its size stays."""
    with next(jars.glob("slf4j-simple-*")).open("r+b") as jar:
        jar.write(b"X")


def remove(jars: Path) -> None:
    """Take one jar away."""
    next(jars.glob("slf4j-simple-*")).unlink()


def add(jars: Path) -> None:
    """Add a file that is not listed."""
    (jars / "stranger.jar").touch()


@pytest.mark.parametrize(
    ("tamper", "complaint"),
    [(change, "is not the listed jar"), (remove, "missing .'slf4j-simple"), (add, "extra .'stranger.jar'")],
)
def test_refuses_a_cache_with_other_jars(
    tamper: Callable[[Path], None], complaint: str, copied_cache: Path, tmp_path: Path
) -> None:
    """A changed, missing or additional jar stops the start, with the folder to delete."""
    tamper(copied_cache / "jars")
    with pytest.raises(BrokerError, match=rf"{complaint}.*Delete {copied_cache / 'jars'} and start again"):
        DevelopmentBroker(tmp_path / "data").start()


def test_asks_no_network_once_the_cache_is_filled(copied_cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With verified jars in the cache, the module that fetches is not even imported."""
    monkeypatch.setitem(sys.modules, "jgo.maven", None)
    assert prepare_runtime().jars[0].parent == copied_cache / "jars"


def test_says_what_to_install_when_jars_can_not_be_fetched(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without jgo an empty cache can't be filled; the error names the extra."""
    monkeypatch.setenv("COMPLIANCE_BROKER_CACHE", str(tmp_path))
    monkeypatch.setitem(sys.modules, "jgo.maven", None)
    with pytest.raises(BrokerError, match=r"needs jgo, which is not installed. Install the extra `development`"):
        prepare_runtime()


def test_starts_without_a_class_archive_when_none_could_be_recorded(copied_cache: Path) -> None:
    """The empty file that a failed recording leaves means: plain, slower starts."""
    assert [archive.stat().st_size for archive in copied_cache.glob("*.aot")] == [0]
    assert prepare_runtime().archive_flags == ()


def test_outlives_the_thread_that_started_it(tmp_path: Path) -> None:
    """The kernel's death signal is tied to a thread; the end of the caller's thread must not kill the broker."""
    broker = DevelopmentBroker(tmp_path)
    starter = threading.Thread(target=broker.start)
    starter.start()
    starter.join()
    try:
        time.sleep(0.3)
        assert broker.is_running
    finally:
        broker.stop()


def run_python(*lines: str) -> "subprocess.Popen[str]":
    """Run a script in a process and session of its own, its output to be read here."""
    script = "\n".join(["import sys, time", "from pathlib import Path", *lines])
    return subprocess.Popen(
        [sys.executable, "-c", script], cwd=REPOSITORY, stdout=subprocess.PIPE, text=True, start_new_session=True
    )


def test_leaves_no_orphan_when_its_parent_is_killed(tmp_path: Path) -> None:
    """SIGKILL of the process that started it ends the JVM too."""
    port = free_port()
    parent = run_python(
        "from pipeline.apps.development_broker import DevelopmentBroker",
        f"with DevelopmentBroker(Path({str(tmp_path)!r}), {port}):",
        "    print('started', flush=True)",
        "    time.sleep(60)",
    )
    with parent:
        assert parent.stdout is not None
        assert parent.stdout.readline() == "started\n"
        assert is_listening(port)
        parent.kill()
    assert wait_until_silent(port)


@pytest.mark.parametrize("signal_number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("inherited", ["signal.default_int_handler", "signal.SIG_IGN"])
def test_runs_in_the_foreground_until_told_to_end(
    signal_number: signal.Signals, inherited: str, tmp_path: Path
) -> None:
    """The command says how to use the broker, and on Ctrl-C or SIGTERM stops it and exits 0.

    Also when it was started in the background by a shell, which has SIGINT ignored.
    """
    port = free_port()
    command = run_python(
        "import signal",
        f"signal.signal(signal.SIGINT, {inherited})",
        "from pipeline.apps.development_broker import run_in_foreground",
        f"sys.exit(run_in_foreground({port}, Path({str(tmp_path)!r})))",
    )
    with command:
        assert command.stdout is not None
        assert f"listens on {HOST}:{port};" in command.stdout.readline()
        assert command.stdout.readline().strip() == f"export KAFKA_BOOTSTRAP_SERVERS={HOST}:{port}"
        command.send_signal(signal_number)
    assert command.returncode == 0
    assert not is_listening(port)
