"""Statements about assets: read from events, the newest on each matter stands."""

import pytest

from pipeline.state.assets import (
    UNLIMITED,
    Account,
    Restriction,
    Template,
    account_from,
    language_key,
    meant_language,
    merge_accounts,
    merge_templates,
    sender_key,
    template_from,
)
from pipeline.testing.builders import HOUR, NOW, build_asset_event, instant

NUMBER = {"type": "whatsapp_number", "id": "+447700900222"}


def template(shift: int = 0, event_id: str = "a-1", /, **told: object) -> Template:
    """Read a statement about a template, made some milliseconds from now."""
    return template_from(build_asset_event(occurred_at=instant(shift), asset_event_id=event_id, template=told))


def account(shift: int = 0, event_id: str = "a-1", /, **told: object) -> Account:
    """Read a statement about a number, made some milliseconds from now."""
    event = build_asset_event(
        occurred_at=instant(shift), asset_event_id=event_id, asset=NUMBER, account=told, template=None
    )
    return account_from(event)


def test_reads_a_template_in_capitals() -> None:
    """Providers write `approved` and `APPROVED`."""
    told = template(status="paused ", category="utility", parameter_count=2, pause_until=instant(HOUR))
    assert (told.status, told.category, told.parameter_count, told.pause_until_milliseconds) == (
        "PAUSED",
        "UTILITY",
        2,
        NOW + HOUR,
    )


def test_reads_restrictions_with_their_ends() -> None:
    """A restriction without an end has none."""
    told = account(state="restricted", restrictions=[{"type": "a", "until": instant(HOUR)}, {"type": "B"}])
    assert (told.state, told.restrictions) == ("RESTRICTED", (Restriction("A", NOW + HOUR), Restriction("B")))


@pytest.mark.parametrize(
    ("stated", "limit"),
    [(250, 250), (0, 0), ("TIER_2K", 2_000), ("tier_10k", 10_000), ("TIER_UNLIMITED", UNLIMITED), ("TIER_9", None)],
)
def test_reads_a_limit_as_number_or_tier(stated: object, limit: int | None) -> None:
    """A tier that nobody knows is no statement."""
    assert account(messaging_limit=stated).messaging_limit == limit


def test_reads_an_event_that_states_nothing() -> None:
    """An event of another kind changes nothing."""
    assert merge_templates(template(status="APPROVED"), template(HOUR, "a-2")) == template(status="APPROVED")


@pytest.mark.parametrize(("shift", "status"), [(-1, "APPROVED"), (0, "PAUSED"), (1, "PAUSED")])
def test_keeps_the_newest_status(shift: int, status: str) -> None:
    """By the provider's clock, and at the same instant by the event's id."""
    merged = merge_templates(template(status="APPROVED"), template(shift, "a-2", status="PAUSED"))
    assert merged.status == status


def test_keeps_what_a_newer_event_does_not_state() -> None:
    """A change of category says nothing of the status."""
    merged = merge_templates(
        template(status="APPROVED", category="utility", parameter_count=1), template(HOUR, "a-2", category="marketing")
    )
    assert (merged.status, merged.category, merged.parameter_count) == ("APPROVED", "MARKETING", 1)


def test_ends_a_pause_with_the_status_that_it_belongs_to() -> None:
    """Approval after a pause has no end."""
    paused = template(status="PAUSED", pause_until=instant(HOUR))
    assert merge_templates(paused, template(1, "a-2", status="APPROVED")).pause_until_milliseconds == 0


def test_lifts_restrictions_by_an_empty_list() -> None:
    """No restriction left is a statement too."""
    restricted = account(state="RESTRICTED", restrictions=[{"type": "A"}])
    assert merge_accounts(restricted, account(1, "a-2", restrictions=[])).restrictions == ()


def test_keeps_the_limit_when_the_state_changes() -> None:
    """State and limit are different matters."""
    merged = merge_accounts(account(messaging_limit=250), account(1, "a-2", state="CONNECTED"))
    assert (merged.messaging_limit, merged.state) == (250, "CONNECTED")


@pytest.mark.parametrize(("one", "other"), [("en_US", "en-us"), ("pt-BR", "pt_BR")])
def test_writes_languages_alike(one: str, other: str) -> None:
    """Meta's form and BCP 47 are one."""
    assert language_key(one) == language_key(other)


@pytest.mark.parametrize(
    ("stated", "known", "meant"),
    [("en_US", ("de",), "en-us"), (None, ("de",), "de"), (None, ("de", "fr"), ""), ("", (), "")],
)
def test_finds_the_language_that_is_meant(stated: str | None, known: tuple[str, ...], meant: str) -> None:
    """The one that is stated, else the only one."""
    assert meant_language(stated, known) == meant


def test_writes_senders_alike() -> None:
    """Meta leaves the plus sign out."""
    assert sender_key("+447700900222") == sender_key("447700900222")
