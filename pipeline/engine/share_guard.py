"""Stops a worker that can use hardly anything of what it reads: a bad deployment must not empty the topics."""

from collections.abc import Sequence

from pipeline.engine.topology import Output

WINDOW_RECORDS = 1_000
"""Records over which the share is taken: enough that a burst from one broken producer does not stop everybody."""


class ShareExceededError(RuntimeError):
    """Too large a share of records was refused.

    Nothing of the last transaction is committed; see to the producers, or to this version, and start again.
    """


class ShareGuard:
    """Watches which share of the records read is written to one topic (the dead letters)."""

    def __init__(self, topic: str, share_max: float) -> None:
        """Allow up to `share_max` (0 to 1) of the records in each window to end in `topic`."""
        self._topic = topic
        self._share_max = share_max
        self._records = 0
        self._refused = 0

    def check(self, records_in: int, outputs: Sequence[Output]) -> None:
        """Count a transaction.

        :raises ShareExceededError: the share of this window is too large
        """
        self._records += records_in
        self._refused += sum(1 for output in outputs if output.topic == self._topic)
        if self._records < WINDOW_RECORDS:
            return
        share = self._refused / self._records
        self._records = self._refused = 0
        if share > self._share_max:
            message = (
                f"{share:.0%} of the last {WINDOW_RECORDS} records went to {self._topic}, more than the "
                f"{self._share_max:.0%} allowed; see there for topic, offset and reason, mend the producer (or this "
                "version), or allow more (COMPLIANCE_DEAD_LETTER_SHARE_MAX), then start again"
            )
            raise ShareExceededError(message)
