"""`compliance find-campaigns`: the campaigns in an export of messages, line by line."""

import sys
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any, Final

import click
import msgspec

from pipeline.apps.campaign_report import Report
from pipeline.domain.alarms import Level
from pipeline.domain.events import Content
from pipeline.domain.pattern_settings import Thresholds
from pipeline.patterns import distinct
from pipeline.patterns.campaigns import Campaigns
from pipeline.patterns.lures import domain_of, flags_of, lead_of
from pipeline.patterns.windows import LEAD, MESSAGE, Row
from pipeline.reading.content import Reading
from pipeline.reading.fingerprint import NO_FINGERPRINT, short_signature
from pipeline.reading.reader import Reader

PROGRESS_LINES: Final = 5_000
WORDS_MIN: Final = 4
"""A shorter text (`ok`, `call me`, a code) is written by people who know nothing of each other, so it is never bulk."""
WORDS_WITH_LEAD_MIN: Final = 2
"""With a link, which counts as one, a single word beside it will do: what is alike is where it leads."""

OUTCOMES: Final = {Level.QUIET: "allow", Level.GROWING: "allow", Level.BULK: "flag", Level.MASS: "block"}


_THRESHOLDS: Final = Thresholds()


class Line(msgspec.Struct, frozen=True, gc=False):
    """One message of an export."""

    id: str | int
    sent_at: float | str
    text: str
    workspace: str | int | None = None
    sender: str | int | None = None
    recipient: str | int | None = None


class TimeError(ValueError):
    """A `sent_at` that is no time."""

    def __init__(self) -> None:
        """Say what it should be."""
        super().__init__("sent_at is no time: Unix seconds or RFC 3339, from 1970 to 9999")


class _Named(msgspec.Struct, frozen=True):
    id: str | int


_decode = msgspec.json.Decoder(Line).decode
_encode = msgspec.json.Encoder().encode


class Finder:
    """Finds the campaign of each message in turn."""

    def __init__(self, reader: Reader, report: Report | None = None) -> None:
        """Begin with no campaign known."""
        self._reader = reader
        self._campaigns = Campaigns()
        self._report = report

    def answer(self, line: Line) -> dict[str, Any]:
        """Answer one message.

        :raises TimeError: its exporter can mend it
        """
        reading = self._reader.read(Content("text", line.text))
        row = row_of(line, reading)
        campaign = self._campaigns.place(row)
        level = Level.QUIET
        if len(reading.distinct.masked.split()) >= (WORDS_WITH_LEAD_MIN if row.flags & LEAD else WORDS_MIN):
            level = self._campaigns.level(campaign, row, _THRESHOLDS)
        answer = {
            "id": line.id,
            "campaign": campaign.name,
            "outcome": OUTCOMES[level],
            "messages": campaign.messages,
            "recipients": campaign.recipients,
        }
        if self._report is not None:
            self._report.add(answer, row, reading.distinct.masked.strip())
        return answer


def row_of(line: Line, reading: Reading) -> Row:
    """Give what the patterns take of a message.

    :raises TimeError: its exporter can mend it
    """
    link = lead_of(reading)
    whole = reading.fingerprint
    return Row(
        second=second_of(line.sent_at),
        flags=MESSAGE | flags_of(reading),
        workspace=_name(line.workspace),
        sender=_name(line.sender),
        credential="",
        range="",
        recipient=distinct.hash_of(_name(line.recipient), b"") if line.recipient is not None else b"",
        domain=distinct.hash_of_frequent(domain_of(link), b"") if link is not None else b"",
        keys=whole.keys,
        signature=short_signature(whole) if whole is not NO_FINGERPRINT else b"",
    )


def second_of(sent_at: float | str) -> int:
    """Read a time: seconds since 1970 or RFC 3339; a time without a zone is in UTC.

    :raises TimeError: it is neither, or before 1970 or after 9999; its exporter can mend it
    """
    if isinstance(sent_at, str):
        try:
            instant = datetime.fromisoformat(sent_at)
            sent_at = (instant if instant.tzinfo else instant.replace(tzinfo=UTC)).timestamp()
        except (ValueError, OverflowError) as error:
            raise TimeError from error
    if not 0 <= sent_at < _YEAR_10000:
        raise TimeError
    return int(sent_at)


