"""Keep one partition's state: an ordered map of bytes to bytes, and the changelog position it stands at.

The Kafka changelog is the truth; a store is a copy that can be thrown away and read again. So a store does not wait
for the disk, but it must never be wrong: it always holds exactly the batches up to its position, or it refuses to open.
Which engine, and why: docs/decisions/0003-state-store.md.

Delivery: a batch and its position are one transaction. After ``kill -9`` the store is at the end of some batch, and
the owner reads the changelog from ``position``. Applying a batch again with the same position changes nothing. After a
crash of the machine, where pages may have reached the disk in any order, ``open_store`` reports the store as damaged.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import subprocess
import sys
import uuid
from dataclasses import dataclass, replace
from io import FileIO
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Final, NoReturn, Protocol
from zlib import crc32

import lmdb
from sortedcontainers import SortedDict  # type: ignore[import-untyped]

if TYPE_CHECKING:
    from collections.abc import Mapping

KEY_BYTES_MAX: Final = 511
"""LMDB's limit; every store holds to it, so that a test in memory finds what production would refuse."""

POSITION_MAX: Final = 2**63 - 1
"""Kafka's offsets are signed 64-bit numbers."""

DATA_BYTES_STEP: Final = 2**23
"""The file starts with 8 MiB of real disk space, and grows by a quarter, in such steps: 64 partitions need 0.5 GiB."""

DATA_BYTES_MAX: Final = 2**40
"""A partition larger than 1 TiB is a mistake of the caller, not a need."""

UNCLOSED_OPENINGS_MAX: Final = 5
"""After so many openings in a row that never came to a close, the store itself may be what ends the process."""

PROVING_BATCHES: Final = 200
"""After so many batches an opening counts as sound, so that a worker that is killed often keeps its store."""

NOTE_BYTES: Final = 128
"""The owner's note is overwritten in place, so that a full disk cannot refuse it."""

FORMAT: Final = b"4"
LMDB_VERSION: Final = 0
"""LMDB 0.9's file format, named so that a new release of the binding does not change it unseen."""

DATA_FILE: Final = "data.mdb"
LOCK_FILE: Final = "lock.mdb"
OWNER_FILE: Final = "owner"
_DAMAGE: Final = (
    lmdb.CorruptedError,
    lmdb.CursorFullError,
    lmdb.IncompatibleError,
    lmdb.InvalidError,
    lmdb.PageNotFoundError,
    lmdb.VersionMismatchError,
)
_FORMAT_KEY: Final = b"format"
_POSITION_KEY: Final = b"position"
_ENTRIES: Final = b"entries"


@dataclass(frozen=True, slots=True)
class _Note:
    """What an owner leaves beside its data for the next one."""

    state: str  # open, closed or damaged
    boot_id: str
    data_bytes: int
    unclosed_openings: int


class StoreError(Exception):
    """A store could not do what was asked; the text names its path and the remedy. Its contents are unchanged."""

    def __init__(self, path: Path, problem: str, remedy: str) -> None:
        """Name the directory of the store, what happened, and what the operator can do."""
        super().__init__(f"state store {path}: {problem}; {remedy}")
        self.path = path
        self.remedy = remedy


class DamagedStoreError(StoreError):
    """What is on disk cannot be trusted: call ``destroy_store``, and restore the partition from its changelog."""

    def __init__(self, path: Path, problem: str) -> None:
        """Name the directory of the store and how the damage shows."""
        super().__init__(path, problem, "destroy it and restore the partition from its changelog")


class Store(Protocol):
    """One partition's state: an ordered map of bytes to bytes, with the changelog position it stands at.

    A store has one owner and is used from one thread. Keys have 1 to ``KEY_BYTES_MAX`` bytes: others are never there,
    and ``apply`` refuses them with ``ValueError``.
    """

    @property
    def position(self) -> int:
        """The next changelog offset to read; 0 when the store is new."""
        ...

    def get(self, key: bytes) -> bytes | None:
        """Return the value of a key, or None."""
        ...

    def apply(self, changes: Mapping[bytes, bytes | None], position: int) -> None:
        """Write all changes (None deletes) and the position, or nothing at all.

        A position below the present one is a ``ValueError``. When the disk refuses, ``StoreError`` rises, the store
        stands where it stood, and the same batch can be applied again.
        """
        ...

    def scan(self, start: bytes, stop: bytes, limit: int) -> list[tuple[bytes, bytes]]:
        """Return at most ``limit`` entries with ``start <= key < stop``, in the order of their bytes."""
        ...

    def close(self) -> None:
        """Write everything to disk and let go. A second call does nothing."""
        ...

    def destroy(self) -> None:
        """Close, and delete everything."""
        ...


