"""What may happen to a message, ordered from harmless to final."""

import enum
import functools


@functools.total_ordering
class Outcome(enum.Enum):
    """The five outcomes of `clauses.md`, strictest last, so that the strictest of several is `max`."""

    ALLOW = "allow"
    FLAG = "flag"
    DEFER = "defer"
    HOLD = "hold"
    BLOCK = "block"

    def __lt__(self, other: object) -> bool:
        """Tell whether this outcome is less strict than the other."""
        if not isinstance(other, Outcome):
            return NotImplemented
        return _STRICTNESS[self] < _STRICTNESS[other]

    @property
    def lets_pass(self) -> bool:
        """Whether the messaging service may send the message now."""
        return self is Outcome.ALLOW or self is Outcome.FLAG


_STRICTNESS = {outcome: rank for rank, outcome in enumerate(Outcome)}
