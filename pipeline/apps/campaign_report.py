"""What `compliance find-campaigns --report` writes: a summary, and a timeline of each of the largest campaigns.

`summary.json` lists the campaigns, largest first; `index.html` shows the same with the timelines, which are SVG files
beside it. Texts and numbers of people stand in none of them; a campaign is shown by its first text with digits and
links masked, which its owner knows anyway.
"""

import html
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from pipeline.patterns import distinct
from pipeline.patterns.windows import OTHERS_KEPT, Row

MESSAGES_MIN: Final = 3
KEPT_MAX: Final = 20_000
"""Campaigns and single texts of which numbers are held, 50 MB; beyond it the smaller half is dropped, so a slow
campaign may be shown without its first messages."""
SHOWN_MAX: Final = 100
BINS: Final = 120


class Timeline:
    """How many messages came when, in at most `BINS` bins, which widen as the campaign goes on."""

    __slots__ = ("bins", "first", "width")

    def __init__(self, first: int) -> None:
        """Begin at a second since 1970."""
        self.first = first
        self.width = 1
        self.bins = [0]

    def add(self, second: int) -> None:
        """Count a message; one from before the first is counted with the first."""
        at = max(0, second - self.first) // self.width
        while at >= BINS:
            self.bins = [sum(self.bins[each : each + 2]) for each in range(0, len(self.bins), 2)]
            self.width *= 2
            at //= 2
        if at >= len(self.bins):
            self.bins.extend([0] * (at + 1 - len(self.bins)))
        self.bins[at] += 1


class _Story:
    """What is told of one campaign."""

    __slots__ = ("flagged_at", "last", "messages", "outcome", "recipients", "senders", "text", "timeline", "workspaces")

    def __init__(self, second: int, text: str) -> None:
        self.timeline = Timeline(second)
        self.text = text
        self.last = second
        self.messages = self.recipients = 0
        self.outcome = "allow"
        self.flagged_at: int | None = None
        self.senders = b""
        self.workspaces = b""


_SEVERITY: Final = ("allow", "flag", "block")


