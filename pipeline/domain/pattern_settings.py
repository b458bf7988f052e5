"""What the policy says about patterns of many messages: from which numbers on something is more than usual."""

from typing import Annotated, Literal

from msgspec import Meta, Struct

Number = Annotated[int, Meta(ge=1)]
Outcome = Literal["flag", "hold", "block"]
Share = Annotated[float, Meta(ge=0, le=1)]


class Thresholds(Struct, frozen=True, forbid_unknown_fields=True):
    """From which numbers on a text's repetition has a level, and another pattern an alarm.

    The numbers are choices, not law. Those of texts were measured on 19,551 gateway messages among 47,351 honest ones,
    2026-11-24 (docs/decisions/0013-bulk-patterns.md); those of the other patterns were not measured: low confidence.
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

    enumeration_recipients: Number = 20
    """Recipients of one range of a thousand in an hour, in order or failing, counted from the first that goes on from
    others or from the tenth message of a day."""
    enumeration_dense: Number = 500
    """Half of a range in an hour, without consents, whatever the order."""
    sequential_share: Share = 0.7
    """By chance at most one of three numbers goes on from the two before it, so of twenty 14 do once in 1,500 times."""
    pumping_codes: Number = 30
    """Codes to one range abroad in an hour; four times as many are no chance."""
    pumping_recipients: Number = 10
    verified_share: Share = 0.1
    """Of codes that are known to have been used."""
    flood_codes: Number = 4
    """Codes from one sender to one recipient in ten minutes, after the first four of a day: the eighth. Verification
    services stop at five in ten minutes (Twilio Verify, general knowledge); twice as many is a flood."""
    loop_messages: Number = 10
    """Messages of one sender to one recipient in a minute who answers nearly all of them."""
    list_messages: Number = 100
    """What a workspace has sent, codes aside, before anything is said of its lists."""
    resale_domains: Number = 10
    """Foreign domains of one workspace in a day; three times as many are not one business's."""
    harvested_recipients: Number = 50
    complaints_min: Number = 2
    """Complaints about one sender in a day, and `complaint_share` of its messages."""
    takeover_messages: Number = 100
    """Of one credential in an hour."""
    takeover_factor: Annotated[float, Meta(ge=1)] = 5.0
    """How many times its usual hour."""
    takeover_known: Number = 50
    """Messages in the rest of the day that say what is usual."""
