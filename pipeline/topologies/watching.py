"""The watch of a partition within its transactions: what it is fed, what it says of a message, and what is told of it.

Each turn writes a page: the rows that the watch has seen, and where the messages that were let pass are remembered. A
page stays until its rows are told and its verdicts can't be used any more: until then the partition's next owner has
the rows to see again, and a recall of a campaign finds what it has to withdraw.

Delivery: a page is written in the transaction of its verdicts, and what is told is noted in the transaction that tells
it, so each row is in the observations of exactly one source that was committed. The source is the partition with the
number of the owner, which is kept in the state: an owner that commits nothing leaves its number to the next. A
partition that is judged again from a recording has the same owners at the same transactions, as evidence states them.
The watch itself lives in memory; `Recipients.opened` throws it away.
"""

from collections import deque
from typing import Final

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from pipeline.domain.alarms import Alarm
from pipeline.domain.events import InboundMessage, OutboundMessage, ProviderEvent
from pipeline.domain.policies import Policy
from pipeline.patterns.observations import Observation, encode
from pipeline.patterns.watch import Limits, Watch
from pipeline.patterns.windows import COMPLAINT, FAILURE, OPT_OUT, REPLY, SEQUENTIAL, Row
from pipeline.reading.content import Reading
from pipeline.rules.facts import Facts
from pipeline.state.choices import within_calendar
from pipeline.state.keys import ROWS, WATCH_KEY, end_of, ledger_range, rows_key
from pipeline.topologies.desk import Desk
from pipeline.topologies.names import OBSERVATIONS
from pipeline.topologies.pattern_board import strongest
from pipeline.topologies.pattern_rows import News, mark, news_of, row_of, within_day
from pipeline.topologies.recalls import Recalls
from pipeline.topologies.row_pages import PAGE_ROWS_MAX, PAGES_MAX, Page, decode_page, pack_page, until_of
from pipeline.topologies.steps import Output
from pipeline.topologies.withdrawals import Withdrawals

NOT_COUNTED: Final = 0
"""Flags of the row of a message that was counted when it was judged before: it stands in a page to be found alone."""


PARTITION_LIMITS: Final = Limits(subjects=4_000, texts=200_000)
"""Of one partition, 11 MB for its sieves: five partitions hold the million different texts of a day in 55 MB."""
OPT_OUT_MILLISECONDS: Final = 86_400_000
"""Opt-outs of a day and less count: what is imported later is news of no campaign."""
_FAILED: Final = ("failed", "undelivered", "rejected", "expired", "undeliverable", "blocked", "error")


class Told(Struct, frozen=True, array_like=True, gc=False):
    """How far a partition has told what its watch counts."""

    owner: int = 0
    """The number of the owner that has written this."""
    pages: int = 0
    """Pages before this one are told."""
    campaign_pages: int = 0
    """Of pages before this one the campaigns are told."""


_decode_told = msgspec.msgpack.Decoder(Told).decode
_pack = msgspec.msgpack.Encoder().encode


class PartitionWatch:
    """What one owner of a partition counts, over its transactions."""

    def __init__(self, watch: Watch, told: Told, page: int) -> None:
        """Begin with an empty watch.

        :param page: the number of the next page
        """
        self.watch = watch
        self.told = told
        self.page = page
        self.pages: deque[tuple[int, int]] = deque()
        """The pages that are kept, with the time at which their verdicts can't be used any more."""
        self.attention_milliseconds = 0
        """When the state is to have this partition attended to; 0 for never."""
        self.recalled: dict[str, None] = {}
        """Campaigns that were recalled and have not been less than `mass` since."""


class Watches:
    """The watches of all partitions that a worker owns, by partition."""

    def __init__(self, limits: Limits) -> None:
        """Begin with none."""
        self.limits = limits
        self.by_partition: dict[int, PartitionWatch] = {}

    def forget(self, partition: int) -> None:
        """Throw a watch away: its partition has come anew, or is judged anew."""
        self.by_partition.pop(partition, None)

    def keep_owner(self, partition: int, owner: int) -> None:
        """Throw a watch away unless it is of an owner: what is recorded next was judged with that owner's."""
        opened = self.by_partition.get(partition)
        if opened is not None and opened.told.owner != owner:
            self.forget(partition)


