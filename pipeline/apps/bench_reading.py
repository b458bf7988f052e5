"""What reading a text costs, block by block: on texts that are new, on repeated ones, and on hostile ones.

Minima of several rounds: the machine may be shared.
"""

import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from pipeline.apps.bench_lexicons import made_up_text
from pipeline.apps.lexicon_store import packaged_reader
from pipeline.domain.events import Content
from pipeline.lexicon_cache import packaged_matcher
from pipeline.reading.brands import PACKAGED_BRANDS
from pipeline.reading.distinct_text import DistinctText, mask
from pipeline.reading.language import language_of
from pipeline.reading.links import find_links, without_links
from pipeline.reading.lookalikes import Lookalikes
from pipeline.reading.model import PACKAGED_MODEL
from pipeline.reading.normalise import normalise
from pipeline.reading.reader import Reader
from pipeline.reading.sensitive import find_sensitive

TEXTS: Final = 500
ROUNDS: Final = 7
HOSTILE: Final[Mapping[str, str]] = {
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


def costs_of_reading(texts: Sequence[str]) -> dict[str, float]:
    """Measure each block over some texts, in microseconds a text; `all, new` is everything together."""
    reader = packaged_reader(None)
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
        return reading.language, reading.fingerprint, reading.fraud_score

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
        "model": microseconds(lambda text: PACKAGED_MODEL.fraud_score(mask(text)), normalised),
        "read, new": microseconds(read_anew, contents),
        "all, new": microseconds(read_all, contents),
        "repeated": microseconds(reader.read, [contents[0]] * len(contents)),
    }


def hostile_costs() -> dict[str, float]:
    """Measure texts of 4 KB that are made to be dear, in milliseconds."""
    costs = {}
    for name, text in HOSTILE.items():

        def read_all(body: str) -> object:
            reading = Reader(packaged_matcher()).read(Content("text", body))
            return reading.language, reading.fingerprint

        fresh = microseconds(lambda _: Reader(packaged_matcher()), [0])
        costs[name] = (microseconds(read_all, [text]) - fresh) / 1000
    return costs


def made_up_texts() -> list[str]:
    """Make texts that anybody can measure with."""
    return [made_up_text(number) for number in range(TEXTS)]
