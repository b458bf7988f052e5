"""How often a workspace has lately written to a person: counted where it matters, whatever came of the messages."""

import pytest

from pipeline.testing.builders import HOUR, build_consent, build_message, build_record, instant
from tests.unit.topologies.hosting import Platform

DEMAND = {"type": "text", "text": "Pay what you owe today."}


async def demanded(platform: Platform, *message_ids: str, **changes: object) -> None:
    """Judge demands, one in each transaction."""
    for message_id in message_ids:
        await platform.give(build_message(message_id=message_id, content=DEMAND, **changes))


def repetitions(platform: Platform) -> list[str]:
    """List the outcomes of the rule, one for each verdict in which it stands."""
    verdicts = platform.verdicts()
    return [f["outcome"] for verdict in verdicts for f in verdict["findings"] if f["rule_id"] == "targeted_repetition"]


async def test_counts_what_came_within_the_hour() -> None:
    """Seven pass, eight are told to a human, and the sixteenth is stopped."""
    platform = Platform(1)
    await platform.give(build_consent())
    await demanded(platform, *(f"m-{number}" for number in range(16)))
    assert repetitions(platform) == ["flag"] * 8 + ["block"]


async def test_counts_within_one_transaction_too() -> None:
    """It makes no difference how many come at once."""
    platform = Platform(1)
    await platform.give(build_consent())
    for number in range(16):
        platform.put(build_message(message_id=f"m-{number}", content=DEMAND))
    await platform.run()
    assert repetitions(platform) == ["flag"] * 8 + ["block"]


@pytest.mark.parametrize(("hours", "found"), [(1, []), (0, ["flag"])])
async def test_forgets_after_an_hour(hours: int, found: list[str]) -> None:
    """The eighth demand is one too many only if the seven before are recent."""
    platform = Platform(1)
    await platform.give(build_consent())
    await demanded(platform, *(f"m-{number}" for number in range(7)))
    platform.now_milliseconds += hours * HOUR
    await demanded(platform, "m-8")
    assert repetitions(platform) == found


async def test_counts_for_one_workspace_and_one_person() -> None:
    """Another workspace's messages and other people's are not its own."""
    platform = Platform(1, records=(build_record(), build_record(workspace_id="ws-2")))
    await platform.give(build_consent(), build_consent(workspace_id="ws-2", consent_event_id="c-2"))
    await demanded(platform, *(f"m-{number}" for number in range(7)))
    await demanded(platform, "m-8", workspace_id="ws-2")
    await demanded(platform, "m-9", to="+447700900321")
    assert repetitions(platform) == []


async def test_a_repeat_of_a_message_does_not_count() -> None:
    """A producer that sends an event again gets the same verdict, and is no harasser."""
    platform = Platform(1)
    await platform.give(build_consent())
    await demanded(platform, *["m-1"] * 9, "m-2")
    assert repetitions(platform) == []


async def test_counts_after_a_refusal_from_the_refusal_on() -> None:
    """What was sent before it was wanted; the fifth one after it is harassment, and each is blocked anyway."""
    platform = Platform(1)
    await platform.give(build_consent())
    await platform.give(*(build_message(message_id=f"before-{number}") for number in range(9)))
    platform.now_milliseconds += 1_000
    await platform.give(build_consent(action="opt_out", consent_event_id="c-2", occurred_at=instant(1_000)))
    platform.now_milliseconds += 1_000
    await platform.give(*(build_message(message_id=f"after-{number}") for number in range(5)))
    codes = [platform.codes(f"after-{number}") for number in range(5)]
    assert codes == [["opted_out"]] * 4 + [["opted_out", "repetition_after_refusal"]]
