"""The loop of one partition, over the memory log."""

from collections.abc import Sequence
from typing import Final

import pytest

from pipeline.engine.topology import Event, Output, Step
from pipeline.testing.memory_host import MemoryHost
from pipeline.testing.memory_log import CrashError, MemoryLog, MemoryPartitionLog
from pipeline.topologies.steps import Output as Written

STATE, MESSAGES, RESULTS = "facts", "messages", "results"


class Echo:
    """A topology that answers each message with how many facts it knew."""

    name: Final = "echo"
    state_topics: Final = (STATE,)
    message_topics: Final = ("urgent", MESSAGES)
    global_topics: Final[tuple[str, ...]] = ()

    def absorb(self, event: Event) -> None:
        """Have no global topics."""

    def notices(self, _event: Event) -> bool:
        """Answer no changes."""
        return False

    def opened(self, partition: int) -> None:
        """Keep nothing outside the state."""

    def turn(self, step: Step) -> "EchoTurn":
        """Begin a transaction."""
        return EchoTurn(step)


class EchoTurn:
    """One transaction of the echo."""

    def __init__(self, step: Step) -> None:
        """Begin with nothing."""
        self._state = step.state
        self._outputs: list[Output] = []

    def change(self, event: Event) -> None:
        """Have no global topics."""

    def due(self, key: bytes) -> None:
        """Have no timers."""

    def event(self, event: Event) -> None:
        """Count a fact, or answer a message."""
        facts = int(self._state.get(b"facts") or b"0")
        if event.topic == STATE:
            self._state.put(b"facts", b"%d" % (facts + 1))
        else:
            answer = (event.record.value or b"") + b" after %d" % facts
            self._outputs.append(Written(RESULTS, event.record.key or b"", answer))

    def finish(self) -> Sequence[Output]:
        """Give the answers."""
        return self._outputs


class LateFacts(MemoryPartitionLog):
    """A view in which facts that were acknowledged arrive one by one, as over a slow network."""

    def take(self, topic: str, limit: int) -> Sequence[object]:  # type: ignore[override] # narrower on purpose
        """Give one fact at a time."""
        return super().take(topic, 1 if topic == STATE else limit)


def hosted(log: MemoryLog) -> MemoryHost:
    """Host the echo on a log of one partition, with facts that arrive late."""
    host = MemoryHost(log, Echo(), lambda: 0)
    view = host.partitions[0].log
    assert isinstance(view, MemoryPartitionLog)
    view.__class__ = LateFacts
    return host


def answers(log: MemoryLog) -> list[bytes | None]:
    """List what was written."""
    return [record.value for record in log.all_records(RESULTS)]


async def test_judges_a_message_only_after_all_facts_acknowledged_before_it() -> None:
    """Facts that are still on their way when a message is fetched are waited for."""
    log = MemoryLog(1)
    host = hosted(log)
    for number in range(3):
        log.append(STATE, b"k", b"%d" % number)
    log.append(MESSAGES, b"k", b"hello")
    await host.partitions[0].step()
    assert answers(log) == [b"hello after 3"]


@pytest.mark.parametrize("commits", [1, 2, 3])
@pytest.mark.parametrize("fail", ["before", "after"])
async def test_keeps_messages_in_hand_when_it_crashes_while_facts_arrive(commits: int, fail: str) -> None:
    """A message that was fetched before a crash, and not yet judged, is judged after it, once."""
    log = MemoryLog(1)
    host = hosted(log)
    for number in range(3):
        log.append(STATE, b"k", b"%d" % number)
    log.append(MESSAGES, b"k", b"hello")
    view = host.partitions[0].log
    assert isinstance(view, MemoryPartitionLog)
    crash_at(view, commits, fail)
    with pytest.raises(CrashError):
        await host.partitions[0].step()
    host.reopen(0)
    await host.run()
    assert answers(log) == [b"hello after 3"]


def crash_at(view: MemoryPartitionLog, commits: int, fail: str) -> None:
    """Have a view crash at its n-th commit from now."""
    commit, left = view.commit, commits

    async def counted(outputs: Sequence[Output], changelog: Sequence[tuple[bytes, bytes | None]]) -> int:
        nonlocal left
        left -= 1
        view.fail_next_commit = fail if left == 0 else None
        return await commit(outputs, changelog)

    view.commit = counted  # type: ignore[method-assign] # the crash is where a broker or a kill would be
