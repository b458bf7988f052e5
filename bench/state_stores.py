"""Compare embedded key-value stores for a worker's state: speed, CPU, crash, full disk, damage.

Explains itself: ``python bench/state_stores.py --help``. Results and decision: docs/decisions/0003-state-store.md.
"""

from __future__ import annotations

import argparse
import importlib
import json
import os
import random
import resource
import shutil
import signal
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Final, Protocol, cast

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from rich.console import Console
from rich.progress import track
from rich.table import Table

from pipeline.engine.stores import DamagedStoreError, open_store

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from types import ModuleType

EPILOG = """\
what the commands do
  measure     load, get, apply as a worker does, scan, overwrite, reopen, drop; the numbers of the decision record
  partitions  the same recipients in many small stores: memory, threads, files, cost of dropping one
  crash       kill -9 a writer again and again; the reopened store must equal some prefix of its batches
  full-disk   fill a small tmpfs (needs root), free space, apply the refused batch again, compare everything
  damage      cut, blank and flip bytes in the files; is it noticed at open, at read, or not at all?

examples
  python bench/state_stores.py --recipients 1000000 --store lmdb
  python bench/state_stores.py --recipients 10000000 --store rocksdict --json rocksdict.json
  python bench/state_stores.py partitions --recipients 10000000 --partitions 16 --store lmdb --store lmdb-named
  python bench/state_stores.py crash --store project --kills 20
  sudo python bench/state_stores.py full-disk --store lmdb-writemap

reading the numbers
  Times are of the calls of the store, CPU is of the whole process (background threads too) less the generator.
  One run is one sample: repeat on a quiet machine, and report medians.
"""

POSITION_KEY: Final = b"\x00position"
TEXT_BYTES: Final = 1 << 22
SIZES: Final = ((80, 60), (250, 30), (600, 9), (3072, 1))
"""Value sizes in bytes with their share in percent: what one recipient's records look like."""
LOAD_BATCH: Final = 1000
WORK_BATCH: Final = 500
GETS: Final = 200_000
MIX_BATCHES: Final = 2000
SMALL_BATCHES: Final = 5000
TIMER_TURNS: Final = 2000
PACED_TURNS: Final = 6000
MAP_BYTES: Final = 1 << 36
CACHE_BYTES: Final = 1 << 28
CRASH_KEYS: Final = 20_000


# --- the stores -----------------------------------------------------------------------------------------------------


class Candidate(Protocol):
    """What the bench needs of a store; ``pipeline.engine.stores.Store`` without ``destroy``."""

    @property
    def position(self) -> int:
        """Next changelog offset."""
        ...

    def get(self, key: bytes) -> bytes | None:
        """Return one value."""
        ...

    def apply(self, changes: Mapping[bytes, bytes | None], position: int) -> None:
        """Write a batch and the position in one go."""
        ...

    def scan(self, start: bytes, stop: bytes, limit: int) -> list[tuple[bytes, bytes]]:
        """Return entries in order."""
        ...

    def close(self) -> None:
        """Write everything and let go."""
        ...


def load_module(name: str) -> ModuleType:
    """Import a store's package, or say how to get it."""
    try:
        return importlib.import_module(name)
    except ImportError:
        sys.exit(f"{name} is not installed; it is not a dependency of the project: pip install {name}")


class Lmdb:
    """LMDB through py-lmdb; one database, the position beside it."""

    def __init__(self, path: Path, **options: Any) -> None:  # noqa: ANN401 - handed on as they are
        """Open with the map large enough from the start."""
        self.lmdb = load_module("lmdb")
        settings = {"map_size": MAP_BYTES, "max_dbs": 1, "sync": False, **options}
        self.env = self.lmdb.open(str(path), **settings)
        self.main = self.env.open_db()
        self.entries = self.env.open_db(b"entries")
        self.reader = self.env.begin(db=self.entries)
        self.get = self.reader.get

    @property
    def position(self) -> int:
        """Next changelog offset."""
        return int.from_bytes(self.reader.get(POSITION_KEY, b"", self.main), "big")

    def apply(self, changes: Mapping[bytes, bytes | None], position: int) -> None:
        """Write a batch; renew the reader so that old pages are free."""
        self.reader.abort()
        try:
            with self.env.begin(write=True, db=self.entries) as transaction:
                for key, value in changes.items():
                    if value is None:
                        transaction.delete(key)
                    else:
                        transaction.put(key, value)
                transaction.put(POSITION_KEY, position.to_bytes(8, "big"), db=self.main)
        finally:
            self.reader = self.env.begin(db=self.entries)
            self.get = self.reader.get

    def scan(self, start: bytes, stop: bytes, limit: int) -> list[tuple[bytes, bytes]]:
        """Walk a cursor."""
        found: list[tuple[bytes, bytes]] = []
        with self.reader.cursor() as cursor:
            if cursor.set_range(start):
                for key, value in cursor:
                    if key >= stop or len(found) >= limit:
                        break
                    found.append((key, value))
        return found

    def close(self) -> None:
        """Flush, then close."""
        self.reader.abort()
        self.env.sync(True)  # noqa: FBT003
        self.env.close()


