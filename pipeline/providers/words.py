"""Providers' words for states of a message and for channels, in ours.

An unknown word is kept as it is and flagged; it never becomes one of ours by default.
"""

from typing import Final

_STATUS_WORDS: Final = {
    "accepted": (
        "accept accepted acceptd queued enqueued pending buffered submitted scheduled enroute en_route "
        "processing queued_on_channel sending message_sending messagewaiting initiated waiting created "
        "received_by_smsc submitted_to_network processed smsc_submit in_progress sms_queued"
    ),
    "sent": (
        "sent dispatched sms_sent sent_success sent_to_network message_sent deliveredtonetwork "
        "delivered_to_carrier send_success delivered_to_network delivered_smsc message_submitted "
        "submission_accepted"
    ),
    "delivered": (
        "delivered delivrd deliverd delivered_success deliveredtoterminal delivered_to_handset success "
        "successful message_delivered sms_delivered received_on_handset dlvrd switch_delivered "
        "delivery_success"
    ),
    "read": ("read seen opened displayed message_read clicked viewed played"),
    "failed": (
        "failed fail failure undelivered undeliv rejected rejectd reject undeliverable error delivery_failed "
        "delivery_failure sendingfailed sending_failed aborted cancelled canceled deleted message_failed "
        "deliveryimpossible sms_undelivered delivery_unsuccessful insufficient_credit no_credit invalid "
        "blocked not_delivered failed_success sent_error delivered_error error_sent soft_bounce hard_bounce "
        "sms_failed sms_rejected invaliddestination_address userinblacklist not_sent unroutable mismatch "
        "delivered_failed message_undelivered send_failed"
    ),
    "expired": ("expired expd timeout message_expired sms_expired ttl_expired"),
}
_OURS: Final = {word: ours for ours, words in _STATUS_WORDS.items() for word in words.split()}

_CHANNELS: Final = {
    "sms": "sms",
    "mms": "sms",
    "whatsapp": "whatsapp",
    "wa": "whatsapp",
    "whatsapp_business": "whatsapp",
    "waba": "whatsapp",
}


def plain_word(word: str) -> str:
    """Bring a word into the form in which words are compared: lower case, joined by underscores."""
    return "_".join(word.strip().lower().replace("-", " ").replace(".", " ").replace(":", " ").split())


def status_of(word: str) -> str | None:
    """Say which of our states a provider's word means, or `None` for an unknown one."""
    return _OURS.get(plain_word(word))


def channel_of(word: str | None) -> str | None:
    """Say which of our channels a provider's word means; MMS goes to phone numbers and counts as `sms`."""
    return _CHANNELS.get(plain_word(word)) if word else None
