"""The demo's stream: which event comes after which, from a seed and a clock. Pure: the same arguments, the same events.

Ordinary traffic takes the texts in turn. Scenes lie in between: each leads to an outcome or a revocation for a reason
that is real by the policy, at whatever hour the demo runs. A scene that must not race says what it waits for.
"""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from pipeline.demo.cast import (
    BAKERY,
    BANK,
    BOOKS,
    CAST,
    COURIER,
    DEALS,
    KEY,
    MEMBER,
    REPORTS_KEY,
    SHOP,
    STAR,
    STRANGER,
    UNKNOWN,
    Actor,
    Awaited,
    DemoEvent,
    Names,
    Workspace,
    consent_event,
    message_event,
    stop_event,
    suspend_event,
    workspace_event,
)
from pipeline.demo.places import HOMES, LONDON, TORONTO, Person, is_closed, person
from pipeline.demo.texts import Text
from pipeline.domain.policies import Policy

MESSAGES_MIN = 200
"""Fewer would leave no room for the scenes."""
CUSTOMERS_ASLEEP = 6
"""Of each workspace: they live where marketing may not be sent at this hour."""
STOPS = 14
"""So many times a recipient replies STOP in the course of the ordinary traffic."""
STEADY = 6
"""The first customers of each workspace, and those asleep, never reply STOP: the scenes need them."""
BURST_MESSAGES = 15
"""Three times what the small plan allows in a second, so it is exceeded also where a second ends in between."""
CONFIRMATION = "You are unsubscribed and will receive no more messages from us."


class Plan(NamedTuple):
    """What to stream: a number of messages, so many a second, from a time on (milliseconds since 1970)."""

    now_milliseconds: int
    messages: int = 2_000
    rate: int = 400
    seed: int = 1
    suffix: str = ""


