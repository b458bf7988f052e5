"""Types of numbers, held against libphonenumber itself."""

import phonenumbers
import pytest
from phonenumbers import PhoneNumberType

from pipeline.domain.number_types import NO_COUNTRY, number_type
from pipeline.domain.numbers import read_number
from pipeline.domain.tables import read_table

NAMES = {
    PhoneNumberType.PREMIUM_RATE: "premium_rate",
    PhoneNumberType.TOLL_FREE: "toll_free",
    PhoneNumberType.SHARED_COST: "shared_cost",
    PhoneNumberType.PAGER: "pager",
    PhoneNumberType.UAN: "uan",
    PhoneNumberType.VOICEMAIL: "voicemail",
}


@pytest.mark.parametrize("country", sorted({row["country"] for row in read_table("number_types.csv")}))
def test_agrees_with_libphonenumber_on_its_example_numbers(country: str) -> None:
    """Each country's example of each type, mobiles and landlines too, has the type that libphonenumber gives it."""
    kinds = (*NAMES, PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE)
    examples = [phonenumbers.example_number_for_type(country, kind) for kind in kinds]
    for example in filter(None, examples):
        text = phonenumbers.format_number(example, phonenumbers.PhoneNumberFormat.E164)
        number = read_number(text)
        if number is not None:
            assert number_type(number) == NAMES.get(phonenumbers.number_type(example), ""), country


@pytest.mark.parametrize("code", [800, 808, 870, 878, 881, 882, 883, 888, 979])
def test_codes_of_no_country_are_told(code: int) -> None:
    """Libphonenumber's examples of its region 001."""
    example = phonenumbers.example_number_for_non_geo_entity(code)
    assert example is not None
    number = read_number(phonenumbers.format_number(example, phonenumbers.PhoneNumberFormat.E164))
    assert number is not None
    assert number_type(number) == NO_COUNTRY
