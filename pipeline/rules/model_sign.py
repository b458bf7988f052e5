"""What a model's opinion of a wording counts, beside the other signs of fraud: towards a flag, never towards more.

It counts where a message leads away: by a link that is neither the workspace's own nor a public place's, by a number to
call and no link, or by wording of a fraud lexicon. A one-time code without a link is left alone, whatever its wording.
"""

from collections.abc import Mapping

from pipeline.domain.content_settings import ContentSettings
from pipeline.reading.content import Reading


def weight_of_model(reading: Reading, signs: Mapping[str, float], settings: ContentSettings) -> float:
    """Give the weight: that of a high score, of some, or 0. The model is asked only where it may count.

    :param signs: what `signs_of_fraud` found
    """
    if not _leads_away(reading, signs, settings):
        return 0.0
    score = reading.fraud_score
    if score >= settings.model_score_high:
        return settings.weights.model
    return settings.weights.model_some if score >= settings.model_score_min else 0.0


def _leads_away(reading: Reading, signs: Mapping[str, float], settings: ContentSettings) -> bool:
    if reading.links:
        return signs.get("link", 0.0) > settings.weights.link_public or "wording" in signs
    return "code" not in reading.features and ("wording" in signs or "phone" in reading.features)
