"""What the patterns of many messages say of the one that is judged: that something it belongs to is more than usual."""

from collections.abc import Mapping
from enum import IntEnum

from msgspec import Struct


class Level(IntEnum):
    """How far the repetition of one text has gone."""

    QUIET = 0
    GROWING = 1
    BULK = 2
    MASS = 3


class Alarm(Struct, frozen=True, gc=False):
    """That a subject of a message (its campaign, its workspace, its recipient's range ...) is more than usual.

    A worker raises it from what it has counted itself, the pattern plane from what all workers have; both by the same
    function (`pipeline.patterns.alarms`). It holds counts and names of tenants, no personal data.
    """

    subject: str
    """`<kind>/<what>` (`pipeline.patterns.subjects`); of a campaign with the variant that its text is of."""
    sign: str
    """What it is a sign of, such as `bulk`; rules look for theirs."""
    level: Level
    counts: Mapping[str, int]
    """What decided, by name: `messages`, `recipients` ..."""
    signs: tuple[str, ...] = ()
    """What speaks for it besides repetition."""
