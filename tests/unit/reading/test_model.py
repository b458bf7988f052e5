"""How alike a wording is to known fraud, by the packaged model."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from pipeline.domain.events import Content
from pipeline.lexicon_cache import packaged_matcher
from pipeline.reading.distinct_text import DistinctText, mask
from pipeline.reading.links import find_links, without_links
from pipeline.reading.model import FRAUD_SCORE_HIGH, MODEL_VERSION, PACKAGED_MODEL, Model, ModelError
from pipeline.reading.model_features import PLACES, WORDS_MAX, places_of, tokens_of
from pipeline.reading.normalise import normalise
from pipeline.reading.reader import Reader

REPOSITORY = Path(__file__).parents[3]
FRAUDS = (
    "Your account has been suspended. Verify your details now to avoid closure: http://x.example/v",
    "Su cuenta ha sido suspendida, verifique sus datos inmediatamente en http://x.example/v",
    "Votre compte a été suspendu. Vérifiez vos informations sous 24h : http://x.example/v",
)
CHINESE_FRAUD = "您的账户因异常已被冻结，请立即登录 http://x.example 验证"
NOTICES = (
    "Your verification code is 482913. It expires in 10 minutes. Do not share it with anyone.",
    "Su cita es el 24/11 a las 10:45. Responda S para confirmar o N para anular.",
    "Rappel : votre rendez-vous chez le dentiste est le 24/11 à 10:45. Répondez O pour confirmer.",
)


def score_of(text: str) -> float:
    """Read a text and ask."""
    return Reader(packaged_matcher(), fraud_score=PACKAGED_MODEL.fraud_score).read(Content("text", text)).fraud_score


@pytest.mark.parametrize(("fraud", "notice"), [*zip(FRAUDS, NOTICES, strict=True)])
def test_tells_frauds_from_notices(fraud: str, notice: str) -> None:
    """What lures is suspect, what informs is not, in one language as in another."""
    assert score_of(notice) < 0.5
    assert score_of(fraud) > 0.8


@pytest.mark.parametrize("text", NOTICES)
def test_a_notice_is_below_the_threshold_for_a_flag(text: str) -> None:
    """No notice is flagged for its wording alone."""
    assert score_of(text) < FRAUD_SCORE_HIGH


def test_words_that_fraud_uses_too_do_not_suffice() -> None:
    """A reminder may be urgent, final, and hold a link."""
    text = "Final reminder: your bill of £48.00 is overdue. Please pay today to avoid disconnection: power.example/pay"
    assert score_of(text) < FRAUD_SCORE_HIGH


@pytest.mark.parametrize("text", ["", " ", "...", "\n\t"])
def test_a_text_without_words_is_not_suspect(text: str) -> None:
    """Nothing is known of it."""
    assert score_of(text) == 0.0


def test_digits_and_links_change_nothing() -> None:
    """Texts of one wording are equally suspect: what stands in links and numbers is for others to judge."""
    first, second = "Pay 12.50 now: http://x.example/a", "Pay 99.75 now: https://other.example/b?c=1"
    assert score_of(first) == score_of(second)


def test_disguised_letters_change_nothing() -> None:
    """The model sees the normalised text, so disguises that it undoes do not help."""
    assert score_of(FRAUDS[0].replace("account", "acc0unt")) == score_of(FRAUDS[0])


@pytest.mark.parametrize(
    "text", [*FRAUDS, *NOTICES, "您的账户因异常已被冻结，请立即登录 http://x.example 验证", "a" * 5_000]
)
def test_is_a_probability(text: str) -> None:
    """It is above 0 and below 1, whatever the text."""
    assert 0.0 < score_of(text) < 1.0


def test_is_the_same_in_every_process() -> None:
    """Python orders sets of texts otherwise in each process: the score may not depend on it."""
    code = (
        "import json, sys; from pipeline.reading.model import PACKAGED_MODEL as m; "
        "print(json.dumps([m.fraud_score(text) for text in json.load(sys.stdin)]))"
    )
    texts = [mask(normalise(text)) for text in (*FRAUDS, *NOTICES)]
    found = [
        json.loads(
            subprocess.run(
                [sys.executable, "-c", code],
                input=json.dumps(texts),
                env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": str(REPOSITORY)},
                capture_output=True,
                check=True,
                text=True,
            ).stdout
        )
        for seed in ("1", "2")
    ]
    assert found[0] == found[1] == [PACKAGED_MODEL.fraud_score(text) for text in texts]


def test_what_was_asked_before_changes_nothing() -> None:
    """What words add up to is kept, and gives the same."""
    fresh = Model(PACKAGED_MODEL.head, PACKAGED_MODEL.weights)
    masked = mask(normalise(without_links(FRAUDS[0], find_links(FRAUDS[0]))))
    assert fresh.fraud_score(masked) == fresh.fraud_score(masked) == DistinctText(masked, fresh.fraud_score).fraud_score


# --- the file ---------------------------------------------------------------------------------------------------------


def test_a_written_model_is_read_again() -> None:
    """Bytes in, the same bytes out."""
    content = PACKAGED_MODEL.to_bytes()
    assert Model.from_bytes(content).to_bytes() == content


@pytest.mark.parametrize(
    "damage",
    [
        lambda content: content[:-1],
        lambda content: content + b"\0",
        lambda content: content[:-1] + bytes([content[-1] ^ 1]),
        lambda content: content.partition(b"\n")[2],
        lambda _: b"",
    ],
)
def test_a_damaged_file_is_refused(damage: object) -> None:
    """A worker must not judge with weights that nobody trained."""
    assert callable(damage)
    with pytest.raises(ModelError):
        Model.from_bytes(damage(PACKAGED_MODEL.to_bytes()))


def test_the_file_is_small() -> None:
    """A few hundred kilobytes are packaged, not megabytes."""
    assert len(PACKAGED_MODEL.to_bytes()) < 2_000_000


def test_the_model_card_is_about_this_model() -> None:
    """Its figures were measured on the model that ships."""
    assert MODEL_VERSION in (REPOSITORY / "docs" / "model-card.md").read_text(encoding="utf-8")


# --- features ---------------------------------------------------------------------------------------------------------


def test_places_lie_in_the_table() -> None:
    """Each place is one of the table's."""
    assert all(0 <= place < PLACES for text in FRAUDS for token in tokens_of(text) for place in places_of(token))


