"""Rows of a list of consents, to consent events: columns named by a map, dates read in a zone, refusals in words.

Pure: reads no file and no clock. A row that can't be used gives the field and the reason, and never the value.
"""

import csv
import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime, time, tzinfo
from typing import Any, Final, NamedTuple

import msgspec

from pipeline.domain.events import ConsentEvent
from pipeline.domain.instants import to_datetime, to_milliseconds
from pipeline.domain.numbers import read_number
from pipeline.state.choices import CLOCK_SKEW_MILLISECONDS

FIELDS: Final = (
    *("to", "bsuid", "portfolio_id", "workspace_id", "action", "channel", "purpose", "sender", "brand"),
    *("basis", "method", "occurred_at", "recorded_at", "expires_at", "consent_event_id"),
)
"""What a column can be mapped to; `evidence.<name>` besides."""

_SCOPE: Final = ("channel", "purpose", "sender", "brand")
_PUNCTUATION: Final = re.compile(r"[\s().\u00a0-]+")
_LAST_MOMENT: Final = time(23, 59, 59, 999_000)


class ImportSettings(NamedTuple):
    """How rows are to be read.

    `columns` maps a field to the name of its column, `defaults` a field to what it is where a row leaves it empty;
    `zone` is that of dates without offset (None: they are refused); `now_milliseconds` is when it becomes known.
    """

    columns: Mapping[str, str]
    defaults: Mapping[str, str]
    zone: tzinfo | None
    now_milliseconds: int


class RowError(Exception):
    """A row can't be used: the field and the reason, for whoever keeps the list."""

    def __init__(self, field: str, reason: str) -> None:
        """Name the field and the reason."""
        super().__init__(f"{field}: {reason}")
        self.field = field
        self.reason = reason


Row = Mapping[str, Any]


def rows_of_csv(lines: Iterable[str], delimiter: str) -> Iterator[tuple[int, Row | RowError]]:
    """Read CSV with a header line; gives the number of the line on which each row ends, and its cells by column.

    :raises RowError: there is no header, or it names a column twice
    """
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    header: list[str] | None = None
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            break
        except csv.Error as error:
            yield reader.line_num, RowError("row", f"is no CSV ({error})")
            continue
        if header is None:
            header = [cell.strip().lstrip("\ufeff") for cell in cells]
            if len(set(header)) != len(header):
                raise RowError("header", "names a column twice")
        elif not any(cell.strip() for cell in cells):
            continue
        elif len(cells) != len(header):
            yield reader.line_num, RowError("row", f"has {len(cells)} cells, the header {len(header)}")
        else:
            yield reader.line_num, dict(zip(header, cells, strict=True))
    if header is None:
        raise RowError("header", "is missing: the file is empty")


def rows_of_json_lines(lines: Iterable[str]) -> Iterator[tuple[int, Row | RowError]]:
    """Read JSON Lines; a consent event is a row too, alone or with its topic, its scope and evidence taken apart."""
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            row = msgspec.json.decode(line.encode("utf-8", "surrogatepass"), type=dict[str, Any])
        except (msgspec.DecodeError, UnicodeError, RecursionError):
            yield number, RowError("row", "is no JSON object")
            continue
        if isinstance(row.get("value"), dict) and "topic" in row:
            row = row["value"]
        yield number, _flat(row)


def _flat(row: dict[str, Any]) -> Row:
    """Lay the scope, the evidence and a business-scoped id of an event open as columns."""
    flat: dict[str, Any] = {}
    for name, value in row.items():
        if name == "evidence" and isinstance(value, dict):
            flat |= {f"evidence.{key}": part for key, part in value.items()}
        elif name in ("scope", "to") and isinstance(value, dict):
            flat |= value
        else:
            flat[name] = value
    return flat


class ImportedEvent(NamedTuple):
    """A consent event with the proof that its row gave, which the workers pass by and the ledger keeps."""

    event: ConsentEvent
    evidence: Mapping[str, str]

    def encode(self) -> bytes:
        """Write it as it goes to the ledger."""
        proof = {"evidence": self.evidence} if self.evidence else {}
        return msgspec.json.encode(msgspec.to_builtins(self.event) | proof)


