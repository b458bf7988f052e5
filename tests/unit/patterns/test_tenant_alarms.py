"""When workspaces, senders and credentials are more than usual."""

import pytest

from pipeline.domain.alarms import Alarm, Level
from pipeline.domain.pattern_settings import Thresholds
from pipeline.patterns.tenant_alarms import of_credential, of_sender, of_workspace
from pipeline.patterns.windows import (
    ABROAD,
    CODE,
    COMPLAINT,
    FAILURE,
    FOREIGN_LINK,
    MESSAGE,
    OPT_OUT,
    REPLY,
    SEQUENTIAL,
    UNKNOWN_CONSENT,
    VERIFIED,
)
from tests.unit.patterns.builders import NOON, build_bucket

DAY = 86_400
LIST = {MESSAGE: 100, FAILURE: 30, UNKNOWN_CONSENT: 50}
HARVEST = {MESSAGE: 50, SEQUENTIAL: 35, UNKNOWN_CONSENT: 25}
HOUR = {MESSAGE: 100, FOREIGN_LINK: 50}
BEFORE = {MESSAGE: 100}

Raised = dict[str, tuple[Level, tuple[str, ...]]]


def by_sign(alarms: tuple[Alarm, ...]) -> Raised:
    """Give level and signs of alarms."""
    return {alarm.sign: (alarm.level, alarm.signs) for alarm in alarms}


def of_day(counts: dict[int, int], *, recipients: int = 0, domains: int = 0) -> Raised:
    """Give what a day of a workspace raises, by sign."""
    buckets = (build_bucket(DAY, counts, recipients=recipients, domains=domains),)
    return by_sign(of_workspace("workspace/w", buckets, NOON, Thresholds()))


def of_hour(hour: dict[int, int], before: dict[int, int]) -> Raised:
    """Give what a credential raises in an hour, and what was before in its day."""
    day = {flag: hour.get(flag, 0) + before.get(flag, 0) for flag in hour.keys() | before.keys()}
    buckets = build_bucket(3_600, hour), build_bucket(DAY, day)
    return by_sign(of_credential("credential/c", buckets, NOON, Thresholds()))


@pytest.mark.parametrize(("messages", "is_raised"), [(99, False), (100, True), (101, True)])
def test_a_list_is_judged_from_a_hundred_messages_on(messages: int, *, is_raised: bool) -> None:
    """Below that a share says little."""
    found = of_day({**LIST, MESSAGE: messages, FAILURE: 31, UNKNOWN_CONSENT: 51})
    assert found == ({"bought_list": (Level.BULK, ("failures", "unknown_consents"))} if is_raised else {})


@pytest.mark.parametrize(("failures", "is_raised"), [(29, False), (30, True), (31, True)])
def test_a_list_fails(failures: int, *, is_raised: bool) -> None:
    """In three of ten cases."""
    assert bool(of_day({**LIST, FAILURE: failures})) is is_raised


@pytest.mark.parametrize(("unknown", "level"), [(49, Level.GROWING), (50, Level.BULK), (51, Level.BULK)])
def test_a_list_is_of_people_who_are_unknown(unknown: int, level: Level) -> None:
    """Failures alone may be an outage."""
    assert of_day({**LIST, UNKNOWN_CONSENT: unknown})["bought_list"][0] is level


@pytest.mark.parametrize(("opt_outs", "is_raised"), [(4, False), (5, True), (6, True)])
def test_people_leave_a_list(opt_outs: int, *, is_raised: bool) -> None:
    """One of twenty within the day."""
    assert bool(of_day({MESSAGE: 100, OPT_OUT: opt_outs})) is is_raised


@pytest.mark.parametrize(("complaints", "is_raised"), [(1, False), (2, True), (3, True)])
def test_people_complain_about_a_list(complaints: int, *, is_raised: bool) -> None:
    """One alone may be a slip."""
    assert bool(of_day({MESSAGE: 1_000, COMPLAINT: complaints})) is is_raised


def test_failing_codes_are_no_list() -> None:
    """People mistype their numbers when they sign up, and nobody consents to a code."""
    assert of_day({MESSAGE: 1_000, CODE: 950, FAILURE: 400}) == {}


def test_unknown_consents_alone_are_no_list() -> None:
    """Consents may just not have been registered; each message is judged by them anyway."""
    assert of_day({MESSAGE: 1_000, UNKNOWN_CONSENT: 1_000}) == {}


@pytest.mark.parametrize(
    ("domains", "level"),
    [(9, None), (10, Level.GROWING), (11, Level.GROWING), (29, Level.GROWING), (30, Level.BULK), (31, Level.BULK)],
)
def test_many_foreign_domains_are_resold(domains: int, level: Level | None) -> None:
    """Flagged from ten on, held from thirty on."""
    found = of_day({MESSAGE: 60, FOREIGN_LINK: 60}, domains=domains)
    assert found == ({"reselling": (level, ("domains",))} if level else {})


@pytest.mark.parametrize(("links", "is_raised"), [(29, False), (30, True), (31, True)])
def test_a_shop_that_now_and_then_links_elsewhere_does_not_resell(links: int, *, is_raised: bool) -> None:
    """Maps, couriers, reviews."""
    assert bool(of_day({MESSAGE: 100, FOREIGN_LINK: links}, domains=12)) is is_raised


def test_a_marketplace_that_declares_its_clients_is_silent() -> None:
    """Their domains are its own, so no link is foreign."""
    assert of_day({MESSAGE: 5_000, FAILURE: 100, OPT_OUT: 20}, recipients=60) == {}