class MemoryStore:
    """A store that lasts as long as its process: for tests, and for the commands that read a file."""

    def __init__(self) -> None:
        """Start empty, at position 0."""
        self._entries = SortedDict()
        self._position = 0

    @property
    def position(self) -> int:
        """The next changelog offset to read."""
        return self._position

    def get(self, key: bytes) -> bytes | None:
        """Return the value of a key, or None."""
        value: bytes | None = self._entries.get(key)
        return value

    def apply(self, changes: Mapping[bytes, bytes | None], position: int) -> None:
        """Write all changes and the position."""
        _require_batch(changes, position, self._position)
        for key, value in changes.items():
            if value is None:
                self._entries.pop(key, None)
            else:
                self._entries[key] = value
        self._position = position

    def scan(self, start: bytes, stop: bytes, limit: int) -> list[tuple[bytes, bytes]]:
        """Return at most ``limit`` entries with ``start <= key < stop``, in the order of their bytes."""
        keys = self._entries.irange(start, stop, inclusive=(True, False))
        return [(key, self._entries[key]) for key in islice(keys, max(limit, 0))]

    def close(self) -> None:
        """Keep everything: memory has nothing to let go."""

    def destroy(self) -> None:
        """Forget everything."""
        self._entries.clear()
        self._position = 0


