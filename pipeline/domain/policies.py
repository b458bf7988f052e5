"""The policy document: what officers decide, as TOML, with a version and a hash (clause 12.1).

A policy says how strictly each rule is applied and holds the tables that rules read. It can't weaken a hard clause:
`pipeline.rules.check_policy` refuses that, whatever the document says.
"""

import hashlib
import tomllib
from collections.abc import Mapping
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta, Struct

from pipeline.domain.content_settings import ContentSettings
from pipeline.domain.events import Instant, Purpose
from pipeline.domain.frequency_caps import FrequencyCaps, parse_frequency_caps
from pipeline.domain.instants import to_milliseconds
from pipeline.domain.openings import QuietHours, parse_quiet_hours
from pipeline.domain.pattern_settings import Thresholds
from pipeline.domain.sanctioned_places import SanctionedPlace, SanctionedPlaces, packaged_places
from pipeline.domain.suppression_lists import DaysMax, ListKind
from pipeline.domain.verdicts import PolicyStamp

Mode = Literal["enforce", "shadow", "off"]
Seconds = Annotated[int, Meta(ge=0)]


class PolicyError(Exception):
    """A policy document that can't be used; the text names the place and the remedy for whoever wrote it."""


class RuleSetting(Struct, frozen=True, forbid_unknown_fields=True):
    """How one rule is applied: it decides, it only says what it would have said, or it is silent."""

    mode: Mode = "enforce"


class ConsentExpiry(Struct, frozen=True, forbid_unknown_fields=True):
    """How long consent on one basis lasts in one country (or `*`), in calendar months."""

    country: str
    basis: str
    months: Annotated[int, Meta(ge=1, le=600)]
    source: str
    confidence: str


class SufficientBases(Struct, frozen=True, forbid_unknown_fields=True):
    """On which bases consent is good enough in one country for one purpose, and what happens on another basis."""

    country: Annotated[str, Meta(pattern="^[A-Z]{2}$")]
    purpose: Purpose
    bases: Annotated[tuple[str, ...], Meta(min_length=1)]
    outcome: Literal["flag", "hold", "block"]
    source: str
    confidence: str


class DoubleOptIn(Struct, frozen=True, forbid_unknown_fields=True):
    """A country in which consent to marketing counts only once a second act has confirmed it."""

    country: Annotated[str, Meta(pattern="^[A-Z]{2}$")]
    source: str
    confidence: str


class ConsentSettings(Struct, frozen=True, forbid_unknown_fields=True):
    """For which purposes consent must be on record, and what happens when it is not."""

    needed_for: dict[str, Literal["block", "hold"]] = msgspec.field(
        default_factory=lambda: {"marketing": "block", "utility": "hold", "service": "hold"}
    )
    expiry: tuple[ConsentExpiry, ...] = ()
    double_opt_in: tuple[DoubleOptIn, ...] = ()
    sufficient: tuple[SufficientBases, ...] = ()


class ListAge(Struct, frozen=True, forbid_unknown_fields=True):
    """How many days old a suppression list of one kind may be before it counts as stale."""

    kind: ListKind
    days_max: Annotated[int, Meta(ge=1, le=3_650)]
    source: str
    confidence: str


class SuppressionSettings(Struct, frozen=True, forbid_unknown_fields=True):
    """How suppression lists are applied."""

    do_not_call_exempt: tuple[str, ...] = ("express_written",)
    """Bases of consent that go before a do-not-call list."""
    age: tuple[ListAge, ...] = ()


class SanctionsSettings(Struct, frozen=True, forbid_unknown_fields=True):
    """Further sanctioned places (`places` adds to the packaged ones), and how old the list of parties may be, in days.

    Above `list_stale_days` verdicts say so in `degraded`; above `list_days_max` messages are held.
    """

    places: tuple[SanctionedPlace, ...] = ()
    list_stale_days: Annotated[int, Meta(ge=1, le=90)] = 7
    list_days_max: Annotated[int, Meta(ge=1, le=90)] = 30


class DailySegments(Struct, frozen=True, forbid_unknown_fields=True):
    """How many segments a day a brand may send from a vetting score on."""

    vetting_score_min: Annotated[int, Meta(ge=0, le=100)]
    segments: Annotated[int, Meta(ge=0)]
    source: str
    source_date: str
    confidence: str


class CarrierSettings(Struct, frozen=True, forbid_unknown_fields=True):
    """What carriers allow, as far as it is a number: daily segments of a 10DLC brand by its vetting score.

    `counted_share` of a message's segments counts: which network a number is on can't be told from it.
    """

    daily_segments: tuple[DailySegments, ...] = ()
    counted_share: Annotated[float, Meta(gt=0, le=1)] = 1.0

    def daily_segments_of(self, vetting_score: int) -> int | None:
        """Give the cap of the highest row that a score reaches; `None` when it reaches none: the cap is not known."""
        reached = [row for row in self.daily_segments if row.vetting_score_min <= vetting_score]
        return max(reached, key=lambda row: row.vetting_score_min).segments if reached else None


