"""What reading a text costs, block by block, on distinct texts and on repeated ones, and on hostile ones.

    python bench/reading.py                     made-up texts, in English
    python bench/reading.py messages.jsonl ...  your own: JSON Lines with `text`, a row of the table for each file

Minima of several rounds: the machine may be shared. The decision is docs/decisions/0011-reading.md.
"""

import gc
import json
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from pipeline.apps.bench_lexicons import made_up_lexicons, made_up_text
from pipeline.domain.events import Content
from pipeline.lexicon_cache import packaged_matcher
from pipeline.reading.brands import PACKAGED_BRANDS
from pipeline.reading.distinct_text import DistinctText, mask
from pipeline.reading.language import language_of
from pipeline.reading.links import find_links, without_links
from pipeline.reading.lookalikes import Lookalikes
from pipeline.reading.matcher import compile_lexicons
from pipeline.reading.normalise import normalise
from pipeline.reading.reader import Reader
from pipeline.reading.sensitive import find_sensitive
from pipeline.testing.readers import build_reader

TEXTS = 500
ROUNDS = 7
HOSTILE = {
    "hosts": "a.co " * 820,
    "colons": ":a" * 2048,
    "hidden dots": "\u200ba.com " * 580,
    "brackets": "[.]" * 1365,
    "mails": "a@b.co" * 680,
    "single letters": "a " * 2048,
    "single digits": "1 " * 2048,
    "capitals": "A1 " * 1365,
    "cards": "4111 1111 1111 1111 " * 204,
    "wallets": "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNb " * 117,
    "ligatures": "\ufdfa" * 4096,
    "mixed scripts": "\u0430a " * 1365,
    "passwords": "password is " * 340,
}


def microseconds(work: Callable[[Any], object], values: Sequence[Any]) -> float:
    """Time work over values, best of several rounds, per value."""
    best = float("inf")
    for _ in range(ROUNDS):
        began = time.perf_counter()
        for value in values:
            work(value)
        best = min(best, time.perf_counter() - began)
    return best / len(values) * 1e6


def row(texts: Sequence[str]) -> dict[str, float]:
    """Measure each block over some texts."""
    reader = build_reader()
    matcher, lookalikes = packaged_matcher(), Lookalikes(PACKAGED_BRANDS)
    contents = [Content("text", text) for text in texts]
    links = [link for text in texts for link in find_links(text)]
    plain = [without_links(text, find_links(text)) for text in texts]
    normalised = [normalise(text) for text in plain]
    split = [(a, b, b.split()) for a, b in zip(plain, normalised, strict=True)]

    def read_anew(content: Content) -> object:
        reader.forget()
        return reader.read(content)

    def read_all(content: Content) -> object:
        reading: Any = read_anew(content)
        return reading.language, reading.fingerprint

    share = len(links) / len(texts)
    return {
        "characters": sum(map(len, texts)) / len(texts),
        "links": microseconds(find_links, texts),
        "look-alikes": microseconds(lookalikes.imitation_by, links) * share if links else 0.0,
        "normalise": microseconds(normalise, plain),
        "patterns": microseconds(matcher.hits, normalised),
        "brands": microseconds(lambda each: PACKAGED_BRANDS.named_in(each[2], each[0]), split),
        "sensitive": microseconds(lambda each: find_sensitive(*each), split),
        "language": microseconds(language_of, [text.replace("\x01", " ") for text in plain]),
        "fingerprint": microseconds(lambda text: DistinctText(mask(text)).fingerprint, normalised),
        "read, new": microseconds(read_anew, contents),
        "all, new": microseconds(read_all, contents),
        "repeated": microseconds(reader.read, [contents[0]] * len(contents)),
    }


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
    for name, text in HOSTILE.items():

        def read_all(body: str) -> object:
            reading = Reader(packaged_matcher()).read(Content("text", body))
            return reading.language, reading.fingerprint

        fresh = microseconds(lambda _: Reader(packaged_matcher()), [0])
        print(f"{name:24s} {(microseconds(read_all, [text]) - fresh) / 1000:6.2f} ms")  # noqa: T201


def main() -> None:
    """Print the tables."""
    gc.collect()
    gc.freeze()
    gc.disable()
    made_up = [("made up", [made_up_text(number) for number in range(TEXTS)])]
    files = [(Path(path).name.partition(".")[0], read_file(path)) for path in sys.argv[1:]]
    print_table((name, row(texts)) for name, texts in files or made_up)
    print_hostile()
    if not files:
        print_patterns()


if __name__ == "__main__":
    main()
