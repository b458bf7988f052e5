"""A campaign as tests send it: a text that leads to ever other places, to people who have not asked for it."""

from collections.abc import Sequence

from pipeline.domain.events import OutboundMessage
from pipeline.patterns import observations
from pipeline.patterns.observations import Observation, campaigns_in
from pipeline.patterns.subjects import kind_of
from pipeline.testing.builders import build_message
from pipeline.topologies import names
from tests.unit.topologies.hosting import Platform

NAMES = ("Sue", "Joe", "Ann", "Bob")
POLICY = '[consent]\nneeded_for = { marketing = "block" }\n'
"""Without a consent utility messages pass."""


def reward(number: int, **changes: object) -> OutboundMessage:
    """Build one message of the campaign, to one of a thousand people."""
    text = (
        f"Hi {NAMES[number % 4]}, you were chosen for our spring reward, "
        f"claim it at club{number % 7}.example/r{number} before midnight"
    )
    defaults: dict[str, object] = {
        "message_id": f"m-{number}",
        "to": f"+447700900{number % 1_000:03d}",
        "content": {"type": "text", "text": text},
    }
    return build_message(**(defaults | changes))


def told(platform: Platform) -> list[Observation]:
    """List the observations that were told, in order."""
    return [
        observations.decode(record.value) for record in platform.log.all_records(names.OBSERVATIONS) if record.value
    ]


def newest(all_told: Sequence[Observation]) -> dict[tuple[str, str], Observation]:
    """Give the newest observation of each source and subject."""
    found: dict[tuple[str, str], Observation] = {}
    for observation in all_told:
        place = observation.subject, observation.source
        found[place] = observations.merge(found[place], observation) if place in found else observation
    return found


def together(platform: Platform) -> dict[str, tuple[Observation, ...]]:
    """Add up what all sources have told, by subject; of a min-hash key campaign by campaign."""
    by_subject: dict[str, list[Observation]] = {}
    for observation in newest(told(platform)).values():
        by_subject.setdefault(observation.subject, []).append(observation)
    return {
        subject: campaigns_in(each) if kind_of(subject) == "campaign" else (observations.total(each),)
        for subject, each in by_subject.items()
    }