class Rocksdict:
    """RocksDB through rocksdict, set up for random gets and small batches; all stores share cache and write buffers."""

    shared: ClassVar[tuple[Any, Any] | None] = None

    def __init__(self, path: Path, *, wal: bool = True, mapped: bool = False) -> None:
        """Bloom filters on files and memory, two background jobs (the machine has two cores), lz4 unless mapped."""
        self.rocks = rocks = load_module("rocksdict")
        if Rocksdict.shared is None:
            Rocksdict.shared = rocks.Cache(CACHE_BYTES), rocks.WriteBufferManager(CACHE_BYTES, allow_stall=False)
        cache, buffers = Rocksdict.shared
        table = rocks.BlockBasedOptions()
        table.set_bloom_filter(10.0, block_based=False)
        table.set_block_cache(cache)
        options = rocks.Options(raw_mode=True)
        for setting, value in (
            ("create_if_missing", True),
            ("set_block_based_table_factory", table),
            ("set_write_buffer_manager", buffers),
            ("set_write_buffer_size", 1 << 26),
            ("set_memtable_prefix_bloom_ratio", 0.1),
            ("set_memtable_whole_key_filtering", True),
            ("set_max_background_jobs", 2),
            ("set_level_compaction_dynamic_level_bytes", True),
            ("set_allow_mmap_reads", mapped),
            ("set_compression_type", rocks.DBCompressionType.none() if mapped else rocks.DBCompressionType.lz4()),
        ):
            getattr(options, setting)(value)
        self.db = rocks.Rdict(str(path), options)
        self.writing = rocks.WriteOptions()
        self.writing.disable_wal = not wal
        self.get = self.db.get

    @property
    def position(self) -> int:
        """Next changelog offset."""
        return int.from_bytes(self.db.get(POSITION_KEY) or b"", "big")

    def apply(self, changes: Mapping[bytes, bytes | None], position: int) -> None:
        """Write one write batch."""
        batch = self.rocks.WriteBatch(raw_mode=True)
        for key, value in changes.items():
            if value is None:
                batch.delete(key)
            else:
                batch.put(key, value)
        batch.put(POSITION_KEY, position.to_bytes(8, "big"))
        self.db.write(batch, self.writing)

    def scan(self, start: bytes, stop: bytes, limit: int) -> list[tuple[bytes, bytes]]:
        """Walk an iterator."""
        found: list[tuple[bytes, bytes]] = []
        walk = self.db.iter()
        walk.seek(start)
        while walk.valid() and len(found) < limit and (key := walk.key()) < stop:
            found.append((key, walk.value()))
            walk.next()
        walk.status()  # raises; db.items() ends silently at a damaged block
        return found

    def close(self) -> None:
        """Close; RocksDB writes the rest by itself."""
        self.db.close()


class Sqlite:
    """SQLite from the standard library, write-ahead log."""

    def __init__(self, path: Path, *, synchronous: str = "OFF") -> None:
        """One WITHOUT ROWID table, exclusive lock, memory map for reads."""
        path.mkdir(parents=True, exist_ok=True)
        self.db = sqlite3.connect(path / "store.db", isolation_level=None, cached_statements=64)
        for pragma in (
            "locking_mode=EXCLUSIVE",
            "journal_mode=WAL",
            f"synchronous={synchronous}",
            f"cache_size={-(CACHE_BYTES >> 10)}",
            f"mmap_size={MAP_BYTES}",
        ):
            self.db.execute(f"PRAGMA {pragma}").fetchall()
        self.db.execute("CREATE TABLE IF NOT EXISTS entries (key BLOB PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID")

    def get(self, key: bytes) -> bytes | None:
        """Return one value."""
        row = self.db.execute("SELECT value FROM entries WHERE key = ?", (key,)).fetchone()
        return None if row is None else cast("bytes", row[0])

    @property
    def position(self) -> int:
        """Next changelog offset."""
        return int.from_bytes(self.get(POSITION_KEY) or b"", "big")

    def apply(self, changes: Mapping[bytes, bytes | None], position: int) -> None:
        """Write one transaction."""
        puts = [(key, value) for key, value in changes.items() if value is not None]
        deletes = [(key,) for key, value in changes.items() if value is None]
        puts.append((POSITION_KEY, position.to_bytes(8, "big")))
        self.db.execute("BEGIN IMMEDIATE")
        try:
            self.db.executemany("DELETE FROM entries WHERE key = ?", deletes)
            self.db.executemany("INSERT OR REPLACE INTO entries VALUES (?, ?)", puts)
            self.db.execute("COMMIT")
        except BaseException:
            with suppress(sqlite3.Error):
                self.db.execute("ROLLBACK")
            raise

    def scan(self, start: bytes, stop: bytes, limit: int) -> list[tuple[bytes, bytes]]:
        """Walk the primary key."""
        query = "SELECT key, value FROM entries WHERE key >= ? AND key < ? ORDER BY key LIMIT ?"
        return self.db.execute(query, (start, stop, limit)).fetchall()

    def close(self) -> None:
        """Close; SQLite folds its log into the file."""
        self.db.close()


