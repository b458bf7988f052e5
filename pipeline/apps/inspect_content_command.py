"""`compliance inspect-content`: what the content clauses say of a text, for those who write templates."""

import sys
from collections.abc import Iterable
from pathlib import Path
from typing import IO, Any, Final

import click
import msgspec
from rich.console import Console
from rich.text import Text

from pipeline.apps.content_inspector import ContentInspector, Inspected
from pipeline.apps.lexicon_store import packaged_reader
from pipeline.apps.packaged import read_policy_file
from pipeline.domain.events import Channel, MessageText
from pipeline.domain.outcomes import Outcome
from pipeline.domain.policies import PolicyError
from pipeline.domain.verdicts import Finding
from pipeline.reading.content import Reading
from pipeline.reading.spans import Span, spans_of_links, spans_of_pattern

LINE_CHARACTERS_MAX: Final = 200_000
"""A text has at most 10,000 characters, each up to 12 in JSON, and a workspace some domains."""
COLOURS: Final = {Outcome.BLOCK: "bold white on red", Outcome.HOLD: "black on yellow", Outcome.FLAG: "black on cyan"}


class Line(msgspec.Struct, frozen=True):
    """One text to inspect; `id` comes back as it was given."""

    text: MessageText
    id: str | int | None = None
    workspace_domains: tuple[str, ...] | None = None
    channel: Channel = "sms"


_decode = msgspec.json.Decoder(Line).decode
_decode_id = msgspec.json.Decoder(dict[str, msgspec.Raw]).decode
_encode = msgspec.json.Encoder().encode


def spans_of(finding: Finding, reading: Reading) -> list[Span]:
    """List where in the text what a finding names stands."""
    values = finding.values
    if "places" in values:
        return [Span(place["begin"], place["end"]) for place in values["places"]]
    named = set(values.get("patterns", ()))
    by_words = finding.rule_id == "fraud_evidence" and "wording" in values.get("weights", ())
    spans = [
        span
        for hit in reading.hits
        if hit.id in named or (by_words and hit.family == "fraud")
        for span in spans_of_pattern(reading, hit)
    ]
    if not named:
        spans += [span for _, span in spans_of_links(reading)]
    return sorted(set(spans))


def answer_of(given: str | int, inspected: Inspected) -> dict[str, Any]:
    """Word what was found as the answer to a line."""
    findings = [
        {
            **{name: value for name, value in msgspec.to_builtins(found).items() if name != "values"},
            "values": msgspec.to_builtins(found.values),
            "spans": [{"begin": span.begin, "end": span.end} for span in spans_of(found, inspected.reading)],
        }
        for found in inspected.findings
    ]
    return {"id": given, "outcome": inspected.outcome.value, "findings": findings, "score": inspected.score}


def read_line(text: str, number: int) -> tuple[Line | None, dict[str, Any]]:
    """Read one line, or give the answer to one that can't be read, which names no value of it.

    :param number: of the line, from 1; stands for the id of a line that gives none
    """
    if len(text) > LINE_CHARACTERS_MAX:
        return None, {"id": number, "error": "the line is too long"}
    try:
        return _decode(text.encode()), {}
    except RecursionError:
        return None, {"id": number, "error": "the line nests too deeply"}
    except UnicodeError:
        return None, {"id": _id_in(text, number), "error": "the line is not UTF-8"}
    except msgspec.DecodeError as error:
        return None, {"id": _id_in(text, number), "error": str(error).splitlines()[0][:200]}


def _id_in(text: str, number: int) -> str | int:
    try:
        return msgspec.json.decode(_decode_id(text.encode())["id"], type=str | int)
    except (msgspec.DecodeError, UnicodeError, RecursionError, KeyError):
        return number


def run_inspect_content(
    lines: Iterable[str], out: IO[str], inspector: ContentInspector, console: Console | None = None
) -> int:
    """Answer every line that is not blank, in order, as it comes; gives 1 when one could not be read, else 0.

    :param console: where to show the texts with their spans marked, instead of writing JSON Lines to `out`
    """
    failed = 0
    for number, text in enumerate(lines, start=1):
        if not text.strip():
            continue
        line, answer = read_line(text, number)
        if line is None:
            failed = 1
            if console is not None:
                console.print(f"{answer['id']}: {answer['error']}", style="red", markup=False)
                continue
        else:
            given = line.id if line.id is not None else number
            inspected = inspector.inspect(line.text, line.workspace_domains, line.channel)
            if console is not None:
                show(console, given, line.text, inspected)
                continue
            answer = answer_of(given, inspected)
        out.write(_encode(answer).decode() + "\n")
    return failed


def show(console: Console, given: str | int, text: str, inspected: Inspected) -> None:
    """Show a text with what was found marked, the clause of each finding, and what to change."""
    marked = Text(text)
    for found in sorted(inspected.findings, key=lambda each: each.outcome):
        for span in spans_of(found, inspected.reading):
            marked.stylize(COLOURS[found.outcome], span.begin, span.end)
    console.print(Text(f"{given}: {inspected.outcome.value} ({inspected.score:.2f})", style="bold"))
    console.print(marked)
    for found in inspected.findings:
        console.print(
            Text(f"  {found.clause} {found.outcome.value}: ", style="bold").append(found.reason, style="default")
        )
        console.print(Text(f"      {found.remedy}", style="green"))
    console.print()


@click.command("inspect-content")
@click.argument("file", type=click.File("r", encoding="utf-8", errors="surrogateescape"), default="-")
@click.option("--policy", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="A policy to try.")
def inspect_content(file: IO[str], policy: Path | None) -> None:
    """Say what the content clauses find in the texts of a FILE (or stdin), before anybody sends them.

    Each line is {"id", "text", "workspace_domains"?, "channel"?}, answered {"id", "outcome", "findings", "score"}; on a
    terminal the text is shown with what was found marked. The purpose and all that depends on a recipient is not looked
    at. A line that can't be read is answered {"id", "error"}, and the exit code is 1.
    """
    try:
        loaded = read_policy_file(policy)
    except PolicyError as error:
        raise click.ClickException(str(error)) from error
    console = Console() if sys.stdout.isatty() else None
    sys.exit(run_inspect_content(file, sys.stdout, ContentInspector(packaged_reader(), loaded), console))
