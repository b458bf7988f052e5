"""What reading a text costs, block by block, on distinct texts and on repeated ones, and on hostile ones.

    python bench/reading.py                     made-up texts, in English
    python bench/reading.py messages.jsonl ...  your own: JSON Lines with `text`, a row of the table for each file

Minima of several rounds: the machine may be shared. The decision is docs/decisions/0011-reading.md.
"""

import gc
import json
import sys
import time
from collections.abc import Iterable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from pipeline.apps.bench_lexicons import made_up_lexicons, made_up_text
from pipeline.apps.bench_reading import TEXTS, costs_of_reading, hostile_costs, made_up_texts, microseconds
from pipeline.reading.matcher import compile_lexicons
from pipeline.reading.normalise import normalise


def read_file(path: str) -> list[str]:
    """Read the first different texts of a file."""
    texts = (json.loads(line)["text"] for line in Path(path).read_text("utf-8").splitlines())
    return list(dict.fromkeys(texts))[:TEXTS]


def print_table(rows: Iterable[tuple[str, dict[str, float]]]) -> None:
    """Print rows of figures, in microseconds."""
    for number, (name, figures) in enumerate(rows):
        if not number:
            print(" " * 24, *(f"{each:>11s}" for each in figures))  # noqa: T201 - this is what it is for
        print(f"{name:24s}", *(f"{each:11.1f}" for each in figures.values()))  # noqa: T201


def print_patterns() -> None:
    """Print what more patterns cost."""
    texts = [normalise(made_up_text(number)) for number in range(TEXTS)]
    for patterns in (200, 1_000, 5_000):
        began = time.perf_counter()
        matcher = compile_lexicons(made_up_lexicons(patterns))
        compiled = time.perf_counter() - began
        cost = microseconds(matcher.hits, texts)
        print(f"{patterns:5d} patterns: {cost:5.2f} us a text, compiled in {compiled:.1f} s")  # noqa: T201


def print_hostile() -> None:
    """Print what the worst texts of 4 KB cost, in milliseconds."""
    for name, milliseconds in hostile_costs().items():
        print(f"{name:24s} {milliseconds:6.2f} ms")  # noqa: T201


def main() -> None:
    """Print the tables."""
    gc.collect()
    gc.freeze()
    gc.disable()
    made_up = [("made up", made_up_texts())]
    files = [(Path(path).name.partition(".")[0], read_file(path)) for path in sys.argv[1:]]
    print_table((name, costs_of_reading(texts)) for name, texts in files or made_up)
    print_hostile()
    if not files:
        print_patterns()


if __name__ == "__main__":
    main()