class Mdbx:
    """libmdbx, a descendant of LMDB, through clibmdbx."""

    def __init__(self, path: Path, *, sync_flag: str = "MDBX_UTTERLY_NOSYNC") -> None:
        """Open with a geometry that grows by 64 MiB up to the map's limit."""
        self.mdbx = mdbx = load_module("clibmdbx")
        self.env = mdbx.Environment(
            str(path),
            flags=getattr(mdbx, sync_flag) | mdbx.MDBX_LIFORECLAIM | mdbx.MDBX_EXCLUSIVE,
            geometry=(0, 0, MAP_BYTES, 1 << 26, 1 << 27, 4096),
            max_dbs=1,
        )
        self.reader = self.env.read()
        self.get = self.reader.get

    @property
    def position(self) -> int:
        """Next changelog offset."""
        return int.from_bytes(self.reader.get(POSITION_KEY) or b"", "big")

    def apply(self, changes: Mapping[bytes, bytes | None], position: int) -> None:
        """Write a batch; renew the reader so that old pages are free."""
        self.reader.reset()
        try:
            with self.env.write() as transaction:
                transaction.put_many([(key, value) for key, value in changes.items() if value is not None])
                transaction.delete_many([key for key, value in changes.items() if value is None])
                transaction.put(POSITION_KEY, position.to_bytes(8, "big"))
        finally:
            self.reader.renew()

    def scan(self, start: bytes, stop: bytes, limit: int) -> list[tuple[bytes, bytes]]:
        """Let the binding walk."""
        with self.reader.cursor() as cursor:
            return cast("list[tuple[bytes, bytes]]", cursor.items(start=start, stop=stop, limit=limit))

    def close(self) -> None:
        """Close; libmdbx makes its last state steady."""
        self.reader.abort()
        self.env.close()


STORES: Final[dict[str, Callable[[Path], Candidate]]] = {
    "project": open_store,
    "lmdb": Lmdb,
    "lmdb-no-readahead": lambda path: Lmdb(path, readahead=False),
    "lmdb-writemap": lambda path: Lmdb(path, writemap=True),
    "lmdb-writemap-async": lambda path: Lmdb(path, writemap=True, map_async=True, sync=True),
    "lmdb-fsync": lambda path: Lmdb(path, sync=True, metasync=False),
    "lmdb-1.0": lambda path: Lmdb(path, lib_version=1),
    "rocksdict": Rocksdict,
    "rocksdict-no-wal": lambda path: Rocksdict(path, wal=False),
    "rocksdict-mapped": lambda path: Rocksdict(path, mapped=True),
    "sqlite": Sqlite,
    "sqlite-normal": lambda path: Sqlite(path, synchronous="NORMAL"),
    "mdbx": Mdbx,
    "mdbx-safe": lambda path: Mdbx(path, sync_flag="MDBX_SAFE_NOSYNC"),
}


# --- what is written ------------------------------------------------------------------------------------------------


def key_of(number: int) -> bytes:
    """Name recipient ``number`` of some workspace: 27 bytes, in an order that has nothing to do with arrival."""
    phone = number * 6_700_417 % 9_999_999_967
    return b"l/ws-%06d/+44%010d" % (phone % 211, phone)


@dataclass
class Records:
    """An endless supply of values that compress about as well as msgpack records do."""

    chance: random.Random
    text: bytes = field(init=False)
    sizes: list[int] = field(init=False)

    def __post_init__(self) -> None:
        """Make one long text of records, and a shuffled list of sizes."""
        parts = bytearray()
        while len(parts) < TEXT_BYTES:
            parts += b"\x86\xa6choice\xa7opt_out\xa2at\xcb" + self.chance.randbytes(6)
            parts += b"\xa6source\xa7inbound\xa8evidence\xd9\x24" + self.chance.randbytes(9).hex().encode()
        self.text = bytes(parts)
        self.sizes = [size for size, share in SIZES for _ in range(share)]

    def value(self) -> bytes:
        """Cut the next value out of the text."""
        size = self.sizes[int(self.chance.random() * 100)]
        start = int(self.chance.random() * (TEXT_BYTES - size))
        return self.text[start : start + size]


# --- clocks ---------------------------------------------------------------------------------------------------------


@dataclass
class Meter:
    """Add up what the calls of a store cost, apart from what making the data costs."""

    wall_seconds: float = 0.0
    calls_us: list[float] = field(default_factory=list)
    _process_start: float = field(default_factory=time.process_time)
    _thread_start: float = field(default_factory=time.thread_time)
    _in_calls: float = 0.0

    @contextmanager
    def call(self) -> Iterator[None]:
        """Time one call."""
        cpu = time.thread_time()
        start = time.perf_counter()
        yield
        seconds = time.perf_counter() - start
        self._in_calls += time.thread_time() - cpu
        self.wall_seconds += seconds
        self.calls_us.append(seconds * 1e6)

    def cpu_seconds(self) -> float:
        """Return CPU seconds in the calls and in all other threads."""
        others = (time.process_time() - self._process_start) - (time.thread_time() - self._thread_start)
        return self._in_calls + others


def quantile(values: Iterable[float], share: float) -> float:
    """Return the value below which a share of the values lies."""
    ordered = sorted(values)
    return ordered[min(int(len(ordered) * share), len(ordered) - 1)]


def batch_numbers(meter: Meter, puts: int, prefix: str) -> dict[str, float]:
    """Summarise batches of puts."""
    return {
        f"{prefix}_put_us": meter.wall_seconds * 1e6 / puts,
        f"{prefix}_cpu_us_per_put": meter.cpu_seconds() * 1e6 / puts,
        f"{prefix}_batch_ms_p50": quantile(meter.calls_us, 0.5) / 1e3,
        f"{prefix}_batch_ms_p99": quantile(meter.calls_us, 0.99) / 1e3,
        f"{prefix}_batch_ms_max": max(meter.calls_us) / 1e3,
    }


