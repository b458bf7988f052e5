"""How bad what was seen of a text is."""

import pytest
from msgspec.structs import replace

from pipeline.domain.alarms import Level
from pipeline.domain.pattern_settings import Thresholds
from pipeline.patterns.levels import level_of, signs_in
from pipeline.patterns.windows import Window

T = Thresholds()
STEADY = Window(messages=1_000, leads=1_000, foreign_links=1_000, recipients=1_000, senders=1, workspaces=1, domains=1)
"""An honest campaign with a link: one sender, one domain, each person once, all have consented."""


def snowshoe(messages: int) -> Window:
    """See one text with a link from three senders, whose recipients have not consented."""
    return Window(messages, messages, messages, recipients=messages, senders=3, workspaces=1, domains=1)


@pytest.mark.parametrize(
    ("messages", "level"),
    [
        (3, Level.QUIET),
        (4, Level.GROWING),
        (7, Level.GROWING),
        (8, Level.BULK),
        (9, Level.BULK),
        (95, Level.BULK),
        (96, Level.MASS),
        (97, Level.MASS),
    ],
)
def test_a_text_with_a_lead_and_a_sign_is_bulk_from_eight_messages_on(messages: int, level: Level) -> None:
    """Growing from half of that, mass at twelve times."""
    assert level_of(snowshoe(messages), T) is level


@pytest.mark.parametrize(("messages", "level"), [(49, Level.GROWING), (50, Level.BULK), (51, Level.BULK)])
def test_a_text_that_leads_nowhere_needs_fifty(messages: int, level: Level) -> None:
    """It earns its sender nothing."""
    assert level_of(replace(snowshoe(messages), leads=0), T) is level


@pytest.mark.parametrize(("leads", "level"), [(3, Level.QUIET), (4, Level.BULK), (5, Level.BULK)])
def test_a_campaign_leads_when_half_of_its_messages_do(leads: int, level: Level) -> None:
    """Texts lose their links on the way."""
    assert level_of(replace(snowshoe(8), leads=leads), T) is level


@pytest.mark.parametrize(("messages", "level"), [(9_999, Level.GROWING), (10_000, Level.BULK), (10_001, Level.BULK)])
def test_without_a_sign_and_without_knowing_consents_it_takes_ten_thousand(messages: int, level: Level) -> None:
    """One sender who writes to each person once is what a notice looks like too."""
    window = replace(STEADY, messages=messages, leads=messages, recipients=messages)
    assert level_of(window, T, knows_tenants=False) is level


def test_a_campaign_that_people_asked_for_is_quiet_however_large() -> None:
    """200,000 recipients who consented, from one sender."""
    window = replace(STEADY, messages=200_000, leads=200_000, recipients=200_000)
    assert level_of(window, T) is Level.QUIET


def test_the_same_without_consents_is_mass() -> None:
    """Nothing else differs."""
    window = replace(STEADY, messages=200_000, leads=200_000, recipients=200_000, unknown_consents=200_000)
    assert level_of(window, T) is Level.MASS


@pytest.mark.parametrize("changes", [{"senders": 5}, {"lures": 1_000}, {"recipients": 100}])
def test_what_good_trade_does_too_is_no_sign_against_consents(changes: dict[str, int]) -> None:
    """Several numbers, an offer, a reminder."""
    assert level_of(replace(STEADY, **changes), T) is Level.QUIET


@pytest.mark.parametrize(
    "changes",
    [{"workspaces": 2}, {"domains": 2}, {"complaints": 2}, {"opt_outs": 50}, {"failures": 300}],
)
def test_some_signs_tell_although_all_have_consented(changes: dict[str, int]) -> None:
    """They say that the consents are not what they seem."""
    assert level_of(replace(STEADY, **changes), T) is Level.MASS


@pytest.mark.parametrize(
    ("sign", "field", "below", "at"),
    [
        ("senders", "senders", 2, 3),
        ("workspaces", "workspaces", 1, 2),
        ("domains", "domains", 1, 2),
        ("repeats", "recipients", 334, 333),
        ("lures", "lures", 499, 500),
        ("unknown_consents", "unknown_consents", 499, 500),
        ("complaints", "complaints", 1, 2),
        ("opt_outs", "opt_outs", 49, 50),
        ("failures", "failures", 299, 300),
    ],
)
def test_each_sign_has_its_threshold(sign: str, field: str, below: int, at: int) -> None:
    """Just below it is silent, at it it speaks, and beyond."""
    step = at - below
    assert sign not in signs_in(replace(STEADY, **{field: below}), T)
    assert signs_in(replace(STEADY, **{field: at}), T) == (sign,)
    assert signs_in(replace(STEADY, **{field: at + step}), T) == (sign,)


@pytest.mark.parametrize("field", ["complaints", "opt_outs", "failures"])
def test_one_complaint_is_no_share(field: str) -> None:
    """Of ten messages one is a tenth, and says nothing yet."""
    assert signs_in(replace(STEADY, messages=10, leads=10, recipients=10, **{field: 1}), T) == ()


@pytest.mark.parametrize(
    ("foreign", "signs"), [(499, ()), (500, ("workspaces", "domains")), (501, ("workspaces", "domains"))]
)
def test_the_wording_of_a_platform_is_no_sign(foreign: int, signs: tuple[str, ...]) -> None:
    """Shops that share a template each link to themselves; only a text that leads away tells."""
    assert signs_in(replace(STEADY, foreign_links=foreign, workspaces=9, domains=9), T) == signs


@pytest.mark.parametrize("changes", [{"senders": 9}, {"workspaces": 9}, {"domains": 9}])
def test_where_a_text_that_leads_nowhere_comes_from_is_no_sign(changes: dict[str, int]) -> None:
    """Many workspaces say `your code is`."""
    window = replace(STEADY, leads=0, foreign_links=0, **changes)
    assert signs_in(window, T) == signs_in(window, T, knows_tenants=False) == ()


def test_repeated_codes_are_no_sign() -> None:
    """They lead nowhere, and come as often as they are asked for."""
    assert signs_in(replace(STEADY, leads=0, recipients=100), T) == ()


def test_an_export_says_nothing_of_consents() -> None:
    """Their lack is no sign then."""
    assert signs_in(replace(STEADY, unknown_consents=1_000), T, knows_tenants=False) == ()


def test_decays_when_the_window_is_empty() -> None:
    """Nothing was seen, so nothing is said."""
    assert level_of(Window(), T) is Level.QUIET
    assert signs_in(Window(), T) == ()
