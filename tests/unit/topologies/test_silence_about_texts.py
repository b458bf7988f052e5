"""What is written down about a message that rules on content object to: nothing of its text, on no topic but its own."""

import logging

import pytest

from pipeline.testing.builders import build_consent, build_message
from pipeline.topologies import names
from pipeline.topologies.steps import Event
from tests.unit.topologies.hosting import Platform

TEXTS = (
    "Zanzibarine, your card 4111 1111 1111 1111 exp 04/29 is saved, call +447700900123",
    "Zanzibarine: final notice, PayPal is limited: paypa1-secure.example/zanzibarine?n=447700900123",
    "Zanzibarine, your HIV test was positive. Your password is Zanz1barine!",
    "I will kill you Zanzibarine, send 4111 1111 1111 1111",
)
PARTS = ("zanz", "4111", "1111", "7700900123", "paypa1")
READ = (names.OUTBOUND, names.OUTBOUND_PRIORITY)
"""The topics on which producers wrote the texts themselves."""


@pytest.mark.parametrize("number", range(len(TEXTS)))
async def test_writes_nothing_of_a_text(number: int, caplog: pytest.LogCaptureFixture) -> None:
    """Neither verdicts, evidence, changelogs and dead letters nor the log hold a word or a number of it."""
    platform = Platform(1)
    written: list[Event] = []
    platform.log.listen(written.append)
    with caplog.at_level(logging.DEBUG):
        await platform.give(build_consent(), build_message(content={"type": "text", "text": TEXTS[number]}))
    assert platform.outcomes() != ["allow"]
    values = [event.record.value or b"" for event in written if event.topic not in READ]
    assert {names.VERDICTS, names.EVIDENCE} <= {event.topic for event in written}
    told = b"\n".join(values).decode("utf-8", "replace").lower() + caplog.text.lower()
    assert [part for part in PARTS if part in told] == []
