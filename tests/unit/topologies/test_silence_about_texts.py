"""What is written down about a message that rules on content object to: nothing of its text."""

import logging

import pytest

from pipeline.testing.builders import build_consent, build_message
from pipeline.topologies import names
from tests.unit.topologies.hosting import Platform

TEXTS = (
    "Zanzibarine, your card 4111 1111 1111 1111 exp 04/29 is saved, call +447700900987",
    "Zanzibarine: final notice, PayPal is limited: paypa1-secure.example/zanzibarine?n=447700900987",
    "Zanzibarine, your HIV test was positive. Your password is Zanz1barine!",
    "I will kill you Zanzibarine, send 4111 1111 1111 1111",
)
PARTS = ("zanz", "4111", "1111", "7700900987", "paypa1")
READ = (names.OUTBOUND, names.OUTBOUND_PRIORITY)
"""The topics on which producers wrote the texts themselves."""


@pytest.mark.parametrize("number", range(len(TEXTS)))
async def test_writes_nothing_of_a_text(number: int, caplog: pytest.LogCaptureFixture) -> None:
    """Neither verdicts, evidence, changelogs and dead letters nor the log hold a word or a number of it."""
    platform = Platform(1)
    values: dict[str, list[bytes]] = {}
    platform.log.listen(lambda event: values.setdefault(event.topic, []).append(event.record.value or b""))
    with caplog.at_level(logging.DEBUG):
        await platform.give(build_consent(), build_message(content={"type": "text", "text": TEXTS[number]}))
    assert platform.outcomes() != ["allow"]
    assert {names.VERDICTS, names.EVIDENCE} <= values.keys()
    written = b"\n".join(value for topic, of_topic in values.items() if topic not in READ for value in of_topic)
    told = written.decode("utf-8", "replace").lower() + caplog.text.lower()
    assert [part for part in PARTS if part in told] == []
