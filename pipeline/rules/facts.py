"""What is known when a message is judged. A fact that is missing is a value (`None`), never a guess."""

from msgspec import Struct

from pipeline.domain.numbers import Number
from pipeline.domain.places import Place
from pipeline.domain.suppression_lists import Listing
from pipeline.domain.verdicts import Degraded, Seen
from pipeline.domain.workspaces import Member, Workspace
from pipeline.state.choices import Choices, Target
from pipeline.state.enforcement import Enforcement
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


class Facts(Struct, frozen=True, kw_only=True):
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
    listings: tuple[Listing, ...] = ()
    """The recipient's entries on the suppression lists that are configured."""
