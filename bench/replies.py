"""Measure how well replies are understood: recall, false alarms and accuracy, per corpus and language, never pooled.

Explains itself: ``python bench/replies.py --help``. Results and decision: docs/decisions/0006-understanding-replies.md.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import math
import re
import statistics
import sys
import time
from collections import Counter, defaultdict
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from rich.console import Console
from rich.table import Table

from pipeline.replies.keywords import intent_of
from pipeline.replies.meaning import UNSURE, meaning_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

EPILOG = """\
input
  DIRECTORY holds *.jsonl files, each a corpus: {"id", "text", "is_optout": true|false|null, "lang"} a line; lines
  without a label (null) are left out, files without "is_optout" are no corpus. A file reference_regexes.jsonl
  ({"name", "regex"}) adds matchers to compare with. Nothing of a text is printed.

halves
  Each corpus is cut in two by a hash of the id. `seen` was read while the patterns were written; `unseen` was only
  counted. What to expect of replies that nobody has seen is the figure of `unseen`.

examples
  python bench/replies.py ../shared/data/optout
  python bench/replies.py ../shared/data/optout --by-language --compare --speed
"""
WILSON_Z: Final = 1.96
"""For intervals that hold the true share 95 times in 100."""


class Reply(NamedTuple):
    """A labelled reply."""

    text: str
    language: str
    is_optout: bool
    half: str


def half_of(identifier: str) -> str:
    """Say to which half a reply belongs; the same on every machine."""
    return "seen" if hashlib.sha256(f"half:{identifier}".encode()).digest()[0] < 128 else "unseen"


def read_corpora(directory: Path) -> dict[str, list[Reply]]:
    """Read the corpora of a directory by name."""
    corpora: dict[str, list[Reply]] = {}
    for path in sorted(directory.glob("*.jsonl")):
        lines = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
        labelled = [line for line in lines if isinstance(line.get("is_optout"), bool)]
        if labelled:
            name = path.name.removesuffix(".jsonl").removesuffix(".dev")
            corpora[name] = [Reply(r["text"], r["lang"], r["is_optout"], half_of(r["id"])) for r in labelled]
    return corpora


def wilson(hits: int, total: int) -> str:
    """Write a share with its 95% interval (Wilson 1927), in percent."""
    if not total:
        return "-"
    share = hits / total
    centre = share + WILSON_Z**2 / (2 * total)
    spread = WILSON_Z * math.sqrt(share * (1 - share) / total + WILSON_Z**2 / (4 * total**2))
    low, high = ((centre + sign * spread) / (1 + WILSON_Z**2 / total) for sign in (-1, 1))
    return f"{100 * share:.1f} ({100 * max(0.0, low):.1f}-{100 * min(1.0, high):.1f})"


def asks_to_stop(text: str) -> bool:
    """Say whether the product takes a text for a request to stop, sure or not."""
    meaning = meaning_of(text)
    return meaning.intent == "opt_out" and meaning.confidence >= UNSURE


def row_of(replies: Iterable[Reply], matcher: Callable[[str], bool]) -> list[str]:
    """Count a matcher's hits and false alarms, and write them as cells."""
    counts = Counter((reply.is_optout, matcher(reply.text)) for reply in replies)
    asking = counts[True, True] + counts[True, False]
    others = counts[False, True] + counts[False, False]
    return [
        str(asking),
        wilson(counts[True, True], asking),
        str(others),
        wilson(counts[False, True], others),
        wilson(counts[True, True] + counts[False, False], asking + others),
    ]


def build_table(title: str) -> Table:
    """Begin a table."""
    table = Table(title=title, title_justify="left")
    for column in ("corpus", "part", "asking", "recall %", "others", "false alarms %", "right %"):
        table.add_column(column, justify="left" if column in ("corpus", "part") else "right")
    return table


def matchers_of(directory: Path) -> dict[str, Callable[[str], bool]]:
    """Give what to compare with: the keyword table alone, and the regular expressions of others."""
    matchers: dict[str, Callable[[str], bool]] = {"keywords alone": lambda text: intent_of(text) == "opt_out"}
    path = directory / "reference_regexes.jsonl"
    for line in path.read_text("utf-8").splitlines() if path.exists() else ():
        reference = json.loads(line)
        expression = re.compile(reference["regex"], re.IGNORECASE)
        matchers[reference["name"][:32]] = lambda text, e=expression: e.search(text) is not None  # type: ignore[misc]
    return matchers


def print_speed(console: Console, corpora: dict[str, list[Reply]]) -> None:
    """Print how long a reply takes, each text once, after the first thousand."""
    texts = [reply.text for replies in corpora.values() for reply in replies]
    times = []
    for text in texts:
        begin = time.perf_counter_ns()
        meaning_of(text)
        times.append((time.perf_counter_ns() - begin) / 1_000)
    cuts = statistics.quantiles(times[1_000:] or times, n=100)
    console.print(f"microseconds a reply: p50 {cuts[49]:.0f}, p90 {cuts[89]:.0f}, p99 {cuts[98]:.0f}")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=(__doc__ or "").splitlines()[0], epilog=EPILOG, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("directory", type=Path, metavar="DIRECTORY")
    parser.add_argument("--by-language", action="store_true", help="also each language of a corpus with several")
    parser.add_argument("--compare", action="store_true", help="also keywords alone and other matchers")
    parser.add_argument("--speed", action="store_true", help="also the time a reply takes")
    options = parser.parse_args()
    corpora = read_corpora(options.directory)
    if not corpora:
        parser.error("no corpus in that directory; --help shows the form")
    console = Console(width=130)
    table = build_table("how replies are understood; 95% intervals in brackets")
    for name, replies in corpora.items():
        for half in ("seen", "unseen"):
            table.add_row(name, half, *row_of((r for r in replies if r.half == half), asks_to_stop))
    console.print(table)
    if options.by_language:
        print_languages(console, corpora)
    if options.compare:
        compared = build_table("the same by other means, both halves")
        for matcher_name, matcher in matchers_of(options.directory).items():
            for name, replies in corpora.items():
                compared.add_row(name, matcher_name, *row_of(replies, matcher))
        console.print(compared)
    if options.speed:
        print_speed(console, corpora)


def print_languages(console: Console, corpora: dict[str, list[Reply]]) -> None:
    """Print each language of each corpus that has several, both halves."""
    table = build_table("by language, both halves")
    for name, replies in corpora.items():
        parts: defaultdict[str, list[Reply]] = defaultdict(list)
        for reply in replies:
            parts[reply.language].append(reply)
        if len(parts) > 1:
            for language, part in sorted(parts.items(), key=lambda item: -len(item[1])):
                table.add_row(name, language, *row_of(part, asks_to_stop))
    console.print(table)


if __name__ == "__main__":
    main()