class ReplySettings(Struct, frozen=True, forbid_unknown_fields=True):
    """How sure a reply must be to count as a request to stop: at once, or until the person has been asked.

    The upper limits keep a policy from weakening clause 6.3, which is hard: what is a request to a reasonable person
    counts, whatever its words (47 CFR 64.1200(a)(10)).
    """

    sure_confidence: Annotated[float, Meta(ge=0.5, le=1)] = 0.7
    unsure_confidence: Annotated[float, Meta(ge=0, le=0.6)] = 0.5


class PolicyDocument(Struct, frozen=True, forbid_unknown_fields=True):
    """The document as written; `deploy/policy.toml` shows every field with its reason."""

    version: Annotated[str, Meta(min_length=1, max_length=128)]
    effective_at: Instant
    lease_seconds: Annotated[int, Meta(ge=1, le=86_400)] = 300
    repeats_seconds: Annotated[int, Meta(ge=60, le=7 * 86_400)] = 3_600
    defer_spread_seconds: Annotated[int, Meta(ge=0, le=1_800)] = 900
    confirmation_seconds: Annotated[int, Meta(ge=0, le=300)] = 300
    provider_refusal_seconds: Annotated[int, Meta(ge=0, le=2_592_000)] = 86_400
    """How long a provider's refusal of a sender counts for the same recipient; at most 30 days."""
    throttled_share: Annotated[float, Meta(gt=0, le=1)] = 0.1
    rules: dict[str, RuleSetting] = {}
    consent: ConsentSettings = ConsentSettings()
    replies: ReplySettings = ReplySettings()
    quiet_hours: tuple[dict[str, Any], ...] = ()
    sanctions: SanctionsSettings = SanctionsSettings()
    carriers: CarrierSettings = CarrierSettings()
    frequency_caps: tuple[dict[str, Any], ...] = ()
    suppression: SuppressionSettings = SuppressionSettings()
    content: ContentSettings = ContentSettings()
    patterns: Thresholds = Thresholds()


class Policy(Struct, frozen=True):
    """A policy ready for use: the document, its stamp, and its tables as the rules read them."""

    document: PolicyDocument
    stamp: PolicyStamp
    effective_milliseconds: int
    quiet_hours: QuietHours
    frequency_caps: FrequencyCaps
    consent_months: Mapping[tuple[str, str], int]
    """How long consent lasts, in calendar months, by country (or `*`) and basis."""
    expiring_bases: frozenset[str]
    """Bases on which consent ends by law somewhere."""
    double_opt_in: frozenset[str]
    """Countries in which only confirmed consent counts for marketing."""
    sufficient_bases: Mapping[tuple[str, str], SufficientBases]
    """By country and purpose; where there is no row, any basis will do."""
    list_days_max: DaysMax
    """How many days old a suppression list may be, by its kind."""
    text: str
    sanctioned_places: SanctionedPlaces

    def mode(self, rule_id: str) -> Mode:
        """Say how a rule is applied; a rule that the document does not name is enforced."""
        setting = self.document.rules.get(rule_id)
        return setting.mode if setting else "enforce"


def parse_policy(text: str) -> Policy:
    """Read a policy document.

    :param text: TOML
    :raises PolicyError: not TOML, a field unknown or of the wrong form, or a table row that can't be used; the text
        says which, and its author can mend it
    """
    try:
        document = msgspec.convert(tomllib.loads(text), PolicyDocument)
        quiet_hours = parse_quiet_hours(list(document.quiet_hours))
        frequency_caps = parse_frequency_caps(list(document.frequency_caps))
    except tomllib.TOMLDecodeError as error:
        message = f"the policy is not TOML: {error}; mend that line"
        raise PolicyError(message) from error
    except (msgspec.ValidationError, ValueError) as error:
        message = f"the policy can't be used: {error}; deploy/policy.toml shows every field"
        raise PolicyError(message) from error
    if document.replies.unsure_confidence > document.replies.sure_confidence:
        message = "the policy can't be used: replies.unsure_confidence is above replies.sure_confidence; lower it"
        raise PolicyError(message)
    return Policy(
        document=document,
        stamp=PolicyStamp(document.version, "sha256:" + hashlib.sha256(text.encode()).hexdigest()),
        effective_milliseconds=to_milliseconds(document.effective_at),
        quiet_hours=quiet_hours,
        frequency_caps=frequency_caps,
        expiring_bases=frozenset(expiry.basis for expiry in document.consent.expiry),
        consent_months={(expiry.country, expiry.basis): expiry.months for expiry in document.consent.expiry},
        double_opt_in=frozenset(row.country for row in document.consent.double_opt_in),
        sufficient_bases={(row.country, row.purpose): row for row in document.consent.sufficient},
        list_days_max={row.kind: row.days_max for row in document.suppression.age},
        text=text,
        sanctioned_places=SanctionedPlaces((*packaged_places(), *document.sanctions.places)),
    )
