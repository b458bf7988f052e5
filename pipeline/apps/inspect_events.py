"""`compliance inspect`: the same processing over a file of events, without a broker."""

import sys
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import IO, Any

import msgspec

from pipeline.apps.lexicon_store import packaged_reader, pattern_key
from pipeline.domain.events import BusinessScopedId
from pipeline.domain.instants import to_milliseconds, to_text
from pipeline.domain.policies import Policy
from pipeline.domain.recipients import recipient_key
from pipeline.domain.sanctions import PartyList
from pipeline.domain.suppression_lists import NO_LISTS, SuppressionLists
from pipeline.testing.memory_host import MemoryHost
from pipeline.testing.memory_log import MemoryLog, MemoryRecord
from pipeline.testing.memory_plane import MemoryPlane
from pipeline.topologies import names
from pipeline.topologies.global_facts import GlobalFacts
from pipeline.topologies.recipients import Recipients
from pipeline.topologies.workspaces import Workspaces

RESULT_TOPICS = (names.VERDICTS, names.DEAD_LETTERS)
INPUT_TOPICS = (
    names.OUTBOUND,
    names.OUTBOUND_PRIORITY,
    names.INBOUND,
    names.PROVIDER_EVENTS,
    names.CONSENT,
    names.COMMANDS,
    names.WORKSPACES,
    names.POLICIES,
    names.ASSETS,
    "compliance.reports",
)


class Line(msgspec.Struct, frozen=True):
    """One event to inspect. A recording also gives key and partition as they were on Kafka."""

    topic: str
    value: msgspec.Raw
    at: datetime | None = None
    key: str | None = None
    partition: int | None = None


class Inspection:
    """Both planes in one process, on a clock that the events set."""

    def __init__(
        self,
        policy: Policy,
        partitions: int,
        suppression: SuppressionLists = NO_LISTS,
        parties: PartyList | None = None,
    ) -> None:
        """Begin with nothing known but the suppression lists and the sanctioned parties."""
        self._now = 0
        self._log = MemoryLog(partitions)
        self._results: list[tuple[str, MemoryRecord]] = []
        self._log.listen(self._collect)
        reader = packaged_reader()
        known = GlobalFacts(policy, suppression, parties, reader=reader, pattern_key=pattern_key())
        self._hosts = [
            MemoryHost(self._log, Workspaces(), self._clock),
            MemoryHost(self._log, Recipients(known), self._clock),
        ]
        self._plane = MemoryPlane(self._log, lambda: known.policy_at(self._now).policy.document.patterns)

    def _clock(self) -> int:
        return self._now

    def _collect(self, event: Any) -> None:  # noqa: ANN401 - an engine event
        if event.topic in RESULT_TOPICS:
            self._results.append((event.topic, event.record))

    async def set_clock(self, now_milliseconds: int) -> None:
        """Move the clock on, stopping at each time at which a record wants attention."""
        while True:
            dues = [due for host in self._hosts if (due := host.next_due_milliseconds()) is not None]
            if not dues or min(dues) > now_milliseconds:
                break
            self._move_on(min(dues))
            await self.run()
        self._move_on(now_milliseconds)

    def _move_on(self, now_milliseconds: int) -> None:
        self._now = max(self._now, now_milliseconds)
        self._plane.tick(self._now // 1_000)

    async def take(self, line: Line) -> None:
        """Process one event until nothing is left to do."""
        self._log.append(line.topic, key_of(line), bytes(line.value), (), line.partition)
        await self.run()

    async def run(self) -> None:
        """Let both topologies and the pattern plane work until none has anything left."""
        while True:
            worked = [await host.run() for host in self._hosts]
            told = self._plane.run(self._now // 1_000)
            if not told and not any(worked):
                return

    def results(self) -> Iterator[dict[str, Any]]:
        """Give what has come out since the last call, in order."""
        results, self._results = self._results, []
        for topic, record in results:
            yield {"at": to_text(self._now), "topic": topic, "value": msgspec.Raw(record.value or b"null")}


def key_of(line: Line) -> bytes:
    """Give the key that a well-behaved producer would set; empty when the event names nobody."""
    if line.key is not None:
        return line.key.encode()
    try:
        value = msgspec.json.decode(line.value)
        return _key_in(line.topic, value).encode()
    except (msgspec.DecodeError, RecursionError, UnicodeError, KeyError, TypeError, AttributeError):
        return b""


_KEY_FIELDS = {names.WORKSPACES: "workspace_id", names.POLICIES: "version"}


def _key_in(topic: str, value: dict[str, Any]) -> str:
    if topic in _KEY_FIELDS:
        return str(value[_KEY_FIELDS[topic]])
    if topic == names.INBOUND:
        origin = value["from"]
        if isinstance(origin, str):
            return origin
        from_number = origin.get("e164")
        return str(from_number or f"wa:{origin['portfolio_id']}:{origin['bsuid']}")
    if topic == names.COMMANDS:
        subject = value["subject"]
        return _person(subject["recipient"]) if subject.get("recipient") else str(subject["workspace_id"])
    if topic == names.ASSETS:
        return _asset(value["asset"])
    return _person(value["to"])


def _asset(asset: dict[str, Any]) -> str:
    if asset["type"] == "template":
        return f"template/{asset['portfolio_id']}/{asset['name']}/{asset['language']}"
    return f"{asset['type']}/{asset.get('portfolio_id') or ''}/{asset.get('id') or ''}"


def _person(to: Any) -> str:  # noqa: ANN401 - a number or an object, as it came
    return to if isinstance(to, str) else recipient_key(BusinessScopedId(to["bsuid"], to["portfolio_id"]))


def read_line(text: str) -> Line:
    """Read one line.

    :raises ValueError: it is no event of a known topic (msgspec's errors and those of text are such)
    """
    line = msgspec.json.decode(text.encode("utf-8", "surrogatepass"), type=Line)
    if line.topic not in INPUT_TOPICS:
        message = f"unknown topic; the topics are {', '.join(INPUT_TOPICS)}"
        raise ValueError(message)
    return line


async def inspect_lines(lines: Iterable[str], out: IO[str], inspection: Inspection, *, drain: bool) -> int:
    """Read events, write what comes out as it comes; gives 1 when a line could not be read, else 0.

    :param drain: after the last event, move the clock on until no deferred message is left
    """
    failed = 0
    for number, text in enumerate(lines, start=1):
        if not text.strip():
            continue
        try:
            line = read_line(text)
        except (msgspec.DecodeError, UnicodeError, RecursionError, ValueError) as error:
            failed = 1
            _write(out, {"id": number, "error": _plain(error)})
            continue
        if line.at is not None:
            at = line.at if line.at.tzinfo else line.at.astimezone()
            await inspection.set_clock(to_milliseconds(at))
        await inspection.take(line)
        for result in inspection.results():
            _write(out, result)
    if drain:
        await inspection.set_clock(sys.maxsize // 2_000_000)
        for result in inspection.results():
            _write(out, result)
    return failed


def _plain(error: Exception) -> str:
    """Word a line's error without the line's content."""
    text = str(error)
    return "the line nests too deeply" if isinstance(error, RecursionError) else text.splitlines()[0][:200]


def _write(out: IO[str], value: dict[str, Any]) -> None:
    out.write(msgspec.json.encode(value).decode() + "\n")


__all__ = ["Inspection", "Line", "inspect_lines"]
