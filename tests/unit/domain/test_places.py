"""Where a recipient may be, from the number and from what the sender says."""

import phonenumbers
import pytest
from phonenumbers import timezone

from pipeline.domain.numbers import read_number
from pipeline.domain.places import Place, is_time_zone, place_of
from pipeline.domain.tables import read_table, read_zone

EASTERN, CENTRAL, MOUNTAIN, PACIFIC = "America/New_York", "America/Chicago", "America/Denver", "America/Los_Angeles"
CLOCKS = {row["zone"]: row["same_clock_as"] for row in read_table("time_zones.csv")}


def place(text: str, country: str | None = None, time_zone: str | None = None, postal_code: str | None = None) -> Place:
    """Give the place of a number, with what the sender states."""
    number = read_number(text)
    assert number is not None
    return place_of(number, country, time_zone, postal_code)


@pytest.mark.parametrize(
    ("area_code", "region", "zones"),
    [
        ("305", "US-FL", {EASTERN}),
        ("850", "US-FL", {EASTERN, CENTRAL}),
        ("448", "US-FL", {EASTERN, CENTRAL}),
        ("689", "US-FL", {EASTERN}),
        ("317", "US-IN", {EASTERN}),
        ("219", "US-IN", {EASTERN, CENTRAL}),
        ("812", "US-IN", {EASTERN, CENTRAL}),
        ("930", "US-IN", {EASTERN, CENTRAL}),
        ("602", "US-AZ", {"America/Phoenix"}),
        ("928", "US-AZ", {"America/Phoenix", MOUNTAIN}),
        ("270", "US-KY", {EASTERN, CENTRAL}),
        ("364", "US-KY", {EASTERN, CENTRAL}),
        ("859", "US-KY", {EASTERN}),
        ("423", "US-TN", {EASTERN, CENTRAL}),
        ("915", "US-TX", {MOUNTAIN}),
        ("432", "US-TX", {CENTRAL, MOUNTAIN}),
        ("713", "US-TX", {CENTRAL}),
        ("605", "US-SD", {CENTRAL, MOUNTAIN}),
        ("701", "US-ND", {CENTRAL, MOUNTAIN}),
        ("308", "US-NE", {CENTRAL, MOUNTAIN}),
        ("208", "US-ID", {MOUNTAIN, PACIFIC}),
        ("541", "US-OR", {MOUNTAIN, PACIFIC}),
        ("458", "US-OR", {MOUNTAIN, PACIFIC}),
        ("906", "US-MI", {EASTERN, CENTRAL}),
        ("907", "US-AK", {"America/Anchorage", "America/Adak"}),
        ("808", "US-HI", {"Pacific/Honolulu"}),
        ("205", "US-AL", {CENTRAL}),
        ("401", "US-RI", {EASTERN}),
        ("206", "US-WA", {PACIFIC}),
        ("202", "US-DC", {EASTERN}),
        ("416", "CA-ON", {"America/Toronto"}),
    ],
)
def test_an_area_code_tells_the_state_and_every_zone_in_it(area_code: str, region: str, zones: set[str]) -> None:
    """All zones that occur in an area code are candidates."""
    found = place(f"+1{area_code}5550123")
    assert (found.regions, set(found.zones)) == ((region,), zones)


@pytest.mark.parametrize(
    ("area_code", "country", "region", "zone"),
    [
        ("787", "PR", "US-PR", "America/Puerto_Rico"),
        ("939", "PR", "US-PR", "America/Puerto_Rico"),
        ("340", "VI", "US-VI", "America/St_Thomas"),
        ("671", "GU", "US-GU", "Pacific/Guam"),
        ("670", "MP", "US-MP", "Pacific/Saipan"),
        ("684", "AS", "US-AS", "Pacific/Pago_Pago"),
    ],
)
def test_a_territory_is_a_country_and_a_region_of_the_united_states(
    area_code: str, country: str, region: str, zone: str
) -> None:
    """Federal law reaches the territories, which ISO 3166-1 counts as countries."""
    expected = Place(country, (region,), (zone,))
    assert (place(f"+1{area_code}5550123"), place(f"+1{area_code}5550123", "US")) == (expected, expected)


def test_a_toll_free_number_may_be_anywhere_in_the_country() -> None:
    """A number without area code keeps all zones of the country and has no region."""
    found = place("+18005550123")
    assert (found.country, found.regions, len(found.zones)) == ("US", (), 8)