def disk_bytes(directory: Path) -> int:
    """Return what the files really occupy; LMDB's and tmpfs's may have holes."""
    return sum(path.stat().st_blocks * 512 for path in directory.rglob("*") if path.is_file())


def memory_bytes() -> dict[str, float]:
    """Return anonymous and file-backed resident memory; the latter is page cache that can be taken back."""
    status = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text(encoding="ascii").splitlines())
    return {
        "rss_anonymous_mb": int(status["RssAnon"].split()[0]) / 1024,
        "rss_file_mb": int(status["RssFile"].split()[0]) / 1024,
        "threads": int(status["Threads"]),
    }


def written_mb() -> float:
    """Return the megabytes that the machine's disks have written so far: leave the machine alone meanwhile."""
    lines = (line.split() for line in Path("/proc/diskstats").read_text(encoding="ascii").splitlines())
    return sum(int(line[9]) * 512 for line in lines if Path("/sys/block", line[2]).exists()) / 1e6


def progress(turns: Iterable[int], name: str) -> Iterable[int]:
    """Show a bar on a terminal, and nothing elsewhere."""
    return track(turns, name, console=ERRORS, transient=True, disable=not ERRORS.is_terminal)


# --- measure --------------------------------------------------------------------------------------------------------


@dataclass
class Run:
    """One store under measurement, with what is known of it so far."""

    open: Callable[[Path], Candidate]
    directory: Path
    recipients: int
    overwrites: int
    numbers: dict[str, float] = field(default_factory=dict)
    chance: random.Random = field(default_factory=lambda: random.Random(7))  # noqa: S311 - the same data each time
    position: int = 0

    def __post_init__(self) -> None:
        """Prepare the values."""
        self.records = Records(self.chance)

    def batch(self, numbers: Iterable[int]) -> dict[bytes, bytes | None]:
        """Make a batch that writes these recipients."""
        return {key_of(number): self.records.value() for number in numbers}

    def any_number(self) -> int:
        """Pick a known recipient."""
        return int(self.chance.random() * self.recipients)

    def write(self, store: Candidate, meter: Meter, changes: dict[bytes, bytes | None]) -> None:
        """Apply one batch under the clock."""
        self.position += len(changes)
        with meter.call():
            store.apply(changes, self.position)


def measure_load(run: Run, store: Candidate) -> None:
    """Write every recipient once, in an order that is random for the store, as a restore does."""
    meter = Meter()
    before = written_mb()
    for start in progress(range(0, run.recipients, LOAD_BATCH), "load"):
        run.write(store, meter, run.batch(range(start, min(start + LOAD_BATCH, run.recipients))))
    run.numbers |= batch_numbers(meter, run.recipients, "load")
    run.numbers["load_seconds"] = meter.wall_seconds
    run.numbers["load_written_mb"] = written_mb() - before
    run.numbers["load_disk_mb"] = disk_bytes(run.directory) / 1e6


def measure_gets(run: Run, store: Candidate) -> None:
    """Read known and unknown recipients at random; the first round warms the caches."""
    for offset, name in ((0, "warm"), (0, "hit"), (run.recipients, "miss")):
        keys = [key_of(run.any_number() + offset) for _ in range(GETS)]
        times, found, cpu = [], 0, time.process_time()
        for key in keys:
            start = time.perf_counter_ns()
            value = store.get(key)
            times.append((time.perf_counter_ns() - start) / 1e3)
            found += value is not None
        if found != (0 if name == "miss" else GETS):
            sys.exit(f"{found} of {GETS} keys found in the {name} round: the store is wrong")
        run.numbers[f"get_{name}_us_p50"] = quantile(times, 0.5)
        run.numbers[f"get_{name}_us_p99"] = quantile(times, 0.99)
        run.numbers[f"get_{name}_cpu_us"] = (time.process_time() - cpu) * 1e6 / GETS


def measure_mix(run: Run, store: Candidate) -> None:
    """Work as the worker does: per message two gets and two puts, applied once per 250 messages."""
    meter, gets = Meter(), []
    for _ in progress(range(MIX_BATCHES), "work"):
        numbers = {run.any_number() for _ in range(WORK_BATCH)}
        keys = [key_of(number) for number in numbers]
        for key in keys:
            start = time.perf_counter_ns()
            store.get(key)
            gets.append((time.perf_counter_ns() - start) / 1e3)
        run.write(store, meter, run.batch(numbers))
    run.numbers |= batch_numbers(meter, MIX_BATCHES * WORK_BATCH, "mix")
    run.numbers["mix_get_us_p50"] = quantile(gets, 0.5)
    run.numbers["mix_get_us_p99"] = quantile(gets, 0.99)


def measure_small_batches(run: Run, store: Candidate) -> None:
    """Apply ten changes at a time, as a quiet partition does: it shows what a batch costs by itself."""
    meter = Meter()
    for _ in range(SMALL_BATCHES):
        run.write(store, meter, run.batch({run.any_number() for _ in range(10)}))
    run.numbers["small_batch_us_p50"] = quantile(meter.calls_us, 0.5)
    run.numbers["small_batch_us_p99"] = quantile(meter.calls_us, 0.99)
    run.numbers["small_batch_cpu_us"] = meter.cpu_seconds() * 1e6 / SMALL_BATCHES


