"""Which campaign a text belongs to, found as the texts come, in time order.

A campaign is what texts have in common that share a min-hash key and agree in their signatures. Each key leads to the
campaigns that it was last seen in, so that one which changes its wording step by step is followed. Nothing is
decided by one key alone.

Space: single texts and campaigns (three texts and more) are remembered apart, each in two generations of at most
`KEYS_MAX` keys, so that random texts push out other single texts and no campaign. What was not seen for a generation is
forgotten; a text of it that comes later begins a new campaign. Beyond that a campaign holds buckets of bounded size.

Delivery: everything follows from the rows and their order; there is no state to restore.
"""

from typing import Final

from pipeline.domain.alarms import Level
from pipeline.domain.pattern_settings import Thresholds
from pipeline.patterns import distinct, windows
from pipeline.patterns.levels import level_of
from pipeline.patterns.windows import MESSAGE, Bucket, Row
from pipeline.reading.fingerprint import agreeing, are_alike

KEYS_MAX: Final = 200_000
"""For each generation of the single texts and of the campaigns: some 50,000 texts each, 210 MB for all four, and up to
6 KB more for a campaign with many recipients."""
GROWN_MESSAGES: Final = 3
WINDOW_SECONDS: Final = 7 * 86_400
"""A week: a tenth of the campaigns of the gateway stream send less than ten messages a day, for weeks."""
RECIPIENTS_KEPT: Final = 1_024
ALIKE_MAX: Final = 8
"""How many campaigns a key leads to: keys of common words are many texts', and with one alone they hide each other."""


class Campaign:
    """One campaign: who it is, and what was seen of it."""

    __slots__ = ("_recipients", "buckets", "messages", "name", "signature")

    def __init__(self, name: str, signature: bytes) -> None:
        """Begin with a first text, which is not counted yet."""
        self.name = name
        self.signature = signature
        self.messages = 0
        self.buckets: tuple[Bucket, ...] = ()
        self._recipients: bytes = b""

    @property
    def recipients(self) -> int:
        """How many people it has written to: exact to a thousand, within 3 % beyond."""
        return distinct.count(self._recipients, RECIPIENTS_KEPT)

    def add(self, row: Row, key: bytes) -> None:
        """Count a message."""
        self.messages += 1
        self.buckets = windows.fold(self.buckets, [row], key, widths=(WINDOW_SECONDS,))
        if row.recipient:
            self._recipients = distinct.add(self._recipients, (row.recipient,), RECIPIENTS_KEPT)


class _Remembered:
    """The campaigns that were lately seen under each key: two generations, so that forgetting costs nothing per key."""

    def __init__(self, keys_max: int) -> None:
        self._keys_max = keys_max
        self._young: dict[int, tuple[Campaign, ...]] = {}
        self._old: dict[int, tuple[Campaign, ...]] = {}

    def under(self, key: int) -> tuple[Campaign, ...]:
        """Give the campaigns of a key, the newest first."""
        found = self._young.get(key)
        return self._old.get(key, ()) if found is None else found

    def put(self, key: int, campaign: Campaign) -> None:
        """Let a key lead to a campaign, in place of the one that was seen longest ago if there are many."""
        known = self._young.get(key)
        if known is None:
            known = self._old.get(key, ())
            if len(self._young) >= self._keys_max:
                self._old, self._young = self._young, {}
        elif known[0] is campaign:
            return
        self._young[key] = (campaign, *[each for each in known if each is not campaign][: ALIKE_MAX - 1])

    def __len__(self) -> int:
        return len(self._young) + len(self._old)


class Campaigns:
    """All campaigns that are remembered."""

    def __init__(self, key: bytes = b"", keys_max: int = KEYS_MAX) -> None:
        """Begin with none.

        :param key: of the hashes, see `distinct`
        """
        self._key = key
        self._single: _Remembered = _Remembered(keys_max)
        self._grown: _Remembered = _Remembered(keys_max)
        self._begun = 0

    def place(self, row: Row) -> Campaign:
        """Count a message, and give the campaign that it belongs to; a new one, if it is like none that is known."""
        campaign = self._like(row) or self._begin(row.signature)
        campaign.add(row, self._key)
        remembered = self._grown if campaign.messages >= GROWN_MESSAGES else self._single
        for key in row.keys:
            remembered.put(key, campaign)
        return campaign

    def level(self, campaign: Campaign, row: Row, thresholds: Thresholds) -> Level:
        """Say how far a campaign has gone when a message of it comes; quiet, if that is too short to be told apart."""
        if not row.flags & MESSAGE or not row.keys:
            return Level.QUIET
        return level_of(windows.window(campaign.buckets, WINDOW_SECONDS, row.second), thresholds, knows_tenants=False)

    @property
    def remembered_keys(self) -> int:
        """How many keys lead to a campaign now: what its space is a multiple of."""
        return len(self._single) + len(self._grown)

    def _like(self, row: Row) -> Campaign | None:
        best: Campaign | None = None
        most = 0
        looked_at: list[Campaign] = []
        for remembered in (self._grown, self._single):
            for candidate in [found for key in row.keys for found in remembered.under(key)]:
                if candidate in looked_at:
                    continue
                looked_at.append(candidate)
                if candidate.signature == row.signature:
                    return candidate
                agreed = agreeing(candidate.signature, row.signature)
                if agreed > most and are_alike(candidate.signature, row.signature):
                    best, most = candidate, agreed
        return best

    def _begin(self, signature: bytes) -> Campaign:
        self._begun += 1
        return Campaign(f"campaign-{self._begun}", signature)
