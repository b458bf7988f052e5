"""The one message that may follow an opt-out: it says that it was heard, or asks what was meant, and sells nothing.

Source: 47 CFR 64.1200(a)(12): no marketing or promotion, no attempt to keep the person; it may ask which messages the
request is about. The phrases were written for this project.
"""

import re
import unicodedata
from typing import Final

TEXT_CHARACTERS_MAX: Final = 4_096
"""How long a text may be to be read: WhatsApp's limit. NFKC can lengthen a text 18 times, so it is asked again then."""

_CONFIRMATION: Final = re.compile(
    r"\b(unsubscribed|opted out|opt-out (is )?confirmed|no (more|further) (messages|texts)"
    r"|(will not|won't) (receive|get) (any )?(more|further)|ya no recibir|dado de baja|ne recevrez plus|désinscri"
    r"|keine (weiteren )?nachrichten|abgemeldet|não receber|cancelad[oa] com sucesso"
    r"|non riceverà più|disiscritt|geen berichten meer|afgemeld|wypisan|nie otrzymasz|dezabonat"
    r"|listeden \u00e7\u0131kar"
    r"|tidak akan menerima|berhenti berlangganan"
    r"|sẽ không nhận|hủy đăng ký thành công|отписан|не будете получать|відписан)"
    "|配信を停止|配信停止を承|수신거부가|수신 거부가|已退订|已退訂|הוסרת|تم إلغاء اشتراك|संदेश नहीं मिलेंगे|δεν θα λαμβάνετε"
)
_QUESTION: Final = re.compile(
    r"\b((do|did|would) you (want|like|mean|wish) .{0,40}(stop|unsubscribe|opt out|messages|texts)"
    r"|reply (stop|yes) to confirm|reply yes to (stop|unsubscribe|end)|(quiere|desea) (dejar de recibir|darse de baja)"
    r"|souhaitez-vous (vous désinscrire|ne plus recevoir)|(möchten sie|möchtest du) .{0,40}(abmelden|keine nachrichten)"
    r"|(deseja|quer) (parar de receber|cancelar|sair)|(vuole|desidera) .{0,40}(disiscriver|non ricevere))"
)
_INSTRUCTION: Final = re.compile(r"\b(reply|text|txt|send|answer)( with)?( the word)? \W?(stop|end|quit|unsubscribe)\b")
"""How to stop stands at the end of ordinary messages ("Reply STOP for no more texts"); who is confirmed has done it."""
_MARKETING: Final = re.compile(
    r"https?://|www\.|\.[a-z]{2,10}/|%"
    r"|\b(sale|offers?|deals?|discount|coupon|promo|free|buy|shop now|oferta|rabatt|promotion)\b"
)


def confirms_opt_out(text: str) -> bool:
    """Tell whether a text reads as the confirmation of an opt-out, and holds no marketing.

    A text that is too long to be read to its end confirms nothing: marketing could stand in the rest.

    :param text: as sent, of any length
    """
    plain = _plain(text)
    return (
        plain is not None
        and _CONFIRMATION.search(plain) is not None
        and _INSTRUCTION.search(plain) is None
        and _MARKETING.search(plain) is None
    )


def asks_about_opt_out(text: str) -> bool:
    """Tell whether a text asks if a recipient wants to stop, and holds no marketing.

    :param text: as sent, of any length
    """
    plain = _plain(text)
    return plain is not None and _QUESTION.search(plain) is not None and _MARKETING.search(plain) is None


def _plain(text: str) -> str | None:
    if len(text) > TEXT_CHARACTERS_MAX:
        return None
    plain = unicodedata.normalize("NFKC", text).casefold().replace("\u2019", "'")
    return plain if len(plain) <= TEXT_CHARACTERS_MAX else None