@pytest.mark.parametrize(
    ("first", "second"), [("verificado", "verificada"), ("konto", "kontos"), ("suspension", "suspensions")]
)
def test_forms_of_a_word_have_places_in_common(first: str, second: str) -> None:
    """What is learnt of one form counts for the other."""
    assert set(places_of(first)) & set(places_of(second))


def test_pairs_of_words_count_too() -> None:
    """`not share` says something else than `share`."""
    assert {"do", "not", "do not"} == tokens_of(" do not ")


def test_scripts_without_spaces_are_cut_into_characters() -> None:
    """Two and three neighbours each."""
    assert tokens_of(" 验证码 ") == {"验证", "证码", "验证码"}


@pytest.mark.parametrize(("words", "read"), [(WORDS_MAX - 1, 0), (WORDS_MAX, 1), (WORDS_MAX + 1, 1)])
def test_reads_so_many_words(words: int, read: int) -> None:
    """The 400th word is read, the one after it is not."""
    tokens = tokens_of(" ".join(f"w{number}" for number in range(1, words + 1)))
    assert (f"w{WORDS_MAX}" in tokens) == bool(read)
    assert f"w{WORDS_MAX + 1}" not in tokens


@pytest.mark.parametrize("characters", [WORDS_MAX - 1, WORDS_MAX, WORDS_MAX + 1])
def test_reads_so_many_characters_of_scripts_without_spaces(characters: int) -> None:
    """Runs of two are one fewer than the characters that are read."""
    text = "".join(chr(0x4E00 + number) for number in range(characters))
    pairs = [token for token in tokens_of(text) if len(token) == 2]
    assert len(pairs) == min(characters, WORDS_MAX) - 1


@pytest.mark.parametrize(
    "text",
    [
        "".join(chr(0x4E00 + number) for number in range(4_096)),
        " ".join(chr(0x4E00 + number) for number in range(2_048)),
        " ".join(f"{number:x}" for number in range(2_048)),
        "a" * 4_096,
    ],
)
def test_a_hostile_text_has_an_end(text: str) -> None:
    """No text has more tokens than two for each word or character that is read."""
    assert len(tokens_of(text)) <= 2 * WORDS_MAX
