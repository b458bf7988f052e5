"""Suppression lists as files: built from a source list, mapped into memory, loaded anew when they change.

A file is 64 bytes of header and then the rows of `pipeline/domain/suppression_lists.py`, sorted, as little-endian
64-bit numbers. It is written beside its place and moved there, so that a worker sees the old list or the new one.
"""

import array
import contextlib
import mmap
import os
import struct
import sys
from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path
from typing import Final, NamedTuple, cast

from pipeline.domain.suppression_lists import (
    DAY_BITS,
    LIST_KINDS,
    ListKind,
    SuppressionList,
    SuppressionLists,
    day_of,
    packed,
)

SUFFIX: Final = ".suppression"
_HEADER: Final = struct.Struct("<8sHHIqQ32x")
_MAGIC: Final = b"SUPPRESS"
_VERSION: Final = 1
_BUCKET: Final = 10_000_000
"""Numbers that share all but their last seven digits are sorted together: an area code at most."""


class ListError(Exception):
    """A list can't be read or written; the text names the file and what helps whoever runs it."""


class Source(NamedTuple):
    """How the lines of a source list are laid out: which cells (from 1) make the number, and which the day.

    `prefix` is put in front of digits without plus sign, such as `1` for a list of North American numbers.
    """

    cells: Sequence[int] = (1,)
    day_cell: int | None = None
    delimiter: str = ","
    prefix: str = ""


class Built(NamedTuple):
    """What became of a source list: rows written, and lines without a number of 7 to 15 digits or with a bad day."""

    rows: int
    refused: int
    first_refused: Sequence[int]


REFUSED_SHOWN_MAX: Final = 20


def build(lines: Iterable[str], source: Source, kind: ListKind, as_of: date, place: Path) -> Built:
    """Build a list file from the lines of a source; of a number that comes several times, the newest day stays.

    Memory: 8 bytes a row, and those of one bucket twice. Measured: see docs/rules/suppression_list.md.

    :raises ListError: no line gives a number, or the file can't be written
    """
    buckets: dict[int, array.array[int]] = {}
    refused = 0
    first_refused: list[int] = []
    for line_number, line in enumerate(lines, start=1):
        row = _row(line, source)
        if row is None:
            if line.strip():
                refused += 1
                if refused <= REFUSED_SHOWN_MAX:
                    first_refused.append(line_number)
            continue
        key = (row >> DAY_BITS) // _BUCKET
        bucket = buckets.get(key)
        if bucket is None:
            bucket = buckets[key] = array.array("Q")
        bucket.append(row)
    if not buckets:
        message = "no line gives a number; say with --cells and --prefix where it stands"
        raise ListError(message)
    try:
        count = _write(buckets, kind, as_of, place)
    except OSError as error:
        message = f"{place} can't be written: {error.strerror}"
        raise ListError(message) from error
    return Built(count, refused, first_refused)


def _row(line: str, source: Source) -> int | None:
    """Read one line; None when it gives no number, or a day that can't be read."""
    cells = line.split(source.delimiter)
    try:
        text = "".join(cells[cell - 1] for cell in source.cells) if source.cells != (1,) else cells[0]
        has_plus = "+" in text
        digits = text.strip(' "+\r\n\t')
        if not digits.isdigit():
            digits = "".join(filter(str.isdigit, digits))
        if not has_plus:
            digits = source.prefix + digits
        if not 7 <= len(digits) <= 15 or digits[0] == "0":  # noqa: PLR2004 - E.164, as in domain/numbers.py
            return None
        day = day_of(date.fromisoformat(cells[source.day_cell - 1].strip(' "\r\n'))) if source.day_cell else 0
    except (IndexError, ValueError):
        return None
    return packed(int(digits), day)


def _write(buckets: dict[int, "array.array[int]"], kind: ListKind, as_of: date, place: Path) -> int:
    place.parent.mkdir(parents=True, exist_ok=True)
    beside = place.with_name(f".{place.name}.{os.getpid()}")
    count = 0
    try:
        with beside.open("wb") as file:
            file.write(bytes(_HEADER.size))
            for key in sorted(buckets):
                rows = array.array("Q", _newest(sorted(buckets.pop(key))))
                if sys.byteorder == "big":
                    rows.byteswap()
                rows.tofile(file)
                count += len(rows)
            file.seek(0)
            days = (as_of - date(1970, 1, 1)).days
            file.write(_HEADER.pack(_MAGIC, _VERSION, LIST_KINDS.index(kind), 0, days, count))
            file.flush()
            os.fsync(file.fileno())
        beside.replace(place)
    finally:
        with contextlib.suppress(FileNotFoundError):
            beside.unlink()
    return count


def _newest(rows: Sequence[int]) -> list[int]:
    """Leave of the rows of one number the last, which has the newest day."""
    last = len(rows) - 1
    return [row for at, row in enumerate(rows) if at == last or rows[at + 1] >> DAY_BITS != row >> DAY_BITS]


def load(place: Path) -> SuppressionList:
    """Map a list file.

    :raises ListError: it is none, is cut short, or of a later version; build it again
    """
    try:
        with place.open("rb") as file:
            mapped = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    except (OSError, ValueError) as error:
        message = f"{place} can't be read; build it with `compliance lists import`"
        raise ListError(message) from error
    if len(mapped) < _HEADER.size:
        message = f"{place} is no suppression list; build it with `compliance lists import`"
        raise ListError(message)
    magic, version, kind, _, days, count = _HEADER.unpack_from(mapped)
    is_whole = len(mapped) == _HEADER.size + 8 * count
    if magic != _MAGIC or version != _VERSION or kind >= len(LIST_KINDS) or not is_whole or sys.byteorder == "big":
        message = f"{place} is no suppression list of this version, or is cut short; build it again"
        raise ListError(message)
    rows = cast("Sequence[int]", memoryview(mapped)[_HEADER.size :].cast("Q"))
    return SuppressionList(place.stem, LIST_KINDS[kind], days * 86_400_000, rows)


class ListDirectory:
    """The lists of a directory, loaded anew when one of its files changes."""

    def __init__(self, directory: Path) -> None:
        """Look at a directory, which must be there."""
        self._directory = directory
        self._state: tuple[tuple[str, int, int], ...] = ()

    def changed(self) -> SuppressionLists | None:
        """Load the lists if anything has changed since the last call; else None.

        :raises ListError: the directory or a list can't be read; what was loaded before is still good
        """
        try:
            places = sorted(self._directory.glob(f"*{SUFFIX}"))
            state = tuple((place.name, (s := place.stat()).st_mtime_ns, s.st_ino) for place in places)
            if not self._directory.is_dir():
                raise NotADirectoryError
        except OSError as error:
            message = f"{self._directory} can't be read; COMPLIANCE_SUPPRESSION_LISTS must name a directory"
            raise ListError(message) from error
        if state == self._state and self._state:
            return None
        lists = SuppressionLists([load(place) for place in places])
        self._state = state
        return lists
