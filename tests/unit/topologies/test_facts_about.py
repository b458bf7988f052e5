"""What is known about one message: gathered, and never guessed."""

import pytest

from pipeline.domain.events import OutboundMessage
from pipeline.domain.verdicts import Seen
from pipeline.rules.facts import Facts
from pipeline.state.choices import NO_CHOICES, Choices, Target
from pipeline.state.rights import NO_RIGHTS
from pipeline.testing.builders import NOW, build_message, build_policy
from pipeline.testing.readers import build_reader
from pipeline.topologies.facts_about import Origin, Surroundings, facts_about, whereabouts_of
from pipeline.topologies.global_facts import GlobalFacts

ORIGIN: Origin = ("messaging.outbound", 1, 7)


def gather(
    message: OutboundMessage,
    choices: Choices | None = NO_CHOICES,
    origin: Origin = ORIGIN,
    times_judged: int = 0,
) -> Facts:
    """Gather the facts of a message of which nothing else is known."""
    around = Surroundings(NOW, build_policy(), None, None, Seen(0, 0, 0, 0, 0, 0, 0, 0), None)
    return facts_about(
        message,
        "a recipient",
        choices,
        GlobalFacts(build_policy(), reader=build_reader()),
        around,
        origin,
        times_judged=times_judged,
        has_reservation=False,
        rights=NO_RIGHTS,
        whereabouts=whereabouts_of(message),
    )


def test_keeps_it_missing_when_the_register_could_not_be_asked() -> None:
    """No answer is not the answer that nothing is known."""
    assert gather(build_message(), choices=None).choices is None


def test_says_what_a_choice_must_cover() -> None:
    """The target is what the message is about; an unknown brand is the empty text."""
    assert gather(build_message()).target == Target("sms", "utility", "+447700900111", "")


def test_derives_the_id_of_a_verdict_from_the_position_alone() -> None:
    """The same record judged again after a crash gets the same id, whatever it says."""
    assert gather(build_message()).verdict_id == gather(build_message(message_id="other")).verdict_id


@pytest.mark.parametrize(
    "origin", [("messaging.outbound.priority", 1, 7), ("messaging.outbound", 2, 7), ("messaging.outbound", 1, 8)]
)
def test_gives_every_position_an_id_of_its_own(origin: Origin) -> None:
    """Another topic, partition or offset is another verdict."""
    assert gather(build_message(), origin=origin).verdict_id != gather(build_message()).verdict_id


def test_gives_the_second_judgement_of_a_message_another_id() -> None:
    """Deferral and final verdict differ in their ids."""
    assert gather(build_message(), times_judged=1).verdict_id != gather(build_message()).verdict_id


def test_spreads_messages_evenly() -> None:
    """The spread lies between nothing and one, the latter not included, and fills the range."""
    spreads = [gather(build_message(), origin=("t", 0, offset)).spread for offset in range(500)]
    assert (min(spreads) < 0.05, max(spreads) > 0.95, max(spreads) < 1) == (True, True, True)


@pytest.mark.parametrize(
    ("to", "country"),
    [
        ("+14165550123", "CA"),
        ({"bsuid": "CA.1", "portfolio_id": "p"}, "CA"),
        ({"bsuid": "GB.1", "portfolio_id": "p"}, "GB"),
    ],
)
def test_finds_the_country_of_a_recipient(to: object, country: str) -> None:
    """A number by its prefix, a business-scoped id by the country in front of it."""
    place = gather(build_message(to=to)).place
    assert place is not None
    assert place.country == country


def test_finds_no_country_for_what_is_no_number() -> None:
    """Nothing is guessed about a recipient that can't be read."""
    assert gather(build_message(to="12")).place is None


@pytest.mark.parametrize("bsuid", ["1349", "", "ZZ.1", "us.1", "US"])
def test_finds_a_place_for_every_business_scoped_id(bsuid: str) -> None:
    """Whatever an id looks like, looking for its place is no error."""
    facts = gather(build_message(to={"bsuid": bsuid or "x", "portfolio_id": "p"}))
    assert facts.place is not None


def test_names_the_time_zones_of_the_country_of_a_business_scoped_id() -> None:
    """Without an area code every zone of the country is possible."""
    place = gather(build_message(to={"bsuid": "US.1", "portfolio_id": "p"})).place
    assert place is not None
    assert {"America/New_York", "America/Los_Angeles"} <= set(place.zones)


def test_narrows_the_time_zones_by_what_the_sender_states() -> None:
    """A statement that agrees with the country narrows the candidates."""
    message = build_message(to={"bsuid": "US.1", "portfolio_id": "p"}, recipient={"time_zone": "America/Chicago"})
    place = gather(message).place
    assert place is not None
    assert place.zones == ("America/Chicago",)
