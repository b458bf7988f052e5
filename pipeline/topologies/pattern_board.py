"""What the pattern plane tells of subjects that are more than usual, and whether it still speaks.

Signals by the subject that they are of; of a campaign by its min-hash key, and only for texts that are like its first.
A signal counts until its second is over, whether or not a tombstone comes.

Delivery: each signal stands under its own key and the newest stands, so reading the topic again ends in the same.
"""

from typing import Final

import msgspec

from pipeline.domain.alarms import Alarm
from pipeline.domain.pattern_settings import Thresholds
from pipeline.domain.verdicts import Degraded
from pipeline.patterns import signals
from pipeline.patterns.signals import KEY_PREFIX, PLANE_KEY, Signal
from pipeline.patterns.subjects import campaign_subject, direct_subjects, kind_of, pair_of, pair_subject, range_subject
from pipeline.patterns.windows import Row
from pipeline.reading.fingerprint import are_alike
from pipeline.wire import Undecodable

CAMPAIGN_KEYS: Final = KEY_PREFIX + "campaign/"
"""How the keys of signals about campaigns begin."""
_PLANE: Final = PLANE_KEY.decode()


def read_signal(value: bytes) -> Signal:
    """Read a signal.

    :raises Undecodable: the pattern plane is of another version
    """
    try:
        return signals.decode(value)
    except (msgspec.DecodeError, UnicodeError) as error:
        raise Undecodable("$", str(error)) from None


def check_pattern_record(key: str, value: bytes) -> None:
    """Refuse a record of the pattern plane that can't be read.

    :raises Undecodable: the pattern plane is of another version
    """
    if key == _PLANE:
        _read_heartbeat(value)
    else:
        read_signal(value)


def _read_heartbeat(value: bytes) -> int:
    try:
        return signals.decode_heartbeat(value).told_second
    except (msgspec.DecodeError, UnicodeError) as error:
        raise Undecodable("$", str(error)) from None


class PatternBoard:
    """The signals that are known."""

    def __init__(self) -> None:
        """Begin with nothing heard."""
        self._by_subject: dict[str, dict[str, Signal]] = {}
        """By subject (of a campaign without its variant), and by the record's key."""
        self._heard_second: int | None = None

    def absorb(self, key: str, value: bytes | None) -> None:
        """Take in a record whose key begins with `pattern/`.

        :raises Undecodable: it can't be read; what the key said before is dropped
        """
        if key == _PLANE:
            if value is not None:
                self._heard_second = max(self._heard_second or 0, _read_heartbeat(value))
            return
        subject = key.removeprefix(KEY_PREFIX).rpartition("/")[0]
        if key.startswith(CAMPAIGN_KEYS):
            subject = subject.partition("#")[0]
        told = self._by_subject.get(subject, {})
        told.pop(key, None)
        if not told:
            self._by_subject.pop(subject, None)
        if value is None:
            return
        signal = read_signal(value)
        self._by_subject.setdefault(subject, told)[key] = signal

    def alarms_of(self, row: Row, key: bytes, now: int) -> tuple[Alarm, ...]:
        """Give what is told of a row's subjects and still counts.

        :param key: of the hashes, see `pipeline.patterns.distinct`
        :param now: in seconds since 1970
        """
        if not self._by_subject:
            return ()
        subjects = [
            *direct_subjects(row.workspace, row.sender, row.credential),
            range_subject(row.workspace, row.range),
            pair_subject(pair_of(row, key)),
            *map(campaign_subject, row.keys),
        ]
        return tuple(
            [
                signal.alarm
                for subject in subjects
                if subject in self._by_subject
                for signal in self._by_subject[subject].values()
                if now < signal.until_second and (not signal.signature or are_alike(signal.signature, row.signature))
            ]
        )

    def degraded(self, thresholds: Thresholds, now: int) -> tuple[Degraded, ...]:
        """Say that the pattern plane is silent, if it was ever heard or is expected, and for how many seconds."""
        if self._heard_second is None:
            unheard = Degraded("patterns", "nothing was heard of the pattern plane")
            return (unheard,) if thresholds.plane_expected else ()
        silent_seconds = now - self._heard_second
        if silent_seconds <= thresholds.plane_silent_seconds:
            return ()
        return (Degraded("patterns", "the pattern plane is silent, so a worker's own counts decide", silent_seconds),)


def strongest(alarms: tuple[Alarm, ...]) -> tuple[Alarm, ...]:
    """Of alarms of one kind of subject and one sign give the highest, and of equal ones that of the larger count."""
    if len(alarms) <= 1:
        return alarms
    found: dict[tuple[str, str], Alarm] = {}
    for alarm in alarms:
        place = kind_of(alarm.subject), alarm.sign
        other = found.get(place)
        if other is None or _weight(alarm) > _weight(other):
            found[place] = alarm
    return tuple(found.values())


def _weight(alarm: Alarm) -> tuple[int, int]:
    return alarm.level, alarm.counts.get("messages", 0)