class Report:
    """Gathers what is said of each campaign."""

    def __init__(self) -> None:
        """Begin with none."""
        self._stories: dict[str, _Story] = {}
        self._messages = 0

    def add(self, answer: dict[str, Any], row: Row, text: str) -> None:
        """Take in one answered message.

        :param text: the campaign's text with digits and links masked
        """
        self._messages += 1
        story = self._stories.get(answer["campaign"])
        if story is None:
            if len(self._stories) >= KEPT_MAX:
                self._drop()
            story = self._stories[answer["campaign"]] = _Story(row.second, text)
        story.timeline.add(row.second)
        story.last = max(story.last, row.second)
        story.messages, story.recipients = answer["messages"], answer["recipients"]
        story.outcome = max(story.outcome, answer["outcome"], key=_SEVERITY.index)
        if story.flagged_at is None and answer["outcome"] != "allow":
            story.flagged_at = answer["messages"]
        story.senders = distinct.add(story.senders, [distinct.hash_of_frequent(row.sender, b"")], OTHERS_KEPT)
        story.workspaces = distinct.add(story.workspaces, [distinct.hash_of_frequent(row.workspace, b"")], OTHERS_KEPT)

    def write(self, directory: Path) -> None:
        """Write the files; those that are there already are replaced.

        :raises OSError: the folder can't be written
        """
        directory.mkdir(parents=True, exist_ok=True)
        largest = sorted(
            ((name, story) for name, story in self._stories.items() if story.messages >= MESSAGES_MIN),
            key=lambda item: (-item[1].messages, item[0]),
        )
        rows = [_told(name, story) for name, story in largest]
        summary = {"messages": self._messages, "campaigns": rows}
        (directory / "summary.json").write_text(json.dumps(summary, ensure_ascii=False, indent=1), encoding="utf-8")
        for name, story in largest[:SHOWN_MAX]:
            (directory / f"{name}.svg").write_text(draw(name, story.timeline, story.last), encoding="utf-8")
        (directory / "index.html").write_text(_page(self._messages, rows), encoding="utf-8")

    def _drop(self) -> None:
        """Forget the smaller half."""
        by_size = sorted(self._stories.items(), key=lambda item: item[1].messages)
        for name, _ in by_size[: len(by_size) // 2]:
            del self._stories[name]


def _told(name: str, story: _Story) -> dict[str, Any]:
    return {
        "campaign": name,
        "outcome": story.outcome,
        "messages": story.messages,
        "recipients": story.recipients,
        "senders": distinct.count(story.senders, OTHERS_KEPT),
        "workspaces": distinct.count(story.workspaces, OTHERS_KEPT),
        "first_at": _time(story.timeline.first),
        "last_at": _time(story.last),
        "flagged_at_message": story.flagged_at,
        "text": story.text[:200],
    }


def _time(second: int) -> str:
    return datetime.fromtimestamp(second, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


_WIDTH, _HEIGHT, _LEFT, _TOP, _BOTTOM = 720, 180, 44, 28, 24


def draw(name: str, timeline: Timeline, last: int) -> str:
    """Draw a timeline as SVG: a bar for each bin, as high as its messages."""
    most = max(timeline.bins)
    step = (_WIDTH - _LEFT - 8) / len(timeline.bins)
    floor = _HEIGHT - _BOTTOM
    bars = [
        f'<rect x="{_LEFT + at * step:.1f}" y="{floor - number / most * (floor - _TOP):.1f}" '
        f'width="{max(0.5, step - 0.5):.1f}" height="{number / most * (floor - _TOP):.1f}"/>'
        for at, number in enumerate(timeline.bins)
        if number
    ]
    per = _duration(timeline.width)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" width="{_WIDTH}" height="{_HEIGHT}" '
        f'font-family="sans-serif" font-size="12" role="img" aria-label="Timeline of {html.escape(name)}">'
        f'<rect width="100%" height="100%" fill="#fff"/><text x="{_LEFT}" y="18" font-weight="bold">{html.escape(name)}'
        f': {sum(timeline.bins):,} messages, per {per}</text><g fill="#2b6cb0">{"".join(bars)}</g>'
        f'<path d="M{_LEFT} {_TOP}V{floor}H{_WIDTH - 8}" fill="none" stroke="#444"/>'
        f'<text x="{_LEFT - 4}" y="{_TOP + 8}" text-anchor="end">{most:,}</text>'
        f'<text x="{_LEFT - 4}" y="{floor}" text-anchor="end">0</text>'
        f'<text x="{_LEFT}" y="{_HEIGHT - 6}">{_time(timeline.first)}</text>'
        f'<text x="{_WIDTH - 8}" y="{_HEIGHT - 6}" text-anchor="end">{_time(last)}</text></svg>\n'
    )


def _duration(seconds: int) -> str:
    for unit, size in (("days", 86_400), ("hours", 3_600), ("minutes", 60)):
        if seconds >= size:
            return f"{seconds / size:.3g} {unit}"
    return f"{seconds} s"


def _page(messages: int, rows: list[dict[str, Any]]) -> str:
    shown = "".join(
        f"<h2>{html.escape(row['campaign'])}: {row['outcome']}</h2><p>{row['messages']:,} messages to "
        f"{row['recipients']:,} recipients from {row['senders']:,} senders</p><p><code>{html.escape(row['text'])}"
        f'</code></p><img alt="timeline" src="{html.escape(row["campaign"])}.svg">'
        for row in rows[:SHOWN_MAX]
    )
    flagged = sum(row["outcome"] != "allow" for row in rows)
    return (
        '<!doctype html><meta charset="utf-8"><title>Campaigns</title><style>body{font-family:sans-serif;max-width:'
        f"760px;margin:2em auto}}</style><h1>Campaigns</h1><p>{messages:,} messages; {len(rows):,} campaigns of "
        f"{MESSAGES_MIN} and more, {flagged:,} of them bulk.</p>{shown}\n"
    )
