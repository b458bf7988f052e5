"""What marketing must say: how to stop, and who sends."""

import pytest

from pipeline.reading.wording import NEEDS, names_one_of, says_how_to_stop, says_how_to_stop_in_france


@pytest.mark.parametrize(
    "text",
    [
        "Reply STOP to end.",
        "Text Stop2end to 80888, STOP to stop",
        "To unsubscribe: sunnybakery.example/u",
        "opt-out: sunnybakery.example",
        "Zum Abmelden STOP senden",
        "Pour vous désabonner: STOP au 36111",
        "Responda BAJA para no recibir más",
        "Per annullare scrivi NO: annulla",
        "Afmelden? Stuur STOP",
    ],
)
def test_sees_how_to_stop(text: str) -> None:
    """Several languages, any case."""
    assert says_how_to_stop(text)


@pytest.mark.parametrize(
    "text", ["", "20% off all bread", "stop2quit", "Nonstop fun", "unstoppable deals", "Stopover in Rome"]
)
def test_takes_no_part_of_a_word_for_it(text: str) -> None:
    """Carriers want STOP to stand apart."""
    assert not says_how_to_stop(text)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("STOP au 36111", True),
        ("STOP 36180", True),
        ("STOP SMS au 36034", True),
        ("stop au 38080", True),
        ("STOP", False),
        ("STOP au 12345", False),
        ("STOP au 361110", False),
    ],
)
def test_knows_the_french_form(text: str, *, says: bool) -> None:
    """STOP with a short code of five digits that begins with 36 or 38."""
    assert says_how_to_stop_in_france(text) == says


@pytest.mark.parametrize(
    ("names", "says"), [(("Sunny Bakery",), True), (("Moon", "sunny bakery"), True), (("",), False)]
)
def test_finds_a_name_in_any_case(names: tuple[str, ...], *, says: bool) -> None:
    """One of the names is enough; an empty one is none."""
    assert names_one_of("SUNNY BAKERY: new bread", names) == says


def test_states_source_and_confidence_of_each_need() -> None:
    """No row ships without them, and none that is unconfirmed."""
    assert all(need.source and need.confidence in ("high", "medium", "low") for need in NEEDS.values())
