"""What the demo shows: a live table on a terminal, plain lines elsewhere, and the summary at the end."""

import time
from collections import deque
from collections.abc import Sequence
from types import TracebackType
from typing import Final, Self

from rich.console import Console
from rich.live import Live
from rich.table import Table

from pipeline.demo.tally import Tally
from pipeline.domain.clauses import CLAUSE_BY_ID
from pipeline.domain.outcomes import Outcome

LIVE_SECONDS: Final = 0.25
LINE_SECONDS: Final = 2.0
_STYLES: Final = {
    Outcome.ALLOW: "green",
    Outcome.FLAG: "cyan",
    Outcome.DEFER: "blue",
    Outcome.HOLD: "yellow",
    Outcome.BLOCK: "red",
}


class Screen:
    """Shows how far the stream is. Enter it for the time of the stream; `refresh` may be called at any rate."""

    def __init__(self, console: Console, tally: Tally, messages: int) -> None:
        """Prepare; nothing is shown before it is entered."""
        self._console = console
        self._tally = tally
        self._messages = messages
        self._live = Live(console=console, auto_refresh=False, transient=True) if console.is_terminal else None
        self._shown_at = 0.0
        self._judged: deque[tuple[float, int]] = deque(maxlen=8 if self._live else 2)

    def __enter__(self) -> Self:
        """Begin to show."""
        self._shown_at = time.monotonic()
        if self._live is not None:
            self._live.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Take the live table away; what was said stays."""
        if self._live is not None:
            self._live.stop()

    def say(self, story: str, mark: str = "· ") -> None:
        """Say what happens now; nothing, if there is nothing to say."""
        if story:
            self._console.print(f"  {mark}{story}", markup=False)

    def refresh(self) -> None:
        """Show how things stand, if that was long enough ago."""
        now = time.monotonic()
        if now - self._shown_at < (LIVE_SECONDS if self._live else LINE_SECONDS):
            return
        self._shown_at = now
        self._judged.append((now, len(self._tally.first)))
        if self._live is not None:
            self._live.update(self._table(), refresh=True)
        elif self._tally.sent:
            counts = ", ".join(f"{outcome.value} {count}" for outcome, count, _ in self._tally.outcomes())
            revoked = len(self._tally.revoked)
            self._console.print(
                f"  {len(self._tally.first)} of {len(self._tally.sent)} judged: {counts}, revoked {revoked}"
            )

    def _table(self) -> Table:
        sent, judged = len(self._tally.sent), len(self._tally.first)
        title = f"{sent} of {self._messages} messages sent, {judged} judged, {self._rate():.0f} a second"
        table = Table(title=title, title_justify="left", min_width=70)
        for outcome, _, _ in self._tally.outcomes():
            table.add_column(outcome.value, style=_STYLES[outcome], justify="right")
        table.add_column("revoked", style="magenta", justify="right")
        counts = [str(count) for _, count, _ in self._tally.outcomes()]
        table.add_row(*counts, str(len(self._tally.revoked)))
        return table

    def _rate(self) -> float:
        """Work out the verdicts a second, over the last moments."""
        (first_at, first), (last_at, last) = self._judged[0], self._judged[-1]
        return (last - first) / (last_at - first_at) if last_at > first_at else 0.0


def show_summary(console: Console, tally: Tally, seconds: float, latencies: Sequence[float]) -> None:
    """Print what happened, by outcome and by clause, and three verdicts in plain words."""
    console.print()
    _show_outcomes(console, tally, seconds, latencies)
    _show_clauses(console, tally)
    _show_told(console, tally)
    _show_honest(console, tally)
    _show_next(console)


def _show_outcomes(console: Console, tally: Tally, seconds: float, latencies: Sequence[float]) -> None:
    judged = len(tally.first)
    console.print(f"[bold]{judged} of {len(tally.sent)} messages have their verdict[/], after {seconds:.1f} s", end="")
    if latencies:
        half, most = (latencies[int(share * (len(latencies) - 1))] * 1000 for share in (0.5, 0.99))
        console.print(f"; from sending to the verdict {half:.0f} ms (median), {most:.0f} ms (99 %)", end="")
    console.print(".\n")
    table = Table("outcome", "messages", "the messaging service", box=None, pad_edge=False, padding=(0, 2, 0, 0))
    table.columns[1].justify = "right"
    for outcome, count, meaning in tally.outcomes():
        table.add_row(f"[{_STYLES[outcome]}]{outcome.value}[/]", str(count), meaning)
    table.add_row("[magenta]revoked[/]", str(len(tally.revoked)), "drop what was allowed and is not sent yet")
    console.print(table)
    passed = sum(verdict.strictness.lets_pass for verdict in tally.again.values())
    if tally.again:
        console.print(
            f"{len(tally.again)} deferred messages were judged again when their time came: {passed} let pass. "
            "The others wait for the end of their quiet hours."
        )


def _show_clauses(console: Console, tally: Tally) -> None:
    console.print("\n[bold]By clause[/] (a message can be objected to under several)\n")
    words = [*(outcome.value for outcome in list(Outcome)[1:]), "revoked"]
    table = Table("clause", "", *words, box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for column in table.columns[2:]:
        column.justify = "right"
    for clause, counts in tally.by_clause().items():
        table.add_row(clause, CLAUSE_BY_ID[clause].text, *(str(counts[word] or "") for word in words))
    console.print(table)


def _show_told(console: Console, tally: Tally) -> None:
    told = tally.told()
    if told:
        console.print(f"\n[bold]{len(told)} verdicts, in plain words[/] (numbers and digits are masked)")
    for heading, outcome, lines in told:
        console.print(f"\n[{_STYLES[outcome]}]{heading}[/]")
        table = Table(show_header=False, box=None, pad_edge=False, padding=(0, 2, 0, 2))
        for word, said in lines:
            table.add_row(f"[dim]{word}[/]", said)
        console.print(table)


def _show_honest(console: Console, tally: Tally) -> None:
    unwanted, stopped, flagged = tally.unwanted()
    console.print(
        f"\n[bold]What to make of it[/]: of {unwanted} messages that their corpora call spam or fraud, {stopped} were "
        f"stopped and {flagged} flagged for a human; {unwanted - stopped - flagged} passed. An advert is no fraud: "
        "it is stopped for want of consent, and here most recipients have consented."
    )


def _show_next(console: Console) -> None:
    console.print(
        "\n[bold]What to try next[/]\n"
        "  .venv/bin/compliance demo --rate 2000 --messages 20000   more of it, faster\n"
        "  .venv/bin/compliance demo                                goes on until Ctrl-C\n"
        "  .venv/bin/compliance clauses                             which clause is enforced by which rule\n"
        "  .venv/bin/compliance inspect events.jsonl                judge a file of events, without a broker\n"
        "  README.md                                                how a messaging service uses the verdicts"
    )
