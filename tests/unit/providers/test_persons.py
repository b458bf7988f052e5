"""Numbers in every spelling that providers use, ids of WhatsApp's users, and what is no number."""

import pytest

from pipeline.providers.persons import person_of, sender_of

NUMBER = "+447700900123"


@pytest.mark.parametrize(
    "given",
    [
        NUMBER,
        "447700900123",
        447700900123,
        "00447700900123",
        " 447700900123",
        "whatsapp:+447700900123",
        "tel:447700900123",
        "+44 7700 900-123",
        ["447700900123"],
    ],
)
def test_reads_a_number_in_any_spelling(given: object) -> None:
    """All of them are one person: an opt-out must not be evaded by spelling."""
    assert person_of(given).number == NUMBER


@pytest.mark.parametrize("given", ["5678", "0788383383", "2020", "9" * 16])
def test_keeps_a_number_that_is_not_international_apart(given: str) -> None:
    """It looks like a number, but whose is open: no country is guessed."""
    person = person_of(given)
    assert (person.number, person.is_numeric, person.is_given) == (None, True, True)


@pytest.mark.parametrize("given", ["MTN", "notnumber", "91XX985XX10X", "12"])
def test_tells_what_is_no_number(given: str) -> None:
    """A name is no recipient."""
    person = person_of(given)
    assert (person.number, person.is_numeric, person.is_given) == (None, False, True)


@pytest.mark.parametrize("given", [None, "", "  ", True, {}, [], ["1", "2"]])
def test_tells_that_nobody_is_named(given: object) -> None:
    """Nothing, or nothing that could be a name."""
    assert not person_of(given).is_given


def test_reads_a_business_scoped_id() -> None:
    """WhatsApp gives a number, an id, or both; the id may stand where the number does."""
    assert person_of("whatsapp:US.13491208655302741918").bsuid == "US.13491208655302741918"
    assert person_of(None, "US.1").bsuid == "US.1"
    both = person_of("447700900123", "US.1")
    assert (both.number, both.bsuid) == (NUMBER, "US.1")


@pytest.mark.parametrize(("digits", "number"), [("206555010", None), ("2065550100", "+12065550100")])
def test_adds_the_calling_code_of_a_gateway_of_one_country(digits: str, number: str | None) -> None:
    """ThinQ writes ten digits; nine are none of its numbers."""
    assert person_of(digits, calling_code="1").number == number


@pytest.mark.parametrize(
    ("given", "sender"),
    [
        ("447700900111", "+447700900111"),
        ("2020", "2020"),
        ("Bakery", "Bakery"),
        ("whatsapp:+447700900222", "+447700900222"),
    ],
)
def test_reads_the_business_side(given: str, sender: str) -> None:
    """A business has a number, a short code or a name."""
    assert sender_of(given) == sender
