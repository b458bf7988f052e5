"""What the policy says about patterns of many messages: from which numbers on something is more than usual."""

from typing import Annotated, Literal

from msgspec import Meta, Struct

Number = Annotated[int, Meta(ge=1)]
Outcome = Literal["flag", "hold", "block"]
Share = Annotated[float, Meta(ge=0, le=1)]


class Thresholds(Struct, frozen=True, forbid_unknown_fields=True):
    """From which numbers on a text's repetition has a level.

    The numbers are choices, not law: measured on 19,551 gateway messages among 47,351 honest ones, 2026-11-24
    (docs/decisions/0013-bulk-patterns.md).
    """

    bulk_messages: Number = 8
    """With a lead and a sign."""
    plain_messages: Number = 50
    """With a sign, but leading nowhere."""
    steady_messages: Number = 10_000
    """Without any sign: one sender, one domain, each person once."""
    mass_factor: Number = 12
    """`mass` begins at so many times what `bulk` takes."""
    senders_min: Number = 3
    """Two are a number and a name of the same business."""
    workspaces_min: Number = 2
    domains_min: Number = 2
    repeats_min: Annotated[float, Meta(ge=1)] = 3.0
    """Messages for each recipient, of a text that leads somewhere: codes come as often as they are asked for."""
    lure_share: Share = 0.5
    unknown_consent_share: Share = 0.5
    complaint_share: Share = 0.001
    """A choice without a source: no carrier's number for messages was found."""
    opt_out_share: Share = 0.05
    failure_share: Share = 0.3
    bulk_outcome: Outcome = "flag"
    mass_outcome: Outcome = "block"
    """What becomes of a message of a campaign that is `bulk`, and of one that is `mass`; where that lets nothing pass,
    verdicts of the campaign that are not used yet are withdrawn when it becomes so."""
    plane_expected: bool = False
    """Whether verdicts say that patterns are degraded when nothing was ever heard of a pattern plane."""
    plane_silent_seconds: Number = 30
    """How long the plane may be silent, having been heard of once, before verdicts say so: it speaks each second."""