def test_a_calling_code_of_no_country_has_no_place() -> None:
    """Nothing is known of +800 until the sender says it."""
    assert (place("+80012345678"), place("+80012345678", "DE")) == (Place(""), Place("DE", (), ("Europe/Berlin",)))


@pytest.mark.parametrize(
    ("text", "zones"),
    [
        ("+447946012345", {"Europe/London"}),
        ("+61491570156", 7),
        ("+61255501234", {"Australia/Sydney", "Australia/Lord_Howe"}),
        ("+79161234567", 11),
        ("+77011234567", {"Asia/Almaty"}),
        ("+5511912345678", {"America/Sao_Paulo"}),
        ("+5568912345678", {"America/Rio_Branco"}),
        ("+5581912345678", {"America/Sao_Paulo", "America/Noronha"}),
        ("+34612345678", {"Europe/Madrid", "Atlantic/Canary"}),
        ("+34928123456", {"Atlantic/Canary"}),
        ("+351912345678", {"Europe/Lisbon", "Atlantic/Azores"}),
        ("+351296123456", {"Atlantic/Azores"}),
        ("+8613123456789", {"Asia/Shanghai"}),
        ("+919876543210", {"Asia/Kolkata"}),
    ],
)
def test_other_countries_keep_every_zone_that_the_prefix_does_not_rule_out(text: str, zones: set[str] | int) -> None:
    """Mobile numbers of a country with several clocks keep them all, unless their prefix tells."""
    found = set(place(text).zones)
    assert zones in (found, len(found))


def test_a_zip_code_narrows_the_zones_of_an_area_code() -> None:
    """Pensacola lies in the Central part of area code 850."""
    assert place("+18505550123", "US", None, "32501") == Place("US", ("US-FL",), (CENTRAL,))


@pytest.mark.parametrize("postal_code", ["33101", " 33101 ", "33101-1234", "331011234"])
def test_a_zip_code_tells_the_state_of_a_number_without_one(postal_code: str) -> None:
    """Five or nine digits, with or without hyphen, are a ZIP code."""
    assert place("+18005550123", None, None, postal_code) == Place("US", ("US-FL",), (EASTERN,))


@pytest.mark.parametrize(
    "postal_code",
    ["", "331", "3310", "331011", "33101-123", "3310A", "SW1A 1AA", "09012", "00000", "\N{SUPERSCRIPT TWO}2222"],
)
def test_what_is_no_zip_code_changes_nothing(postal_code: str) -> None:
    """Military, unassigned and malformed codes leave the number's own place."""
    assert place("+18005550123", "US", None, postal_code) == place("+18005550123")


def test_a_postal_code_of_another_country_is_no_zip_code() -> None:
    """Five digits are a postal code in Germany too."""
    assert place("+4915112345678", "DE", None, "33101") == Place("DE", (), ("Europe/Berlin",))


def test_a_zip_code_outranks_the_area_code_within_its_zones() -> None:
    """A Phoenix number at Tuba City may live by the Navajo Nation's clock."""
    assert set(place("+16025550123", None, None, "86045").zones) == {"America/Phoenix", MOUNTAIN}


def test_keeps_both_states_when_zip_code_and_area_code_disagree() -> None:
    """A Florida number whose holder is said to live in California stays under both laws."""
    assert place("+13055550123", None, None, "90001") == Place("US", ("US-FL", "US-CA"), (EASTERN, PACIFIC))


def test_keeps_both_states_when_zip_code_and_time_zone_agree_against_the_area_code() -> None:
    """Two statements of the sender do not outvote the number."""
    assert place("+13055550123", "US", PACIFIC, "90001") == Place("US", ("US-FL", "US-CA"), (EASTERN, PACIFIC))


@pytest.mark.parametrize(
    ("text", "stated", "zones"),
    [
        ("+18505550123", CENTRAL, (CENTRAL,)),
        ("+13135550123", "America/Detroit", ("America/Detroit",)),
        ("+13055550123", "US/Eastern", ("US/Eastern",)),
        ("+61491570156", "Australia/Perth", ("Australia/Perth",)),
        ("+919876543210", "Asia/Calcutta", ("Asia/Calcutta",)),
    ],
)
def test_a_stated_time_zone_narrows_the_candidates(text: str, stated: str, zones: tuple[str, ...]) -> None:
    """A zone with the clock of a candidate stands for all of them."""
    assert place(text, None, stated).zones == zones


