"""What a number says by itself; the library phonenumbers is the oracle."""

import random
from collections.abc import Iterator

import phonenumbers
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from phonenumbers import PhoneNumberFormat, PhoneNumberType

from pipeline.domain.numbers import Number, read_number


def is_refused_by_choice(text: str) -> bool:
    """Say whether a text is of a kind that the library takes for a whole number and we do not.

    Canada's 310-XXXX is dialled within Canada alone, so not E.164; Iran's 9601 has fewer than seven digits in all.
    """
    return len(text) < len("+6834001") or (text.startswith("+1310") and len(text) == len("+13101234"))


def examples() -> Iterator[str]:
    """Yield the library's example numbers of every region and type, and of the calling codes of no country."""
    for region in sorted(phonenumbers.SUPPORTED_REGIONS):
        for kind in PhoneNumberType.values():
            number = phonenumbers.example_number_for_type(region, kind)
            if number is not None:
                yield phonenumbers.format_number(number, PhoneNumberFormat.E164)
    for code in sorted(phonenumbers.COUNTRY_CODES_FOR_NON_GEO_REGIONS):
        number = phonenumbers.example_number_for_non_geo_entity(code)
        if number is not None:
            yield phonenumbers.format_number(number, PhoneNumberFormat.E164)


EXAMPLES = sorted({text for text in examples() if not is_refused_by_choice(text)})


def library_number(text: str) -> Number | None:
    """Read a number with the library: `None` unless it is valid and written as the library itself would write it."""
    try:
        number = phonenumbers.parse(text)
    except phonenumbers.NumberParseException:
        return None
    region = phonenumbers.region_code_for_number(number)
    is_as_written = phonenumbers.format_number(number, PhoneNumberFormat.E164) == text
    if region is None or not phonenumbers.is_valid_number(number) or not is_as_written:
        return None
    national = phonenumbers.national_significant_number(number)
    return Number(str(number.country_code), "" if region == "001" else region, national)


def test_reads_every_example_number_as_the_library_does() -> None:
    """Calling code, country and national part are the library's for its examples of all regions and types."""
    differing = [text for text in EXAMPLES if library_number(text) not in {None, read_number(text)}]
    assert (differing, len(EXAMPLES) > 1_000) == ([], True)


@settings(deadline=None)
@given(st.sampled_from(EXAMPLES), st.integers(1, 7), st.randoms(use_true_random=False))
def test_reads_valid_numbers_near_every_example_as_the_library_does(
    example: str, size: int, source: random.Random
) -> None:
    """Whatever the last digits, a number that the library holds for valid is read as the library reads it."""
    text = example[:-size] + "".join(source.choice("0123456789") for _ in range(size))
    expected = None if is_refused_by_choice(text) else library_number(text)
    assert expected is None or read_number(text) == expected


@settings(deadline=None)
@given(
    st.sampled_from(["+1", "+7", "+39", "+44", "+47", "+61", "+212", "+262", "+290", "+358", "+590", "+599"]), st.data()
)
def test_reads_any_valid_number_of_a_shared_calling_code_as_the_library_does(code: str, data: st.DataObject) -> None:
    """Where several countries share a calling code, the number's own prefix decides as in the library."""
    text = code + data.draw(st.text("0123456789", min_size=6, max_size=11))
    expected = None if is_refused_by_choice(text) else library_number(text)
    assert expected is None or read_number(text) == expected