class Stream:
    """The events of one run: first `before`, then `events`; `ordinary` goes on after them."""

    def __init__(self, plan: Plan, texts: Sequence[Text], policy: Policy) -> None:
        """Choose who lives where, from the hour at which the stream begins."""
        self._plan = plan
        self._ids = Names(plan.suffix)
        self._texts = texts
        self._calm = [text for text in texts if text.purpose == "utility"]
        self._sent = 0
        self._stops = 0
        self._is_star_suspended = False
        self._customers = _customers(policy, plan.now_milliseconds)

    @property
    def begins_milliseconds(self) -> int:
        """When the first message is due, since 1970."""
        return self._plan.now_milliseconds

    def before(self) -> Iterator[DemoEvent]:
        """Publish the consents and the workspaces. A worker that starts after that knows them before it judges."""
        at = self._plan.now_milliseconds
        for workspace in CAST:
            for customer in self._customers[workspace.id]:
                yield consent_event(self._ids, workspace, customer, at)
        yield consent_event(self._ids, BAKERY, EXPIRED, at, days_ago=300, basis="implied_inquiry")
        yield consent_event(self._ids, BAKERY, EXPIRING, at, expires_in_days=3)
        yield consent_event(self._ids, BAKERY, LEAVING, at)
        for workspace in CAST:
            yield workspace_event(self._ids, workspace, at)

    def events(self) -> Iterator[DemoEvent]:
        """Give messages and scenes until the planned number of messages is reached."""
        scenes = self._scenes()
        while self._sent < self._plan.messages:
            if scenes and self._sent >= scenes[0][0]:
                yield from scenes.pop(0)[1]()
            else:
                yield from self.ordinary(self._now)

    @property
    def _now(self) -> int:
        return self._plan.now_milliseconds + self._sent * 1000 // self._plan.rate

    def ordinary(self, at: int) -> Iterator[DemoEvent]:
        """Give the next message of the ordinary traffic; now and then a recipient replies STOP before it."""
        number = self._sent
        text = self._texts[(number + self._plan.seed * 7919) % len(self._texts)]
        workspace = self._workspace_of(text)
        to = self._customer(workspace, number)
        stop_every = self._plan.messages // STOPS
        if number % stop_every == stop_every - 1:
            yield self._stop(workspace, self._leaver(workspace, number), at)
        yield self._message(workspace, to, text.text, at, text.purpose, label=text.label)

    # What happens, scene by scene.

    def _scenes(self) -> list[tuple[int, Callable[[], Iterator[DemoEvent]]]]:
        """Say after which share of the messages each scene comes."""
        shares = (
            (0.05, self._questions),
            (0.15, self._night),
            (0.25, self._opt_out),
            (0.40, self._removal),
            (0.55, self._burst),
            (0.65, self._suspension),
            (0.75, self._questions),
        )
        return [(int(share * self._plan.messages), scene) for share, scene in shares]

    def _questions(self) -> Iterator[DemoEvent]:
        """Send what is refused or watched for a fact about the sender or the consent."""
        story = "Messages without actor, workspace, right or consent come in."
        yield self._calm_message(BAKERY, self._steady(BAKERY), actor=None, story=story)
        yield self._calm_message(BAKERY, self._steady(BAKERY, 1), actor=STRANGER)
        yield self._calm_message(UNKNOWN, self._steady(BAKERY, 2))
        yield self._calm_message(BAKERY, self._steady(BAKERY, 3), actor=REPORTS_KEY, purpose="marketing")
        yield self._calm_message(BAKERY, STRANGE, purpose="marketing")
        yield self._calm_message(BAKERY, STRANGE)
        yield self._calm_message(BAKERY, EXPIRED, purpose="marketing")
        yield self._calm_message(BAKERY, EXPIRING)
        yield self._calm_message(BOOKS, self._steady(BOOKS))

    def _night(self) -> Iterator[DemoEvent]:
        """Send marketing to where it is night, by the law of the place."""
        asleep = self._customers[BAKERY.id][BAKERY.customers_awake :]
        places = ", ".join(dict.fromkeys(each.home.name for each in asleep))
        story = f"Offers go to recipients who have quiet hours now ({places})."
        for customer in asleep:
            yield self._calm_message(BAKERY, customer, purpose="marketing", story=story)
            story = ""

    def _opt_out(self) -> Iterator[DemoEvent]:
        """Let a recipient reply STOP after a message was allowed and before it is sent."""
        to = LEAVING
        allowed = self._calm_message(
            BAKERY, to, story="A message is allowed; before it is sent its recipient replies STOP."
        )
        yield _waiting(allowed, "verdict")
        yield self._stop(BAKERY, to, self._now)
        yield self._calm_message(BAKERY, to, purpose="marketing")
        yield _waiting(self._message(BAKERY, to, CONFIRMATION, self._now, "utility"), "revocation", allowed)

    def _removal(self) -> Iterator[DemoEvent]:
        """Remove a member after a message was allowed; a further one was already queued."""
        allowed = self._calm_message(
            COURIER, self._steady(COURIER), actor=MEMBER, story=f"{COURIER.name} removes a member."
        )
        yield _waiting(allowed, "verdict")
        removed = workspace_event(self._ids, COURIER, self._now, is_member_active=False)
        yield _waiting(removed, "revocation", allowed)
        yield self._calm_message(COURIER, self._steady(COURIER, 1), actor=MEMBER)

    def _burst(self) -> Iterator[DemoEvent]:
        """Send more at once than a small plan allows in a second."""
        at = self._now
        story = (
            f"{SHOP.name} sends {BURST_MESSAGES} messages at once; its plan allows {SHOP.messages_per_second} a second."
        )
        for number in range(BURST_MESSAGES):
            event = self._calm_message(SHOP, self._steady(SHOP, number), story=story)
            yield event._replace(at_milliseconds=at)
            story = ""

    def _suspension(self) -> Iterator[DemoEvent]:
        """Suspend a workspace while some of its messages are allowed and not yet sent."""
        to = self._steady(STAR)
        allowed = self._calm_message(STAR, to)
        yield _waiting(allowed, "verdict")
        story = f"An officer suspends {STAR.name}."
        suspended = suspend_event(self._ids, STAR, self._now)._replace(story=story)
        yield _waiting(suspended, "revocation", allowed)
        self._is_star_suspended = True
        yield self._calm_message(STAR, to)

    # The parts.

    def _workspace_of(self, text: Text) -> Workspace:
        """Say who sends a text. What is unwanted comes from two, one of which is suspended in the middle."""
        number = self._sent
        if not text.is_wanted:
            is_seldom = self._is_star_suspended and number % 4 != 0
            return DEALS if number % 2 or is_seldom else STAR
        if text.purpose == "authentication":
            return BANK
        if text.purpose == "utility":
            return COURIER
        return BOOKS if number % 4 == 0 else BAKERY

    def _customer(self, workspace: Workspace, number: int) -> Person:
        customers = self._customers[workspace.id]
        return customers[self._chance(workspace, number) % len(customers)]

    def _leaver(self, workspace: Workspace, number: int) -> Person:
        leavers = self._customers[workspace.id][STEADY : workspace.customers_awake]
        return leavers[self._chance(workspace, number) % len(leavers)]

    def _steady(self, workspace: Workspace, number: int = 0) -> Person:
        return self._customers[workspace.id][number % STEADY]

    def _chance(self, workspace: Workspace, number: int) -> int:
        """Draw a number that follows from the seed and the place in the stream."""
        drawn = hashlib.blake2b(f"{self._plan.seed}|{workspace.id}|{number}".encode(), digest_size=4).digest()
        return int.from_bytes(drawn, "big")

    def _calm_message(
        self, workspace: Workspace, to: Person, *, purpose: str = "utility", actor: Actor | None = KEY, story: str = ""
    ) -> DemoEvent:
        """Take the next wanted text that is neither an offer nor a code, for a message of a scene."""
        text = self._calm[(self._sent + self._plan.seed) % len(self._calm)]
        event = self._message(workspace, to, text.text, self._now, purpose, actor=actor, label=text.label)
        return event._replace(story=story)

    def _message(  # noqa: PLR0913 - what makes up a message
        self,
        workspace: Workspace,
        to: Person,
        text: str,
        at: int,
        purpose: str,
        *,
        actor: Actor | None = KEY,
        label: str = "",
    ) -> DemoEvent:
        message_id = f"demo-{self._sent:06d}{self._plan.suffix}"
        self._sent += 1
        return message_event(self._ids, message_id, workspace, to, text, at, purpose=purpose, actor=actor, label=label)

    def _stop(self, workspace: Workspace, who: Person, at: int) -> DemoEvent:
        self._stops += 1
        return stop_event(self._ids, workspace, who, at, self._stops)


