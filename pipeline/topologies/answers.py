"""What a reply changes in the register: the choices that follow from what it means and from what was chosen before."""

from pipeline.domain.policies import ReplySettings
from pipeline.replies.meaning import Meaning
from pipeline.state.choices import PROVISIONAL_BASIS, Choice, Choices, Kind, provisional_withdrawals


def choices_in(
    meaning: Meaning, known: Choices, settings: ReplySettings, at_milliseconds: int, event_id: str
) -> list[Choice]:
    """Say which choices a reply makes; none when it is about something else.

    A request to stop that is sure is a withdrawal of its scope. One that is unsure is a provisional withdrawal: it
    forbids as much, but the person may be asked what was meant. A wish to go on lifts what was withdrawn; an unsure
    one (YES) lifts nothing that was asked about: to "do you want to stop?" it is the answer that confirms it.

    :param known: what the person has chosen so far with regard to the workspace
    :param at_milliseconds: when the reply was received, not later than now
    """
    if meaning.confidence < settings.unsure_confidence:
        return []
    is_sure = meaning.confidence >= settings.sure_confidence

    def choose(kind: Kind, channel: str, purpose: str, basis: str) -> Choice:
        return Choice(kind, channel, purpose, "*", "*", basis, at_milliseconds, at_milliseconds, event_id)

    if meaning.intent == "opt_out":
        basis = "reply" if is_sure else PROVISIONAL_BASIS
        return [choose(Kind.WITHDRAWAL, meaning.channel, meaning.purpose, basis)]
    if meaning.intent != "opt_in":
        return []
    asked = [] if is_sure else [c for c in provisional_withdrawals(known) if c.confirmed_by]
    if asked:
        return [choose(Kind.WITHDRAWAL, choice.channel, choice.purpose, "reply") for choice in asked]
    return [choose(Kind.RESUME, "*", "*", "reply")]
