"""`python -m pipeline.apps.lexicons`: what lexicons hold, and with `--check` whether they may be used.

Refused are patterns that can't be compiled, that match a text without words, whose examples come out wrong, that take
time out of proportion on a hostile text, or that hit more honest messages than stated.
"""

import json
import re
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Final

import click

from pipeline.domain.events import Content
from pipeline.reading.lexicon_examples import wrong_examples
from pipeline.reading.lexicon_files import LexiconError, Lexicons, Pattern, read_lexicons
from pipeline.reading.lexicons import PACKAGED_FILES
from pipeline.reading.long_numbers import names_long_number
from pipeline.reading.matcher import compile_lexicons
from pipeline.reading.reader import Reader

HOSTILE_CHARACTERS: Final = (8, 16, 32, 64, 128, 256, 512, 1_024, 2_048, 4_096)
"""Lengths that are tried in turn, up to WhatsApp's longest text: an exponential pattern shows itself early."""
GROWTH_MAX: Final = 3.0
"""A linear pattern takes twice the time for twice the text, a quadratic one four times."""
NOTICEABLE_SECONDS: Final = 0.002
"""Below this a measurement says nothing, and a growth does no harm."""
REPEATS: Final = 3
PASSES: Final = 10


def read_folder(folder: Path) -> dict[str, str]:
    """Read the lexicons of a folder, by their paths within it."""
    return {path.relative_to(folder).as_posix(): path.read_text("utf-8") for path in sorted(folder.rglob("*.toml"))}


def hostile_texts(expression: str, characters: int) -> Iterator[str]:
    """Make texts that a backtracking engine takes long for: what the expression begins with, again and again."""
    words = re.findall(r"[^\W\d_]+", expression) or ["a"]
    for seed in (words[0], words[-1], " ".join(words[:2]), " ".join(words[:12])):
        yield (f" {seed}" * (characters // (len(seed) + 1) + 1))[:characters] + " "
    yield " a" * (characters // 2) + " "
    yield " " + "a" * characters + " "


def growth_of(expression: str) -> float:
    """Measure how many times longer twice as much hostile text takes, by Python's engine; 0 if nobody would notice.

    The quickest of all measurements of a text counts. A growth that is too large is measured again, each text anew, so
    that a busy machine, which shows growth where none is, comes to the same answer in the end.
    """
    search = re.compile(expression, re.ASCII).search
    quickest: dict[tuple[int, int], float] = {}
    growth = 0.0
    for _ in range(PASSES):
        growth = _growth(search, expression, quickest)
        if growth <= GROWTH_MAX:
            break
    return growth


def _growth(search: Callable[[str], object], expression: str, quickest: dict[tuple[int, int], float]) -> float:
    """Measure once more; gives the worst growth, up to the first that is too large.

    :param quickest: by length and number of a text, the seconds it took at best: is changed
    """
    worst = 0.0
    for characters in HOSTILE_CHARACTERS:
        for number, text in enumerate(hostile_texts(expression, characters)):
            at = (characters, number)
            quickest[at] = min(quickest.get(at, float("inf")), _seconds(search, text))
            before = quickest.get((characters // 2, number))
            if before is not None and quickest[at] > NOTICEABLE_SECONDS:
                worst = max(worst, quickest[at] / before)
        if worst > GROWTH_MAX:
            break
    return worst


def _seconds(search: Callable[[str], object], text: str) -> float:
    best = float("inf")
    for _ in range(REPEATS):
        began = time.thread_time()  # of this thread alone: what else the machine does must not count
        search(text)
        best = min(best, time.thread_time() - began)
    return best


def complaints(files: Mapping[str, str], honest: Iterable[str] = (), share_max: float = 0.0) -> Iterator[str]:
    """List what is wrong with lexicons, in words for their authors.

    :param honest: texts of honest business messages
    :param share_max: of which a pattern may hit this share at most
    """
    try:
        lexicons = read_lexicons(files)
        matcher = compile_lexicons(lexicons)
    except LexiconError as error:
        yield str(error)
        return
    reader = Reader(matcher)
    for pattern in lexicons.patterns:
        yield from wrong_examples(reader, pattern)
        for expression in (pattern.expression, *pattern.guards):
            if names_long_number(expression):
                yield f"{pattern.id}: names digits of a long number, which patterns are not shown; use \\d"
            growth = growth_of(expression)
            if growth > GROWTH_MAX:
                yield f"{pattern.id}: takes {growth:.1f} times as long for twice the text; bound its repetitions"
    yield from _hits_honest(lexicons, reader, honest, share_max)


def _hits_honest(lexicons: Lexicons, reader: Reader, honest: Iterable[str], share_max: float) -> Iterator[str]:
    hits: Counter[str] = Counter()
    messages = 0
    for text in honest:
        messages += 1
        hits.update(hit.id for hit in reader.read(Content("text", text)).hits)
    for pattern in lexicons.patterns:
        if messages and hits[pattern.id] > share_max * messages:
            share = hits[pattern.id] / messages
            yield f"{pattern.id}: hits {hits[pattern.id]} of {messages} honest messages ({share:.2%})"


def read_texts(path: Path) -> Iterator[str]:
    """Read texts, one a line: JSON objects with `text`, or plain."""
    for line in path.read_text("utf-8").splitlines():
        if line.startswith("{"):
            yield str(json.loads(line)["text"])
        elif line.strip():
            yield line


def _table(patterns: Iterable[Pattern]) -> Iterator[str]:
    counts = Counter((pattern.category, pattern.clause, ",".join(pattern.languages)) for pattern in patterns)
    for (category, clause, languages), count in sorted(counts.items()):
        yield f"{category:32s} {clause:5s} {languages:24s} {count}"


@click.command()
@click.option("--folder", type=click.Path(exists=True, file_okay=False, path_type=Path), help="Else the packaged ones.")
@click.option("--check", is_flag=True, help="Exit with 1 when a lexicon may not be used.")
@click.option(
    "--honest",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Honest messages: JSON Lines with `text`, or plain lines.",
)
@click.option("--share-max", default=0.002, show_default=True, help="The share of them that a pattern may hit.")
def main(folder: Path | None, honest: Path | None, share_max: float, *, check: bool) -> None:
    """List the lexicons, or check them."""
    files = read_folder(folder) if folder else PACKAGED_FILES
    if check:
        found = list(complaints(files, read_texts(honest) if honest else (), share_max))
        for complaint in found:
            click.echo(complaint)
        click.echo(f"{len(files)} files, {len(found)} complaints", err=True)
        sys.exit(bool(found))
    try:
        patterns = read_lexicons(files).patterns
    except LexiconError as error:
        raise click.ClickException(str(error)) from error
    for line in _table(patterns):
        click.echo(line)


if __name__ == "__main__":
    main()