_YEAR_10000: Final = 253_402_300_800


def find_in_lines(lines: Iterable[str], out: IO[str], finder: Finder, progress: IO[str] | None = None) -> int:
    """Answer every line; gives 1 when one could not be read, else 0.

    :param progress: where to count the lines for somebody who watches; None to keep silent
    """
    failed = 0
    number = 0
    for number, text in enumerate(lines, start=1):
        if not text.strip():
            continue
        raw = text.encode("utf-8", "surrogatepass" if text.isascii() else "surrogateescape")
        try:
            answer = finder.answer(_decode(raw))
        except (msgspec.DecodeError, ValueError, RecursionError) as error:
            failed = 1
            answer = {"id": _id_in(raw, number), "error": _plain(error)}
        out.write(_encode(answer).decode() + "\n")
        out.flush()
        if progress is not None and number % PROGRESS_LINES == 0:
            progress.write(f"\r{number:,} messages")
    if progress is not None and number >= PROGRESS_LINES:
        progress.write(f"\r{number:,} messages\n")
    return failed


def _name(value: str | int | None) -> str:
    return "" if value is None else str(value)


def _id_in(raw: bytes, number: int) -> str | int:
    """Give the id of a line that can't be read otherwise, or its number."""
    try:
        return msgspec.json.decode(raw, type=_Named).id
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        return number


def _plain(error: Exception) -> str:
    """Word a line's error without the line's content."""
    if isinstance(error, RecursionError):
        return "the line nests too deeply"
    return "the line is not UTF-8" if isinstance(error, UnicodeError) else str(error).splitlines()[0][:200]


@click.command(
    "find-campaigns",
    epilog="""\b
Example:
  compliance find-campaigns --report campaigns export.jsonl > answers.jsonl
where a line of export.jsonl is
  {"id": 1, "sent_at": 1700000000, "workspace": "w", "sender": "ACME",
   "recipient": "+12065550100", "text": "Win now: https://a.example"}""",
)
@click.argument("file", type=click.File("r", encoding="utf-8", errors="surrogateescape"), default="-")
@click.option(
    "--report",
    type=click.Path(file_okay=False, path_type=Path),
    help="A folder for a summary of the campaigns and a timeline (SVG) of each of the largest.",
)
def find_campaigns(file: IO[str], report: Path | None) -> None:
    """Find the campaigns in an export of messages: texts that are alike, whatever their links, digits and names.

    Each line of FILE (or stdin) is {"id", "sent_at", "workspace", "sender", "recipient", "text"}, in time order;
    sent_at is in Unix seconds or RFC 3339; workspace, sender and recipient may be missing. The answer to it is
    {"id", "campaign", "outcome", "messages", "recipients"}, in the same order: the campaign's name, and how many
    messages to how many recipients it has had, this one among them.

    `outcome` says how far the campaign has gone in the last seven days: `allow`, `flag` once it is bulk, `block` far
    beyond. Repetition alone is no reason: one sender who writes to each person once is let be. Bulk needs eight
    messages with a link or phone number (without: fifty), and a sign: several senders, workspaces or link
    domains, the same people again and again, or a text that presses, names a
    brand and links elsewhere, or hides behind a shortener. A text of fewer than four words is
    never bulk.

    A line that can't be read is answered {"id", "error"}, and the exit code is 1. Millions of lines take bounded
    space: campaigns that were not seen for long are forgotten, and begin anew.
    """
    from pipeline.apps.lexicon_store import packaged_reader

    kept = Report() if report is not None else None
    is_seen = sys.stderr.isatty() and not sys.stdout.isatty()
    failed = find_in_lines(file, sys.stdout, Finder(packaged_reader(), kept), sys.stderr if is_seen else None)
    if kept is not None and report is not None:
        kept.write(report)
    sys.exit(failed)
