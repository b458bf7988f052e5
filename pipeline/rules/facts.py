"""What is known when a message is judged. A fact that is missing is a value (`None`), never a guess."""

from msgspec import Struct

from pipeline.domain.alarms import Alarm
from pipeline.domain.numbers import Number
from pipeline.domain.places import Place
from pipeline.domain.suppression_lists import Listing
from pipeline.domain.verdicts import Degraded, Seen
from pipeline.domain.workspaces import Member, Workspace
from pipeline.state.assets import Account, Template
from pipeline.state.choices import Choices, Target
from pipeline.state.contacts import Contacts
from pipeline.state.enforcement import Enforcement
from pipeline.state.reach import Reached
from pipeline.state.refusals import Refusals
from pipeline.state.rights import Rights


class RateReading(Struct, frozen=True, gc=False):
    """What is left of one limit: how much is used, and when the next place is free.

    `next_free_milliseconds` is since 1970 in UTC; 0 when there is a place now.
    """

    period: str
    limit: int
    used: int
    next_free_milliseconds: int


class BrandUse(Struct, frozen=True, gc=False):
    """A 10DLC brand that a message is sent under, how many segments it takes, and what is left of the brand's day."""

    brand: str
    segments: int
    day: RateReading


class ReachReading(Struct, frozen=True, gc=False):
    """What is left of a WhatsApp portfolio's limit of different people in 24 hours for one recipient.

    `next_free_milliseconds` is since 1970 in UTC; 0 when there is a place now, or the recipient has one already.
    """

    limit: int
    used: int
    next_free_milliseconds: int


class WhatsAppFacts(Struct, frozen=True, gc=False):
    """What is known of a message by WhatsApp alone.

    `template` is `None` when the message names none, or when nothing is known of it in its language; `languages` are
    those in which something is known of it; `reach` is `None` when the message takes no place in the portfolio's
    limit, or when no limit is known.
    """

    portfolio_id: str
    template: Template | None
    languages: tuple[str, ...]
    reach: ReachReading | None
    pair_free_milliseconds: int = 0
    """When this number may write to the recipient again, since 1970 in UTC; 0 when it has not written lately."""
    reached: Reached | None = None
    """What the portfolio wrote to the recipient lately, from which limit and rate were read."""


class Written(Struct, frozen=True, gc=False):
    """What recipient and workspace wrote to each other lately, and what providers say of the sender.

    `contacts` is gathered for WhatsApp and where a frequency cap applies, `whatsapp` for every message by WhatsApp.
    """

    contacts: Contacts | None = None
    whatsapp: WhatsAppFacts | None = None
    sender_states: tuple[Account, ...] = ()


NOTHING_WRITTEN = Written()


class Facts(Struct, frozen=True, kw_only=True, gc=False):
    """Everything that rules may look at besides the message, its reading and the policy.

    `choices` is `None` when the consent register could not be asked; an empty record means that nothing is known.
    """

    now_milliseconds: int
    recipient: str
    target: Target
    """What a choice of the recipient must cover to speak of this message."""
    workspace: Workspace | None
    actor: Member | None
    enforcement: Enforcement | None
    choices: Choices | None
    refusals: Refusals = ()
    """What providers lately refused to send from this workspace to the recipient."""
    rights: Rights | None
    """What the recipient demanded as a data subject; `None` when that could not be asked."""
    number: Number | None
    place: Place | None
    rates: tuple[RateReading, ...]
    has_reservation: bool
    spread: float
    """Where in the policy's spread this message lies when it is deferred: 0 to 1, derived from its id."""
    verdict_id: str
    seen: Seen
    degraded: tuple[Degraded, ...] = ()
    brand_use: BrandUse | None = None
    """Only where a daily cap is known of the sender's brand and the message counts towards it."""
    party_list_days: int | None = None
    """How old the list of sanctioned parties is, in whole days; `None` when none but the sample is loaded."""
    contacts: Contacts | None = None
    """What the recipient and the workspace wrote lately; gathered for WhatsApp and where a frequency cap applies."""
    whatsapp: WhatsAppFacts | None = None
    """Gathered for every message by WhatsApp."""
    sender_states: tuple[Account, ...] = ()
    """What providers say of the sender and of what it belongs to; empty when nothing is said."""
    recent_messages: int | None = None
    """How many other messages of the workspace to the recipient were judged in the last hour, whatever came of them,
    and since the recipient opted out, if so; `None` where neither the text presses nor the recipient has opted out."""
    alarms: tuple[Alarm, ...] = ()
    """Of the subjects that the message belongs to, those that are more than usual; empty for nearly all."""
    listings: tuple[Listing, ...] = ()
    """The recipient's entries on the suppression lists that are configured."""
