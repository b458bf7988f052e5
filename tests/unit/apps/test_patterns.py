"""`compliance patterns` without a broker: what its view shows, and what it says when it can't start."""

import subprocess
import sys

import pytest

from pipeline.apps.pattern_app import subject_page
from pipeline.apps.patterns import main
from pipeline.apps.settings import Environment
from pipeline.domain.pattern_settings import Thresholds
from pipeline.patterns import observations
from pipeline.patterns.distinct import hash_of
from pipeline.patterns.observations import Observation
from pipeline.patterns.plane import Plane
from pipeline.patterns.windows import FOREIGN_LINK, LEAD, MESSAGE, UNKNOWN_CONSENT, Row

NOW = 20_000 * 86_400


def test_shows_windows_and_alarms_of_all_sources_together() -> None:
    """Two sources that saw four messages each make eight, which are bulk."""
    plane = Plane(Thresholds())
    flags = MESSAGE | UNKNOWN_CONSENT | LEAD | FOREIGN_LINK
    for source in ("a", "b"):
        rows = [
            Row(NOW, flags, "ws-1", "short_code:1", "integration:k", "", hash_of(f"{source}{number}", b"k"))
            for number in range(4)
        ]
        plane.take(observations.fold(Observation("campaign/1", source, (), NOW, bytes(32)), rows, b"k"), NOW)
    page = subject_page(plane, "campaign/1", NOW)
    assert page is not None
    assert page["sources"] == ["a", "b"]
    assert {width: window["recipients"] for width, window in page["windows"].items()} == {
        "60": 0,
        "600": 0,
        "3600": 8,
        "86400": 8,
    }
    assert [alarm["level"] for alarm in page["alarms"]] == [2]


def test_shows_nothing_of_a_subject_that_is_not_counted() -> None:
    """There is no page, rather than one of zeros."""
    assert subject_page(Plane(Thresholds()), "campaign/1", NOW) is None


def test_says_what_to_install_when_faust_is_missing(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Without the extra the process ends with exit code 1 and the command that helps."""
    monkeypatch.setitem(sys.modules, "faust", None)
    monkeypatch.delitem(sys.modules, "pipeline.apps.pattern_app", raising=False)
    assert main(Environment({})) == 1
    assert "pip install 'message-compliance[patterns]'" in caplog.text


def test_refuses_a_port_that_is_none(caplog: pytest.LogCaptureFixture) -> None:
    """The text names the setting and its bounds."""
    assert main(Environment({"COMPLIANCE_PATTERNS_PORT": "65536"})) == 1
    assert "COMPLIANCE_PATTERNS_PORT must be a number from 0 to 65535" in caplog.text


def test_no_worker_imports_faust() -> None:
    """What only the pattern plane needs is loaded by it alone."""
    code = "import pipeline.apps.worker, sys; sys.exit('faust' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
