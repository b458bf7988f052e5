"""What the model of wordings learns from: rows of corpora whose licence allows it, and made-up wordings.

Corpora are files `<corpus>.dev.jsonl.gz`, an object a line with `text`, `label`, `lang` and `group` (texts of one group
are alike, over all corpora). They don't ship; docs/model-card.md names where each is from.
"""

import gzip
import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Final, NamedTuple
from zlib import crc32

from pipeline.apps.model_training import Example
from pipeline.apps.model_wordings import KEPT_OUT_EVERY, Wording, read_wordings
from pipeline.reading.distinct_text import mask
from pipeline.reading.links import find_links, without_links
from pipeline.reading.normalise import normalise

LICENCES: Final[Mapping[str, str]] = {
    "mendeley_sms_phishing": "CC BY 4.0",
    "smishx": "MIT",
    "sp24_gateway": "MIT",
    "tgspam_ru": "MIT",
    "thai_sms": "MIT",
    "uci_sms_spam": "CC BY 4.0",
}
"""The corpora that are trained on: no other one may be."""
FOLDS: Final = 4
_FRAUDS: Final = frozenset(("smishing", "abuse", "spam"))
_HONEST: Final = frozenset(("ham", "promo"))
_SPAM_WEIGHT: Final = 0.5
"""Unwanted, but not known to be fraud."""
_CHAT_WEIGHT: Final = 0.3
_CHATS: Final = frozenset(("uci_sms_spam", "mendeley_sms_phishing", "tgspam_ru"))
"""Their honest messages are people's own, and businesses write none of these."""
_WORDING_WEIGHT: Final = 2.0
"""Made-up ones are few for each language."""
_BALANCE_MAX: Final = 4.0
"""In no language may one class outweigh the other, or the language itself would tell; the lighter gains up to this."""


class Row(NamedTuple):
    """A message of a corpus."""

    corpus: str
    masked: str
    label: str
    language: str
    group: str

    @property
    def is_fraud(self) -> bool:
        """Whether it counts as fraud, as far as its source can say."""
        return self.label in _FRAUDS

    @property
    def is_labelled(self) -> bool:
        """Whether the source says what it is."""
        return self.label in _FRAUDS or self.label in _HONEST


def mask_text(text: str) -> str:
    """Give what of a text the model sees, as a reader would."""
    return mask(normalise(without_links(text, find_links(text))))


def read_corpus(path: Path) -> list[Row]:
    """Read one file."""
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        rows = map(json.loads, lines)
        return [Row(row["corpus"], mask_text(row["text"]), row["label"], row["lang"], row["group"]) for row in rows]


def read_training_corpora(folder: Path) -> list[Row]:
    """Read the corpora that may be trained on, in the order of their names.

    :raises FileNotFoundError: one is missing; whoever gave the folder can mend it
    """
    return [row for name in sorted(LICENCES) for row in read_corpus(folder / f"{name}.dev.jsonl.gz")]


def read_all_wordings(folder: Path) -> list[Wording]:
    """Read all made-up wordings, in the order of the files' names."""
    return [each for path in sorted(folder.glob("*.toml")) for each in read_wordings(path.read_text(encoding="utf-8"))]


def fold_of(row: Row) -> int:
    """Say in which fold a row is held out: texts that are alike are in one."""
    return crc32(row.group.encode()) % FOLDS


def examples_of(rows: Iterable[Row], wordings: Iterable[Wording], without_fold: int | None = None) -> Sequence[Example]:
    """Choose and weigh what to learn from: labelled rows, and wordings that are not kept out.

    A wording is learnt from twice, as it is and without its links and numbers, so that a link alone is no sign.

    :param without_fold: leave this fold of the rows and of the patterns out
    """
    chosen = [
        (row.language, Example(row.masked, row.is_fraud, _weight_of(row)))
        for row in rows
        if row.is_labelled and fold_of(row) != without_fold
    ]
    of_wordings = (
        (each.language, Example(masked, each.is_fraud, _WORDING_WEIGHT))
        for each in wordings
        if not each.is_kept_out and crc32(each.pattern.encode()) // KEPT_OUT_EVERY % FOLDS != without_fold
        for masked in _with_and_without_signs(mask_text(each.text))
    )
    return _balance([*chosen, *dict.fromkeys(of_wordings)])


def _weight_of(row: Row) -> float:
    if row.label == "spam":
        return _SPAM_WEIGHT
    return _CHAT_WEIGHT if row.corpus in _CHATS and not row.is_fraud else 1.0


def _with_and_without_signs(masked: str) -> tuple[str, str]:
    return masked, " ".join(word for word in masked.split() if word not in _SIGNS)


_SIGNS: Final[Collection[str]] = frozenset(("~", "0", "+", "+0"))


def _balance(examples: Sequence[tuple[str, Example]]) -> Sequence[Example]:
    totals: dict[tuple[str, bool], float] = defaultdict(float)
    for language, example in examples:
        totals[language, example.is_fraud] += example.weight

    def factor(language: str, *, is_fraud: bool) -> float:
        other = totals.get((language, not is_fraud), 0.0)
        return min(_BALANCE_MAX, max(1.0, other / totals[language, is_fraud])) if other else 0.5

    return [
        example._replace(weight=example.weight * factor(language, is_fraud=example.is_fraud))
        for language, example in examples
    ]
