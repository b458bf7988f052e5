"""The names under which gateways write the parts of a message: folded, the more telling ones first."""

from typing import Final

TEXT: Final = (
    *("text", "body", "message", "messagetext", "messagebody", "content", "msg", "smscontent", "sms", "mo", "response"),
    *("smstext", "messagecontent", "hexcontent", "b", "shortmessage", "messagedata", "payload", "value"),
)
TEXTS: Final = frozenset(TEXT) - {"value", "payload", "b"}
MEDIA: Final = frozenset(("mediaurl", "mediaurls", "media", "fileurl", "attachment", "attachments", "imageurl"))
MEDIA_URLS: Final = ("mediaurl", "mediaurls", "fileurl", "attachmenturl", "imageurl")

FROM_PERSON: Final = (
    *("from", "fromnumber", "sender", "source", "senderaddress", "originationnumber", "originatingaddress"),
    *(
        "originator",
        "sourcenumber",
        "sourceaddress",
        "sourceaddr",
        "srcaddr",
        "src",
        "contactnumber",
        "msisdn",
        "mobile",
        "mobileno",
    ),
    *("mobilenumber", "phone", "phonenumber", "number", "waid", "user", "identity", "original", "customernumber", "m"),
)
TO_BUSINESS: Final = (
    *("to", "tonumber", "shortcode", "destination", "destinationnumber", "destinationaddress", "receiveraddress"),
    *("receiver", "recipient", "dst", "destaddr", "justcallnumber", "inboundnumber", "dnis", "owner", "virtualnumber"),
    *("channelphonenumber", "businessphonenumber", "longcode", "sendto", "inboxnumber"),
)
TO_PERSON: Final = (
    *("to", "todid", "sendto", "dst", "dstaddress", "destination", "destinationaddress", "destaddr", "receiver"),
    *("recipient", "recipients", "msisdn", "mobile", "mobileno", "mobilenumber", "address", "destinations", "phone"),
    *(
        "receiveraddress",
        "phonenumber",
        "phonenumbers",
        "number",
        "numbers",
        "tonumber",
        "destinationnumber",
        "msisdns",
    ),
    *("recipientaddress", "userphone", "customerphone", "destinationphonenumber"),
)
FROM_BUSINESS: Final = (
    *("from", "fromdid", "sender", "senderid", "source", "src", "srcaddress", "originator", "origin", "original"),
    *("senderaddress", "fromnumber", "msgheader", "sourceaddress", "originationidentity", "sourceaddr", "shortcode"),
    *("senderphonenumber", "owner"),
)
STATUS: Final = (
    *("messagestatus", "deliverystatus", "deliveredstatus", "dlrstatus", "smsstatus", "messagestate", "deliverystate"),
    *("status", "statuscode", "statusname", "sentstatus", "state", "deliveredstatuscode", "dlvrd", "dlr", "stat"),
    *("reportstatus", "statustext"),
)
STATUSES: Final = frozenset(STATUS)
CODE: Final = (
    *("errcode", "errorcode", "statuserrorcode", "deliveryerrorcode", "err", "errorid", "reasoncode", "failurecode"),
    *("networkerrorcode", "statusreasoncode"),
)
TITLE: Final = ("errortitle", "errormessage", "errordescription", "errortext", "failurereason", "reason", "errorname")
MESSAGE_ID: Final = (
    *("messageid", "messagesid", "msgid", "messageuuid", "smssid", "uuid", "guid", "retid", "id", "umid", "swguid"),
    *("transactionid", "externalid", "requestid", "smsid", "batchid", "inboundmessageid", "reference", "smscid"),
    *("gsid", "mtid", "correlationid", "clientcorrelator", "linkid", "referenceid"),
)
MESSAGE_IDS: Final = frozenset(MESSAGE_ID)
REFERENCE: Final = (
    *("clientref", "clientreference", "clientmessageid", "reference", "callbackdata", "userdata", "tag", "custom"),
    *("clientcorrelator", "externalref"),
)
TIME: Final = (
    *(
        "receivedat",
        "receiveddate",
        "receptiondate",
        "occurredat",
        "eventtime",
        "messagetimestamp",
        "timestamp",
        "time",
    ),
    *(
        "datetime",
        "date",
        "createdat",
        "createtime",
        "createddate",
        "created",
        "ts",
        "tstamp",
        "doneat",
        "statusdatetime",
    ),
    *(
        "sentat",
        "deliveredat",
        "sentdate",
        "completedat",
        "updatedat",
        "delivtime",
        "timesent",
        "acceptedtime",
        "at",
        "optedouttimestamp",
    ),
    *("senddate", "donedate", "submitdate", "deliverytime", "updatetime"),
)
TIMES: Final = frozenset(TIME)

SEND_MARKS: Final = frozenset(
    (
        *("username", "password", "passwd", "pass", "pwd", "apikey", "apisecret", "apitoken", "authkey", "authtoken"),
        *("secret", "appsecret", "passphrase", "userid", "user", "key", "accesstoken", "accountid", "ybsacctno"),
        *(
            "srcname",
            "originationidentity",
            "statuscallback",
            "callback",
            "callbackurl",
            "dlrurl",
            "dlrmask",
            "dlrlevel",
            "notifyurl",
            "returl",
        ),
        *("webhookurl", "deliveryreport", "statusreportreq", "messagingprofileid", "messagingservicesid"),
        *("contentsid", "quickreplies", "senderid", "serviceid", "servid", "validityperiod", "scheduleat"),
        *("batchconfig", "operation", "sendto", "todid", "signature", "datacoding", "retid", "destinations"),
        *("recipients", "dlr", "sendat", "ttl", "validity", "mtype", "handsetport", "coding", "hexcontent"),
        *("priority", "customerref", "campaignid", "unicode", "encoding", "msgtype", "notifycontenttype"),
    )
)
"""What only who sends has to say: credentials, where to report, how long to try."""
STRONG_SEND_MARKS: Final = SEND_MARKS - {
    *("key", "user", "userid", "accountid", "coding", "datacoding", "encoding", "signature", "priority", "ttl"),
    *("campaignid", "msgtype", "username", "dlr", "retid"),
}
INBOUND_MARKS: Final = frozenset(
    (
        *("shortcode", "linkid", "keyword", "receivedat", "receptiondate", "receiveddate", "fromnumber", "backend"),
        *("inboundmessageid", "originationnumber", "timesent", "mo", "messagekeyword", "contactnumber", "tstamp"),
        *("cleantext", "smsmessagesid", "messageuuid", "totalrate", "numsegments", "msglongid", "carrierid", "ts"),
        *("fromcountry", "fromcity", "carrier", "longcode", "inboundnumber", "receivetime", "receiptdate"),
    )
)
"""What only who received has to say: when, on which short code, after which keyword."""
DIRECTIONS: Final = ("direction", "messagedirection")
INWARD: Final = ("in", "i", "inbound", "incoming", "mo", "toapp", "received")
OUTWARD: Final = ("out", "o", "outbound", "outgoing", "mt", "tocontact", "sent")
CHANNELS: Final = ("channel", "channeltype", "namespace", "messagingproduct", "platform", "messagingchannel")
