"""`compliance classify-replies`: what replies mean, line by line."""

import sys
from collections.abc import Iterable
from typing import IO, Any

import click
import msgspec

from pipeline.replies.meaning import Meaning, meaning_of

PROGRESS_LINES = 1_000
"""After how many lines the count on a terminal is renewed: a few times a second."""


class Line(msgspec.Struct, frozen=True):
    """One reply to read."""

    id: str | int
    text: str


class _Named(msgspec.Struct, frozen=True):
    id: str | int


@click.command(
    "classify-replies",
    epilog="\b\nExample:\n"
    """  echo '{"id": 1, "text": "Please stop sending me offers"}' | compliance classify-replies""",
)
@click.argument("file", type=click.File("r", encoding="utf-8", errors="surrogateescape"), default="-")
def classify_replies(file: IO[str]) -> None:
    """Say what each reply in FILE (or stdin) means: a wish to stop, to go on, to get help, or something else.

    Each line is {"id", "text"}; the answer to it is {"id", "intent", "scope", "confidence", "matched"}, in the same
    order, as soon as the line is read. `intent` is opt_out, opt_in, help or other. `scope` says of what a wish is:
    {"channel", "purpose"} with "*" for all; it is null for help and other. `confidence` is from 0 to 1; a policy takes
    a wish at its word from 0.7 on, and asks about it from 0.5 on ([replies] in deploy/policy.toml). `matched` names
    the keyword's language or the pattern (pipeline/replies/languages/), never the person's words.

    A line that can't be read is answered {"id", "error"}, and the exit code is 1.
    """
    sys.exit(classify_lines(file, sys.stdout, sys.stderr if sys.stderr.isatty() and not file.isatty() else None))


def classify_lines(lines: Iterable[str], out: IO[str], progress: IO[str] | None = None) -> int:
    """Answer every line; gives 1 when one could not be read, else 0.

    :param progress: where to count the lines for somebody who watches; None to keep silent
    """
    failed = 0
    number = 0
    for number, text in enumerate(lines, start=1):
        if not text.strip():
            continue
        answer = _answer(text, number)
        failed |= "error" in answer
        out.write(msgspec.json.encode(answer).decode() + "\n")
        out.flush()
        if progress is not None and number % PROGRESS_LINES == 0:
            progress.write(f"\r{number} replies")
    if progress is not None and number >= PROGRESS_LINES:
        progress.write(f"\r{number} replies\n")
    return failed


def _answer(text: str, number: int) -> dict[str, Any]:
    raw = text.encode("utf-8", "surrogatepass" if text.isascii() else "surrogateescape")
    try:
        line = msgspec.json.decode(raw, type=Line)
    except (msgspec.DecodeError, UnicodeError, RecursionError) as error:
        return {"id": _id_in(raw, number), "error": _plain(error)}
    return {"id": line.id} | _worded(meaning_of(line.text))


def _worded(meaning: Meaning) -> dict[str, Any]:
    has_scope = meaning.intent in ("opt_out", "opt_in")
    return {
        "intent": meaning.intent,
        "scope": {"channel": meaning.channel, "purpose": meaning.purpose} if has_scope else None,
        "confidence": meaning.confidence,
        "matched": meaning.matched,
    }


def _id_in(raw: bytes, number: int) -> str | int:
    """Give the id of a line that can't be read otherwise, or its number."""
    try:
        return msgspec.json.decode(raw, type=_Named).id
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        return number


def _plain(error: Exception) -> str:
    """Word a line's error without the line's content."""
    return "the line nests too deeply" if isinstance(error, RecursionError) else str(error).splitlines()[0][:200]