class LmdbStore:
    """A store in one directory, on LMDB. Open it with ``open_store``.

    LMDB writes through the memory map (five times cheaper than through the file, measured); all of its space is
    allocated beforehand, because a full disk under a memory map is a signal that ends the process. Reads go through one
    read transaction, renewed after every batch: a longer one would keep old pages from being used again. Damage found
    while reading is noted, so that the next opening is refused.
    """

    def __init__(self, directory: Path, environment: lmdb.Environment, owner: FileIO, note: _Note) -> None:
        """Take over what ``open_store`` has opened and checked."""
        self._directory = directory
        self._environment = environment
        self._owner = owner
        self._note = note
        self._applied = 0
        self._main = environment.open_db()
        self._entries = environment.open_db(_ENTRIES)
        self._reader = environment.begin(db=self._entries)
        self._position = int.from_bytes(self._reader.get(_POSITION_KEY, b"", self._main), "big")

    @property
    def position(self) -> int:
        """The next changelog offset to read."""
        return self._position

    def get(self, key: bytes) -> bytes | None:
        """Return the value of a key, or None."""
        try:
            sealed = self._reader.get(key)
        except lmdb.BadValsizeError:
            return None
        except lmdb.Error as error:
            self._distrust(f"not readable ({error})", error)
        return None if sealed is None else self._unseal(key, sealed)

    def _unseal(self, key: bytes, sealed: bytes) -> bytes:
        """Take the checksum off: LMDB has none, and its map can be written by a stray pointer of any native code."""
        value = sealed[:-4]
        if crc32(value, crc32(key)) != int.from_bytes(sealed[-4:], "big"):
            self._distrust("an entry does not match its checksum")
        return value

    def apply(self, changes: Mapping[bytes, bytes | None], position: int) -> None:
        """Write all changes and the position in one transaction, in a larger file if this one is full."""
        _require_batch(changes, position, self._position)
        try:
            self._reader.abort()
            try:
                while not self._try_apply(changes, position):
                    self._grow()
            finally:
                self._reader = self._environment.begin(db=self._entries)
        except _DAMAGE as error:
            self._distrust(f"not writable ({error})", error)
        except (lmdb.Error, OSError) as error:
            remedy = "free disk space or mend the disk, then apply it again"
            raise StoreError(self._directory, f"batch not written ({error})", remedy) from error
        self._position = position
        self._applied += 1
        if self._applied == PROVING_BATCHES and self._note.unclosed_openings > 1:
            # It has worked for long enough: if the process is killed now, the store was not what ended it.
            self._note = replace(self._note, unclosed_openings=1)
            _write_note(self._owner, self._note)

    def _try_apply(self, changes: Mapping[bytes, bytes | None], position: int) -> bool:
        """Write one transaction; return False, with nothing written, when the file is full."""
        try:
            with self._environment.begin(write=True, db=self._entries) as transaction:
                for key, value in changes.items():
                    if value is None:
                        transaction.delete(key)
                    else:
                        transaction.put(key, value + crc32(value, crc32(key)).to_bytes(4, "big"))
                transaction.put(_POSITION_KEY, position.to_bytes(8, "big"), db=self._main)
        except lmdb.MapFullError:
            return False
        return True

    def _grow(self) -> None:
        """Take more disk space first, then let LMDB use it."""
        present_bytes = self._environment.info()["map_size"]
        grown_bytes = present_bytes + max(DATA_BYTES_STEP, present_bytes // 4)
        grown_bytes -= grown_bytes % DATA_BYTES_STEP
        if grown_bytes > DATA_BYTES_MAX:
            problem = f"larger than {DATA_BYTES_MAX} bytes"
            raise StoreError(self._directory, problem, "spread the recipients over more partitions")
        _allocate(self._directory / DATA_FILE, grown_bytes)
        self._environment.set_mapsize(grown_bytes)

    def scan(self, start: bytes, stop: bytes, limit: int) -> list[tuple[bytes, bytes]]:
        """Return at most ``limit`` entries with ``start <= key < stop``, in the order of their bytes."""
        found: list[tuple[bytes, bytes]] = []
        try:
            with self._reader.cursor() as cursor:
                if cursor.set_range(start):
                    for key, sealed in islice(cursor, max(limit, 0)):
                        if key >= stop:
                            break
                        found.append((key, self._unseal(key, sealed)))
        except lmdb.Error as error:
            self._distrust(f"not readable ({error})", error)
        return found

    def _distrust(self, problem: str, cause: lmdb.Error | None = None) -> NoReturn:
        """Note the damage, so that the next opening is refused, and raise."""
        self._note = replace(self._note, state="damaged")
        _write_note(self._owner, self._note)
        raise DamagedStoreError(self._directory, problem) from cause

    def close(self) -> None:
        """Write everything to disk and leave a note that says so, unless damage was noted."""
        if self._owner.closed:
            return
        self._reader.abort()
        try:
            self._environment.sync(True)  # noqa: FBT003 - LMDB's signature
            if self._note.state == "open":
                size_bytes = self._environment.info()["map_size"]
                _write_note(self._owner, replace(self._note, state="closed", data_bytes=size_bytes))
        except (lmdb.Error, OSError) as error:
            remedy = "look at the disk; the store will be checked at the next opening"
            raise StoreError(self._directory, f"not written to disk ({error})", remedy) from error
        finally:
            self._environment.close()
            self._owner.close()

    def destroy(self) -> None:
        """Close without writing, and delete everything."""
        if not self._owner.closed:
            self._reader.abort()
            self._environment.close()
            self._owner.close()
        destroy_store(self._directory)


def open_store(directory: Path) -> LmdbStore:
    """Open the store of a directory, which is made when missing.

    ``DamagedStoreError`` when the files cannot be trusted: the caller destroys the store and restores it.
    ``StoreError`` when another process has it open, or the directory cannot be used: an operator must look.
    """
    with contextlib.ExitStack() as stack:
        try:
            directory.mkdir(parents=True, exist_ok=True)
            owner = stack.enter_context(_open_owner(directory))
            note = _next_note(directory, owner)
            environment = stack.enter_context(_open_environment(directory, note))
            _write_note(owner, note)
            _require_format(directory, environment)
            store = LmdbStore(directory, environment, owner, note)
        except _DAMAGE as error:
            raise DamagedStoreError(directory, f"cannot be read ({error})") from error
        except (OSError, lmdb.Error) as error:
            remedy = "check the path, its permissions and the space on its disk"
            raise StoreError(directory, f"cannot be used ({error})", remedy) from error
        stack.pop_all()
    return store


def destroy_store(directory: Path) -> None:
    """Delete the files of a store that is not open, sound or not; other files in the directory stay."""
    for name in (DATA_FILE, LOCK_FILE, OWNER_FILE):  # the data first: without it the rest means nothing
        (directory / name).unlink(missing_ok=True)
    with contextlib.suppress(OSError):
        directory.rmdir()


def _open_owner(directory: Path) -> FileIO:
    """Open the owner file and lock it; the lock goes with the process, however that ends."""
    owner = FileIO(os.open(directory / OWNER_FILE, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644), "r+")
    try:
        fcntl.flock(owner, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        owner.close()
        raise StoreError(directory, "open elsewhere", "stop the other process or give this one its own path") from error
    return owner


def _next_note(directory: Path, owner: FileIO) -> _Note:
    """Decide from the last owner's note whether its file can be trusted, and return the note of this one."""
    data = directory / DATA_FILE
    size_bytes = data.stat().st_size if data.exists() else 0
    if not size_bytes:
        return _Note("open", _boot_id(), DATA_BYTES_STEP, 1)
    last = _read_note(owner)
    if last is None or last.state == "damaged":
        raise DamagedStoreError(directory, "its last owner left no note that it is sound")
    if last.state == "open" and last.boot_id != _boot_id():
        raise DamagedStoreError(directory, "the machine stopped while it was open")
    if size_bytes < last.data_bytes:
        raise DamagedStoreError(directory, f"{DATA_FILE} is cut off at {size_bytes} of {last.data_bytes} bytes")
    openings = last.unclosed_openings + 1 if last.state == "open" else 1
    if openings > UNCLOSED_OPENINGS_MAX:
        raise DamagedStoreError(directory, f"opened {UNCLOSED_OPENINGS_MAX} times and never closed")
    return _Note("open", _boot_id(), size_bytes, openings)


def _open_environment(directory: Path, note: _Note) -> lmdb.Environment:
    environment = lmdb.open(
        str(directory),
        map_size=note.data_bytes,
        max_dbs=1,
        sync=False,
        writemap=True,
        readahead=False,  # else the kernel keeps the file in large pieces, and writes 2 MB for each 4 KB that changed
        lib_version=LMDB_VERSION,
    )
    try:
        _allocate(directory / DATA_FILE, note.data_bytes)
    except BaseException:
        environment.close()
        raise
    return environment


def _allocate(data: Path, size_bytes: int) -> None:
    """Give the file real disk space up to this size, or raise ``OSError``.

    Without it a write to the map of a file on a full disk is SIGBUS. macOS has no such call: there it remains.
    """
    if sys.platform != "darwin":
        with data.open("r+b") as file:
            os.posix_fallocate(file.fileno(), 0, size_bytes)


def _require_format(directory: Path, environment: lmdb.Environment) -> None:
    """Mark a new store with our format, and refuse one with another."""
    with environment.begin(write=True) as transaction:
        if not transaction.stat()["entries"]:
            transaction.put(_FORMAT_KEY, FORMAT)
        if transaction.get(_FORMAT_KEY) != FORMAT:
            raise DamagedStoreError(directory, "written in another format")


def _read_note(owner: FileIO) -> _Note | None:
    text = os.pread(owner.fileno(), NOTE_BYTES, 0).decode("ascii", "replace")
    try:
        state, boot_id, data_bytes, unclosed_openings = text.split()
        return _Note(state, boot_id, int(data_bytes), int(unclosed_openings))
    except ValueError:
        return None


def _write_note(owner: FileIO, note: _Note) -> None:
    text = f"{note.state} {note.boot_id} {note.data_bytes} {note.unclosed_openings}"
    os.pwrite(owner.fileno(), text.ljust(NOTE_BYTES).encode("ascii"), 0)
    os.fsync(owner.fileno())


def _boot_id() -> str:
    """Name this run of the machine; where none can be had, a new name each time, so that nothing is trusted."""
    with contextlib.suppress(OSError):
        return Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
    with contextlib.suppress(OSError, subprocess.SubprocessError):  # macOS
        command = ["/usr/sbin/sysctl", "-n", "kern.bootsessionuuid"]
        return subprocess.run(command, check=True, capture_output=True, text=True, timeout=5).stdout.strip()
    return uuid.uuid4().hex


def _require_batch(changes: Mapping[bytes, bytes | None], position: int, present: int) -> None:
    if not present <= position <= POSITION_MAX:
        message = f"position {position} is not in {present}..{POSITION_MAX}"
        raise ValueError(message)
    for key in changes:
        if not 1 <= len(key) <= KEY_BYTES_MAX:
            message = f"a key has 1 to {KEY_BYTES_MAX} bytes, not {len(key)}"
            raise ValueError(message)
