"""What the parts of a turn share: the step, what is known, and what has been written so far."""

from pipeline.state.keys import end_of
from pipeline.topologies.evidence_pages import EvidenceEntry  # noqa: TC001 - see pyproject: types are imported plainly
from pipeline.topologies.global_facts import GlobalFacts
from pipeline.topologies.names import FORWARDED
from pipeline.topologies.outputs import forwarded
from pipeline.topologies.steps import Event, Output, Step


class Desk:
    """One transaction of one partition, as its parts see it."""

    def __init__(self, known: GlobalFacts, step: Step) -> None:
        """Begin with nothing written."""
        self.known = known
        self.step = step
        self.state = step.state
        self.now_milliseconds = step.now_milliseconds
        self.partition = step.partition
        self.outputs: list[Output] = []
        self.evidence: list[EvidenceEntry] = []
        self.is_recorded = bool(step.inputs)
        """Whether evidence gets a page of this turn even if nothing is answered: what it does must not be left out when
        a recording is judged again."""
        self._held: dict[bytes, bool] = {}

    def holds_any(self, begin: bytes) -> bool:
        """Tell whether the partition holds any record whose key begins so; asked of the state once a turn.

        For kinds of records that most partitions hold none of: it saves each message a look-up.
        """
        held = self._held.get(begin)
        if held is None:
            held = self._held[begin] = any(True for _ in self.state.scan(begin, end_of(begin), 1))
        return held

    def note_held(self, begin: bytes) -> None:
        """Note that this turn has written such a record."""
        self._held[begin] = True

    def is_stray(self, event: Event, recipient: str) -> bool:
        """Send a record on whose partition is not its recipient's: its producer hashed differently or set no key."""
        key = recipient.encode()
        if self.step.partition_of(key) == self.partition:
            return False
        self.outputs.append(forwarded(event, key))
        return True

    def recipient_of(self, event: Event, names: tuple[str, ...]) -> str | None:
        """Say under which name an event counts here; None when it was sent on.

        A forwarded event counts under the key it was sent to, which may be another name of the same person.
        """
        if event.topic == FORWARDED and event.record.key is not None:
            return event.record.key.decode("utf-8", "replace")
        return None if self.is_stray(event, names[0]) else names[0]
