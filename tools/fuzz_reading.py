"""Fuzz the reader: no text may raise, hang, or lose a character.

    python tools/fuzz_reading.py --seconds 3600

With atheris (not among the dependencies: `pip install atheris`, Linux, CPython 3.11 to 3.13) the fuzzer is guided by
which code a text reaches, and keeps what reached new code in `--corpus`; without, texts are put together by chance from
the parts that links, numbers and disguises are made of. Either way the text that failed is written to a file, and the
exit code is 1.
"""

import argparse
import contextlib
import random
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

try:
    import atheris
except ImportError:
    atheris = None

with atheris.instrument_imports(include=["pipeline"]) if atheris else contextlib.nullcontext():
    from pipeline.domain.events import Content
    from pipeline.reading.links import find_links
    from pipeline.reading.normalise import normalise, pieces_of, span_in_original
    from pipeline.reading.sensitive import find_sensitive
    from pipeline.testing.readers import build_reader

SECONDS_MAX = 0.5
"""A text of 4 KB takes 5 ms; instrumented, and on a shared machine, it may take a hundred times as long."""
CHARACTERS_MAX = 4_096
PARTS = (
    "http://", "hxxps://", "[.]", "(dot)", "://", ".", ":", "/", "@", "?q=", "%2F", "%", "paypal", "раура", "bit.ly",
    "a.co", ".apk", "xn--", "4111 1111 1111 1111", "GB29NWBK60161331926819", "eyJ", "password is x1", "your account",
    "has been locked", "l o a n", "4ccount", "贷款", "พัสดุ", "\u200b", "\u202e", "\x01", "~", "\ufdfa", "\ud800", "İ",
    "ﬁ", "①", "。", "．", " ", "\n", "0x7f.1", "3232235777", "+1206", "$5", "💊", "e\u0301", "0", "A", "a", "-", "_",
)  # fmt: skip

READER = build_reader()


def check(text: str) -> None:
    """Read a text in every way, and hold the laws of `tests/properties/test_reading_laws.py`.

    :raises AssertionError: a law is broken
    """
    began = time.process_time()
    reading = READER.read(Content("text", text))
    assert reading.language  # noqa: S101 - the laws
    assert len(reading.fingerprint.keys) in (0, 4)  # noqa: S101
    assert "".join(text[slice(*piece)] for piece in pieces_of(text)) == text  # noqa: S101
    assert all(0 <= link.begin < link.end <= len(text) for link in find_links(text))  # noqa: S101
    normalised = normalise(text)
    for found in find_sensitive(text, normalised, normalised.split()):
        assert 0 <= found.begin < found.end <= len(text)  # noqa: S101
    begin, end = span_in_original(text[:200], 1, len(normalised) // 2)
    assert 0 <= begin <= end <= len(text[:200])  # noqa: S101
    assert time.process_time() - began < SECONDS_MAX + len(text) / 1_000  # noqa: S101 - span_in_original is slow


def check_or_keep(text: str, directory: Path) -> None:
    """Check a text; write it down if it fails."""
    try:
        check(text)
    except BaseException:
        (directory / "failed.txt").write_text(text, "utf-8", "surrogatepass")
        raise


def by_chance(seconds: float, seed: int, directory: Path) -> int:
    """Check texts of chance for a while; gives how many."""
    chance = random.Random(seed)  # noqa: S311 - a test
    ends = time.monotonic() + seconds
    checked = 0
    while time.monotonic() < ends:
        parts = chance.choices(PARTS, k=chance.choice((1, 3, 10, 40)))
        if chance.random() < 0.3:
            parts = parts * chance.choice((2, 50))
        if chance.random() < 0.5:
            parts.insert(chance.randrange(len(parts) + 1), chr(chance.randrange(0x11_0000)))
        check_or_keep("".join(parts)[:CHARACTERS_MAX], directory)
        checked += 1
    return checked


def by_coverage(seconds: float, seed: int, directory: Path, corpus: Path) -> None:
    """Let atheris choose texts by the code that they reach; it ends the process by itself."""

    def one(data: bytes) -> None:
        provider = atheris.FuzzedDataProvider(data)
        check_or_keep(provider.ConsumeUnicode(CHARACTERS_MAX), directory)

    corpus.mkdir(parents=True, exist_ok=True)
    for number, part in enumerate(PARTS):
        (corpus / f"part-{number}").write_bytes(part.encode("utf-8", "surrogatepass"))
    options = [f"-max_total_time={int(seconds)}", f"-max_len={CHARACTERS_MAX}", f"-seed={seed}", "-timeout=60"]
    atheris.Setup([sys.argv[0], *options, str(corpus)], one)
    atheris.Fuzz()


def main() -> None:
    """Fuzz for the time asked."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--directory", type=Path, default=Path(), help="where the text that failed is written")
    parser.add_argument("--corpus", type=Path, default=Path("var/fuzz-reading"), help="what atheris keeps")
    given = parser.parse_args()
    if atheris is None:
        checked = by_chance(given.seconds, given.seed, given.directory)
        print(f"{checked} texts, none failed")  # noqa: T201 - the result
    else:
        by_coverage(given.seconds, given.seed, given.directory, given.corpus)


if __name__ == "__main__":
    main()