class Watching:
    """What a turn sees, and tells of what was seen."""

    def __init__(self, desk: Desk, watches: Watches, withdrawals: Withdrawals, recalls: Recalls) -> None:
        """Work at a desk; the partition's watch is opened when it is first needed."""
        self._desk = desk
        self._withdrawals = withdrawals
        self._recalls = recalls
        self._watches = watches
        self._opened: PartitionWatch | None = watches.by_partition.get(desk.partition)
        self._is_new = False
        self._places: dict[int, bytes] = {}
        """Where messages of this turn are remembered that were let pass, by the number of their row in the turn."""
        self._rows: list[Row] = []
        self._until_milliseconds = 0

    @property
    def owner(self) -> int:
        """The number of the partition's owner as a source; 0 when it has not counted yet."""
        return self._opened.told.owner if self._opened is not None else 0

    def see(
        self, message: OutboundMessage, reading: Reading, facts: Facts, policy: Policy, *, is_again: bool
    ) -> tuple[tuple[Alarm, ...], bytes]:
        """Count a message, and give the alarms of its subjects with what marks its text (empty for nearly all).

        :param is_again: whether it was counted when it was judged before
        """
        watch = self._use(policy)
        key = self._desk.known.pattern_key
        row = row_of(message, reading, facts, policy, key)
        if is_again:
            alarms = watch.alarms_of(row, facts.now_milliseconds // 1_000)
            self._rows.append(replace(row, flags=NOT_COUNTED))
        else:
            if watch.sequence.goes_on(row.workspace, facts.recipient):
                row = replace(row, flags=row.flags | SEQUENTIAL)
            alarms = watch.see(row)
            self._rows.append(row)
        if alarms and self._opened is not None:
            self._recalls.follow(alarms, row, self._opened.recalled, policy)
        alarms += self._desk.known.patterns.alarms_of(row, key, facts.now_milliseconds // 1_000)
        return strongest(alarms), mark(row) if row.keys and watch.counts(row) else b""

    def note_passed(self, place: bytes, until_milliseconds: int) -> None:
        """Note where the message that was seen last is remembered: it was let pass, and may have to be withdrawn.

        :param until_milliseconds: when its verdict can't be used any more
        """
        self._places[len(self._rows) - 1] = place
        self._until_milliseconds = max(self._until_milliseconds, until_milliseconds)

    def note_report(self, recipient: str, report: ProviderEvent, sender: str) -> None:
        """Count what a provider says of a message, if it failed or the recipient complained."""
        flag = COMPLAINT if report.kind == "complaint" else FAILURE if report.status in _FAILED else 0
        if not flag or not report.workspace_id:
            return
        entry = self._withdrawals.entry_of(recipient, report.workspace_id, report.message_id)
        news = News(report.workspace_id, recipient, sender, report.channel or "", entry)
        self._hear(flag, within_calendar(report.occurred_at), news)

    def note_opt_out(self, recipient: str, workspace_id: str, occurred_milliseconds: int) -> None:
        """Count that a recipient opted out, on the newest message that the workspace sent; not what is long past."""
        if occurred_milliseconds > self._desk.now_milliseconds - OPT_OUT_MILLISECONDS:
            entry = self._withdrawals.newest_of(recipient, workspace_id)
            sender, channel = (entry.sender, entry.channel) if entry is not None else ("", "")
            self._hear(OPT_OUT, occurred_milliseconds, News(workspace_id, recipient, sender, channel, entry))

    def note_reply(self, recipient: str, workspace_id: str, inbound: InboundMessage, at_milliseconds: int) -> None:
        """Count that a recipient wrote: to a sender that answers every time it may be a machine."""
        news = News(workspace_id, recipient, inbound.to or "", inbound.channel or "", None)
        self._hear(REPLY, at_milliseconds, news)

    def erase(self, recipient: str, workspace_id: str) -> None:
        """Forget where messages to a person who was erased are remembered; what was counted names nobody."""
        begin = ledger_range(workspace_id, recipient)
        for key, value in list(self._desk.state.scan(ROWS, end_of(ROWS), PAGES_MAX)):
            page = decode_page(value)
            places = tuple([b"" if place.startswith(begin) else place for place in page.places])
            if places != page.places:
                self._desk.state.put(key, pack_page(replace(page, places=places)))

    def _hear(self, flag: int, milliseconds: int, news: News) -> None:
        known = self._desk.known
        watch = self._use(known.policy_at(self._desk.now_milliseconds).policy)
        second = within_day(milliseconds, self._desk.now_milliseconds) // 1_000
        row = news_of(flag, second, news, known.workspaces.get(news.workspace_id), known.pattern_key)
        watch.see(row)
        self._rows.append(row)

    def attend(self) -> None:
        """Open the watch because the state asks for attention: there is something to tell or to let go."""
        self._use(self._desk.known.policy_at(self._desk.now_milliseconds).policy)

    def finish(self) -> None:
        """Keep what was seen, tell what is due, and let go of what is no longer needed."""
        opened = self._opened
        if opened is None:
            return
        self._keep_pages(opened)
        now = self._desk.now_milliseconds
        told = opened.told
        next_telling = opened.watch.next_telling()
        if next_telling is not None and next_telling <= now:
            told = self._tell(opened, now)
        while opened.pages and opened.pages[0][0] < told.pages and opened.pages[0][1] <= now:
            self._desk.state.delete(rows_key(opened.pages.popleft()[0]))
        attention = self._attention(opened, told)
        if self._is_new or told != opened.told or attention != opened.attention_milliseconds:
            self._desk.state.put(WATCH_KEY, _pack(told), attention)
        opened.told, opened.attention_milliseconds = told, attention

    def _tell(self, opened: PartitionWatch, now_milliseconds: int) -> Told:
        due = opened.watch.due(now_milliseconds)
        self._desk.outputs += map(_output, due.observations)
        pages = opened.page if due.is_all else opened.told.pages
        return Told(opened.told.owner, pages, opened.page)

    def _attention(self, opened: PartitionWatch, told: Told) -> int:
        """Say when there is next something to tell, or a page to let go."""
        telling = opened.watch.next_telling()
        if telling is not None:
            return telling
        return opened.pages[0][1] if opened.pages and opened.pages[0][0] < told.pages else 0

    def _keep_pages(self, opened: PartitionWatch) -> None:
        for first in range(0, len(self._rows), PAGE_ROWS_MAX):
            rows = tuple(self._rows[first : first + PAGE_ROWS_MAX])
            places = tuple([self._places.get(first + at, b"") for at in range(len(rows))])
            self._desk.state.put(rows_key(opened.page), pack_page(Page(self._until_milliseconds, rows, places)))
            opened.pages.append((opened.page, self._until_milliseconds))
            opened.page += 1

    def _use(self, policy: Policy) -> Watch:
        opened = self._opened
        if opened is None:
            opened = self._watches.by_partition[self._desk.partition] = self._opened = self._open(policy)
        opened.watch.thresholds = policy.document.patterns
        return opened.watch

    def _open(self, policy: Policy) -> PartitionWatch:
        """Begin a watch, and see again what the owner before had seen and not told."""
        desk = self._desk
        stored = desk.state.get(WATCH_KEY)
        before = _decode_told(stored) if stored is not None else Told()
        told = Told(before.owner + 1, before.pages, before.campaign_pages)
        watch = Watch(
            source_name(desk.partition, told.owner),
            desk.known.pattern_key,
            policy.document.patterns,
            self._watches.limits,
        )
        opened = PartitionWatch(watch, told, told.pages)
        for key, value in desk.state.scan(ROWS, end_of(ROWS), PAGES_MAX):
            number = int.from_bytes(key[1:], "big")
            opened.pages.append((number, until_of(value)))
            opened.page = max(opened.page, number + 1)
            if number >= told.pages:
                for row in decode_page(value).rows:
                    if row.flags != NOT_COUNTED:
                        watch.see_again(row, is_campaign_told=number < told.campaign_pages)
        self._is_new = True
        return opened


def source_name(partition: int, owner: int) -> str:
    """Name a partition in the hands of one owner, as a source of observations."""
    return f"recipients-{partition}@{owner}"


def _output(observation: Observation) -> Output:
    return Output(OBSERVATIONS, observation.subject.encode(), encode(observation))
