"""Where a recipient may be: candidate regions and time zones, from the number and from what the sender says.

Nothing here is certain: an area code says where a number was issued, a postal code where somebody lives. A fact that
agrees with the others narrows the candidates; where facts disagree all candidates stay, and a rule that must hold at
the recipient's place must then hold at all of them. (A sender could otherwise open the night with a wrong postal
code; and Florida presumes that a Florida area code is a person in Florida, Fla. Stat. 501.059(8)(d) [K].)

Delivery: pure, no state; the tables are read at import (`pipeline.domain.tables`).
"""

import functools

from msgspec import Struct

from pipeline.domain.numbers import Number
from pipeline.domain.tables import read_table

_ZIP3_DIGITS = 3
_AREA_CODE_DIGITS = 3
_ZIP_DIGITS = (5, 9)


class Place(Struct, frozen=True, gc=False):
    """Where a recipient may be.

    `country` is ISO 3166-1 alpha-2, empty when the number's calling code is no country's and the sender names none;
    `regions` are candidate ISO 3166-2 subdivisions (`US-FL`), empty when unknown or not kept for that country, and
    hold a bare country (`US`) where the sender names another country than the number does; `zones` are candidate IANA
    time zones, one name a clock, empty only when the country is.
    """

    country: str
    regions: tuple[str, ...] = ()
    zones: tuple[str, ...] = ()


_NOWHERE = Place("")


def place_of(number: Number, country: str | None, time_zone: str | None, postal_code: str | None) -> Place:
    """Say where the holder of a number may be.

    :param number: the recipient's number
    :param country: ISO 3166-1 alpha-2 code stated by the sender; one that is unknown is passed over
    :param time_zone: IANA name stated by the sender; one that is unknown is passed over
    :param postal_code: postal code stated by the sender; read only where the country is the United States
    """
    place = _place_by_number(number)
    if country is None and time_zone is None and postal_code is None:
        return place
    return _weighed(place, country, time_zone, _zip3_of(postal_code))


def is_time_zone(name: str) -> bool:
    """Say whether this is a name of the IANA time zone database (`America/New_York`, `US/Eastern`)."""
    return name in _CLOCKS


def _place_by_number(number: Number) -> Place:
    """Look the number up: the area code in North America, else a prefix that tells a zone, else the country."""
    if number.country_code == "1":
        place = _AREA_CODES.get(number.national[:_AREA_CODE_DIGITS])
        if place is not None:
            return place
    country = _COUNTRIES.get(number.country, _NOWHERE)
    return country if len(country.zones) <= 1 else _place_by_prefix(number.country_code + number.national, country)


def _place_by_prefix(digits: str, country: Place) -> Place:
    """Narrow the zones of a country with several by the longest prefix that tells."""
    for size in _PREFIX_DIGITS:
        place = _PREFIXES.get(digits[:size])
        if place is not None:
            return place
    return country


def _zip3_of(postal_code: str | None) -> str | None:
    """Cut a ZIP code (five digits, or nine with or without a hyphen) to the three that name a sorting centre."""
    digits = (postal_code or "").strip().replace("-", "", 1)
    return digits[:_ZIP3_DIGITS] if len(digits) in _ZIP_DIGITS and digits.isdigit() else None


@functools.lru_cache(maxsize=32_768)
def _weighed(place: Place, country: str | None, time_zone: str | None, zip3: str | None) -> Place:
    """Weigh what the sender states against what the number says."""
    stated = _stated_place(place, country if country in _COUNTRIES else None, zip3)
    if time_zone in _CLOCKS:
        there = Place(stated.country if stated else place.country, (), (time_zone,))
        stated = _merged(stated, there) if stated else there
    return _merged(place, stated) if stated else place


def _stated_place(place: Place, country: str | None, zip3: str | None) -> Place | None:
    """Say where the sender puts the recipient: by ZIP code, else by country; `None` when that adds nothing."""
    known = _countries_of(place)
    is_american = "US" in (_countries_of(_COUNTRIES[country]) if country else known)
    if is_american and zip3 in _ZIP_PREFIXES:
        return _ZIP_PREFIXES[zip3]
    return _COUNTRIES[country] if country and country not in known else None


def _merged(place: Place, stated: Place) -> Place:
    """Let a statement that agrees with the number stand for it; keep the candidates of both where they disagree."""
    if not place.country:
        return stated
    if not _countries_of(place) & _countries_of(stated):
        regions = stated.regions or (stated.country,)
    elif not place.regions or not stated.regions or set(place.regions) & set(stated.regions):
        return Place(place.country, stated.regions or place.regions, _merged_zones(place.zones, stated.zones))
    else:
        regions = stated.regions
    return Place(place.country, _union(place.regions, regions), _union(place.zones, stated.zones))


def _merged_zones(zones: tuple[str, ...], stated: tuple[str, ...]) -> tuple[str, ...]:
    """Take the stated zones if one of them shares its clock with a candidate, else both."""
    agrees = {_CLOCKS[zone] for zone in zones} & {_CLOCKS[zone] for zone in stated}
    return stated if agrees else _union(zones, stated)


def _countries_of(place: Place) -> set[str]:
    """List the candidate countries; a Puerto Rican number (`US-PR`) is in the United States too."""
    return {place.country, *(region.partition("-")[0] for region in place.regions)}


def _union(first: tuple[str, ...], second: tuple[str, ...]) -> tuple[str, ...]:
    """Join two lists of candidates, keeping the order."""
    return tuple(dict.fromkeys((*first, *second)))


def _places(table: str, key: str) -> dict[str, Place]:
    """Read a table of places; `country` is a column, or else the United States."""
    return {
        row[key]: Place(row.get("country", "US"), tuple(row.get("regions", "").split()), tuple(row["zones"].split()))
        for row in read_table(table)
    }


def _with_territories(countries: dict[str, Place]) -> dict[str, Place]:
    """Give the territories of the United States, countries of their own in ISO 3166-1, their region (`US-PR`)."""
    territories = {
        place.country: place
        for place in _AREA_CODES.values()
        if place.country != "US" and place.regions and place.regions[0].startswith("US-")
    }
    return countries | territories


_CLOCKS = {row["zone"]: row["same_clock_as"] for row in read_table("time_zones.csv")}
_AREA_CODES = _places("nanp_area_codes.csv", "area_code")
_COUNTRIES = _with_territories(_places("country_zones.csv", "country"))
_ZIP_PREFIXES = _places("us_zip3.csv", "zip3")
_PREFIXES = _places("number_zones.csv", "prefix")
_PREFIX_DIGITS = tuple(sorted({len(prefix) for prefix in _PREFIXES}, reverse=True))
