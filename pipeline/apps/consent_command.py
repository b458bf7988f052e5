"""`compliance consent`: bring consents in, give them out, and show what stood for one person at any time."""

import asyncio
import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import nullcontext
from datetime import datetime
from pathlib import Path
from typing import IO, Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import click

from pipeline.apps.consent_ledger import (
    FileWriter,
    KafkaWriter,
    LedgerError,
    NothingWriter,
    Writer,
    acts_in,
    acts_on_kafka,
    line_of,
    needles_for,
    subject_of,
)
from pipeline.apps.consent_rows import (
    FIELDS,
    ImportSettings,
    Row,
    RowError,
    event_from,
    rows_of_csv,
    rows_of_json_lines,
)
from pipeline.apps.settings import SettingsError, read_environment
from pipeline.domain.events import Command
from pipeline.domain.instants import to_milliseconds
from pipeline.state.choices import Target
from pipeline.state.history import Act
from pipeline.topologies.names import COMMANDS, CONSENT

DONE, ROWS_REFUSED, NOT_DONE = 0, 1, 2
"""Exit codes: all is done; some rows were refused and the others are done; it could not go on."""

SHOWN_MAX: Final = 100
"""Refusals that are printed; all of them go to --report."""

_CHANNELS: Final = ("sms", "whatsapp")
_PURPOSES: Final = ("marketing", "utility", "service", "authentication")


Rows = Iterable[tuple[int, Row | RowError]]


class Refusals:
    """Tells of rows that were refused: the first ones on standard error, all in the report."""

    def __init__(self) -> None:
        """Begin with none."""
        self.count = 0
        self.report: IO[str] | None = None

    def add(self, line: int, error: RowError) -> None:
        """Tell of one: the line, the field and the reason, never what the row says."""
        self.count += 1
        if self.report is not None:
            if self.count == 1:
                self.report.write("line,field,reason\n")
            reason = error.reason.replace('"', "'")
            self.report.write(f'{line},{error.field},"{reason}"\n')
        if self.count <= SHOWN_MAX:
            click.echo(f"line {line}: {error.field}: {error.reason}", err=True)


@click.group()
def consent() -> None:
    """Bring consents in, give them out, and show what stood for one person at any time."""


