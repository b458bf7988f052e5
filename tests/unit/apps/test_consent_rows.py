"""Rows of a list to consent events: what is taken, what is refused, and that no refusal says what the row said."""

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from pipeline.apps.consent_rows import (
    ImportedEvent,
    ImportSettings,
    RowError,
    event_from,
    rows_of_csv,
    rows_of_json_lines,
)
from pipeline.domain.instants import to_milliseconds
from pipeline.state.choices import CLOCK_SKEW_MILLISECONDS
from pipeline.testing.builders import NOW, RECIPIENT, instant

ROW = {"to": RECIPIENT, "workspace_id": "ws-1", "occurred_at": "2026-04-28T10:00:00Z", "basis": "express"}


def settings_of(**changes: Any) -> ImportSettings:  # noqa: ANN401 - passed on
    """Build settings: columns named as the fields, no time zone."""
    return ImportSettings({}, {}, None, NOW)._replace(**changes)


def taken(
    row: dict[str, Any] | None = None, /, settings: ImportSettings | None = None, **cells: object
) -> ImportedEvent:
    """Read a row that is in order but for these cells."""
    return event_from(ROW | (row or {}) | cells, settings or settings_of())


def refusal(**cells: object) -> RowError:
    """Say why a row is refused."""
    with pytest.raises(RowError) as refused:
        taken(cells)
    return refused.value


def test_takes_a_row_for_a_claim_of_consent_to_everything() -> None:
    """What a list does not say is: an import, of everything, known since now."""
    event = taken().event
    assert (event.action, event.scope.channel, event.scope.brand, event.basis) == ("import", "*", "*", "express")
    assert to_milliseconds(event.recorded_at) == NOW


@pytest.mark.parametrize(
    "number", ["+44 7700 900123", "+44-7700-900123", "+44 (7700) 900.123", "+44\u00a07700\u00a0900123"]
)
def test_takes_a_number_with_punctuation(number: str) -> None:
    """Lists write numbers for people."""
    assert taken(to=number).event.to == RECIPIENT


@pytest.mark.parametrize("number", ["07700900123", "447700900123", "+4407700900123", "+99", "tel:+447700900123", "x"])
def test_refuses_what_is_no_international_number(number: str) -> None:
    """Which country a number without one belongs to is not guessed."""
    assert refusal(to=number).field == "to"


def test_takes_a_business_scoped_id() -> None:
    """A person without number is named by id and portfolio."""
    event = taken({"to": ""}, bsuid="GB.1", portfolio_id="pf-1").event
    assert not isinstance(event.to, str)
    assert (event.to.bsuid, event.to.portfolio_id) == ("GB.1", "pf-1")


@pytest.mark.parametrize("field", ["to", "workspace_id", "occurred_at"])
def test_refuses_a_row_without(field: str) -> None:
    """A person, a workspace and a time are what consent needs."""
    assert refusal(**{field: " "}).field == field


def test_maps_columns_and_fills_gaps() -> None:
    """A column may have any name, and a default stands in for an empty cell alone."""
    settings = settings_of(columns={"to": "phone", "channel": "via"}, defaults={"channel": "sms", "method": "paper"})
    row = ROW | {"to": "unused", "phone": RECIPIENT, "via": ""}
    event = event_from(row, settings).event
    assert (event.to, event.scope.channel, event.method) == (RECIPIENT, "sms", "paper")
    assert event_from(row | {"via": "whatsapp"}, settings).event.scope.channel == "whatsapp"


@pytest.mark.parametrize(
    ("action", "text", "read"),
    [
        ("import", "2026-04-28", "2026-04-27T23:00:00+00:00"),
        ("opt_in", "2026-04-28", "2026-04-27T23:00:00+00:00"),
        ("opt_out", "2026-04-28", "2026-04-28T22:59:59.999000+00:00"),
        ("import", "2026-04-28 10:00", "2026-04-28T09:00:00+00:00"),
        ("import", "2026-10-25 01:30", "2026-10-25T00:30:00+00:00"),
        ("opt_out", "2026-10-25 01:30", "2026-10-25T01:30:00+00:00"),
        ("import", "2026-04-28T10:00:00+05:30", "2026-04-28T04:30:00+00:00"),
    ],
)
def test_reads_times_in_the_given_zone_the_safe_way(action: str, text: str, read: str) -> None:
    """A day alone: consent from its begin, an opt-out to its end; of an hour that comes twice likewise."""
    settings = settings_of(zone=ZoneInfo("Europe/London"))
    event = taken(None, settings, action=action, occurred_at=text).event
    assert event.occurred_at.astimezone(UTC) == datetime.fromisoformat(read)


