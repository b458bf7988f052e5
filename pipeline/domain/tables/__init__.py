"""What numbers, area codes, ZIP codes, calendars, carriers and sanctions say: tables, written by tools or by hand.

The head of each table (lines that start with `#`) names its sources and their licences. `read_table` is the one place
where the domain reads package data, at import; `read_zone` is the one place where it reads the time zone database.
"""

import csv
import functools
from importlib import resources
from zoneinfo import ZoneInfo


def read_table(name: str) -> list[dict[str, str]]:
    """Read one table of this package.

    :param name: file name, such as `us_zip3.csv`
    :raises FileNotFoundError: the package was built without its tables; build it again with `*.csv` as package data
    """
    text = (resources.files(__name__) / name).read_text(encoding="utf-8")
    return list(csv.DictReader(line for line in text.splitlines() if not line.startswith("#")))


@functools.lru_cache(maxsize=1024)
def read_zone(name: str) -> ZoneInfo:
    """Read one time zone from the pinned `tzdata` package, never the machine's own copy: all machines decide alike.

    :param name: a name in `time_zones.csv`, such as `America/New_York`; others must be refused before
    :raises FileNotFoundError: tzdata has no such zone; update it or write `time_zones.csv` anew
    """
    with resources.files("tzdata").joinpath("zoneinfo", *name.split("/")).open("rb") as file:
        return ZoneInfo.from_file(file, key=name)
