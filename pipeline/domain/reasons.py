"""The reason catalogue: for each code what a sender reads, what helps, and what a provider would have answered.

Texts speak to a sender who is stopped and not technical. `{name}` takes a value of the finding; values never hold
personal data. Provider equivalents are from rules/event-shapes.md section 5 (collected 2026-11-24); a provider without
an equivalent is left out.
"""

from collections.abc import Mapping
from typing import Final

from msgspec import Struct

from pipeline.domain.verdicts import DecidedBy


class Reason(Struct, frozen=True):
    """One code's texts; `providers` maps a provider to the code it would have answered."""

    reason: str
    remedy: str
    decided_by: DecidedBy = "policy"
    providers: Mapping[str, str] = {}


_OPTED_OUT = {
    "twilio": "21610",
    "meta": "131050",
    "vonage": "9",
    "aws": "DESTINATION_PHONE_NUMBER_OPTED_OUT",
    "infobip": "7033",
    "smpp": "0x0101",
    "http": "403",
}
_RATE = {
    "twilio": "30022",
    "meta": "130429",
    "vonage": "1",
    "aws": "THROTTLED",
    "infobip": "7017",
    "smpp": "0x0058",
    "http": "429",
}
_ACCOUNT = {
    "twilio": "30002",
    "meta": "131031",
    "vonage": "8",
    "aws": "ACCOUNT_DISABLED",
    "infobip": "433",
    "smpp": "0x0103",
    "http": "403",
}
_SPAM = {
    "twilio": "30007",
    "meta": "131048",
    "vonage": "6",
    "aws": "TEXT_SPAM",
    "infobip": "607",
    "smpp": "0x0101",
    "http": "403",
}
_COUNTRY = {
    "twilio": "21408",
    "meta": "130497",
    "aws": "DESTINATION_COUNTRY_BLOCKED",
    "infobip": "6",
    "http": "403",
}
_RECIPIENT = {
    "twilio": "30005",
    "meta": "131026",
    "vonage": "3",
    "aws": "TEXT_INVALID",
    "infobip": "1",
    "smpp": "0x000B",
    "http": "404",
}
_CONSENT = {"vonage": "53", "infobip": "4140", "http": "403"}
_QUIET = {"twilio": "30610", "infobip": "7024", "smpp": "0x0061", "http": "403"}
_REFUSED = {"http": "403"}
_COUNTRY = {
    "twilio": "21408",
    "meta": "130497",
    "aws": "DESTINATION_COUNTRY_BLOCKED",
    "infobip": "6",
    "http": "403",
}
_FILTERED = {
    "twilio": "30007",
    "vonage": "6",
    "aws": "TEXT_CARRIER_BLOCKED",
    "infobip": "608",
    "smpp": "0x0101",
    "http": "403",
}
_SENDER = {"twilio": "21612", "http": "403"}
_TEMPLATE_MISSING = {"meta": "132001", "http": "409"}
_SENDER_STATE = {"twilio": "63051", "meta": "131031", "aws": "ACCOUNT_DISABLED", "infobip": "433", "http": "403"}
_WHATSAPP_RATE = {"twilio": "63018", "infobip": "7017", "http": "429"}

