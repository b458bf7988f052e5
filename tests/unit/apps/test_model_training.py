"""Fitting the model: the same bytes again, from rows that may be trained on."""

import gzip
import json
from pathlib import Path

import pytest

from pipeline.apps.model_rows import (
    FOLDS,
    LICENCES,
    Row,
    examples_of,
    fold_of,
    mask_text,
    read_corpus,
    read_training_corpora,
)
from pipeline.apps.model_training import Example, digest_of, fit
from pipeline.apps.model_wordings import Wording

EXAMPLES = [
    *(Example(f" your account {name} is locked verify now ~ ", is_fraud=True, weight=1.0) for name in "abcdefgh"),
    *(Example(f" your parcel {name} arrives today track it ~ ", is_fraud=False, weight=1.0) for name in "abcdefgh"),
]


def row(**changes: str) -> Row:
    """Build a row of a corpus."""
    return Row("smishx", " a b ", "ham", "en", "g1")._replace(**changes)


def wording(text: str, *, is_fraud: bool = False, is_kept_out: bool = False) -> Wording:
    """Build a made-up message."""
    return Wording(text, "en", "bank", is_fraud, text, is_kept_out)


def test_the_same_examples_give_the_same_bytes() -> None:
    """Training again writes the same file."""
    assert fit(EXAMPLES).to_bytes() == fit(list(EXAMPLES)).to_bytes()


def test_another_example_gives_another_digest() -> None:
    """The head of a model says what it was trained on."""
    assert fit(EXAMPLES).head.trained_on == digest_of(EXAMPLES) != digest_of(EXAMPLES[1:])


def test_learns_what_tells_the_classes_apart() -> None:
    """New texts with the words of a class fall on its side."""
    model = fit(EXAMPLES)
    assert model.fraud_score(" parcel z arrives today ") < 0.5 < model.fraud_score(" account z locked verify ")


def test_a_heavier_example_counts_more() -> None:
    """Where two examples contradict each other, the heavier one wins."""
    fraud, notice = (
        Example(" click here ", is_fraud=True, weight=4.0),
        Example(" click here ", is_fraud=False, weight=1.0),
    )
    assert fit([fraud, notice]).fraud_score(" click here ") > 0.5
    assert fit([fraud._replace(weight=0.25), notice]).fraud_score(" click here ") < 0.5


@pytest.mark.parametrize("examples", [[], [Example(" ", is_fraud=True, weight=1.0)]])
def test_nothing_to_learn_from_is_refused(examples: list[Example]) -> None:
    """An empty model would find nothing suspect, and nobody would notice."""
    with pytest.raises(ValueError, match="words"):
        fit(examples)


def test_only_named_corpora_are_read(tmp_path: Path) -> None:
    """A corpus whose licence is not listed lies in the folder, and is left alone."""
    line = {"text": "a b", "label": "ham", "lang": "en", "group": "g1"}
    for name in (*LICENCES, "nus_en"):
        with gzip.open(tmp_path / f"{name}.dev.jsonl.gz", "wt", encoding="utf-8") as file:
            file.write(json.dumps({**line, "corpus": name}) + "\n")
    assert [each.corpus for each in read_training_corpora(tmp_path)] == sorted(LICENCES)
    assert read_corpus(tmp_path / "nus_en.dev.jsonl.gz") == [row(corpus="nus_en")]


def test_licences_allow_training() -> None:
    """Each corpus that is trained on is under one of the permissive licences."""
    assert set(LICENCES.values()) <= {"CC0", "CC BY 4.0", "MIT", "BSD-3-Clause", "Apache-2.0"}


def test_what_is_not_labelled_is_left_out() -> None:
    """A row whose source does not say what it is teaches nothing."""
    assert examples_of([row(label="unlabelled")], []) == []


@pytest.mark.parametrize("group", [f"group-{number}" for number in range(6)])
def test_a_fold_is_left_out_whole(group: str) -> None:
    """All rows of a group are in one fold, so that none like it was seen."""
    rows = [row(group=group), row(group=group, masked=" c d ")]
    kept = [len(examples_of(rows, [], fold)) for fold in range(FOLDS)]
    assert sorted(kept) == [0] + [2] * (FOLDS - 1)
    assert kept[fold_of(rows[0])] == 0


def test_kept_out_wordings_are_never_trained_on() -> None:
    """Tests look at these."""
    assert examples_of([], [wording("a b", is_kept_out=True)]) == []


def test_a_wording_is_learnt_with_and_without_its_signs() -> None:
    """A link alone must not tell a fraud."""
    masked = [example.masked for example in examples_of([], [wording("pay 5 at http://x.example/a")])]
    assert masked == [mask_text("pay 5 at http://x.example/a"), "pay at"]


def test_no_class_outweighs_the_other_in_a_language() -> None:
    """Else the language would tell."""
    rows = [row(label="smishing"), row(masked=" c "), row(masked=" d ")]
    weights = {example.masked: example.weight for example in examples_of(rows, [])}
    assert weights == {" a b ": 2.0, " c ": 1.0, " d ": 1.0}
