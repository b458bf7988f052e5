"""The register as of any time: what had happened by then, of what was known by then, and what each entry did."""

import pytest

from pipeline.domain.instants import from_text
from pipeline.domain.policies import Policy
from pipeline.state.choices import Target
from pipeline.state.consent_answer import NEVER
from pipeline.state.history import Act, Line, country_of, record_at, stood, timeline
from pipeline.testing.builders import DAY, NOW, RECIPIENT, build_command, build_consent, build_policy, instant

MARKETING = Target("sms", "marketing", "", "")
EXPIRY = """
[[consent.expiry]]
country = "CA"
basis = "implied_inquiry"
months = 6
source = "CASL s.10(9)-(10)"
confidence = "general_knowledge"
"""


def consent(id_: str, occurred: int, known: int | None = None, **changes: object) -> Act:
    """Build an entry: consent given at a time from now, and known since then unless told otherwise."""
    known = occurred if known is None else known
    event = build_consent(
        consent_event_id=id_, occurred_at=instant(occurred), recorded_at=instant(known), **({"scope": {}} | changes)
    )
    return Act(event, f"file:{id_}")


def demanded(kind: str, occurred: int, **changes: object) -> Act:
    """Build an entry: a command about the person."""
    subject = {"recipient": RECIPIENT}
    command = build_command(
        command_id=kind, kind=kind, occurred_at=instant(occurred), **({"subject": subject} | changes)
    )
    return Act(command, f"file:{kind}")


def told(*acts: Act, at: int = 0, known: int = DAY, policy: Policy | None = None, country: str = "GB") -> list[Line]:
    """Tell the timeline of marketing by SMS."""
    return timeline(acts, "ws-1", (MARKETING,), policy or build_policy(), NOW + at, NOW + known, country)


def word_at(*acts: Act, at: int = 0, known: int = DAY) -> str:
    """Say what stood for marketing by SMS at a time."""
    record = record_at(acts, "ws-1", NOW + at, NOW + known)
    return stood(record, MARKETING, build_policy(), NOW + at, "GB").word


@pytest.mark.parametrize(("shift", "word"), [(-1, "missing"), (0, "consented"), (1, "consented")])
def test_counts_what_had_happened_by_the_time(shift: int, word: str) -> None:
    """Consent counts from the millisecond in which it was given."""
    assert word_at(consent("c-1", -DAY), at=-DAY + shift) == word


@pytest.mark.parametrize(("shift", "word"), [(-1, "consented"), (0, "opted_out"), (1, "opted_out")])
def test_counts_what_was_known_by_the_time(shift: int, word: str) -> None:
    """An opt-out that became known late did not count before anybody knew of it."""
    late = consent("c-2", -5 * DAY, known=-DAY, action="opt_out")
    assert word_at(consent("c-1", -9 * DAY), late, known=-DAY + shift) == word


def test_orders_by_when_it_became_known_and_decides_by_when_it_happened() -> None:
    """A late import of older consent stands last in the timeline and changes nothing of the opt-out."""
    lines = told(
        consent("c-import", -60 * DAY, known=-DAY, action="import", basis=None),
        consent("c-stop", -5 * DAY, action="opt_out"),
        consent("c-1", -20 * DAY),
    )
    assert [(line.act.id, line.stood[0].word) for line in lines] == [
        ("c-1", "consented"),
        ("c-stop", "opted_out"),
        ("c-import", "opted_out"),
    ]


def test_names_what_an_answer_rests_on() -> None:
    """The entry that decides is named, so that it can be shown."""
    (_, line) = told(consent("c-1", -9 * DAY), consent("c-stop", -DAY, action="opt_out"))
    assert line.stood[0].rests_on == "c-stop"


@pytest.mark.parametrize(
    ("again", "effect"),
    [
        (consent("c-1", -9 * DAY, known=-DAY), "repeats"),
        (consent("c-0", -19 * DAY, known=-DAY), "changes nothing"),
        (consent("c-2", -2 * DAY), "taken"),
        (consent("c-2", -2 * DAY, method="double_opt_in_request"), "unconfirmed"),
        (consent("c-2", 2 * DAY, known=-DAY), "from the future"),
        (demanded("object", -DAY), "taken"),
        (demanded("rectify", -DAY), "not carried out"),
    ],
)
def test_says_what_an_entry_did(again: Act, effect: str) -> None:
    """Each line says whether it changed the record, and if not, why."""
    lines = told(consent("c-1", -9 * DAY), again, at=3 * DAY)
    assert [line.effect for line in lines] == ["taken", effect]


def test_says_of_a_line_what_stood_when_it_became_known() -> None:
    """Consent that has run out since stood at its time, and no longer at the time that is asked for."""
    given = consent("c-1", -300 * DAY, basis="implied_inquiry")
    other = consent("c-2", -299 * DAY, scope={"purpose": "utility"})
    lines = told(given, other, policy=build_policy(EXPIRY), country="CA")
    assert [line.stood[0].word for line in lines] == ["consented", "ended"]


def test_gives_the_end_of_a_consent() -> None:
    """28 April and six months end on 28 October."""
    at = from_text("2026-04-28T15:00:00.000Z") - NOW
    (line,) = told(consent("c-1", at, basis="implied_inquiry"), policy=build_policy(EXPIRY), country="CA")
    assert line.stood[0].ends_milliseconds == from_text("2026-10-28T15:00:00.000Z")


def test_gives_no_end_where_there_is_none() -> None:
    """Express consent lasts until it is withdrawn."""
    (line,) = told(consent("c-1", -DAY))
    assert line.stood[0].ends_milliseconds == NEVER


@pytest.mark.parametrize(("kind", "word"), [("object", "objected"), ("erase", "erased"), ("restrict", "restricted")])
def test_puts_a_demand_before_everything_else(kind: str, word: str) -> None:
    """What a data subject demanded stands before opt-out and consent."""
    assert word_at(consent("c-1", -9 * DAY), demanded(kind, -DAY)) == word


def test_leaves_out_what_is_about_another_workspace() -> None:
    """Consent to one workspace is none to another, and a demand against all counts for each."""
    other = consent("c-1", -9 * DAY, workspace_id="ws-2")
    assert (word_at(other), word_at(other, demanded("erase", -DAY))) == ("missing", "erased")


def test_takes_an_opt_out_from_the_future_for_one_of_its_arrival() -> None:
    """A clock that runs ahead must not put an opt-out off: the register takes it as made when it came."""
    ahead = consent("c-stop", 9 * DAY, known=-DAY, action="opt_out")._replace(arrived_milliseconds=NOW - DAY)
    record = record_at((ahead,), "ws-1", NOW + 10 * DAY, NOW)
    assert record.choices.entries[0].occurred_milliseconds == NOW - DAY


@pytest.mark.parametrize(
    ("name", "country"), [("+447700900123", "GB"), ("+14165550123", "CA"), ("wa:pf-1:US.1349", "US"), ("nobody", "")]
)
def test_names_the_country_whose_law_ends_consent(name: str, country: str) -> None:
    """A number says it by its calling code, a business-scoped id in front."""
    assert country_of(name) == country