REASONS: Final[Mapping[str, Reason]] = {
    "provider_restricts_account": Reason(
        "The provider has restricted the account or sender that this message would go out with ({channel}).",
        "Clear the restriction with the provider; as soon as one message is sent, or after a day, this is asked anew.",
        "third_party",
        _ACCOUNT,
    ),
    "provider_limits_spam": Reason(
        "The provider holds back messages of this sender as spam ({channel}).",
        "Send less and only what people asked for; as soon as one message is sent, or after a day, this is asked anew.",
        "third_party",
        _SPAM,
    ),
    "provider_refuses_country": Reason(
        "The provider does not let this sender write to the recipient's country ({channel}).",
        "Have the country opened at the provider, or use a sender that may write there.",
        "third_party",
        _COUNTRY,
    ),
    "actor_missing": Reason(
        "The message does not say who asked for it to be sent.",
        "Send it again with the field actor (type and id).",
        "missing_fact",
        _REFUSED,
    ),
    "actor_unknown": Reason(
        "Whoever asked for this message is not among the members and integrations of the workspace.",
        "Check the actor's id, or add the member or integration to the workspace; the message is then judged again.",
        "missing_fact",
        _REFUSED,
    ),
    "workspace_missing": Reason(
        "The message does not say which workspace sends it.",
        "Send it again with the field workspace_id.",
        "missing_fact",
        _REFUSED,
    ),
    "workspace_unknown": Reason(
        "Nothing is known of the workspace that sends this message.",
        "Check the workspace id; a new workspace can send as soon as the platform has published its record.",
        "missing_fact",
        _REFUSED,
    ),
    "member_removed": Reason(
        "Whoever asked for this message no longer has access to the workspace.",
        "Have a current member or integration send it.",
        "policy",
        _REFUSED,
    ),
    "scope_missing": Reason(
        "The member or integration has no right to send this: it lacks the scope for {dimension}.",
        "Have an administrator of the workspace extend the scopes, or send with a credential that has them.",
        "policy",
        _REFUSED,
    ),
    "scope_unknown": Reason(
        "The rights of the member or integration are not on record in a form that can be checked.",
        "Have an administrator of the workspace state the scopes.",
        "missing_fact",
        _REFUSED,
    ),
    "incident_open": Reason(
        "A security incident is open for the workspace, so nothing is sent until it is cleared.",
        "Contact support to close the incident; held messages can then be sent again.",
        "policy",
        _ACCOUNT,
    ),
    "workspace_warned": Reason(
        "The workspace has been warned, so its messages are watched.",
        "Nothing needs to be done for this message; see the warning for what should change.",
        "policy",
    ),
    "workspace_in_review": Reason(
        "The workspace is under review, so its messages are kept back.",
        "Wait for the review, or answer the questions that support has asked.",
        "policy",
        _ACCOUNT,
    ),
    "workspace_throttled": Reason(
        "The workspace is throttled to {messages_per_second} messages a second, and that is used up.",
        "Nothing needs to be done: the message is judged again at the stated time.",
        "policy",
        _RATE,
    ),
    "workspace_suspended": Reason(
        "The workspace is suspended, so nothing is sent for it.",
        "Contact support about the suspension. Records can still be exported.",
        "policy",
        _ACCOUNT,
    ),
    "workspace_state_unknown": Reason(
        "The workspace is in a state that this version does not know, so its messages are kept back.",
        "Contact support with the workspace id.",
        "missing_fact",
        _ACCOUNT,
    ),
    "workspace_terminated": Reason(
        "The workspace is closed, so nothing is sent for it.",
        "Contact support if this is a mistake.",
        "policy",
        _ACCOUNT,
    ),
    "opted_out": Reason(
        "The recipient has asked not to get such messages from you.",
        "Take the recipient off your list. Only the recipient can undo this, for example by replying START.",
        "law",
        _OPTED_OUT,
    ),
    "opt_out_unconfirmed": Reason(
        "The recipient's reply may have been a request not to get such messages from you.",
        "Ask once, within five minutes and without advertising, whether the recipient wants to stop; STOP or START "
        "settles it. Without an answer it stays a stop.",
        "law",
        _OPTED_OUT,
    ),
    "consent_missing": Reason(
        "There is no consent on record for {purpose} messages to this recipient on this channel.",
        "Ask the recipient for consent and record it with its basis, purpose and channel before sending.",
        "law",
        _CONSENT,
    ),
    "consent_ended": Reason(
        "The consent on record for {purpose} messages to this recipient has run out.",
        "Ask the recipient for new consent. Consent on the basis {basis} lasts {lasts}.",
        "law",
        _CONSENT,
    ),
    "consent_basis_missing": Reason(
        "The consent on record for this recipient does not say on what basis it was given.",
        "Record the basis (such as express_written) with proof; the message can then be sent again.",
        "missing_fact",
        _CONSENT,
    ),
    "consent_basis_insufficient": Reason(
        "In the recipient's country {purpose} messages need consent on another basis ({bases}) than {basis}.",
        "Ask the recipient for such consent and record it with its proof.",
        "law",
        _CONSENT,
    ),
    "consent_unconfirmed": Reason(
        "The consent on record for {purpose} messages to this recipient was never confirmed.",
        "Have the recipient confirm it (double opt-in), and record the confirmation before sending.",
        "law",
        _CONSENT,
    ),
    "consent_unavailable": Reason(
        "The consent register could not be asked.",
        "Nothing needs to be done by the sender: operations is told. Send the message again later.",
        "missing_fact",
        _REFUSED,
    ),
    "consent_ends_soon": Reason(
        "The recipient's consent runs out on {ends_on}.",
        "Ask the recipient for express consent before that day.",
        "law",
    ),
    "objected": Reason(
        "The recipient has objected to marketing.",
        "Take the recipient off your list. Only new consent that the recipient gives later lifts the objection.",
        "law",
        _OPTED_OUT,
    ),
    "restricted": Reason(
        "The recipient has had the use of their data restricted, so nothing but codes is sent to them.",
        "Wait until the privacy team lifts the restriction.",
        "law",
        _CONSENT,
    ),
    "erased": Reason(
        "The recipient has had their data erased, so nothing is sent to them.",
        "Delete the recipient's data. Only new consent that the recipient gives later allows messages again.",
        "law",
        _OPTED_OUT,
    ),
    "privacy_notice_missing": Reason(
        "The workspace has no privacy notice on record, so its recipients can't know what is done with their data.",
        "Publish a privacy notice and have its address (https://…) recorded with the workspace.",
        "missing_fact",
        _REFUSED,
    ),
    "list_basis_missing": Reason(
        "The list that the recipient was taken from is not on record with a lawful basis.",
        "Record on what lawful basis the list was collected; the message can then be sent again.",
        "missing_fact",
        _CONSENT,
    ),
    "number_reassigned": Reason(
        "The number has a new holder since consent was given (list {list}), so that consent is void.",
        "Take the number off your list, or record new consent of its present holder.",
        "law",
        _CONSENT,
    ),
    "do_not_call_listed": Reason(
        "The recipient is on a do-not-call list ({list}), and no written consent is on record.",
        "Take the recipient off your marketing list, or record express written consent.",
        "law",
        _CONSENT,
    ),
    "litigator_listed": Reason(
        "The recipient is on a list that must be looked at before marketing is sent ({list}).",
        "Have your compliance officer decide, or leave the recipient out.",
        "policy",
        _CONSENT,
    ),
    "suppression_list_stale": Reason(
        "The message was checked against a suppression list that is {age_days} days old ({list}).",
        "Nothing needs to be done by the sender: operations is told to bring a newer list in.",
        "missing_fact",
    ),
    "recipient_invalid": Reason(
        "The recipient is not a possible phone number, so it can't be told which country's rules apply.",
        "Give the number in international form (E.164), such as +442079460000.",
        "missing_fact",
        _RECIPIENT,
    ),
    "quiet_hours": Reason(
        "At this time {purpose} messages may not be sent where the recipient is ({place}).",
        "Nothing needs to be done: the message is judged again at the stated time.",
        "law",
        _QUIET,
    ),
    "quiet_hours_place_unknown": Reason(
        "Quiet hours apply in the recipient's country, and the recipient's time zone is not known.",
        "Give the recipient's time zone or postal code with the message.",
        "missing_fact",
        _QUIET,
    ),
    "too_late": Reason(
        "By the time the message may be sent it would no longer be valid.",
        "Send it earlier in the day, or with a later valid_until.",
        "policy",
        _QUIET,
    ),
    "frequency_cap": Reason(
        "The recipient has had the {limit} {purpose} messages that the law allows in a day ({place}).",
        "Nothing needs to be done: the message is judged again when the time is over.",
        "law",
        {"meta": "131049", "infobip": "7032", "http": "429"},
    ),
    "contacts_unavailable": Reason(
        "It could not be found out how many messages the recipient had lately.",
        "Nothing needs to be done by the sender: operations is told. Send the message again later.",
        "missing_fact",
        _REFUSED,
    ),
    "whatsapp_unknown": Reason(
        "What is known of the sender's WhatsApp account could not be gathered.",
        "Nothing needs to be done by the sender: operations is told. Send the message again later.",
        "missing_fact",
        _REFUSED,
    ),
    "window_closed": Reason(
        "The recipient has not written to this WhatsApp number in the last 24 hours, so WhatsApp takes only templates.",
        "Send an approved template, or wait until the recipient writes.",
        "third_party",
        {"twilio": "63016", "meta": "131047", "infobip": "7010", "http": "403"},
    ),
    "template_unknown": Reason(
        "Nothing is known of the template {template} in this language: not whether WhatsApp has approved it.",
        "Check name and language. A new template can be sent as soon as its approval has been published.",
        "missing_fact",
        _TEMPLATE_MISSING,
    ),
    "template_other_language": Reason(
        "The template {template} does not exist in the language {language}, but in: {languages}.",
        "Send it in one of these languages, or have it approved in the other one.",
        "third_party",
        _TEMPLATE_MISSING,
    ),
    "template_not_approved": Reason(
        "WhatsApp has not approved the template {template} ({status}).",
        "Send another template, or wait for WhatsApp's decision on this one.",
        "third_party",
        _TEMPLATE_MISSING,
    ),
    "template_status_unknown": Reason(
        "The template {template} is in a state that this version does not know ({status}).",
        "Contact support with the template's name; the message can then be sent again.",
        "missing_fact",
        _TEMPLATE_MISSING,
    ),
    "template_paused": Reason(
        "WhatsApp has paused the template {template} because of its low quality.",
        "Wait for the end of the pause, or send another template. A third pause disables it.",
        "third_party",
        {"twilio": "63041", "meta": "132015", "http": "409"},
    ),
    "template_disabled": Reason(
        "WhatsApp has disabled the template {template}.",
        "Have a new template approved; this one can't be sent any more.",
        "third_party",
        {"twilio": "63042", "meta": "132016", "http": "409"},
    ),
    "template_parameters": Reason(
        "The template {template} takes {parameters_expected} parameters, and the message gives {parameters}.",
        "Send it again with as many parameters as the template takes.",
        "third_party",
        {"meta": "132000", "http": "409"},
    ),
    "template_category": Reason(
        "The template {template} is a {category} template, and the message says that its purpose is {purpose}.",
        "Declare the purpose that the message has, or use a template that was approved for it.",
        "policy",
        _REFUSED,
    ),
    "us_marketing": Reason(
        "WhatsApp does not deliver marketing templates to numbers of the United States.",
        "Use another channel that the recipient has agreed to.",
        "third_party",
        {"meta": "131049", "http": "403"},
    ),
    "pair_rate": Reason(
        "This WhatsApp number has just written to the recipient: WhatsApp takes one message in {seconds} seconds.",
        "Nothing needs to be done: the message is judged again at the stated time.",
        "third_party",
        {**_WHATSAPP_RATE, "meta": "131056"},
    ),
    "portfolio_limit": Reason(
        "Your WhatsApp portfolio has written to the {limit} different people that WhatsApp allows it in 24 hours.",
        "Nothing needs to be done: the message is judged again when the next place gets free.",
        "third_party",
        {**_WHATSAPP_RATE, "meta": "131048"},
    ),
    "sender_restricted": Reason(
        "The provider has restricted the sender or the account that it belongs to ({asset}: {state}).",
        "See the provider's notice and appeal to it there; until then send from another sender or channel.",
        "third_party",
        _SENDER_STATE,
    ),
    "sender_offline": Reason(
        "The sender is not in service at its provider ({asset}: {state}).",
        "Register or reconnect the sender with the provider.",
        "third_party",
        {"meta": "133010", "http": "403"},
    ),
    "sender_state_unknown": Reason(
        "The provider reports a state of the sender or its account that this version does not know ({asset}: {state}).",
        "Contact support with the sender's id; held messages can then be sent again.",
        "missing_fact",
        _SENDER_STATE,
    ),
    "plan_rate": Reason(
        "The workspace has sent the {limit} messages a {period} that its plan allows.",
        "Nothing needs to be done: the message is judged again at the stated time. A larger plan allows more.",
        "policy",
        _RATE,
    ),
    "plan_unknown": Reason(
        "The workspace's plan does not say how many messages it may send.",
        "Contact support to have the plan's limits recorded.",
        "missing_fact",
        _REFUSED,
    ),
    "plan_country": Reason(
        "The workspace's plan does not cover messages to {country}.",
        "Send to countries of the plan only, or contact support for a plan that covers this one.",
        "policy",
        _COUNTRY,
    ),
    "sanctioned_destination": Reason(
        "The recipient's number or country belongs to a sanctioned place ({place}).",
        "Take the recipient off your list. A licence of the authorities goes through support.",
        "law",
        _COUNTRY,
    ),
    "sanctions_review": Reason(
        "The recipient's number or country belongs to a place under sanctions in part ({place}).",
        "Wait for the review; support tells you what it needs to know.",
        "law",
        _COUNTRY,
    ),
    "sanctioned_workspace": Reason(
        "The workspace's country is under sanctions ({place}), so nothing is sent for it.",
        "Contact support if the workspace's country is recorded wrongly.",
        "law",
        _ACCOUNT,
    ),
    "party_match": Reason(
        "A name of the workspace is also on the sanctions list, so its messages wait until a human has looked.",
        "Contact support to have the match cleared or confirmed; the clearance is recorded with the workspace.",
        "law",
        _ACCOUNT,
    ),
    "party_weak_match": Reason(
        "A name of the workspace is also a weak alias on the sanctions list, which proves little.",
        "Nothing needs to be done for this message; support may ask who the workspace is.",
        "law",
    ),
    "party_list_stale": Reason(
        "The sanctions list is {age_days} days old; up to {days_max} are allowed, so it can't be told who is on it.",
        "Nothing needs to be done by the sender: operations must load the current list.",
        "missing_fact",
        _REFUSED,
    ),
    "number_type": Reason(
        "The recipient's number is of a kind that such messages may not reach ({type}).",
        "Use the recipient's mobile number.",
        "policy",
        {"twilio": "21614", "http": "403"},
    ),
    "campaign_not_active": Reason(
        "The sender's 10DLC {what} is {state}, so the carriers in the United States refuse its messages.",
        "Have the {what} made active again with The Campaign Registry, or send from another registered number.",
        "third_party",
        {"twilio": "30034", "http": "403"},
    ),
    "campaign_missing": Reason(
        "The sender has no 10DLC campaign on record, and carriers in the United States refuse unregistered numbers.",
        "Register the number with a campaign, and have the registration recorded with the sender.",
        "missing_fact",
        {"twilio": "30034", "http": "403"},
    ),
    "campaign_use_case": Reason(
        "The sender's 10DLC campaign is registered for {use_case}, not for marketing.",
        "Send marketing from a number whose campaign is registered for it, or carriers may filter it.",
        "third_party",
    ),
    "daily_segments": Reason(
        "The brand has sent the {limit} segments a day that carriers in the United States allow it.",
        "Nothing needs to be done: the message is judged again the next day. A better vetting score allows more.",
        "third_party",
        _RATE,
    ),
    "daily_segments_never": Reason(
        "The message takes {segments} segments, and carriers allow the brand {limit} a day.",
        "Make the message shorter, or have the brand vetted: a better score allows more.",
        "third_party",
        _RATE,
    ),
    "toll_free_unverified": Reason(
        "The sender's toll-free number is not verified, so carriers refuse its messages.",
        "Have the number verified, or send from a verified one.",
        "third_party",
        {"twilio": "30032", "http": "403"},
    ),
    "toll_free_unknown": Reason(
        "It is not on record whether the sender's toll-free number is verified, and carriers refuse unverified ones.",
        "Have the verification recorded with the sender.",
        "missing_fact",
        {"twilio": "30032", "http": "403"},
    ),
    "sender_id_format": Reason(
        "A sender name has 1 to 11 characters, at least one of them a letter; this one does not.",
        "Choose a shorter name, or one with a letter in it.",
        "third_party",
        _SENDER,
    ),
    "sender_id_unsupported": Reason(
        "In {country} messages can't be sent from a name.",
        "Send from a number or short code that is registered there.",
        "third_party",
        _SENDER,
    ),
    "sender_id_refused": Reason(
        "The registration of the sender's name is {state}, so it can't be used.",
        "Have the name registered, or send from another one.",
        "third_party",
        _SENDER,
    ),
    "sender_id_unregistered": Reason(
        "In {country} names of senders are registered, and no registration of this one is on record.",
        "Have the name registered there and the registration recorded with the sender.",
        "third_party",
    ),
    "public_shortener": Reason(
        "The message has a link of a public URL shortener ({domain}), which carriers treat as a sign of fraud.",
        "Use a link of your own domain.",
        "third_party",
        _FILTERED,
    ),
    "opt_out_wording_missing": Reason(
        "The message does not say how to stop such messages.",
        "Add it, {example}.",
        "law",
    ),
    "identity_wording_missing": Reason(
        "The message does not say who sends it.",
        "Begin it with the name of your brand.",
        "law",
    ),
    "advertising_mark_missing": Reason(
        "Advertising to {country} must be marked: {mark}.",
        "Add the mark and send the message again.",
        "law",
    ),
    "dlt_missing": Reason(
        "In India messages from a name need the DLT {missing}, and this one does not state it.",
        "Register name and template on the DLT platform and send the ids in the field registration.",
        "missing_fact",
        {"infobip": "4127", "http": "403"},
    ),
    "holidays_unknown": Reason(
        "This year's public holidays where the recipient is ({place}) are not known, and on them it may not be sent.",
        "Nothing needs to be done by the sender: operations must update the calendar.",
        "missing_fact",
    ),
    "exploitation": Reason(
        "The message reads as surveillance, money laundering, trafficking or exploitation ({category}).",
        "Take that offer out. If it is read wrongly, contact support with the message's id: a human looks at it.",
        "policy",
        _FILTERED,
    ),
    "fraud_suspected": Reason(
        "The message has signs of fraud that come together: {signs}.",
        "Link to your own recorded domains, name your own brand, and have both recorded with the workspace.",
        "policy",
        _FILTERED,
    ),
    "fraud_alike": Reason(
        "The wording is much like known fraud, a model finds ({signs}; model {model}).",
        "Say plainly who you are and what for, and link to your own domains; if it is honest, tell an officer.",
        "policy",
        _FILTERED,
    ),
    "content_unread": Reason(
        "The message has too many links or signs to be read to its end.",
        "Make it shorter, with fewer links, and send it again.",
        "missing_fact",
        _FILTERED,
    ),
    "illegal_goods": Reason(
        "The message offers or asks for what is illegal ({category}).",
        "Take that offer out. If you hold a licence for it, have it recorded with the workspace.",
        "policy",
        _FILTERED,
    ),
    "counterfeit": Reason(
        "The message offers counterfeit or pirated goods, or gives away another person's private data ({category}).",
        "Take that offer out, or have the right to offer it recorded with the workspace.",
        "policy",
        _FILTERED,
    ),
    "brand_imitated": Reason(
        "A link of the message looks like one of {brand}, and the workspace is not authorised for that brand.",
        "Use a link of your own domain. If the brand is yours, have it and its domains recorded with the workspace.",
        "policy",
        _FILTERED,
    ),
    "link_dangerous": Reason(
        "A link of the message is of a kind that malware comes by ({sign}).",
        "Link to a page of your own domain, by its name; offer programs through an application store.",
        "policy",
        _FILTERED,
    ),
    "malware_wording": Reason(
        "The message asks to install something in words that malware comes with ({category}).",
        "Offer programs through an application store, without an alarm.",
        "policy",
        _FILTERED,
    ),
    "harm": Reason(
        "The message threatens, incites to violence or hatred, or encourages self-harm ({category}).",
        "Take these words out. If they are read wrongly, contact support with the message's id.",
        "policy",
        _FILTERED,
    ),
    "self_harm_concern": Reason(
        "The message reads as if somebody may harm themselves.",
        "Nothing needs to be done: the message is delivered, and a human is told.",
    ),
    "harassment": Reason(
        "The message insults, extorts or presses the recipient in a way that is not allowed ({category}).",
        "Say what is owed or wanted, by whom and until when, without insults, threats or third persons.",
        "policy",
        _FILTERED,
    ),
    "repetition": Reason(
        "This is message {messages} to this recipient within an hour, and it demands or threatens.",
        "Wait, and say everything in one message. Who does not answer must not be pressed by messages.",
        "policy",
        _FILTERED,
    ),
    "repetition_after_refusal": Reason(
        "This is message {messages} within an hour to a recipient who has asked not to be written to.",
        "Take the recipient out of what sends these messages.",
        "policy",
        _FILTERED,
    ),
    "bulk_suspected": Reason(
        "This text goes out in bulk: {messages} messages to {recipients} recipients in a day (campaign {campaign}), "
        "and not all looks asked for ({signs}).",
        "Send to people who have consented, from senders and to domains that your workspace has on record.",
        "policy",
        _SPAM,
    ),
    "bulk_mass": Reason(
        "This text is unsolicited bulk: {messages} messages to {recipients} recipients in a day (campaign {campaign}; "
        "{signs}).",
        "Stop the campaign. Send to people who have consented, from senders and to domains that are on record.",
        "policy",
        _SPAM,
    ),
    "carrier_content": Reason(
        "Carriers restrict or refuse messages about this ({category}).",
        "Leave it out, or have the age-gated or licensed programme recorded with the workspace.",
        "third_party",
        _FILTERED,
    ),
    "whatsapp_restricted_goods": Reason(
        "WhatsApp's policy bars messages that offer or ease the sale of this ({category}).",
        "Take that offer out. Where Meta permits it to you (alcohol, gambling), have that recorded with the workspace.",
        "third_party",
        {**_FILTERED, "meta": "132007"},
    ),
    "sensitive_number": Reason(
        "The message holds data that should not travel by message ({kind}).",
        "Leave it out or mask all but the last four characters, or show it behind a login.",
        "policy",
        _FILTERED,
    ),
    "special_category": Reason(
        "The message tells special personal data about its recipient ({category}).",
        "Say only that there is news, and where to read it; or have the authority to send it recorded.",
        "law",
        _FILTERED,
    ),
    "purpose_marketing": Reason(
        "The message reads as marketing, and says that its purpose is {purpose}.",
        "Declare it as marketing, or take the offer out.",
    ),
    "purpose_code": Reason(
        "The message holds a one-time code, and says that its purpose is {purpose}.",
        "Send codes as authentication, without an offer beside them.",
    ),
    "purpose_no_code": Reason(
        "The message says that its purpose is {purpose}, and holds no code.",
        "Declare the purpose that it has.",
    ),
    "number_enumeration": Reason(
        "The workspace wrote to {recipients} numbers of one range of a thousand in an hour, as if to find which exist.",
        "Send only to people who have asked for it. Limit who can have codes sent, by account and by address.",
        "policy",
        _SPAM,
    ),
    "code_flood": Reason(
        "This sender has sent the recipient {codes} codes or more within ten minutes.",
        "Let a person ask for a new code only after a pause, and only a few times in an hour.",
        "policy",
        _RATE,
    ),
    "number_pumping": Reason(
        "{codes} codes went to one range of a thousand numbers abroad within an hour, of which {verified} were used.",
        "Find who asks for them, switch off countries that you do not serve, and report codes that were used.",
        "policy",
        _SPAM,
    ),
    "message_loop": Reason(
        "Sender and recipient answer each other like machines: {messages} messages, {replies} replies in {seconds} s.",
        "Make your automatic answers stop after a few in a row. The message is judged again at the stated time.",
        "policy",
        _RATE,
    ),
    "credential_takeover": Reason(
        "The member or key that sends this does what it did not do before: {messages} messages in the last hour.",
        "Check that it is still in the right hands, replace it if you are not sure, and tell support what has changed.",
        "policy",
        _ACCOUNT,
    ),
    "bought_list": Reason(
        "The workspace's messages go to people who are not reached, have not consented, complain or leave.",
        "Say where the list comes from and on what basis, and take out who failed, complained or left.",
        "policy",
        _SPAM,
    ),
    "sender_complaints": Reason(
        "{complaints} people have complained about this sender within a day.",
        "Write only to those who have asked for it, and make stopping easy.",
        "policy",
        _SPAM,
    ),
    "reselling": Reason(
        "The workspace's messages lead to {domains} domains that are none of its own.",
        "Record your clients' domains with the workspace, or have the permission to resell recorded.",
        "policy",
        _REFUSED,
    ),
    "usage_splitting": Reason(
        "One text is sent in bulk by {senders} senders and {workspaces} workspaces.",
        "Send a campaign from one workspace and as few senders as carriers have registered for it.",
        "policy",
        _RATE,
    ),
    "harvested_recipients": Reason(
        "The workspace's recipients stand in the order of their numbers, and none is known to have consented.",
        "Say where the numbers come from (list and lawful basis), and record the consents.",
        "policy",
        _SPAM,
    ),
}