@pytest.mark.parametrize("text", ["2026-04-28", "2026-04-28T10:00:00"])
def test_refuses_a_time_whose_zone_is_not_known(text: str) -> None:
    """Which night it was is not guessed."""
    assert "--time-zone" in refusal(occurred_at=text).reason


@pytest.mark.parametrize("text", ["yesterday", "28/04/2026", "2026-13-01", "2026-02-30"])
def test_refuses_what_is_no_time(text: str) -> None:
    """Days of other calendars and other orders are not guessed."""
    assert refusal(occurred_at=text).field == "occurred_at"


@pytest.mark.parametrize(("shift", "is_taken"), [(-1, True), (0, True), (1, False)])
def test_refuses_consent_from_the_future(shift: int, *, is_taken: bool) -> None:
    """The workers would make a dead letter of it; clocks may differ by five minutes."""
    text = instant(CLOCK_SKEW_MILLISECONDS + shift)
    if is_taken:
        assert taken(occurred_at=text)
    else:
        assert refusal(occurred_at=text).reason == "lies in the future"


def test_takes_an_opt_out_from_the_future() -> None:
    """An opt-out is never refused for its date; it counts from when it comes."""
    assert taken(action="opt_out", occurred_at=instant(CLOCK_SKEW_MILLISECONDS + 1))


def test_gives_the_same_row_the_same_id() -> None:
    """An import that is repeated later, in another order, brings the same events."""
    later = settings_of(now_milliseconds=NOW + 1)
    assert taken().event.consent_event_id == taken(None, later).event.consent_event_id


@pytest.mark.parametrize(
    "cells",
    [
        {"to": "+447700900124"},
        {"workspace_id": "ws-2"},
        {"basis": "implied"},
        {"channel": "sms"},
        {"occurred_at": "2026-04-28T10:00:01Z"},
        {"evidence.form": "f-2"},
    ],
)
def test_gives_another_row_another_id(cells: dict[str, object]) -> None:
    """Whatever a row says makes its id."""
    assert taken(cells).event.consent_event_id != taken().event.consent_event_id


def test_keeps_the_proof() -> None:
    """Columns of evidence go to the ledger as they are."""
    assert (
        b'"evidence":{"form":"f-1","ip":"192.0.2.1"}'
        in taken({"evidence.form": "f-1", "evidence.ip": "192.0.2.1"}).encode()
    )


@pytest.mark.parametrize(
    "cells",
    [
        {"action": "SECRET"},
        {"to": "+44SECRET"},
        {"occurred_at": "SECRET"},
        {"basis": "SECRET" * 1_000},
        {"evidence": "SECRET"},
        {"workspace_id": "SECRET" * 100},
    ],
)
def test_never_says_what_a_refused_row_says(cells: dict[str, object]) -> None:
    """A refusal names the field and the reason, and no value."""
    assert "SECRET" not in str(refusal(**cells))


def test_reads_csv_with_the_line_of_each_row() -> None:
    """A cell with a line break counts as the lines that it takes; empty lines are none."""
    lines = ["a,b\r\n", '1,"x\n', 'y"\n', "\n", "2\n", "3,z\n"]
    rows = [(line, str(row) if isinstance(row, RowError) else row) for line, row in rows_of_csv(lines, ",")]
    assert rows == [
        (3, {"a": "1", "b": "x\ny"}),
        (5, "row: has 1 cells, the header 2"),
        (6, {"a": "3", "b": "z"}),
    ]


@pytest.mark.parametrize("lines", [[], ["a,a\n", "1,2\n"]])
def test_refuses_csv_without_a_usable_header(lines: list[str]) -> None:
    """Without names for the columns nothing can be read."""
    with pytest.raises(RowError, match="header"):
        list(rows_of_csv(lines, ","))


def test_reads_events_as_they_stand_on_the_topic() -> None:
    """JSON Lines of consent events are rows too: scope and evidence are taken apart."""
    line = (
        '{"consent_event_id":"c-1","workspace_id":"ws-1","to":{"bsuid":"GB.1","portfolio_id":"pf-1"},"action":"opt_in",'
        '"scope":{"channel":"sms"},"evidence":{"form":"f-1"},"occurred_at":"2026-04-28T10:00:00Z"}'
    )
    ((number, row), (_, bad)) = rows_of_json_lines([line, "[1]"])
    assert isinstance(row, dict)
    imported = event_from(row, settings_of())
    assert (number, imported.event.consent_event_id, imported.event.scope.channel) == (1, "c-1", "sms")
    assert imported.evidence == {"form": "f-1"}
    assert isinstance(bad, RowError)
