"""Laws of statements about assets: their order and their repetition don't matter."""

from datetime import UTC, datetime, timedelta
from functools import reduce
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from pipeline.domain.events import AssetAccount, AssetEvent, AssetName, AssetRestriction, AssetTemplate
from pipeline.state.assets import (
    Account,
    Template,
    account_from,
    merge_accounts,
    merge_templates,
    template_from,
)

TIMES = st.integers(0, 3).map(lambda seconds: datetime(2026, 11, 24, tzinfo=UTC) + timedelta(seconds=seconds))
TEMPLATES = st.builds(
    AssetTemplate,
    status=st.sampled_from([None, "APPROVED", "PAUSED"]),
    pause_until=st.one_of(st.none(), TIMES),
    category=st.sampled_from([None, "utility", "marketing"]),
    parameter_count=st.sampled_from([None, 0, 2]),
)
ACCOUNTS = st.builds(
    AssetAccount,
    state=st.sampled_from([None, "CONNECTED", "RESTRICTED"]),
    restrictions=st.sampled_from([None, (), (AssetRestriction("A"),)]),
    messaging_limit=st.sampled_from([None, 250, "TIER_2K", "TIER_UNLIMITED"]),
)
EVENTS = st.builds(
    AssetEvent,
    asset_event_id=st.sampled_from(["a", "b"]),
    kind=st.just("update"),
    asset=st.just(AssetName(type="whatsapp_number", id="+447700900222")),
    occurred_at=TIMES,
    template=st.one_of(st.none(), TEMPLATES),
    account=st.one_of(st.none(), ACCOUNTS),
)
HISTORIES = st.lists(EVENTS, max_size=6)


def template_of(events: list[AssetEvent]) -> Template:
    """Take in statements about a template one after the other."""
    return reduce(merge_templates, map(template_from, events), Template())


def account_of(events: list[AssetEvent]) -> Account:
    """Take in statements about a number one after the other."""
    return reduce(merge_accounts, map(account_from, events), Account("whatsapp_number"))


@given(HISTORIES, st.randoms(use_true_random=False))
def test_takes_statements_in_any_order(events: list[AssetEvent], chance: Random) -> None:
    """Whatever overtakes what: the newest on each matter stands."""
    shuffled = list(events)
    chance.shuffle(shuffled)
    assert (template_of(shuffled), account_of(shuffled)) == (template_of(events), account_of(events))


@given(HISTORIES)
def test_takes_repeated_statements_for_nothing(events: list[AssetEvent]) -> None:
    """A topic that is read again from its begin ends in the same."""
    assert (template_of(events * 2), account_of(events * 2)) == (template_of(events), account_of(events))


@given(HISTORIES, HISTORIES)
def test_merges_in_any_grouping(first: list[AssetEvent], second: list[AssetEvent]) -> None:
    """What was merged before can be merged with what was merged elsewhere."""
    assert merge_templates(template_of(first), template_of(second)) == template_of(first + second)
    assert merge_accounts(account_of(first), account_of(second)) == account_of(first + second)
