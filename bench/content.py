"""What the content clauses make of real messages: `python bench/content.py DIR [--half A|B] [--misses] [--only NAME]`.

DIR holds corpora, `<corpus>.dev.jsonl.gz`, one JSON object a line with `id`, `lang`, `label` and `text`. Each corpus
and language is counted by itself, never pooled: honest ones first (how many are flagged or worse, held or worse,
blocked), then smishing, spam and abuse. Shares come with 95 % Wilson intervals.

With domains: honest messages are sent by a workspace whose domains are those in the text, all others by a workspace of
another domain. Without: nothing is on record. Halves are by hash of the id; look at single errors in half A alone.
"""

import argparse
import collections
import gzip
import hashlib
import json
import math
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from pipeline.apps.content_inspector import ContentInspector
from pipeline.apps.lexicon_store import packaged_reader
from pipeline.apps.packaged import read_policy_file
from pipeline.domain.outcomes import Outcome
from pipeline.reading.links import find_links

OTHER_DOMAIN = "sunnybakery.example"
HONEST, ROWS_MIN, ROWS_MAX = ("ham",), 10, 1_500


class Row(NamedTuple):
    """One message of a corpus."""

    id: str
    group: tuple[str, str, str]
    text: str


def wilson(hits: int, rows: int) -> tuple[float, float]:
    """Give the 95 % interval of a share."""
    if not rows:
        return 0.0, 1.0
    z, p = 1.96, hits / rows
    middle, width = p + z * z / (2 * rows), z * math.sqrt(p * (1 - p) / rows + z * z / (4 * rows * rows))
    return (middle - width) / (1 + z * z / rows), (middle + width) / (1 + z * z / rows)


def half_of(row_id: str) -> str:
    """Put a row into one of two halves."""
    return "AB"[hashlib.sha256(row_id.encode()).digest()[0] & 1]


def rows_of(directory: Path, only: str) -> Iterator[Row]:
    """Read all rows with a label."""
    for path in sorted(directory.glob("*.jsonl.gz")):
        corpus = path.name.partition(".")[0]
        if only not in corpus:
            continue
        with gzip.open(path, "rt", encoding="utf-8") as lines:
            for line in lines:
                row = json.loads(line)
                if row["label"] != "unlabelled":
                    yield Row(row["id"], (corpus, row["lang"], row["label"]), row["text"])


def own_domains(text: str) -> tuple[str, ...]:
    """List the domains that a text links to."""
    return tuple({link.registered_domain or link.host for link in find_links(text) if link.host})


def measure(rows: Iterable[Row], inspector: ContentInspector, *, with_misses: bool) -> Iterator[str]:
    """Count the outcomes by corpus, language and label, and give the lines of the table, after those of the errors."""
    counts: dict[tuple[tuple[str, str, str], bool], collections.Counter[Outcome]] = collections.defaultdict(
        collections.Counter
    )
    for row in rows:
        is_honest = row.group[2] in HONEST
        for is_known in (True, False):
            domains = (own_domains(row.text) if is_honest else (OTHER_DOMAIN,)) if is_known else None
            found = inspector.inspect(row.text, domains)
            counts[row.group, is_known][found.outcome] += 1
            if with_misses and (found.outcome is not Outcome.ALLOW) == is_honest:
                why = "; ".join(f"{each.rule_id} {each.outcome.value} {dict(each.values)}" for each in found.findings)
                text = json.dumps(row.text, ensure_ascii=False)
                yield f"{'known' if is_known else 'unknown'} {row.group} {text} {why}"
    yield f"{'':48s}{'with the domains known':>36s}{'without':>24s}"
    head = f"{'flag+':>6s} {'hold+':>6s} {'block':>6s}"
    known_head = head.replace("+ ", "+ [95 %]        ", 1)
    yield f"{'corpus':24s} {'lang':4s} {'label':9s} {'rows':>7s}  {known_head}     {head}"
    for group in sorted({group for group, _ in counts}, key=lambda each: (each[2] not in HONEST, each)):
        known, unknown = counts[group, True], counts[group, False]
        if known.total() >= ROWS_MIN:
            low, high = wilson(_at_least(known, Outcome.FLAG), known.total())
            flagged, *others = (f"{_at_least(known, o) / known.total():6.3f}" for o in COUNTED)
            without = " ".join(f"{_at_least(unknown, o) / unknown.total():6.3f}" for o in COUNTED)
            named = f"{group[0]:24s} {group[1]:4s} {group[2]:9s} {known.total():7d}"
            yield f"{named}  {flagged} [{low:.3f} {high:.3f}] {' '.join(others)}     {without}"


COUNTED = (Outcome.FLAG, Outcome.HOLD, Outcome.BLOCK)


def _at_least(counts: collections.Counter[Outcome], least: Outcome) -> int:
    return sum(count for outcome, count in counts.items() if outcome >= least)


def main() -> None:
    """Read the arguments and measure."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("directory", type=Path)
    parser.add_argument("--half", choices=("A", "B"), help="one half alone")
    parser.add_argument("--only", default="", help="corpora whose name holds this")
    parser.add_argument("--misses", action="store_true", help="print the errors too")
    parser.add_argument("--rows", type=int, default=ROWS_MAX, help="at most so many of a corpus, language and label")
    arguments = parser.parse_args()
    seen: collections.Counter[tuple[str, str, str]] = collections.Counter()
    rows = []
    for row in rows_of(arguments.directory, arguments.only):
        if arguments.half in (None, half_of(row.id)) and seen[row.group] < arguments.rows:
            seen[row.group] += 1
            rows.append(row)
    inspector = ContentInspector(packaged_reader(), read_policy_file(None))
    for line in measure(rows, inspector, with_misses=arguments.misses):
        sys.stdout.write(line + "\n")


if __name__ == "__main__":
    main()
