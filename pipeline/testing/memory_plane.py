"""Hosts the pattern plane on the memory log: observations in, signals out, on the clock of whoever drives it."""

from collections.abc import Callable, Sequence

from pipeline.domain.pattern_settings import Thresholds
from pipeline.engine.topology import Event
from pipeline.patterns.observations import decode
from pipeline.patterns.plane import Note, Plane
from pipeline.patterns.signals import PLANE_KEY, Heartbeat, encode
from pipeline.testing.memory_log import MemoryLog
from pipeline.topologies.names import OBSERVATIONS, SIGNALS


class MemoryPlane:
    """One plane for all partitions of the log."""

    def __init__(self, log: MemoryLog, thresholds: Callable[[], Thresholds]) -> None:
        """Begin with what is on the log.

        :param thresholds: those of the policy that is in force when they are asked for
        """
        self.plane = Plane(thresholds())
        self._log = log
        self._thresholds = thresholds
        self._arrived = [record.value for record in log.all_records(OBSERVATIONS)]
        self._heartbeat = -1
        log.listen(self._listen)

    def _listen(self, event: Event) -> None:
        if event.topic == OBSERVATIONS:
            self._arrived.append(event.record.value)

    def run(self, now: int) -> bool:
        """Take what has arrived; tells whether anything was told.

        :param now: in seconds since 1970
        """
        arrived, self._arrived = self._arrived, []
        notes = [note for value in arrived if value for note in self.plane.take(decode(value), now)]
        self._write(notes)
        return bool(notes)

    def tick(self, now: int) -> None:
        """Tell what follows from the time that has passed, and that the plane works."""
        self.plane.thresholds = self._thresholds()
        self._write(self.plane.tick(now).notes)
        if now > self._heartbeat:
            self._heartbeat = now
            self._log.append(SIGNALS, PLANE_KEY, encode(Heartbeat(told_second=now)))

    def _write(self, notes: Sequence[Note]) -> None:
        for note in notes:
            self._log.append(SIGNALS, note.key, note.value)
