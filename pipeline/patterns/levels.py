"""How bad what was seen of a subject is: a pure function of a window's counts and of thresholds.

Repetition alone says little: a one-time code, a notice of delivery, a campaign that people asked for repeat a text too.
What tells unsolicited bulk from these are *signs*: a text that leads away comes from several senders or workspaces, its
links change, it goes to the same people again and again, it presses or imitates, recipients have not consented,
complain or leave. A text that leads nowhere (no link, no phone number) needs far more messages: it earns its sender
nothing.

A level is a function of the window that ends now, so it decays by itself when the window empties.
"""

from typing import Final

from pipeline.domain.alarms import Level
from pipeline.domain.pattern_settings import Thresholds
from pipeline.patterns.windows import Window

LEAD_SHARE_MIN: Final = 0.5
"""A campaign leads somewhere when half of its messages do: texts that lost their link on the way are among them."""


def signs_in(window: Window, thresholds: Thresholds, *, knows_tenants: bool = True) -> tuple[str, ...]:
    """List what speaks for unsolicited bulk, by name.

    :param knows_tenants: whether consents and the workspaces' own domains were looked up; without, every lead counts as
        one that leads away, and missing consents are no sign
    """
    messages = window.messages
    if not messages:
        return ()
    leads = window.share(window.leads) >= LEAD_SHARE_MIN
    leads_away = window.share(window.foreign_links) >= LEAD_SHARE_MIN if knows_tenants else leads
    signs = {
        "senders": leads and window.senders >= thresholds.senders_min,
        "workspaces": leads_away and window.workspaces >= thresholds.workspaces_min,
        "domains": leads_away and window.domains >= thresholds.domains_min,
        "repeats": leads and window.recipients > 0 and messages >= thresholds.repeats_min * window.recipients,
        "lures": window.share(window.lures) >= thresholds.lure_share,
        "unknown_consents": knows_tenants and window.share(window.unknown_consents) >= thresholds.unknown_consent_share,
        "complaints": window.complaints > 1 and window.share(window.complaints) >= thresholds.complaint_share,
        "opt_outs": window.opt_outs > 1 and window.share(window.opt_outs) >= thresholds.opt_out_share,
        "failures": window.failures > 1 and window.share(window.failures) >= thresholds.failure_share,
    }
    return tuple(name for name, holds in signs.items() if holds)


_TELLING: Final = frozenset(["workspaces", "domains", "unknown_consents", "complaints", "opt_outs", "failures"])
"""Signs that count although the recipients have consented: several senders, repeats and lures then are good trade."""


def level_of(window: Window, thresholds: Thresholds, *, knows_tenants: bool = True) -> Level:
    """Say how far a text's repetition has gone.

    :param knows_tenants: as in `signs_in`; where consents were looked up and most have consented, people asked for the
        text, and what good trade does too is no sign against it
    """
    signs = signs_in(window, thresholds, knows_tenants=knows_tenants)
    if knows_tenants and "unknown_consents" not in signs:
        signs = tuple(sign for sign in signs if sign in _TELLING)
        if not signs:
            return Level.QUIET
    needed = messages_needed(window, signs, thresholds)
    if window.messages >= needed * thresholds.mass_factor:
        return Level.MASS
    if window.messages >= needed:
        return Level.BULK
    return Level.GROWING if window.messages * 2 >= needed else Level.QUIET


def messages_needed(window: Window, signs: tuple[str, ...], thresholds: Thresholds) -> int:
    """Say how many messages make a text bulk, by what speaks against it."""
    if not signs:
        return thresholds.steady_messages
    leads = window.share(window.leads) >= LEAD_SHARE_MIN
    return thresholds.bulk_messages if leads else thresholds.plain_messages
