"""Whole streams of events lead to the verdicts that each clause asks for: `tests/scenarios`."""

import asyncio
import io
import json
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from pipeline.apps.inspect_events import Inspection, inspect_lines
from pipeline.apps.packaged import read_policy_file

SCENARIOS = sorted((Path(__file__).parents[1] / "scenarios").glob("*.jsonl"))
SPREAD = timedelta(minutes=30)
"""Deferred messages leave within half an hour after an opening, not all at once."""


@pytest.mark.parametrize("path", SCENARIOS, ids=lambda path: path.stem)
def test_gives_the_verdicts_that_a_scenario_asks_for(path: Path) -> None:
    """Every message gets one of the right outcomes, by the right clause; nothing is left unanswered."""
    lines = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    out = io.StringIO()
    events = [json.dumps({name: value for name, value in line.items() if name != "expect"}) for line in lines]
    inspection = Inspection(read_policy_file(None), 4)
    assert asyncio.run(inspect_lines(events, out, inspection, drain=False)) == 0
    verdicts: dict[str, dict[str, Any]] = {}
    revoked = set()
    for value in (json.loads(line)["value"] for line in out.getvalue().splitlines()):
        if "outcome" in value:
            verdicts.setdefault(value["message_id"], value)
        elif "revocation_id" in value:
            revoked.add(value["message_id"])
    asked = [(line["value"]["message_id"], line["expect"]) for line in lines if "expect" in line]
    assert asked
    wrong = [(name, verdicts[name]) for name, expect in asked if not _is_right(verdicts[name], expect)]
    assert wrong == []
    assert [name for name, expect in asked if expect.get("revoked_later") and name not in revoked] == []


def _is_right(verdict: dict[str, Any], expect: dict[str, Any]) -> bool:
    clauses = {finding["clause"] for finding in verdict["findings"]}
    opening = expect.get("not_before")
    is_in_time = opening is None or (
        verdict["not_before"] is not None
        and timedelta(0) <= datetime.fromisoformat(verdict["not_before"]) - datetime.fromisoformat(opening) <= SPREAD
    )
    return (
        verdict["outcome"] in expect["outcome"]
        and (expect["clause"] is None or expect["clause"] in clauses)
        and is_in_time
    )