@pytest.mark.parametrize("stated", ["", "Mars/Olympus", "EASTERN", "america/new_york", "../../etc/passwd", "Factory"])
def test_a_time_zone_that_does_not_exist_changes_nothing(stated: str) -> None:
    """Only names of the IANA database count."""
    assert (place("+18505550123", None, stated), is_time_zone(stated)) == (place("+18505550123"), False)


def test_a_time_zone_elsewhere_is_one_candidate_more() -> None:
    """A Florida number with the zone of Los Angeles must be open in both."""
    assert place("+13055550123", None, PACIFIC) == Place("US", ("US-FL",), (EASTERN, PACIFIC))


def test_a_stated_country_that_differs_is_a_candidate_too() -> None:
    """A British number in the United States brings federal law and all American zones."""
    found = place("+447946012345", "US")
    assert (found.country, found.regions, len(found.zones)) == ("GB", ("US",), 9)


def test_a_stated_country_takes_its_own_time_zone_and_zip_code() -> None:
    """What the sender says of the other country narrows that country alone."""
    by_zip, by_zone = place("+447946012345", "US", None, "33101"), place("+447946012345", "US", EASTERN)
    assert (by_zip, by_zone) == (
        Place("GB", ("US-FL",), ("Europe/London", EASTERN)),
        Place("GB", ("US",), ("Europe/London", EASTERN)),
    )


@pytest.mark.parametrize("country", ["ZZ", "us", "", "USA"])
def test_a_country_that_does_not_exist_changes_nothing(country: str) -> None:
    """Only ISO 3166-1 alpha-2 codes count."""
    assert place("+13055550123", country) == place("+13055550123")


def test_a_canadian_who_is_said_to_be_american_is_both() -> None:
    """North America shares a calling code, not a country."""
    assert place("+14165550123", "US", None, "33101") == Place("CA", ("CA-ON", "US-FL"), ("America/Toronto", EASTERN))


def test_every_region_of_the_library_has_zones() -> None:
    """No country that a number can name lacks its zones."""
    countries = {row["country"]: row["zones"] for row in read_table("country_zones.csv")}
    assert [region for region in sorted(phonenumbers.SUPPORTED_REGIONS) if not countries.get(region)] == []


def test_no_area_code_of_the_library_lost_a_zone_without_a_reason() -> None:
    """Our zones of an American area code hold the library's; the exceptions are zones that its state does not have."""
    missing = set()
    for row in read_table("nanp_area_codes.csv"):
        if row["country"] == "US":
            library = phonenumbers.parse(f"+1{row['area_code']}5550123")
            zones = {CLOCKS[zone] for zone in timezone.time_zones_for_geographical_number(library) if zone in CLOCKS}
            if zones - {CLOCKS[zone] for zone in row["zones"].split()}:
                missing.add(row["area_code"])
    assert missing <= {"689"}


@pytest.mark.parametrize(
    ("table", "column"),
    [
        ("country_zones.csv", "zones"),
        ("nanp_area_codes.csv", "zones"),
        ("number_zones.csv", "zones"),
        ("us_zip3.csv", "zones"),
        ("time_zones.csv", "zone"),
        ("time_zones.csv", "same_clock_as"),
    ],
)
def test_every_zone_in_a_table_is_known_and_can_be_read(table: str, column: str) -> None:
    """The tables name only zones of the installed tzdata."""
    zones = {zone for row in read_table(table) for zone in row[column].split()}
    assert [zone for zone in sorted(zones) if not is_time_zone(zone) or read_zone(zone).key != zone] == []


def test_every_prefix_that_tells_a_zone_tells_one_of_its_country() -> None:
    """A prefix narrows its country's clocks and adds none."""
    countries = {
        row["country"]: {CLOCKS[zone] for zone in row["zones"].split()} for row in read_table("country_zones.csv")
    }
    tables = [*read_table("number_zones.csv"), *read_table("nanp_area_codes.csv")]
    assert [row for row in tables if {CLOCKS[zone] for zone in row["zones"].split()} - countries[row["country"]]] == []