@pytest.mark.parametrize(
    ("text", "country"),
    [
        ("+13055550123", "US"),
        ("+14165550123", "CA"),
        ("+18005550123", "US"),
        ("+17875550123", "PR"),
        ("+19395550123", "PR"),
        ("+13405550123", "VI"),
        ("+16715550123", "GU"),
        ("+18095550123", "DO"),
        ("+16585550123", "JM"),
        ("+19995550123", "US"),
        ("+447700900123", "GB"),
        ("+447946012345", "GB"),
        ("+447700300123", "JE"),
        ("+447781000123", "GG"),
        ("+447624000123", "IM"),
        ("+79161234567", "RU"),
        ("+77011234567", "KZ"),
        ("+61491570156", "AU"),
        ("+61891621234", "CC"),
        ("+61891641234", "CX"),
        ("+390669812345", "VA"),
        ("+390612345678", "IT"),
        ("+4779123456", "SJ"),
        ("+4721234567", "NO"),
        ("+35818123456", "AX"),
        ("+35840123456", "FI"),
        ("+590590271234", "BL"),
        ("+590590871234", "BL"),
        ("+590590511234", "BL"),
        ("+590590521234", "BL"),
        ("+590590501234", "MF"),
        ("+590590901234", "GP"),
        ("+262692123456", "RE"),
        ("+262639123456", "YT"),
        ("+5997123456", "BQ"),
        ("+59995123456", "CW"),
        ("+212650123456", "MA"),
        ("+80012345678", ""),
        ("+882161234567", ""),
    ],
)
def test_finds_the_country_of_a_shared_calling_code(text: str, country: str) -> None:
    """Calling codes that several countries share, or that belong to none, give the country of the prefix."""
    number = read_number(text)
    assert number is not None
    assert number.country == country


def test_keeps_the_leading_zero_of_an_italian_number() -> None:
    """Where national numbers begin with 0 the zero is part of the number."""
    assert read_number("+390612345678") == Number("39", "IT", "0612345678")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "+",
        "447700900123",
        "0447700900123",
        "00447700900123",
        "-447700900123",
        "+044770090012",
        "+44 7700 900123",
        "+44-7700-900123",
        "+44770090012a",
        "+44770090012\N{ARABIC-INDIC DIGIT THREE}",
        "+44770090012\N{SUPERSCRIPT THREE}",
        " +447700900123",
        "+447700900123 ",
        "+447700900123\n",
        "tel:+447700900123",
    ],
)
def test_refuses_what_is_not_written_as_e164(text: str) -> None:
    """Only a plus sign and ASCII digits, the first not 0, are a number."""
    assert read_number(text) is None


@pytest.mark.parametrize("text", ["+2101234567", "+9991234567", "+38312", "+89912345678"])
def test_refuses_a_calling_code_that_nobody_has(text: str) -> None:
    """An unassigned calling code, or nothing after it, is no number."""
    assert read_number(text) is None


@pytest.mark.parametrize(("text", "is_read"), [("+989601", False), ("+6834001", True), ("+68340012", False)])
def test_takes_seven_digits_and_no_fewer(text: str, *, is_read: bool) -> None:
    """Niue has seven digits with the calling code; an Iranian number of six is too short for E.164."""
    assert (read_number(text) is not None) == is_read


@pytest.mark.parametrize(("size", "is_read"), [(12, True), (13, True), (14, False)])
def test_takes_fifteen_digits_and_no_more(size: int, *, is_read: bool) -> None:
    """German numbers may be long, but E.164 ends at fifteen digits."""
    assert (read_number("+49" + "1" * size) is not None) == is_read


@pytest.mark.parametrize(
    ("text", "is_read"), [("+1305555012", False), ("+13055550123", True), ("+130555501234", False)]
)
def test_refuses_lengths_that_the_country_does_not_have(text: str, *, is_read: bool) -> None:
    """North American numbers have ten digits, no fewer and no more."""
    assert (read_number(text) is not None) == is_read


def test_refuses_a_number_that_is_dialled_locally_alone() -> None:
    """Seven digits after +1 lack the area code."""
    assert read_number("+15550123") is None


@pytest.mark.parametrize("text", ["+4407700900123"[:13], "+49015112345678", "+610491570156"])
def test_refuses_a_trunk_zero_after_the_calling_code(text: str) -> None:
    """A second spelling of the same person would slip past an opt-out."""
    assert read_number(text) is None
