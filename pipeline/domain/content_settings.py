"""What the policy says about content: how much each sign of fraud counts, and what a suspicion leads to.

Scores are sums of weights, without unit. The packaged weights and thresholds stand in `deploy/policy.toml` with their
reasons; `pipeline.rules.check_policy` refuses a document that takes more than half of one away.
"""

from typing import Annotated, Literal

from msgspec import Meta, Struct

Weight = Annotated[float, Meta(ge=0, le=20)]


class EvidenceWeights(Struct, frozen=True, forbid_unknown_fields=True):
    """How much each sign counts. Of signs of one kind the heaviest counts; kinds add up."""

    wording_certain: Weight = 5.0
    wording_strong: Weight = 2.0
    wording_weak: Weight = 1.0
    link_outside: Weight = 2.0
    link_unknown_owner: Weight = 0.5
    link_public: Weight = 0.25
    link_shortened: Weight = 1.0
    link_disguised: Weight = 2.0
    imitation_close: Weight = 3.0
    imitation_loose: Weight = 1.0
    brand_named: Weight = 1.0
    urgency: Weight = 0.5
    money: Weight = 0.2
    contact: Weight = 0.2
    wallet: Weight = 1.0
    model: Weight = 2.0
    """What a model says counts towards a flag alone: never towards a hold or a block. 0 leaves it out."""
    model_some: Weight = 0.8
    own_links_discount: Annotated[float, Meta(ge=0, le=2)] = 1.0
    """What wording counts less where all links lead to the workspace's own domains: fraud leads away."""


class ContentSettings(Struct, frozen=True, forbid_unknown_fields=True):
    """Settings of the rules on content."""

    weights: EvidenceWeights = EvidenceWeights()
    flag_score: Annotated[float, Meta(gt=0, le=4)] = 2.0
    hold_score: Annotated[float, Meta(gt=0, le=10)] = 5.0
    block_score: Annotated[float, Meta(gt=0, le=20)] = 7.0
    block_kinds_min: Annotated[int, Meta(ge=2, le=5)] = 2
    """How many independent kinds of sign a block needs: words alone never block on suspicion."""
    model_score_high: Annotated[float, Meta(gt=0, le=1)] = 0.97
    """From which score on what a model says of the wording is a sign of fraud by itself, where a message leads away."""
    model_score_min: Annotated[float, Meta(gt=0, le=1)] = 0.8
    """From which on it counts beside others."""
    suspicion: Literal["flag", "hold"] = "hold"
    """What a strong pattern of a hard clause leads to; certain and severe ones always block."""
    repetition_flag: Annotated[int, Meta(ge=2, le=10)] = 4
    """From which message of an hour on, of one workspace to one recipient, a text that presses is flagged."""
    repetition_block: Annotated[int, Meta(ge=3, le=20)] = 8
    repetition_after_refusal: Annotated[int, Meta(ge=2, le=10)] = 5
    """From which message of an hour on it is harassment to write to somebody who has opted out."""
    public_domains: tuple[str, ...] = ()
    """Domains that many businesses link to beside their own: maps, application stores, social networks."""
