"""Measure the model of wordings, corpus by corpus, never pooled: what docs/model-card.md reports.

    python bench/evaluate_model.py --data ../shared/data/sms

Corpora that are trained on are measured by models of the same making that saw none of the texts alike (four folds, by
`group`); others by the packaged model, without rows that are alike to one it was trained on. Of the made-up wordings
those count that are never trained on. Prints Markdown.

Each column is a threshold: the share of the rows above it, in percent.
"""

import argparse
import gc
import sys
import time
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from pipeline.apps.model_rows import (
    FOLDS,
    LICENCES,
    examples_of,
    fold_of,
    mask_text,
    read_all_wordings,
    read_corpus,
    read_training_corpora,
)
from pipeline.apps.model_training import fit
from pipeline.apps.model_wordings import Wording
from pipeline.reading.model import MODEL_VERSION, PACKAGED_MODEL, Model

REPOSITORY = Path(__file__).resolve().parent.parent
ROWS_MIN = 40
"""A language of a corpus with fewer rows gets no line of its own."""
Scores = dict[tuple[str, str], list[float]]


def score_trained(folder: Path, wordings: Sequence[Wording]) -> tuple[Scores, frozenset[str]]:
    """Score the corpora that are trained on, each row by a model that saw nothing alike; give their groups, too."""
    rows = read_training_corpora(folder)
    scores: Scores = defaultdict(list)
    for fold in range(FOLDS):
        model = fit(examples_of(rows, wordings, fold))
        for row in rows:
            if fold_of(row) == fold:
                scores[f"{row.corpus} *", row.label].append(model.fraud_score(row.masked))
    return scores, frozenset(row.group for row in rows)


def score_others(folder: Path, groups: frozenset[str]) -> Scores:
    """Score all other corpora by the packaged model, and by language where a corpus has several."""
    scores: Scores = defaultdict(list)
    for path in sorted(folder.glob("*.dev.jsonl.gz")):
        if path.name.removesuffix(".dev.jsonl.gz") in LICENCES:
            continue
        for row in read_corpus(path):
            if row.group not in groups:
                fraud_score = PACKAGED_MODEL.fraud_score(row.masked)
                scores[row.corpus, row.label].append(fraud_score)
                if row.corpus in ("spamhunter", "a2p_bank_tests"):
                    scores[f"{row.corpus}, {row.language}", row.label].append(fraud_score)
    return {key: found for key, found in scores.items() if "," not in key[0] or len(found) >= ROWS_MIN}


def score_wordings(wordings: Iterable[Wording]) -> Scores:
    """Score the made-up wordings that were kept out of training, by language."""
    scores: Scores = defaultdict(list)
    for each in wordings:
        if each.is_kept_out:
            label = "fraud" if each.is_fraud else "honest"
            scores[f"own wordings, {each.language}", label].append(PACKAGED_MODEL.fraud_score(mask_text(each.text)))
    return scores


def print_table(scores: Mapping[tuple[str, str], Sequence[float]], thresholds: Sequence[float]) -> None:
    """Print a line for each corpus and label."""
    print(f"| corpus | label | rows |{''.join(f' > {each:g} |' for each in thresholds)}")  # noqa: T201
    print(f"|---|---|---|{'---|' * len(thresholds)}")  # noqa: T201 - printing is what it is for
    for (corpus, label), found in sorted(scores.items()):
        shares = (100 * sum(score > each for score in found) / len(found) for each in thresholds)
        print(f"| {corpus} | {label} | {len(found)} |{''.join(f' {share:.1f} |' for share in shares)}")  # noqa: T201


def print_cost(texts: Sequence[str]) -> None:
    """Print what a new text costs, with words that were seen and with none that was; best of five rounds."""
    gc.disable()
    masked = [mask_text(text) for text in texts]
    fresh = min(_seconds(Model(PACKAGED_MODEL.head, PACKAGED_MODEL.weights), masked) for _ in range(5))
    warm = min(_seconds(PACKAGED_MODEL, masked) for _ in range(5))
    hostile = ["".join(chr(0x4E00 + number % 20_000) for number in range(4_096)), "ab1 cd2 " * 512, "a" * 4_096]
    hostile.append(" ".join(f"w{number:x}" for number in range(1_000)))
    worst = max(_seconds(Model(PACKAGED_MODEL.head, PACKAGED_MODEL.weights), [text]) for text in hostile)
    print(  # noqa: T201
        f"\ncost: {warm / len(masked) * 1e6:.1f} us a text, {fresh / len(masked) * 1e6:.1f} us from an empty cache, "
        f"{worst * 1e3:.1f} ms the worst of {len(hostile)} hostile texts"
    )


def _seconds(model: Model, masked: Sequence[str]) -> float:
    began = time.perf_counter()
    for each in masked:
        model.fraud_score(each)
    return time.perf_counter() - began


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="the folder of the corpora")
    parser.add_argument("--thresholds", type=float, nargs="+", default=[0.5, 0.8, 0.9, 0.97])
    arguments = parser.parse_args()
    wordings = read_all_wordings(REPOSITORY / "bench" / "wordings")
    trained, groups = score_trained(arguments.data, wordings)
    print(f"Model {MODEL_VERSION}. `*`: trained on, measured by four-fold cross-validation by group.\n")  # noqa: T201
    print_table({**trained, **score_others(arguments.data, groups)}, arguments.thresholds)
    print()  # noqa: T201
    print_table(score_wordings(wordings), arguments.thresholds)
    print_cost([each.text for each in wordings])


if __name__ == "__main__":
    main()
