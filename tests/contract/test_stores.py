"""What every store promises, tried on both; then what only the durable one can promise."""

from __future__ import annotations

import contextlib
import os
import random
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.engine import stores
from pipeline.engine.stores import (
    DATA_FILE,
    KEY_BYTES_MAX,
    OWNER_FILE,
    POSITION_MAX,
    DamagedStoreError,
    LmdbStore,
    MemoryStore,
    Store,
    StoreError,
    destroy_store,
    open_store,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

OPENINGS: dict[str, Callable[[Path], Store]] = {"memory": lambda _: MemoryStore(), "lmdb": open_store}
KILLS = 10
CRASH_BATCHES_MAX = 5_000

# Few letters, so that keys meet, share beginnings, and hold the bytes at both ends of the order.
keys = st.binary(min_size=1, max_size=4).map(lambda raw: bytes(b"\x00/al\xff"[byte % 5] for byte in raw))
batches = st.lists(st.dictionaries(keys, st.none() | st.binary(max_size=40), max_size=12), max_size=8)


@pytest.fixture(params=OPENINGS)
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    """One empty store of each kind."""
    opened = OPENINGS[request.param](tmp_path / "partition-3")
    yield opened
    opened.close()


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    """Name a place for a durable store."""
    return tmp_path / "partition-3"


def everything(store: Store) -> dict[bytes, bytes]:
    """Read all entries."""
    return dict(store.scan(b"", b"\xff" * (KEY_BYTES_MAX + 1), 1_000_000))


def filled(directory: Path, entries: int = 2_000) -> dict[bytes, bytes]:
    """Write and close a durable store of about a megabyte, and return its content."""
    content: dict[bytes, bytes] = {b"r/%06d" % number: b"%06d" % number * 80 for number in range(entries)}
    store = open_store(directory)
    store.apply(content, entries)
    store.close()
    return content


# --- both stores ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", OPENINGS)
@settings(deadline=None, max_examples=40)
@given(batches=batches, start=keys, stop=keys, limit=st.integers(min_value=-1, max_value=6))
def test_agrees_with_a_dict(
    kind: str, batches: list[dict[bytes, bytes | None]], start: bytes, stop: bytes, limit: int
) -> None:
    """After any batches, gets, scans and the position are those of a plain dict."""
    model: dict[bytes, bytes] = {}
    with tempfile.TemporaryDirectory() as scratch:
        store = OPENINGS[kind](Path(scratch) / "partition-3")
        for position, batch in enumerate(batches, start=1):
            store.apply(batch, position)
            model = {key: value for key, value in (model | batch).items() if value is not None}
            assert everything(store) == model
            assert all(store.get(key) == model.get(key) for key in batch)
        in_order = sorted(item for item in model.items() if start <= item[0] < stop)
        assert store.scan(start, stop, limit) == in_order[: max(limit, 0)]
        assert store.position == len(batches)
        store.close()


def test_is_new_at_position_zero(store: Store) -> None:
    """A new store holds nothing and reads its changelog from the beginning."""
    assert (store.position, everything(store), store.get(b"r/+447946012345")) == (0, {}, None)


def test_scan_takes_its_start_and_leaves_its_stop(store: Store) -> None:
    """The bounds are closed below and open above."""
    store.apply(dict.fromkeys((b"t/1", b"t/2", b"t/3"), b"due"), 3)
    assert [key for key, _ in store.scan(b"t/1", b"t/3", 10)] == [b"t/1", b"t/2"]


def test_scan_walks_a_prefix_in_slices(store: Store) -> None:
    """The last key of a slice with a zero byte after it starts the next slice."""
    written: dict[bytes, bytes | None] = {b"l/ws-17/%03d" % number: b"entry" for number in range(25)}
    store.apply(written | {b"l/ws-16/999": b"before", b"l/ws-18/000": b"after"}, 27)
    start, walked = b"l/ws-17/", []
    while slice_ := store.scan(start, b"l/ws-170", 10):
        walked += slice_
        start = slice_[-1][0] + b"\x00"
    assert dict(walked) == written


@pytest.mark.parametrize(("start", "stop"), [(b"b", b"b"), (b"c", b"b"), (b"", b""), (b"x", b"z")])
def test_scan_of_an_empty_range_finds_nothing(store: Store, start: bytes, stop: bytes) -> None:
    """Equal or reversed bounds, and ranges past the last key, are empty."""
    store.apply({b"b": b"entry"}, 1)
    assert store.scan(start, stop, 10) == []


def test_keeps_an_empty_value_apart_from_none(store: Store) -> None:
    """An empty value is a value: it is there until it is deleted."""
    store.apply({b"key": b""}, 1)
    assert (store.get(b"key"), everything(store)) == (b"", {b"key": b""})
    store.apply({b"key": None}, 2)
    assert (store.get(b"key"), everything(store)) == (None, {})


def test_deletes_what_is_not_there(store: Store) -> None:
    """A tombstone for an unknown key only moves the position."""
    store.apply({b"unknown": None}, 1)
    assert (store.position, everything(store)) == (1, {})


def test_moves_the_position_without_changes(store: Store) -> None:
    """A transaction that wrote no state still moves the position."""
    store.apply({}, 41)
    assert store.position == 41


def test_applies_a_batch_again(store: Store) -> None:
    """The same batch at the same position changes nothing."""
    for _ in range(2):
        store.apply({b"key": b"value", b"other": None}, 7)
    assert (store.position, everything(store)) == (7, {b"key": b"value"})


@pytest.mark.parametrize("position", [6, -1, POSITION_MAX + 1])
def test_refuses_a_position_that_is_no_later(store: Store, position: int) -> None:
    """A position below the present one, or no Kafka offset, is our mistake, and nothing is written."""
    store.apply({b"key": b"old"}, 7)
    with pytest.raises(ValueError, match="position"):
        store.apply({b"key": b"new"}, position)
    assert (store.position, everything(store)) == (7, {b"key": b"old"})


@pytest.mark.parametrize("length", [1, KEY_BYTES_MAX - 1, KEY_BYTES_MAX])
def test_takes_keys_up_to_the_limit(store: Store, length: int) -> None:
    """A key of one byte and a key of the greatest length are kept."""
    store.apply({b"k" * length: b"value"}, 1)
    assert store.get(b"k" * length) == b"value"


@pytest.mark.parametrize("length", [0, KEY_BYTES_MAX + 1])
@pytest.mark.parametrize("value", [b"value", None])
def test_refuses_a_batch_with_an_impossible_key(store: Store, length: int, value: bytes | None) -> None:
    """One key too short or too long refuses the whole batch, whichever store it is."""
    with pytest.raises(ValueError, match="a key has 1 to 511 bytes"):
        store.apply({b"before": b"value", b"k" * length: value}, 1)
    assert (store.position, everything(store)) == (0, {})
    assert store.get(b"k" * length) is None


@pytest.mark.parametrize("size", [4_096, 1_000_000])
def test_keeps_large_values(store: Store, size: int) -> None:
    """Values larger than a page, and much larger, come back whole, and can be replaced by small ones."""
    store.apply({b"key": b"v" * size}, 1)
    assert store.get(b"key") == b"v" * size
    store.apply({b"key": b"small"}, 2)
    assert store.get(b"key") == b"small"


def test_closes_twice(store: Store) -> None:
    """Closing again does nothing, so that clean-up code need not know."""
    store.close()
    store.close()


@pytest.mark.parametrize("kind", OPENINGS)
def test_is_new_after_destroy(kind: str, directory: Path) -> None:
    """What was destroyed is gone, and the place can be used again."""
    store = OPENINGS[kind](directory)
    store.apply({b"key": b"value"}, 5)
    store.destroy()
    assert not directory.exists()
    again = OPENINGS[kind](directory)
    assert (again.position, everything(again)) == (0, {})
    again.close()


# --- the durable store ----------------------------------------------------------------------------------------------


def test_comes_back_after_close(directory: Path) -> None:
    """Content and position are there again after a reopening."""
    content = filled(directory)
    store = open_store(directory)
    assert (store.position, everything(store)) == (len(content), content)
    store.close()


def test_grows_when_its_file_is_full(directory: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The file grows as often as one batch needs, and the batch is whole."""
    monkeypatch.setattr(stores, "DATA_BYTES_STEP", 2**16)
    assert len(filled(directory)) * 480 > 8 * stores.DATA_BYTES_STEP
    store = open_store(directory)
    assert len(everything(store)) == store.position == 2_000
    store.close()


def test_says_so_when_it_may_not_grow_further(directory: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """At the limit the batch is refused as a whole, and the store stays as it was."""
    monkeypatch.setattr(stores, "DATA_BYTES_STEP", 2**17)
    monkeypatch.setattr(stores, "DATA_BYTES_MAX", 2**17)
    store = open_store(directory)
    store.apply({b"key": b"old"}, 1)
    with pytest.raises(StoreError, match="more partitions"):
        store.apply({b"key": b"new", b"large": bytes(2**18)}, 2)
    assert (store.position, everything(store)) == (1, {b"key": b"old"})
    store.apply({b"key": b"new"}, 2)
    assert store.get(b"key") == b"new"
    store.close()


@contextlib.contextmanager
def no_file_longer_than(size: int) -> Iterator[None]:
    """Make the system refuse writes past this size, as a full disk does."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_survives_a_full_disk(directory: Path) -> None:
    """A batch that the disk refuses leaves content and position; it can be applied when there is space."""
    store = open_store(directory)
    store.apply({b"key": b"old"}, 1)
    batch: dict[bytes, bytes | None] = {b"r/%d" % number: bytes(90_000) for number in range(200)}
    batch[b"key"] = b"new"
    with no_file_longer_than(stores.DATA_BYTES_STEP):
        for _ in range(2):
            with pytest.raises(StoreError, match="free disk space") as caught:
                store.apply(batch, 2)
    assert not isinstance(caught.value, DamagedStoreError)
    assert str(directory) in str(caught.value)
    assert (store.position, everything(store)) == (1, {b"key": b"old"})
    store.apply(batch, 2)
    assert (store.position, everything(store)) == (2, batch)
    store.close()


def test_has_one_owner(directory: Path) -> None:
    """A second opening is refused, and names what to do, until the first one is closed."""
    first = open_store(directory)
    with pytest.raises(StoreError, match="open elsewhere; stop the other process") as caught:
        open_store(directory)
    assert not isinstance(caught.value, DamagedStoreError)
    first.close()
    open_store(directory).close()


def test_refuses_a_place_that_is_no_directory(tmp_path: Path) -> None:
    """A path that cannot be used is for the operator, not a damage to restore."""
    (tmp_path / "file").write_text("not a directory")
    with pytest.raises(StoreError, match="check the path") as caught:
        open_store(tmp_path / "file" / "partition-3")
    assert not isinstance(caught.value, DamagedStoreError)


def test_destroy_leaves_the_files_of_others(directory: Path) -> None:
    """Only the store's own files go."""
    filled(directory)
    (directory / "notes.txt").write_text("keep me")
    destroy_store(directory)
    assert [path.name for path in directory.iterdir()] == ["notes.txt"]


def cut_in_half(directory: Path) -> None:
    """Lose the second half of the file."""
    os.truncate(directory / DATA_FILE, (directory / DATA_FILE).stat().st_size // 2)


def cut_one_byte(directory: Path) -> None:
    """Lose the last byte of the file."""
    os.truncate(directory / DATA_FILE, (directory / DATA_FILE).stat().st_size - 1)


def cut_in_half_after_a_crash(directory: Path) -> None:
    """Lose half of a file whose owner did not close it."""
    (directory / OWNER_FILE).write_text(f"open {stores._boot_id()} {2**23} 1")  # noqa: SLF001 - to forge a note
    cut_in_half(directory)


def blank_the_head(directory: Path) -> None:
    """Lose the two pages that say where everything is."""
    with (directory / DATA_FILE).open("r+b") as file:
        file.write(bytes(8_192))


def replace_by_garbage(directory: Path) -> None:
    """Put something else in its place."""
    size = (directory / DATA_FILE).stat().st_size
    (directory / DATA_FILE).write_bytes(random.Random(5).randbytes(size))  # noqa: S311


def lose_the_note(directory: Path) -> None:
    """Copy the data without its owner file."""
    (directory / OWNER_FILE).unlink()


def blur_the_note(directory: Path) -> None:
    """Garble the owner file."""
    (directory / OWNER_FILE).write_bytes(b"\xff\x00 17")


def restart_the_machine(directory: Path) -> None:
    """Leave the store open in an earlier run of the machine."""
    (directory / OWNER_FILE).write_text(f"open 00000000-0000-0000-0000-000000000000 {2**23} 1")


def find_damage(directory: Path) -> None:
    """Blank the pages behind the head, so that the damage shows only in use, and use it."""
    with (directory / DATA_FILE).open("r+b") as file:
        file.seek(8_192)
        file.write(bytes(2**20))
    store = open_store(directory)
    with pytest.raises(DamagedStoreError, match="not readable"):
        everything(store)
    store.close()


def flip_a_bit_of_a_value(directory: Path) -> None:
    """Change one bit of one value, which no structure of the file shows, and read it."""
    data = bytearray((directory / DATA_FILE).read_bytes())
    data[data.index(b"000123" * 80) + 7] ^= 1
    (directory / DATA_FILE).write_bytes(data)
    store = open_store(directory)
    assert store.get(b"r/000122") == b"000122" * 80
    with pytest.raises(DamagedStoreError, match="checksum"):
        store.get(b"r/000123")
    store.close()


def never_close(directory: Path) -> None:
    """Leave the store open so often that it may be the store that ends its process."""
    (directory / OWNER_FILE).write_text(f"open {stores._boot_id()} {2**23} 5")  # noqa: SLF001 - to forge a note


@pytest.mark.parametrize(
    "damage",
    [
        cut_in_half,
        cut_one_byte,
        cut_in_half_after_a_crash,
        blank_the_head,
        replace_by_garbage,
        lose_the_note,
        blur_the_note,
        restart_the_machine,
        find_damage,
        flip_a_bit_of_a_value,
        never_close,
    ],
)
def test_refuses_damaged_files(directory: Path, damage: Callable[[Path], None]) -> None:
    """What cannot be trusted does not open, however often it is tried; destroyed, it opens as new."""
    filled(directory)
    damage(directory)
    for _ in range(2):
        with pytest.raises(DamagedStoreError, match="restore the partition from its changelog"):
            open_store(directory)
    destroy_store(directory)
    store = open_store(directory)
    assert store.position == 0
    store.close()


def test_refuses_another_format(directory: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A store that another version of the program wrote in another way is restored, not misread."""
    filled(directory)
    monkeypatch.setattr(stores, "FORMAT", b"another")
    with pytest.raises(DamagedStoreError, match="another format"):
        open_store(directory)


@pytest.mark.parametrize("name", [DATA_FILE, OWNER_FILE])
def test_starts_anew_when_nothing_was_written(directory: Path, name: str) -> None:
    """An owner that died before its first batch leaves nothing to distrust."""
    directory.mkdir()
    (directory / name).touch()
    store = open_store(directory)
    assert (store.position, everything(store)) == (0, {})
    store.close()


def test_does_not_grow_under_overwriting(directory: Path) -> None:
    """Old pages are used again: a hundred overwrites of everything take at most three times the space of one."""
    content: dict[bytes, bytes | None] = {b"r/%d" % number: bytes(100) for number in range(1_000)}
    store = open_store(directory)
    store.apply(content, 1)
    first = (directory / DATA_FILE).stat().st_size
    for position in range(2, 102):
        store.get(b"r/1")
        store.apply(content, position)
    assert (directory / DATA_FILE).stat().st_size <= 3 * first
    store.close()


# --- crash ----------------------------------------------------------------------------------------------------------


def crash_batch(number: int) -> dict[bytes, bytes | None]:
    """Make the same batch for the same number, with puts and deletes among few keys."""
    chance = random.Random(number)  # noqa: S311 - must repeat
    chosen = [b"k/%04d" % chance.randrange(3_000) for _ in range(chance.randint(50, 500))]
    return {key: None if chance.random() < 0.1 else b"%d " % number * chance.randint(5, 200) for key in chosen}


def apply_until_killed(directory: Path) -> None:
    """Be the process that is killed: apply batch after batch, and tell each one."""
    store = open_store(directory)
    for number in range(store.position, CRASH_BATCHES_MAX):
        store.apply(crash_batch(number), number + 1)
        print(number + 1, flush=True)  # noqa: T201 - the test reads it


def kill_amid_batches(directory: Path, after_seconds: float) -> int:
    """Run that process, kill it some time after its first batch, and return the last position it told."""
    command = [sys.executable, __file__, str(directory)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout
        told = child.stdout.readline()
        time.sleep(after_seconds)
        child.kill()
        told += child.stdout.read()
    return int(told.split()[-1])


def test_holds_whole_batches_after_kill_9(directory: Path) -> None:
    """However often its process is killed, the store equals its batches up to its position; none applied is missing."""
    chance = random.Random(23)  # noqa: S311
    model: dict[bytes, bytes] = {}
    done = 0
    for _ in range(KILLS):
        told = kill_amid_batches(directory, chance.uniform(0.01, 0.15))
        store = open_store(directory)
        assert told <= store.position <= told + 1
        for number in range(done, store.position):
            model = {key: value for key, value in (model | crash_batch(number)).items() if value is not None}
        done = store.position
        assert everything(store) == model
        store.close()


def test_open_store_gives_the_durable_store(directory: Path) -> None:
    """The name that others rely on."""
    store = open_store(directory)
    assert isinstance(store, LmdbStore)
    store.close()


if __name__ == "__main__":
    apply_until_killed(Path(sys.argv[1]))


def test_keeps_a_store_that_is_killed_often_after_having_worked(tmp_path: Path) -> None:
    """A worker that is killed again and again, each time after a while of work, keeps its store."""
    script = (
        "import os, sys; from pathlib import Path; from pipeline.engine.stores import open_store\n"
        "store = open_store(Path(sys.argv[1]))\n"
        "for _ in range(200): store.apply({b'k': b'v'}, store.position + 1)\n"
        "os.kill(os.getpid(), 9)"
    )
    for _ in range(8):
        subprocess.run([sys.executable, "-c", script, str(tmp_path / "store")], check=False)
    store = open_store(tmp_path / "store")
    assert store.position == 8 * 200
    store.close()