def measure_paced(run: Run, store: Candidate) -> None:
    """Work at a steady 1,000 messages a second: every 10 ms 20 gets and one batch of 20 puts."""
    meter, gets, began, before = Meter(), [], time.perf_counter(), written_mb()
    for turn in progress(range(PACED_TURNS), "paced"):
        batch = run.batch({run.any_number() for _ in range(20)})
        time.sleep(max(began + turn * 0.01 - time.perf_counter(), 0))
        for key in batch:
            start = time.perf_counter_ns()
            store.get(key)
            gets.append((time.perf_counter_ns() - start) / 1e3)
        run.write(store, meter, batch)
    seconds = time.perf_counter() - began
    run.numbers |= batch_numbers(meter, PACED_TURNS * 20, "paced")
    run.numbers["paced_get_us_p50"] = quantile(gets, 0.5)
    run.numbers["paced_get_us_p99"] = quantile(gets, 0.99)
    run.numbers["paced_written_mb_per_second"] = (written_mb() - before) / seconds


def measure_scans(run: Run, store: Candidate) -> None:
    """Walk a workspace in slices of 1,000, and ask for due timers when there are none."""
    start, stop, entries = b"l/ws-000017/", b"l/ws-000017/\xff", 0
    began = time.perf_counter()
    while found := store.scan(start, stop, 1000):
        entries += len(found)
        start = found[-1][0] + b"\x00"
    run.numbers["scan_entries_per_second"] = entries / (time.perf_counter() - began)
    times = []
    for _ in range(20_000):
        began = time.perf_counter()
        store.scan(b"t/", b"t/\x00\x00\x01\x99", 100)
        times.append((time.perf_counter() - began) * 1e6)
    run.numbers["scan_nothing_us_p50"] = quantile(times, 0.5)


def measure_timers(run: Run, store: Candidate) -> None:
    """Use a part as a queue: each turn adds 50 timers, and takes the 50 that have come due."""
    meter, scans = Meter(), []
    for turn in progress(range(TIMER_TURNS), "timers"):
        began = time.perf_counter()
        due = store.scan(b"t/", b"t/" + (turn * 1000).to_bytes(8, "big"), 100)
        scans.append((time.perf_counter() - began) * 1e6)
        changes: dict[bytes, bytes | None] = {key: None for key, _ in due}
        for number in range(50):
            at_ms = (turn + 500) * 1000 + number
            changes[b"t/" + at_ms.to_bytes(8, "big") + b"/" + key_of(run.any_number())] = b"lease"
        run.write(store, meter, changes)
    run.numbers["timer_scan_us_p50"] = quantile(scans, 0.5)
    run.numbers["timer_scan_us_p99"] = quantile(scans, 0.99)
    run.numbers["timer_scan_us_last"] = quantile(scans[-100:], 0.5)
    run.numbers["timer_batch_us_p50"] = quantile(meter.calls_us, 0.5)


