"""`compliance lists`: bring suppression lists in, and say which there are and how old they are."""

import sys
import time
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import IO, cast

import click

from pipeline.apps.settings import SettingsError, read_environment
from pipeline.apps.suppression_files import SUFFIX, ListDirectory, ListError, Source, build
from pipeline.domain.suppression_lists import LIST_KINDS, ListKind

PROGRESS_LINES = 1 << 16
"""How many lines are read between two looks at the progress bar."""


@click.group()
def lists() -> None:
    """Bring suppression lists in, and say which there are and how old they are."""


_DIRECTORY = click.option(
    "--directory", type=click.Path(path_type=Path), help="In place of COMPLIANCE_SUPPRESSION_LISTS."
)


@lists.command("import")
@click.argument("name")
@click.argument("file", type=click.File("r", encoding="utf-8", errors="replace"))
@click.option("--kind", type=click.Choice(LIST_KINDS), required=True, help="What it means to be on the list.")
@click.option("--as-of", type=click.DateTime(["%Y-%m-%d"]), required=True, help="Day as of which the source stands.")
@click.option("--cells", default="1", show_default=True, help="Which cells make the number, such as 1,2.")
@click.option("--day-cell", type=click.IntRange(1), help="Which cell is the day since which a number is listed.")
@click.option("--prefix", default="", help="In front of numbers without plus sign, such as 1.")
@click.option("--delimiter", default=",", show_default=True, help="Between cells.")
@_DIRECTORY
def import_(  # noqa: PLR0913 - one for each option
    name: str,
    file: IO[str],
    kind: str,
    as_of: datetime,
    cells: str,
    day_cell: int | None,
    prefix: str,
    delimiter: str,
    directory: Path | None,
) -> None:
    """Make the list NAME of a FILE with one number a line (- is stdin); workers take it into use within a minute.

    It replaces a list of the same name as a whole. Lines without a number, such as a header, are counted and
    named. Exit code 0: the list is written; 2: it is not.
    """
    if not name.replace("-", "").replace("_", "").isalnum():
        message = "a list's NAME is letters, digits, - and _"
        raise click.UsageError(message)
    try:
        source = Source(tuple(int(cell) for cell in cells.split(",")), day_cell, delimiter, prefix)
    except ValueError as error:
        message = "--cells takes numbers from 1, separated by commas"
        raise click.UsageError(message) from error
    if min(source.cells) < 1 or not (prefix == "" or prefix.isdigit()):
        message = "--cells counts from 1, and --prefix is digits"
        raise click.UsageError(message)
    place = _directory(directory) / f"{name}{SUFFIX}"
    began = time.monotonic()
    try:
        built = build(_with_progress(file), source, cast("ListKind", kind), as_of.date(), place)
    except ListError as error:
        click.echo(f"not done: {error}", err=True)
        sys.exit(2)
    for line in built.first_refused:
        click.echo(f"line {line}: no number of 7 to 15 digits, or no day", err=True)
    if built.refused > len(built.first_refused):
        click.echo(f"and {built.refused - len(built.first_refused)} more lines", err=True)
    seconds = time.monotonic() - began
    click.echo(f"{built.rows} numbers in {place}, {built.refused} lines left out, {seconds:.1f} s")


@lists.command()
@_DIRECTORY
def show(directory: Path | None) -> None:
    """Say which lists there are: name, kind, numbers, day and age. Exit code 2: one can't be read."""
    try:
        found = ListDirectory(_directory(directory)).changed()
    except ListError as error:
        click.echo(f"not done: {error}", err=True)
        sys.exit(2)
    now_milliseconds = time.time_ns() // 1_000_000
    for each in found.lists if found else ():
        days = (now_milliseconds - each.as_of_milliseconds) // 86_400_000
        click.echo(f"{each.name}\t{each.kind}\t{len(each.rows)} numbers\tas of {each.as_of_text}\t{days} days old")


def _directory(given: Path | None) -> Path:
    try:
        directory = given or read_environment().path("COMPLIANCE_SUPPRESSION_LISTS")
    except SettingsError as error:
        raise click.ClickException(str(error)) from error
    if directory is None:
        message = "set COMPLIANCE_SUPPRESSION_LISTS, or give --directory"
        raise click.UsageError(message)
    return directory


def _with_progress(file: IO[str]) -> Iterator[str]:
    """Give the lines of a file; on a terminal, show on standard error how much of it was read."""
    if not sys.stderr.isatty() or not Path(file.name).is_file():
        yield from file
        return
    with click.progressbar([0], length=Path(file.name).stat().st_size, label="reading", file=sys.stderr) as bar:
        read = 0
        for number, line in enumerate(file, start=1):
            read += len(line)
            if number % PROGRESS_LINES == 0:
                bar.update(read)
                read = 0
            yield line
