"""The README's consumer, as it stands there, beside a real worker."""

import asyncio
import contextlib
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pipeline.topologies import names
from tests.live import Installation, consent, encode, message, reply, workspace_record

pytestmark = pytest.mark.broker

README = Path(__file__).parents[2] / "README.md"
TO = "+447700900123"
SECONDS_MAX = 20


def example() -> dict[str, Any]:
    """Run the example's code, which defines a function, and give its names."""
    (code,) = re.findall(r"^```python\n(.*?)^```", README.read_text("utf-8"), re.MULTILINE | re.DOTALL)
    defined: dict[str, Any] = {}
    exec(compile(code, str(README), "exec"), defined)  # noqa: S102 - that the page's code runs is what is tested
    return defined


async def until(is_reached: Callable[[], bool]) -> None:
    """Wait until something is so."""
    async with asyncio.timeout(SECONDS_MAX):
        while not is_reached():  # noqa: ASYNC110 - it is set by the example's own callbacks
            await asyncio.sleep(0.02)


async def test_example_sends_and_drops(installation: Installation) -> None:
    """The example sends what is allowed, drops what is held with its reason, and drops what is revoked."""
    sent: list[str] = []
    dropped: dict[str, str] = {}

    async def send(message_id: str) -> None:
        sent.append(message_id)

    async def drop(message_id: str, reason: str) -> None:
        dropped[message_id] = reason

    async with installation.producer() as producer:
        await producer.send_and_wait(installation.prefix + names.WORKSPACES, encode(workspace_record("ws-1")), b"ws-1")
        given = consent("c-1", TO, "ws-1", "opt_in", "2026-11-04T15:00:00Z")
        await producer.send_and_wait(installation.prefix + names.CONSENT, encode(given), TO.encode())
        worker = installation.worker("w1")
        worker.start()
        await worker.until_ready()
        topic = installation.prefix + names.VERDICTS
        following = asyncio.create_task(example()["follow_verdicts"](installation.bootstrap_servers, send, drop, topic))
        try:
            for event in (message("m-1", TO, "ws-1"), message("m-2", TO, "ws-1", actor=None)):
                await producer.send_and_wait(installation.prefix + names.OUTBOUND, encode(event), TO.encode())
            await until(lambda: bool(sent) and "m-2" in dropped)
            stop = reply("stop-1", TO, "ws-1", "STOP")
            await producer.send_and_wait(installation.prefix + names.INBOUND, encode(stop), TO.encode())
            await until(lambda: "m-1" in dropped)
        finally:
            following.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await following
    assert sent == ["m-1"]
    assert dropped["m-1"] == "The recipient has opted out."
    assert "who asked" in dropped["m-2"]
