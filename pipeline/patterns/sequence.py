"""Whether a workspace walks through numbers: each close to the one before it in the same range.

People who ask for a code, or who stand in a list, come in no such order. Two numbers of a range of a thousand that have
nothing to do with each other lie within 64 of each other in one of eight cases.

Personal data: the last three digits of a number are held in memory, one number for each workspace and range, and are
written nowhere.
"""

from typing import Final

from pipeline.patterns.subjects import RANGE_DIGITS

STEP_MAX: Final = 64
"""Of eight partitions one sees every eighth number of a walk: the next is within 64 in all but 0.02 % of cases."""
RANGES_MAX: Final = 65_536
"""Remembered in each of two generations, 150 bytes each."""


class Sequence:
    """The last number of each workspace in each range."""

    def __init__(self) -> None:
        """Begin with none."""
        self._young: dict[tuple[str, str], int] = {}
        self._old: dict[tuple[str, str], int] = {}

    def goes_on(self, workspace: str, number: str) -> bool:
        """Say whether a number is the workspace's next in its range, up or down, and remember it.

        :param number: of the recipient, in E.164; any other gives `False`
        """
        numbers, last = number[:-RANGE_DIGITS], number[-RANGE_DIGITS:]
        if not (number.startswith("+") and last.isdecimal()):
            return False
        place, at = (workspace, numbers), int(last)
        before = self._young.get(place)
        if before is None:
            before = self._old.get(place)
            if len(self._young) >= RANGES_MAX:
                self._old, self._young = self._young, {}
        self._young[place] = at
        return before is not None and 0 < abs(at - before) <= STEP_MAX