def measure_overwrites(run: Run, store: Candidate) -> None:
    """Overwrite recipients at random, with values of other sizes: it shows growth and stalls."""
    meter = Meter()
    before = written_mb()
    batches = range(run.overwrites // WORK_BATCH)
    for _ in progress(batches, "overwrite"):
        run.write(store, meter, run.batch({run.any_number() for _ in range(WORK_BATCH)}))
    run.numbers |= batch_numbers(meter, max(run.overwrites, 1), "overwrite")
    run.numbers["overwrite_seconds"] = meter.wall_seconds
    run.numbers["overwrite_written_mb"] = written_mb() - before
    run.numbers["overwrite_disk_mb"] = disk_bytes(run.directory) / 1e6


def measure_opening(run: Run, name: str) -> Candidate:
    """Open, and read one key."""
    began = time.perf_counter()
    store = run.open(run.directory)
    store.get(key_of(0))
    run.numbers[f"open_{name}_ms"] = (time.perf_counter() - began) * 1e3
    if store.position != run.position:
        ERRORS.print(f"after {name}: position {store.position}, expected {run.position}")
    return store


def crash_after_batches(run: Run) -> None:
    """Let a child apply 200 batches and die of SIGKILL."""
    child = os.fork()
    if not child:
        store = run.open(run.directory)
        for _ in range(200):
            run.write(store, Meter(), run.batch({run.any_number() for _ in range(WORK_BATCH)}))
        os.kill(os.getpid(), signal.SIGKILL)
    os.waitpid(child, 0)
    for _ in range(200):  # the same choices, so that the position is known here too
        run.position += len(run.batch({run.any_number() for _ in range(WORK_BATCH)}))


STEPS: Final[dict[str, Callable[[Run, Candidate], None]]] = {
    "load": measure_load,
    "gets": measure_gets,
    "mix": measure_mix,
    "small-batches": measure_small_batches,
    "paced": measure_paced,
    "scans": measure_scans,
    "timers": measure_timers,
    "overwrites": measure_overwrites,
}


def measure(name: str, arguments: argparse.Namespace) -> dict[str, float]:
    """Take one store through its whole life."""
    with scratch(arguments) as directory:
        run = Run(STORES[name], directory, arguments.recipients, arguments.overwrites)
        store = measure_opening(run, "new")
        for name_of_step, step in STEPS.items():
            if name_of_step not in arguments.skip:
                step(run, store)
        run.numbers |= memory_bytes()
        run.numbers["store_cpu_seconds"] = sum(
            run.numbers[f"{part}_cpu_us_per_put"] * puts / 1e6
            for part, puts in (("load", run.recipients), ("overwrite", run.overwrites))
            if f"{part}_cpu_us_per_put" in run.numbers
        )
        began = time.perf_counter()
        store.close()
        run.numbers["close_ms"] = (time.perf_counter() - began) * 1e3
        measure_opening(run, "closed").close()
        del store
        crash_after_batches(run)
        measure_opening(run, "killed").close()
        began = time.perf_counter()
        shutil.rmtree(directory)
        run.numbers["drop_ms"] = (time.perf_counter() - began) * 1e3
    return run.numbers


# --- partitions -----------------------------------------------------------------------------------------------------


class NamedLmdb(Lmdb):
    """One of many named databases in one shared environment; the position is a key beside it."""

    shared: ClassVar[Any] = None

    def __init__(self, path: Path) -> None:
        """Open the shared environment the first time."""
        self.lmdb = load_module("lmdb")
        if NamedLmdb.shared is None:
            NamedLmdb.shared = self.lmdb.open(str(path.parent), map_size=MAP_BYTES, max_dbs=256, sync=False)
        self.env = NamedLmdb.shared
        self.main = self.entries = self.env.open_db(path.name.encode())
        self.reader = self.env.begin(db=self.entries)
        self.get = self.reader.get

    def renew(self) -> None:
        """Let go of an old view, which would keep the other databases' pages."""
        self.reader.abort()
        self.reader = self.env.begin(db=self.entries)
        self.get = self.reader.get


def open_partitions(name: str, directory: Path, count: int) -> list[Candidate]:
    """Open one store per partition."""
    opening = NamedLmdb if name == "lmdb-named" else STORES[name]
    paths = [directory / f"partition-{number:03d}" for number in range(count)]
    return [opening(path) for path in paths]


def drop_first(name: str, store: Candidate, directory: Path) -> float:
    """Drop the first partition and return the seconds it took."""
    began = time.perf_counter()
    if isinstance(store, NamedLmdb):
        store.reader.abort()
        with store.env.begin(write=True) as transaction:
            transaction.drop(store.entries)
    else:
        store.close()
        shutil.rmtree(directory / "partition-000")
    ERRORS.print(f"{name}: dropped", highlight=False)
    return time.perf_counter() - began


def measure_partitions(name: str, arguments: argparse.Namespace) -> dict[str, float]:
    """Spread the recipients over many stores; batches go to one partition at a time."""
    with scratch(arguments) as directory:
        run = Run(STORES.get(name, Lmdb), directory, arguments.recipients, 0)
        began = time.perf_counter()
        stores = open_partitions(name, directory, arguments.partitions)
        numbers = {"open_all_ms": (time.perf_counter() - began) * 1e3}
        load, work, gets = Meter(), Meter(), []
        for start in progress(range(0, run.recipients, LOAD_BATCH), name):
            run.write(stores[start // LOAD_BATCH % len(stores)], load, run.batch(range(start, start + LOAD_BATCH)))
        numbers |= batch_numbers(load, run.recipients, "load")
        for turn in progress(range(MIX_BATCHES), name):
            store = stores[turn % len(stores)]
            if isinstance(store, NamedLmdb):
                store.renew()
            batch = run.batch({run.any_number() for _ in range(WORK_BATCH)})
            began = time.perf_counter()
            for key in batch:
                store.get(key)
            gets.append((time.perf_counter() - began) * 1e6 / len(batch))
            run.write(store, work, batch)
        numbers |= batch_numbers(work, MIX_BATCHES * WORK_BATCH, "mix") | memory_bytes()
        numbers["get_us"] = statistics.median(gets)
        numbers["files_open"] = sum(1 for _ in Path("/proc/self/fd").iterdir())
        numbers["disk_mb"] = disk_bytes(directory) / 1e6
        numbers["drop_one_ms"] = drop_first(name, stores[0], directory) * 1e3
        numbers["disk_after_drop_mb"] = disk_bytes(directory) / 1e6
        for store in stores[1:] if name != "lmdb-named" else stores[1:2]:
            store.close()
        NamedLmdb.shared = None
    return numbers


# --- crash ----------------------------------------------------------------------------------------------------------


def crash_batch(number: int) -> dict[bytes, bytes | None]:
    """Make the same batch for the same number: puts that carry the number, and some deletes."""
    chance = random.Random(number)  # noqa: S311 - must repeat
    keys = [b"k/%06d" % chance.randrange(CRASH_KEYS) for _ in range(chance.randint(50, 1000))]
    return {key: None if chance.random() < 0.1 else b"%08d" % number * chance.choice((10, 30, 75, 380)) for key in keys}


def write_until_killed(name: str, directory: Path) -> None:
    """Be the child: apply batches from the store's position on, and tell each one when it is done."""
    store = STORES[name](directory)
    batches = {number: crash_batch(number) for number in range(store.position, store.position + 400)}
    for number, batch in batches.items():
        store.apply(batch, number + 1)
        print(number + 1, flush=True)  # noqa: T201 - the parent reads it


@dataclass
class Shadow:
    """What a store must hold: the batches up to its position, remade from their numbers."""

    batch: Callable[[int], Mapping[bytes, bytes | None]]
    entries: dict[bytes, bytes] = field(default_factory=dict)
    done: int = 0

    def agrees(self, store: Candidate) -> bool:
        """Catch up with the store's position, and compare every entry."""
        for number in range(self.done, store.position):
            for key, value in self.batch(number).items():
                if value is None:
                    self.entries.pop(key, None)
                else:
                    self.entries[key] = value
        self.done = store.position
        return store.scan(b"k/", b"k0", len(self.entries) + 1) == sorted(self.entries.items())


def check_crash(name: str, arguments: argparse.Namespace) -> dict[str, float]:
    """Kill a writer at random moments; count torn states, lost batches and refused openings."""
    chance = random.Random(11)  # noqa: S311
    numbers = {"kills": 0.0, "torn": 0.0, "batches_lost": 0.0, "refused_to_open": 0.0}
    shadow, opening_ms = Shadow(crash_batch), []
    with scratch(arguments) as directory:
        for _ in progress(range(arguments.kills), name):
            command = [sys.executable, __file__, "write-until-killed", "--store", name, "--directory", str(directory)]
            with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as child:
                assert child.stdout  # noqa: S101
                told = child.stdout.readline()
                time.sleep(chance.uniform(0.01, 0.5))
                child.kill()
                acknowledged = int((told + child.stdout.read()).split()[-1])
            numbers["kills"] += 1
            began = time.perf_counter()
            try:
                store = STORES[name](directory)
            except Exception as error:  # noqa: BLE001 - whatever a store raises is a result here
                ERRORS.print(f"{name}: {error!r}")
                numbers["refused_to_open"] += 1
                break
            opening_ms.append((time.perf_counter() - began) * 1e3)
            numbers["torn"] += not shadow.agrees(store)
            numbers["batches_lost"] += max(acknowledged - store.position, 0)
            store.close()
    return numbers | {"batches": float(shadow.done), "open_ms_max": max(opening_ms, default=0.0)}


# --- full disk ------------------------------------------------------------------------------------------------------


@contextmanager
def small_disk(megabytes: int) -> Iterator[Path]:
    """Mount a tmpfs of this size."""
    point = Path(tempfile.mkdtemp(prefix="small-disk-"))
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", point], check=True)  # noqa: S607
    try:
        yield point
    finally:
        subprocess.run(["umount", "-l", point], check=True)  # noqa: S607
        point.rmdir()


def growing_batch(number: int) -> dict[bytes, bytes | None]:
    """Make a batch of 200 new keys, 120 KB in all."""
    return {b"k/%08d" % key: b"%08d" % key * 75 for key in range(number * 200, number * 200 + 200)}


def attempt(action: Callable[[], object]) -> str:
    """Try something; whatever a store raises is a result here."""
    try:
        return str(action())
    except Exception as error:  # noqa: BLE001
        return f"{type(error).__name__}: {error}".replace("\n", " ")


def apply_next(store: Candidate, count: int) -> str:
    """Apply the next batches."""
    for number in range(store.position, store.position + count):
        store.apply(growing_batch(number), number + 1)
    return "accepted"


def fill_disk(name: str, point: Path) -> None:
    """Be the child: fill the disk, free space, go on, reopen; print what happened as JSON."""
    ballast = point / "ballast"
    ballast.write_bytes(bytes(24 << 20))
    shadow = Shadow(growing_batch)
    told = go_on_after_freeing(STORES[name](point / "store"), shadow, ballast)
    again = STORES[name](point / "store")
    told["reopened_at"] = attempt(lambda: again.position)
    told["reopened_right"] = attempt(lambda: shadow.agrees(again))
    told["reopened_apply"] = attempt(lambda: apply_next(again, 20))
    told["reopened_content"] = attempt(lambda: shadow.agrees(again))
    print(json.dumps(told), flush=True)  # noqa: T201 - the parent reads it


def go_on_after_freeing(store: Candidate, shadow: Shadow, ballast: Path) -> dict[str, str]:
    """Fill the disk, look at what is kept, try again on the full disk, then with space."""
    told = {"when_full": attempt(lambda: apply_next(store, 2000))}
    told["position"] = attempt(lambda: store.position)
    told["content_kept"] = attempt(lambda: shadow.agrees(store))
    told["second_try"] = attempt(lambda: apply_next(store, 1))
    ballast.unlink()
    told["space_freed"] = attempt(lambda: apply_next(store, 20))
    told["content_right"] = attempt(lambda: shadow.agrees(store))
    told["close"] = attempt(store.close)
    return told


def check_full_disk(name: str, arguments: argparse.Namespace) -> dict[str, Any]:
    """Fill a disk of 64 MB in a child, so that a signal is a result too."""
    del arguments
    with small_disk(64) as point:
        command = [sys.executable, __file__, "fill-disk", "--store", name, "--directory", str(point)]
        child = subprocess.run(command, capture_output=True, text=True, check=False, timeout=600)
        if child.returncode < 0:
            return {"died_of": signal.Signals(-child.returncode).name}
        if child.returncode:
            return {"failed": child.stderr.strip().splitlines()[-1]}
        return cast("dict[str, Any]", json.loads(child.stdout.splitlines()[-1]))


# --- damage ---------------------------------------------------------------------------------------------------------


def cut(path: Path, chance: random.Random) -> None:
    """Keep the first half."""
    del chance
    os.truncate(path, path.stat().st_size // 2)


def blank_start(path: Path, chance: random.Random) -> None:
    """Blank the first 8 KB."""
    del chance
    overwrite(path, 0, bytes(8192))


def blank_middle(path: Path, chance: random.Random) -> None:
    """Blank 64 KB in the middle."""
    del chance
    overwrite(path, path.stat().st_size // 2 // 4096 * 4096, bytes(65536))


def flip_bytes(path: Path, chance: random.Random) -> None:
    """Change 200 single bytes anywhere."""
    for _ in range(200):
        overwrite(path, chance.randrange(path.stat().st_size), chance.randbytes(1))


def overwrite(path: Path, offset: int, content: bytes) -> None:
    """Write into a file without cutting it."""
    with path.open("r+b") as file:
        file.seek(offset)
        file.write(content)


DAMAGES: Final = (cut, blank_start, blank_middle, flip_bytes)


def read_everything(name: str, directory: Path) -> None:
    """Be the child: open, read all, compare; say how far it got."""
    try:
        store = STORES[name](directory)
    except DamagedStoreError:
        print("refused at open, as damaged")  # noqa: T201
        return
    except Exception as error:  # noqa: BLE001
        print(f"refused at open: {type(error).__name__}")  # noqa: T201
        return
    right = attempt(lambda: Shadow(crash_batch).agrees(store))
    told = {"True": "nothing noticed, content right", "False": "NOTHING NOTICED, CONTENT WRONG"}
    print(told.get(right, f"error at read: {right.partition(':')[0]}"))  # noqa: T201


def check_damage(name: str, arguments: argparse.Namespace) -> dict[str, Any]:
    """Damage the largest file of a sound, closed store in several ways, and read it in a child."""
    results = {}
    for damage in DAMAGES:
        with scratch(arguments) as directory:
            store = STORES[name](directory)
            for number in range(60):
                store.apply(crash_batch(number), number + 1)
            store.close()
            files = [path for path in directory.rglob("*") if path.is_file()]
            largest = max(files, key=lambda path: path.stat().st_size)
            damage(largest, random.Random(3))  # noqa: S311
            command = [sys.executable, __file__, "read-everything", "--store", name, "--directory", str(directory)]
            child = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
            dead = f"died of {signal.Signals(-child.returncode).name}" if child.returncode < 0 else "no answer"
            results[damage.__name__] = (child.stdout.strip().splitlines() or [dead])[-1]
    return results


# --- command line ---------------------------------------------------------------------------------------------------

ERRORS: Final = Console(stderr=True)
"""Progress goes here, and only to a terminal."""
COMMANDS: Final[dict[str, Callable[[str, argparse.Namespace], dict[str, Any]]]] = {
    "measure": measure,
    "partitions": measure_partitions,
    "crash": check_crash,
    "full-disk": check_full_disk,
    "damage": check_damage,
}
CHILDREN: Final[dict[str, Callable[[str, Path], None]]] = {
    "write-until-killed": write_until_killed,
    "fill-disk": fill_disk,
    "read-everything": read_everything,
}


@contextmanager
def scratch(arguments: argparse.Namespace) -> Iterator[Path]:
    """Make a directory for one store, and remove it afterwards."""
    directory = Path(tempfile.mkdtemp(prefix="state-stores-", dir=arguments.directory))
    try:
        yield directory / "store" if getattr(arguments, "partitions", 0) == 0 else directory
    finally:
        shutil.rmtree(directory, ignore_errors=True)


def parse(words: list[str] | None) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, epilog=EPILOG, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("command", nargs="?", default="measure", metavar="command", choices=[*COMMANDS, *CHILDREN])
    parser.add_argument(
        "--store",
        action="append",
        choices=[*STORES, "lmdb-named"],
        help="may be given several times; lmdb-named only with partitions (default: project)",
    )
    parser.add_argument("--recipients", type=int, default=1_000_000, help="entries to load (default: 1,000,000)")
    parser.add_argument("--overwrites", type=int, default=None, help="random overwrites (default: as recipients)")
    parser.add_argument("--partitions", type=int, default=16, help="stores side by side (default: 16)")
    parser.add_argument("--skip", action="append", default=[], choices=STEPS, help="leave out a step of measure")
    parser.add_argument("--kills", type=int, default=20, help="for crash (default: 20)")
    parser.add_argument("--directory", type=Path, default=None, help="where to put the files (default: the system's)")
    parser.add_argument("--json", type=Path, default=None, help="write the results here as well")
    arguments = parser.parse_args(words)
    arguments.store = arguments.store or ["project"]
    if "lmdb-named" in arguments.store and arguments.command != "partitions":
        parser.error("lmdb-named is many databases in one file: it can be measured with 'partitions' only")
    return arguments


def show(results: dict[str, dict[str, Any]]) -> None:
    """Print one column per store."""
    table = Table("", *results)
    for row in dict.fromkeys(name for numbers in results.values() for name in numbers):
        cells = (numbers.get(row, "") for numbers in results.values())
        table.add_row(row, *(f"{cell:,.2f}" if isinstance(cell, float) else str(cell) for cell in cells))
    Console(width=None if sys.stdout.isatty() else 200).print(table)


def main(words: list[str] | None = None) -> None:
    """Run one command for each store in turn."""
    arguments = parse(words)
    arguments.overwrites = arguments.recipients if arguments.overwrites is None else arguments.overwrites
    if arguments.command in CHILDREN:
        CHILDREN[arguments.command](arguments.store[0], arguments.directory)
        return
    resource.setrlimit(resource.RLIMIT_NOFILE, (resource.getrlimit(resource.RLIMIT_NOFILE)[1],) * 2)
    results = {}
    for name in arguments.store:
        results[name] = COMMANDS[arguments.command](name, arguments)
        if arguments.json:
            arguments.json.write_text(json.dumps(results, indent=1), encoding="utf-8")
    show(results)


if __name__ == "__main__":
    main()