@pytest.mark.parametrize(
    ("messages", "level"),
    [(49, None), (50, Level.GROWING), (51, Level.GROWING), (149, Level.GROWING), (150, Level.BULK), (151, Level.BULK)],
)
def test_unknown_people_in_order_are_harvested(messages: int, level: Level | None) -> None:
    """Flagged from fifty on, deferred from three times as many on."""
    found = of_day({MESSAGE: messages, SEQUENTIAL: messages, UNKNOWN_CONSENT: messages}, recipients=60)
    assert found == ({"harvested": (level, ("sequence",))} if level else {})


@pytest.mark.parametrize(("recipients", "is_raised"), [(49, False), (50, True), (51, True)])
def test_a_harvest_has_many_recipients(recipients: int, *, is_raised: bool) -> None:
    """The same few again and again are none."""
    assert bool(of_day(HARVEST, recipients=recipients)) is is_raised


@pytest.mark.parametrize(("sequential", "is_raised"), [(34, False), (35, True), (36, True)])
def test_a_harvest_is_in_order(sequential: int, *, is_raised: bool) -> None:
    """Seven in ten go on."""
    assert bool(of_day({**HARVEST, SEQUENTIAL: sequential}, recipients=50)) is is_raised


@pytest.mark.parametrize(("unknown", "is_raised"), [(24, False), (25, True), (26, True)])
def test_a_sorted_list_of_people_who_consented_is_no_harvest(unknown: int, *, is_raised: bool) -> None:
    """Half must be unknown."""
    assert bool(of_day({**HARVEST, UNKNOWN_CONSENT: unknown}, recipients=50)) is is_raised


@pytest.mark.parametrize(("replies", "is_raised"), [(4, True), (5, False), (6, False)])
def test_people_who_answer_were_not_harvested(replies: int, *, is_raised: bool) -> None:
    """One of ten is enough."""
    assert bool(of_day({**HARVEST, REPLY: replies}, recipients=50)) is is_raised


@pytest.mark.parametrize(("complaints", "messages", "is_raised"), [(1, 10, False), (2, 10, True), (3, 10, True)])
def test_a_sender_is_complained_about_from_the_second_on(complaints: int, messages: int, *, is_raised: bool) -> None:
    """One alone may be a slip."""
    buckets = (build_bucket(DAY, {MESSAGE: messages, COMPLAINT: complaints}),)
    assert bool(of_sender("sender/s", buckets, NOON, Thresholds())) is is_raised


@pytest.mark.parametrize(("messages", "is_raised"), [(1_999, True), (2_000, True), (2_001, False)])
def test_a_large_sender_gets_some_complaints(messages: int, *, is_raised: bool) -> None:
    """Up to one in a thousand messages."""
    buckets = (build_bucket(DAY, {MESSAGE: messages, COMPLAINT: 2}),)
    assert bool(of_sender("sender/s", buckets, NOON, Thresholds())) is is_raised


@pytest.mark.parametrize(("messages", "is_raised"), [(99, False), (100, True), (101, True)])
def test_a_takeover_is_an_hour_of_a_hundred_messages(messages: int, *, is_raised: bool) -> None:
    """Less does little harm before a human looks."""
    found = of_hour({MESSAGE: messages, FOREIGN_LINK: messages}, BEFORE)
    assert found == ({"takeover": (Level.GROWING, ("foreign_links",))} if is_raised else {})


@pytest.mark.parametrize(("before", "is_raised"), [(49, False), (50, True), (51, True)])
def test_of_a_credential_that_did_little_nothing_is_usual(before: int, *, is_raised: bool) -> None:
    """It may have been made today."""
    assert bool(of_hour(HOUR, {MESSAGE: before})) is is_raised


@pytest.mark.parametrize(("before", "is_raised"), [(479, True), (480, True), (481, False)])
def test_five_times_the_usual_hour_is_much(before: int, *, is_raised: bool) -> None:
    """A day of 480 messages has twenty an hour."""
    assert bool(of_hour(HOUR, {MESSAGE: before})) is is_raised


@pytest.mark.parametrize(("links", "is_raised"), [(49, False), (50, True), (51, True)])
def test_mostly_means_half(links: int, *, is_raised: bool) -> None:
    """Of what the hour has sent."""
    assert bool(of_hour({MESSAGE: 100, FOREIGN_LINK: links}, BEFORE)) is is_raised


@pytest.mark.parametrize(("links", "is_raised"), [(9, True), (10, True), (11, False)])
def test_what_it_did_before_is_nothing_new(links: int, *, is_raised: bool) -> None:
    """A tenth of what was sent before is hardly."""
    assert bool(of_hour(HOUR, {MESSAGE: 100, FOREIGN_LINK: links})) is is_raised


@pytest.mark.parametrize("flag", [ABROAD, UNKNOWN_CONSENT, FAILURE])
def test_two_changes_of_manner_are_a_takeover(flag: int) -> None:
    """One may be a new business."""
    assert of_hour({**HOUR, flag: 60}, BEFORE)["takeover"][0] is Level.BULK


def test_a_campaign_of_its_own_manner_is_silent() -> None:
    """However large."""
    assert of_hour({MESSAGE: 50_000, FOREIGN_LINK: 100}, BEFORE) == {}


def test_a_banks_codes_on_a_salary_day_are_silent() -> None:
    """A hundred times the usual, all of one kind."""
    assert of_hour({MESSAGE: 10_000, CODE: 10_000, VERIFIED: 9_000}, BEFORE) == {}
