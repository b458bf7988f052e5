"""What workspaces, senders and credentials do that is not theirs to do, from all their messages together.

Each alarm speaks of a whole tenant, so each asks for more than one thing at a time where honest traffic may show one.
"""

from collections.abc import Sequence
from typing import Final

from pipeline.domain.alarms import Alarm, Level
from pipeline.domain.pattern_settings import Thresholds
from pipeline.patterns import windows
from pipeline.patterns.windows import Bucket, Window

HOUR_SECONDS: Final = 3_600
DAY_SECONDS: Final = 86_400
HOURS: Final = 24
SURE_FACTOR: Final = 3
FOREIGN_SHARE: Final = 0.3
"""A reseller's messages lead to its clients; a shop's lead to itself, and now and then to a map or a courier."""
MOSTLY: Final = 0.5
HARDLY: Final = 0.1
TELLING_SIGNS: Final = 2


def of_workspace(subject: str, buckets: Sequence[Bucket], now: int, thresholds: Thresholds) -> tuple[Alarm, ...]:
    """Give the alarms of a workspace, from the day that ends now."""
    window = windows.window(buckets, DAY_SECONDS, now)
    return (
        *_bought_list(subject, window, thresholds),
        *_reselling(subject, window, thresholds),
        *_harvested(subject, window, thresholds),
    )


def _bought_list(subject: str, window: Window, thresholds: Thresholds) -> tuple[Alarm, ...]:
    """Raise it for messages that don't arrive or aren't wanted, to people who are not known to have consented.

    Codes are left out: whoever asks for one need not have consented.
    """
    messages = window.messages - window.codes
    if messages < thresholds.list_messages:
        return ()
    signs = {
        "failures": window.failures >= thresholds.failure_share * window.messages,
        "complaints": window.complaints > 1 and window.complaints >= thresholds.complaint_share * messages,
        "opt_outs": window.opt_outs >= thresholds.opt_out_share * messages,
    }
    held = tuple(name for name, holds in signs.items() if holds)
    if not held:
        return ()
    if window.unknown_consents >= thresholds.unknown_consent_share * messages:
        held = (*held, "unknown_consents")
    counts = {
        "messages": messages,
        "failures": window.failures,
        "complaints": window.complaints,
        "opt_outs": window.opt_outs,
        "unknown_consents": window.unknown_consents,
    }
    return (Alarm(subject, "bought_list", _by_signs(held), counts, held),)


def _reselling(subject: str, window: Window, thresholds: Thresholds) -> tuple[Alarm, ...]:
    """Raise it for links to many domains that are none of the workspace's; declared clients' domains are its own."""
    if window.domains < thresholds.resale_domains or window.share(window.foreign_links) < FOREIGN_SHARE:
        return ()
    level = Level.BULK if window.domains >= SURE_FACTOR * thresholds.resale_domains else Level.GROWING
    counts = {"messages": window.messages, "domains": window.domains, "foreign_links": window.foreign_links}
    return (Alarm(subject, "reselling", level, counts, ("domains",)),)


def _harvested(subject: str, window: Window, thresholds: Thresholds) -> tuple[Alarm, ...]:
    """Raise it for recipients in the order of their numbers of whom no consent is known and who never answer."""
    messages = window.messages - window.codes
    if (
        min(messages, window.recipients) < thresholds.harvested_recipients
        or window.sequential - window.codes < thresholds.sequential_share * messages
        or window.unknown_consents < thresholds.unknown_consent_share * messages
        or window.replies >= HARDLY * messages
    ):
        return ()
    is_sure = messages >= SURE_FACTOR * thresholds.harvested_recipients
    counts = {"messages": messages, "recipients": window.recipients, "sequential": window.sequential}
    return (Alarm(subject, "harvested", Level.BULK if is_sure else Level.GROWING, counts, ("sequence",)),)


def of_sender(subject: str, buckets: Sequence[Bucket], now: int, thresholds: Thresholds) -> tuple[Alarm, ...]:
    """Give the alarm of a sender that people complain about, from the day that ends now."""
    window = windows.window(buckets, DAY_SECONDS, now)
    if window.complaints < thresholds.complaints_min or window.share(window.complaints) < thresholds.complaint_share:
        return ()
    counts = {"messages": window.messages, "complaints": window.complaints}
    return (Alarm(subject, "complaints", Level.GROWING, counts, ("complaints",)),)


def of_credential(subject: str, buckets: Sequence[Bucket], now: int, thresholds: Thresholds) -> tuple[Alarm, ...]:
    """Give the alarm of a credential that is another than it was: an hour against the rest of its day.

    Much more than usual alone is a campaign. It must also do mostly what it hardly did before: lead elsewhere, write
    abroad or to people without consent, fail. A credential of which little is known has no usual.
    """
    hour = windows.window(buckets, HOUR_SECONDS, now)
    if hour.messages < thresholds.takeover_messages:
        return ()
    day = windows.window(buckets, DAY_SECONDS, now)
    before = day.messages - hour.messages
    if before < thresholds.takeover_known or hour.messages * HOURS < thresholds.takeover_factor * before:
        return ()
    pairs = {
        "foreign_links": (hour.foreign_links, day.foreign_links),
        "unknown_consents": (hour.unknown_consents, day.unknown_consents),
        "abroad": (hour.abroad, day.abroad),
        "failures": (hour.failures, day.failures),
    }
    signs = tuple(
        name
        for name, (now_in, in_all) in pairs.items()
        if hour.share(now_in) >= MOSTLY and in_all - now_in <= HARDLY * before
    )
    if not signs:
        return ()
    counts = {"messages": hour.messages, "messages_before": before}
    return (Alarm(subject, "takeover", _by_signs(signs), counts, signs),)


def _by_signs(signs: tuple[str, ...]) -> Level:
    return Level.BULK if len(signs) >= TELLING_SIGNS else Level.GROWING