def event_from(row: Row, settings: ImportSettings) -> ImportedEvent:
    """Turn a row into a consent event and its evidence.

    The id follows from what the row says, so that the same row imported again is the same event.

    :raises RowError: a field is missing or can't be read
    """
    given = _values(row, settings)
    action = given.get("action", "import")
    occurred_at = _instant(given, "occurred_at", settings, is_late=action in ("opt_out", "expire", "reassigned"))
    if occurred_at is None:
        raise RowError("occurred_at", "is missing: consent without a day proves nothing")
    if action != "opt_out" and to_milliseconds(occurred_at) > settings.now_milliseconds + CLOCK_SKEW_MILLISECONDS:
        raise RowError("occurred_at", "lies in the future")
    content: dict[str, Any] = {
        "workspace_id": given.get("workspace_id", ""),
        "to": _recipient(given),
        "action": action,
        "scope": {part: given.get(part, "*") for part in _SCOPE},
        "basis": given.get("basis"),
        "method": given.get("method"),
        "occurred_at": occurred_at,
        "expires_at": _instant(given, "expires_at", settings, is_late=False),
    }
    evidence = {name[9:]: value for name, value in given.items() if name.startswith("evidence.")}
    digest = hashlib.blake2b(msgspec.json.encode([content, evidence]), digest_size=16).hexdigest()
    recorded_at = _instant(given, "recorded_at", settings, is_late=False) or to_datetime(settings.now_milliseconds)
    content |= {
        "consent_event_id": given.get("consent_event_id", f"import-{digest}"),
        "recorded_at": recorded_at,
    }
    try:
        return ImportedEvent(msgspec.convert(content, ConsentEvent), evidence)
    except msgspec.ValidationError as error:
        raise RowError(*_field_and_reason(error)) from None


def _values(row: Row, settings: ImportSettings) -> dict[str, str]:
    """Give what a row says by field, without what is empty; a default stands in for it."""
    given = dict(settings.defaults)
    flat = _flat_evidence(row)
    names = {field: settings.columns.get(field, field) for field in FIELDS}
    names |= {column: column for column in flat if column.startswith("evidence.")}
    names |= {field: column for field, column in settings.columns.items() if field.startswith("evidence.")}
    for field, column in names.items():
        value = flat.get(column)
        if value is None:
            continue
        text = value if isinstance(value, str) else msgspec.json.encode(value).decode()
        if text.strip():
            given[field] = text.strip()
    return given


def _flat_evidence(row: Row) -> Row:
    """Lay open a cell that holds the whole of the evidence, as `export` writes it."""
    cell = row.get("evidence")
    if not isinstance(cell, str) or not cell.strip():
        return row
    try:
        evidence = msgspec.json.decode(cell, type=dict[str, Any])
    except msgspec.DecodeError:
        raise RowError("evidence", "is no JSON object; use columns named evidence.NAME") from None
    return dict(row) | {f"evidence.{name}": value for name, value in evidence.items()}


def _recipient(given: Mapping[str, str]) -> str | dict[str, str]:
    if "to" in given:
        number = _PUNCTUATION.sub("", given["to"])
        if read_number(number) is None:
            raise RowError("to", "is no possible number in international form (E.164, with + and country code)")
        return number
    if "bsuid" in given and "portfolio_id" in given:
        return {"bsuid": given["bsuid"], "portfolio_id": given["portfolio_id"]}
    raise RowError("to", "is missing, and so is a business-scoped id with its portfolio (bsuid, portfolio_id)")


def _instant(given: Mapping[str, str], field: str, settings: ImportSettings, *, is_late: bool) -> datetime | None:
    """Read a time. A day alone is its first moment, or its last where the later one is the safe one.

    The safe one: at the same time an opt-out wins, so consent counts from the begin of its day, an opt-out to the end.
    """
    text = given.get(field)
    if text is None:
        return None
    try:
        instant = datetime.fromisoformat(text)
        if len(text) <= len("2026-11-24"):
            instant = datetime.combine(date.fromisoformat(text), _LAST_MOMENT if is_late else time())
    except ValueError:
        raise RowError(field, "is no time (RFC 3339, such as 2026-11-24T15:00:00Z) and no day (2026-11-24)") from None
    if instant.tzinfo is not None:
        return instant
    if settings.zone is None:
        raise RowError(field, "does not say its time zone; give --time-zone")
    return instant.replace(tzinfo=settings.zone, fold=int(is_late))  # of an hour that comes twice, the safe one


def _field_and_reason(error: msgspec.ValidationError) -> tuple[str, str]:
    """Take a decoder's complaint apart, without the value that it may quote."""
    reason, _, path = str(error).partition(" - at `")
    field = path.rstrip("`").removeprefix("$.") or "row"
    return field, "unknown value" if reason.startswith("Invalid") else reason[0].lower() + reason[1:]
