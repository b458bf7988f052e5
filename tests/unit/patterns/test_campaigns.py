"""Which campaign a text belongs to, as the texts come."""

import pytest
from msgspec.structs import replace

from pipeline.domain.alarms import Level
from pipeline.domain.pattern_settings import Thresholds
from pipeline.patterns.campaigns import WINDOW_SECONDS, Campaign, Campaigns
from pipeline.patterns.windows import LEAD, LURE, MESSAGE
from tests.unit.patterns.builders import KEY, NOON, PARCEL, SCHOOL, build_row, number

MONDAY = NOON // WINDOW_SECONDS * WINDOW_SECONDS
LETTERS = str.maketrans("0123456789", "bdfhjlnprt")


def spread(campaigns: Campaigns, *texts: str) -> list[Campaign]:
    """Place texts, each to another person."""
    return [campaigns.place(build_row(text, recipient=number(at))) for at, text in enumerate(texts)]


def test_texts_that_are_alike_are_one_campaign() -> None:
    """With another name, number, tail or letter."""
    found = spread(
        Campaigns(KEY),
        PARCEL,
        f"Hi Anna, {PARCEL}",
        PARCEL.replace("parcel", "p\u0430rcel"),
        f"{PARCEL} ~~~ fmRNj",
        PARCEL.replace("depot", "depot 4711"),
    )
    assert {campaign.name for campaign in found} == {"campaign-1"}
    assert (found[0].messages, found[0].recipients) == (5, 5)


def test_other_texts_are_other_campaigns() -> None:
    """Also when they come in turn."""
    names = [campaign.name for campaign in spread(Campaigns(KEY), PARCEL, SCHOOL, PARCEL, SCHOOL)]
    assert names == ["campaign-1", "campaign-2", "campaign-1", "campaign-2"]


def test_follows_a_campaign_that_changes_its_wording_step_by_step() -> None:
    """Each text is like the first, and finds it by a key that the one before left."""
    words = PARCEL.split()
    texts = [" ".join([*words[:-at], *["now"] * at]) if at else PARCEL for at in range(4)]
    assert len({campaign.name for campaign in spread(Campaigns(KEY), *texts)}) == 1


@pytest.mark.parametrize(("others", "is_found"), [(6, True), (7, True), (8, False)])
def test_is_found_although_other_texts_had_its_keys_since(others: int, *, is_found: bool) -> None:
    """A key of common words leads to the eight that had it last."""
    campaigns = Campaigns(KEY)
    first = build_row(PARCEL)
    campaign = campaigns.place(first)
    for at in range(others):
        other = build_row(f"q{at}a q{at}b q{at}c q{at}d".translate(LETTERS))
        campaigns.place(replace(other, keys=first.keys))
    assert (campaigns.place(first) is campaign) == is_found


def test_each_text_without_words_is_by_itself() -> None:
    """There is nothing to compare."""
    names = {campaign.name for campaign in spread(Campaigns(KEY), ":)", ":)", "")}
    assert len(names) == 3


def test_random_texts_push_out_no_campaign() -> None:
    """And take no more space than they may."""
    campaigns = Campaigns(KEY, keys_max=400)
    campaign = spread(campaigns, PARCEL, PARCEL, PARCEL)[0]
    for at in range(2_000):
        campaigns.place(build_row(f"q{at}a q{at}b q{at}c q{at}d".translate(LETTERS)))
    assert campaigns.remembered_keys <= 4 * 400 + 16
    assert campaigns.place(build_row(PARCEL)) is campaign


def test_a_campaign_that_goes_on_is_not_forgotten() -> None:
    """Whatever other campaigns come."""
    campaigns = Campaigns(KEY, keys_max=400)
    campaign = spread(campaigns, PARCEL, PARCEL, PARCEL)[0]
    for at in range(600):
        text = f"q{at}a q{at}b q{at}c q{at}d".translate(LETTERS)
        spread(campaigns, text, text, text)
        if at % 50 == 0:
            assert campaigns.place(build_row(PARCEL)) is campaign


@pytest.mark.parametrize(("messages", "level"), [(7, Level.GROWING), (8, Level.BULK), (9, Level.BULK)])
def test_a_text_that_lures_is_bulk_at_the_eighth_message(messages: int, level: Level) -> None:
    """Each to another person, from one sender."""
    campaigns = Campaigns(KEY)
    for at in range(messages):
        row = build_row(recipient=number(at), flags=MESSAGE | LEAD | LURE)
        campaign = campaigns.place(row)
    assert campaigns.level(campaign, row, Thresholds()) is level


@pytest.mark.parametrize(
    ("days", "level"),
    [(6.9, Level.BULK), (7, Level.BULK), (10.5, Level.BULK), (12, Level.GROWING), (14, Level.QUIET), (15, Level.QUIET)],
)
def test_a_level_is_of_the_last_week(days: float, level: Level) -> None:
    """Of twenty messages of a week fewer and fewer count in the next, and none in the one after."""
    campaigns = Campaigns(KEY)
    for at in range(20):
        campaigns.place(build_row(second=MONDAY, recipient=number(at), flags=MESSAGE | LEAD | LURE))
    row = build_row(second=MONDAY + int(days * 86_400), flags=MESSAGE | LEAD | LURE)
    campaign = campaigns.place(row)
    assert campaign.messages == 21
    assert campaigns.level(campaign, row, Thresholds()) is level
