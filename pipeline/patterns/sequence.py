"""Whether a workspace walks through numbers: each close to the one before it in the same range, and further on.

People who ask for codes come in no such order. Of three numbers in any order the last goes on from the others in one
case of three, also where all numbers of a range are close together: those of one company's people.

Delivery: memory alone. After an owner's death the next message to a range begins a walk anew, which costs two counts.

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
    """The last number of each workspace in each range, and whether it was above the one before."""

    def __init__(self) -> None:
        """Begin with none."""
        self._young: dict[tuple[str, str], tuple[int, bool | None]] = {}
        self._old: dict[tuple[str, str], tuple[int, bool | None]] = {}

    def goes_on(self, workspace: str, number: str) -> bool:
        """Say whether a number goes on in its range from the workspace's last two, up or down, and remember it.

        :param number: of the recipient, in E.164; any other gives `False`
        """
        numbers, last = number[:-RANGE_DIGITS], number[-RANGE_DIGITS:]
        if not (number.startswith("+") and last.isdecimal()):
            return False
        place, at = (workspace, numbers), int(last)
        before = self._young.get(place) or self._old.get(place)
        if before is None:
            self._remember(place, at, goes_up=None)
            return False
        last_at, went_up = before
        if at == last_at:
            return False
        self._remember(place, at, goes_up=at > last_at)
        return went_up is (at > last_at) and abs(at - last_at) <= STEP_MAX

    def _remember(self, place: tuple[str, str], at: int, *, goes_up: bool | None) -> None:
        if len(self._young) >= RANGES_MAX:
            self._old, self._young = self._young, {}
        self._young[place] = at, goes_up