@consent.command("import", short_help="Bring a list of consents in.")
@click.argument("file", type=click.File("r", encoding="utf-8-sig"))
@click.option("--format", "form", type=click.Choice(["csv", "jsonl"]), help="By the file's name if not given.")
@click.option("--map", "columns", multiple=True, metavar="FIELD=COLUMN,…", help="Columns by field: to=phone,basis=how.")
@click.option("--set", "defaults", multiple=True, metavar="FIELD=VALUE,…", help="Where a row is silent: channel=sms.")
@click.option("--time-zone", metavar="ZONE", help="Of times without offset, such as Europe/London.")
@click.option("--delimiter", default=",", show_default=True, help="Of CSV; `tab` for a tab.")
@click.option("--dry-run", is_flag=True, help="Read and check everything, write nothing.")
@click.option("--file", "out", type=click.Path(path_type=Path), help="Write events here in place of Kafka.")
@click.option("--report", type=click.Path(path_type=Path), help="Write all refused rows here, as CSV.")
def import_(  # noqa: PLR0913 - one for each option
    file: IO[str],
    form: str | None,
    columns: Sequence[str],
    defaults: Sequence[str],
    time_zone: str | None,
    delimiter: str,
    out: Path | None,
    report: Path | None,
    *,
    dry_run: bool,
) -> None:
    r"""Bring a FILE of consents (CSV with a header, or JSON Lines; - is stdin) to compliance.consent.

    \b
    Fields: to, or bsuid and portfolio_id; workspace_id; occurred_at (a day alone counts from its begin, an
    opt-out from its end); action (import if not given); channel, purpose, sender, brand (* if not given);
    basis, method, expires_at, recorded_at, consent_event_id, evidence.NAME.

    A consent that a list claims never lifts an opt-out. A row imported again is the same event and changes
    nothing. Exit code 0: all rows are in; 1: some were refused, with line and reason; 2: it could not go on.
    """
    settings = ImportSettings(_pairs(columns), _pairs(defaults), _zone(time_zone), time.time_ns() // 1_000_000)
    for field in (*settings.columns, *settings.defaults):
        if field not in FIELDS and not field.startswith("evidence."):
            message = f"no field {field}; the fields are {', '.join(FIELDS)}, evidence.NAME"
            raise click.UsageError(message)
    is_csv = form == "csv" or (form is None and not file.name.endswith((".jsonl", ".ndjson", ".json")))
    lines = _with_progress(file)
    rows = rows_of_csv(lines, "\t" if delimiter == "tab" else delimiter) if is_csv else rows_of_json_lines(lines)
    refusals = Refusals()
    try:
        with report.open("w", encoding="utf-8") if report else nullcontext() as refusals.report:
            taken = asyncio.run(_import(rows, settings, refusals, dry_run=dry_run, out=out))
    except (LedgerError, SettingsError, RowError, UnicodeError, OSError) as error:
        text = "the file is no UTF-8" if isinstance(error, UnicodeError) else str(error)
        click.echo(f"not done: {text}", err=True)
        sys.exit(NOT_DONE)
    if refusals.count > SHOWN_MAX:
        click.echo(f"and {refusals.count - SHOWN_MAX} more; --report FILE lists all", err=True)
    click.echo(f"{taken} {'rows are in order' if dry_run else 'events written'}, {refusals.count} rows refused")
    sys.exit(ROWS_REFUSED if refusals.count else DONE)


async def _import(rows: Rows, settings: ImportSettings, refusals: Refusals, *, dry_run: bool, out: Path | None) -> int:
    if dry_run:
        return await _write_all(rows, settings, refusals, NothingWriter())
    if out is not None:
        with out.open("w", encoding="utf-8") as file:
            return await _write_all(rows, settings, refusals, FileWriter(file))
    writer = KafkaWriter(read_environment())
    await writer.start()
    return await _write_all(rows, settings, refusals, writer)


async def _write_all(rows: Rows, settings: ImportSettings, refusals: Refusals, writer: Writer) -> int:
    taken = 0
    try:
        for line, row in rows:
            try:
                if isinstance(row, RowError):
                    raise row
                event = event_from(row, settings)
            except RowError as error:
                refusals.add(line, error)
                continue
            await writer.write(event)
            taken += 1
    finally:
        await writer.finish()
    return taken


@consent.command()
@click.option("--workspace", help="Of one workspace.")
@click.option("--recipient", "names", multiple=True, help="Of one person: a number, or wa:PORTFOLIO:BSUID.")
@click.option("--format", "form", type=click.Choice(["jsonl", "csv"]), default="jsonl", show_default=True)
@click.option("--file", type=click.File("r", encoding="utf-8"), help="Read events from here in place of Kafka.")
def export(workspace: str | None, names: Sequence[str], form: str, file: IO[str] | None) -> None:
    """Give the ledger of consent out, of a workspace or a person, on standard output.

    JSON Lines are the events as they were written, with their topic, also commands about people; `show --file`
    and `inspect` read them. CSV holds the consent events, as `import` reads them.
    """
    from pipeline.apps.consent_report import as_csv

    if workspace is None and not names:
        message = "give --workspace or --recipient"
        raise click.UsageError(message)
    acts = [
        act
        for act in _acts(file, needles_for(names) or [(workspace or "").encode()])
        if (workspace is None or act.workspace_id in ("", workspace)) and (not names or subject_of(act) in names)
    ]
    if form == "csv":
        for line in as_csv(acts):
            click.echo(line)
        return
    for act in acts:
        click.echo(line_of(COMMANDS if isinstance(act.what, Command) else CONSENT, act.value))


@consent.command()
@click.argument("names", nargs=-1, required=True, metavar="NUMBER…")
@click.option("--at", "at_text", help="What stood then (RFC 3339); now if not given.")
@click.option("--known-at", "known_text", help="By what was known then; all that is known now if not given.")
@click.option("--workspace", help="With regard to one workspace; all that occur if not given.")
@click.option("--channel", type=click.Choice(_CHANNELS), help="For messages on one channel; each if not given.")
@click.option("--purpose", type=click.Choice(_PURPOSES), help="For messages of one purpose; each if not given.")
@click.option("--sender", default="", help="For messages from this sender; one that no choice names if not given.")
@click.option("--brand", default="", help="For messages of this brand; an unknown one if not given.")
@click.option("--policy", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="Whose periods count.")
@click.option("--json", "is_json", is_flag=True, help="For a program: one object.")
@click.option("--file", type=click.File("r", encoding="utf-8"), help="Read events from here in place of Kafka.")
def show(  # noqa: PLR0913 - one for each option
    names: Sequence[str],
    at_text: str | None,
    known_text: str | None,
    workspace: str | None,
    channel: str | None,
    purpose: str | None,
    sender: str,
    brand: str,
    policy: Path | None,
    file: IO[str] | None,
    *,
    is_json: bool,
) -> None:
    """Show what stood for a person at a time, and how it came about: a page that can be read in court.

    Several NUMBERs are names of one person: a number, and wa:PORTFOLIO:BSUID. Entries that happened after --at,
    or that nobody knew of at --known-at, are left out and counted.
    """
    from pipeline.apps.consent_report import Question, answers, as_json, as_words, count_unseen
    from pipeline.apps.packaged import read_policy_file
    from pipeline.domain.policies import PolicyError

    now_milliseconds = time.time_ns() // 1_000_000
    at = _time("--at", at_text) if at_text else now_milliseconds
    known = _time("--known-at", known_text) if known_text else max(now_milliseconds, at)
    channels = (channel,) if channel else _CHANNELS
    purposes = (purpose,) if purpose else _PURPOSES
    targets = [Target(each, kind, sender, brand) for each in channels for kind in purposes]
    try:
        loaded = read_policy_file(policy)
    except PolicyError as error:
        raise click.ClickException(str(error)) from error
    question = Question(names, at, known, targets, loaded)
    acts = [act for act in _acts(file, needles_for(names)) if subject_of(act) in names]
    found = answers(acts, workspace, question)
    unseen = count_unseen(acts, workspace, question)
    if is_json:
        click.echo(as_json(question, found, unseen))
        return
    for line in as_words(question, found, unseen):
        click.echo(line)


def _acts(file: IO[str] | None, needles: Sequence[bytes]) -> list[Act]:
    """Read the ledger from a file or from Kafka; ends the command when it can't be read."""
    try:
        return list(acts_in(file, file.name)) if file else asyncio.run(acts_on_kafka(read_environment(), needles))
    except (LedgerError, SettingsError, UnicodeError) as error:
        text = "the file is no UTF-8" if isinstance(error, UnicodeError) else str(error)
        click.echo(f"not done: {text}", err=True)
        sys.exit(NOT_DONE)


def _pairs(given: Sequence[str]) -> dict[str, str]:
    """Read `field=word` pairs, separated by commas or given one by one."""
    pairs: dict[str, str] = {}
    for each in (part for text in given for part in text.split(",")):
        field, separator, word = each.partition("=")
        if not separator or not word.strip():
            message = f"{each!r} is not FIELD=NAME"
            raise click.UsageError(message)
        pairs[field.strip()] = word.strip()
    return pairs


def _zone(name: str | None) -> ZoneInfo | None:
    if name is None:
        return None
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        message = f"no time zone {name}; give one such as Europe/London"
        raise click.UsageError(message) from error


def _time(option: str, text: str) -> int:
    try:
        instant = datetime.fromisoformat(text)
    except ValueError:
        instant = datetime.min  # noqa: DTZ901 - refused below
    if instant.tzinfo is None:
        message = f"{option} must be a time with its offset (RFC 3339), such as 2026-11-24T15:00:00Z"
        raise click.UsageError(message)
    return to_milliseconds(instant)


def _with_progress(file: IO[str]) -> Iterator[str]:
    """Give the lines of a file; on a terminal, show on standard error how many, and how much of it, were read."""
    if not sys.stderr.isatty():
        yield from file
        return
    size = Path(file.name).stat().st_size if Path(file.name).is_file() else None
    with click.progressbar([0], length=size, label="reading", file=sys.stderr, update_min_steps=1 << 18) as bar:
        for line in file:
            yield line
            bar.update(len(line.encode("utf-8", "surrogatepass")))