EXPIRED = person(TORONTO, 42)
EXPIRING = person(LONDON, 397)
LEAVING = person(LONDON, 398)
STRANGE = person(LONDON, 396)
"""Nobody has recorded this person's consent."""


def _waiting(event: DemoEvent, kind: str, message: DemoEvent | None = None) -> DemoEvent:
    """Let the stream wait, after an event, for what comes out about a message (the event's own, if none is given)."""
    value = (message or event).message
    if value is None:
        problem = "only messages get verdicts and revocations"
        raise AssertionError(problem)
    return event._replace(awaited=(Awaited(kind, value["message_id"]),))


def _customers(policy: Policy, now_milliseconds: int) -> dict[str, list[Person]]:
    """Give each workspace its recipients: first those who may get marketing at this hour, then those who may not."""
    states = {home: is_closed(home, policy, now_milliseconds) for home in HOMES}
    awake = [home for home in HOMES if states[home] is False] or [LONDON]
    asleep = [home for home in HOMES if states[home]]
    taken = dict.fromkeys(HOMES, 0)
    customers: dict[str, list[Person]] = {workspace.id: [] for workspace in CAST}
    for homes, is_awake in ((awake, True), (asleep, False)):
        for workspace in CAST:
            for number in range((workspace.customers_awake if is_awake else CUSTOMERS_ASLEEP) if homes else 0):
                home = homes[number % len(homes)]
                customers[workspace.id].append(person(home, taken[home]))
                taken[home] += 1
    return customers
