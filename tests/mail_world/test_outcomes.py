"""S5 to S7: what becomes of a message, told in SES's own events."""

import json

import pytest

from dev.mail_world import (
    AutoReply,
    Bounce,
    Complaint,
    Delay,
    Delivered,
    Fate,
    Mailbox,
    Reject,
    Rules,
    Silence,
)
from dev.mail_world.mailboxes import Move
from tests.mail_world.post_office import (
    ANA,
    ATLANTA,
    DOMAIN,
    EL_PASO,
    FROM,
    OTHER_TOPIC,
    SET,
    TOPIC,
    PostOffice,
)


@pytest.fixture
def office() -> PostOffice:
    return PostOffice()


def played(office: PostOffice, *moves: Move, to: str = ATLANTA) -> list[str]:
    """Let a letter go the way of `moves`; the kinds of events that told of it."""
    office.world.next_to(to, *moves)
    office.send(to)
    office.world.run_until_idle()
    return office.kinds()


FROM_ADDRESS = FROM.partition("<")[2].rstrip(">")
SUBTYPES = [
    ("Permanent", "General", "5.1.1"),
    ("Permanent", "NoEmail", "5.1.1"),
    ("Transient", "General", "4.0.0"),
    ("Transient", "MailboxFull", "4.2.2"),
    ("Transient", "MessageTooLarge", "5.3.4"),
    ("Transient", "ContentRejected", "5.7.1"),
    ("Transient", "AttachmentRejected", "5.7.1"),
    ("Permanent", "ASubtypeOfNextYear", "5.0.0"),
]


@pytest.mark.parametrize(("kind", "subtype", "status"), SUBTYPES)
def test_s6_each_bounce_subtype_with_its_diagnosis(
    office: PostOffice, kind: str, subtype: str, status: str
) -> None:
    assert played(office, Bounce(kind, subtype)) == ["Send", "Bounce"]

    bounce = office.of("Bounce")[0]["bounce"]
    recipient = bounce["bouncedRecipients"][0]
    assert (bounce["bounceType"], bounce["bounceSubType"]) == (kind, subtype)
    assert (recipient["emailAddress"], recipient["action"], recipient["status"]) == (
        ATLANTA,
        "failed",
        status,
    )
    assert recipient["diagnosticCode"].startswith("smtp; ")
    assert bounce["reportingMTA"] == "dns; mx.office.example"


@pytest.mark.parametrize("move", [Bounce(bare=True), Bounce("Undetermined", "Undetermined")])
def test_s6_optional_fields_of_a_bounce_may_be_missing(office: PostOffice, move: Bounce) -> None:
    played(office, move)

    bounce = office.of("Bounce")[0]["bounce"]
    assert bounce["bouncedRecipients"] == [{"emailAddress": ATLANTA}]
    assert "reportingMTA" not in bounce


def test_s6_delivered_then_bounced_seconds_later(office: PostOffice) -> None:
    assert played(office, Delivered(after=2), Bounce(after=17)) == ["Send", "Delivery", "Bounce"]

    delivery, bounce = office.of("Delivery")[0]["delivery"], office.of("Bounce")[0]["bounce"]
    assert (delivery["timestamp"], bounce["timestamp"]) == (
        "2026-12-09T15:42:02.000Z",
        "2026-12-09T15:42:19.000Z",
    )
    assert (delivery["recipients"], delivery["processingTimeMillis"]) == ([ATLANTA], 2000)
    assert office.world.accepted[0].copy_for(ATLANTA).fate is Fate.BOUNCED
    assert office.world.letters_in(ATLANTA) == office.world.accepted


def test_s6_a_delay_names_its_type_and_when_ses_gives_up(office: PostOffice) -> None:
    assert played(office, Delay("MailboxFull"), Delivered()) == ["Send", "DeliveryDelay", "Delivery"]

    delay = office.of("DeliveryDelay")[0]["deliveryDelay"]
    assert (delay["delayType"], delay["expirationTime"]) == ("MailboxFull", "2026-12-10T05:42:00.000Z")
    assert delay["delayedRecipients"][0]["emailAddress"] == ATLANTA


def test_s6_a_complaint_comes_after_the_delivery(office: PostOffice) -> None:
    assert played(office, Delivered(), Complaint("abuse")) == ["Send", "Delivery", "Complaint"]

    complaint = office.of("Complaint")[0]["complaint"]
    assert (complaint["complaintFeedbackType"], complaint["complaintSubType"]) == ("abuse", None)
    with pytest.raises(ValueError, match="Complaint needs a Delivered before it"):
        Mailbox(ATLANTA, (Complaint(),))


def test_s6_a_complaint_may_not_say_of_what_kind_it_is(office: PostOffice) -> None:
    played(office, Delivered(), Complaint(None))

    assert "complaintFeedbackType" not in office.of("Complaint")[0]["complaint"]


def test_s6_an_automatic_answer_goes_to_reply_to_and_says_what_it_is(office: PostOffice) -> None:
    assert played(office, Delivered(), AutoReply()) == ["Send", "Delivery"]

    [answer] = office.world.letters_in(ANA)
    assert (answer.source, answer.subject) == (ATLANTA, "Automatic reply: A request")
    assert answer.header("Auto-Submitted") == "auto-replied"
    assert answer.header("In-Reply-To") == office.world.accepted[0].header("Message-ID")


def test_a11_an_automatic_answer_may_be_told_as_a_transient_bounce(office: PostOffice) -> None:
    assert played(office, Delivered(), AutoReply(as_bounce=True)) == ["Send", "Delivery", "Bounce"]

    assert office.of("Bounce")[0]["bounce"]["bounceType"] == "Transient"
    assert office.world.accepted[0].copy_for(ATLANTA).fate is Fate.DELIVERED


def test_s6_a_virus_is_rejected_after_it_was_accepted_for_all(office: PostOffice) -> None:
    office.world.next_to(EL_PASO, Reject())
    office.send(ATLANTA, EL_PASO)
    office.world.run_until_idle()

    assert office.kinds() == ["Send", "Reject"]
    assert office.of("Reject")[0]["reject"] == {"reason": "Bad content"}
    assert [copy.fate for copy in office.world.accepted[0].copies] == [Fate.REJECTED] * 2


def test_s6_silence_is_a_send_and_nothing_more(office: PostOffice) -> None:
    assert played(office, Silence()) == ["Send"]
    assert office.world.letters_in(ATLANTA) == []


def test_s6_scripts_are_used_up_one_by_one(office: PostOffice) -> None:
    office.world.add(
        Mailbox(ATLANTA, (Delivered(),), first=((Bounce("Transient", "MailboxFull"),), (Silence(),)))
    )
    for _ in range(4):
        office.send(ATLANTA)
    office.world.run_until_idle()

    fates = [mail.copies[0].fate for mail in office.world.accepted]
    assert fates == [Fate.BOUNCED, Fate.SILENT, Fate.DELIVERED, Fate.DELIVERED]


def test_s7_an_event_carries_tags_set_ids_and_addresses(office: PostOffice) -> None:
    message_id = office.send(ATLANTA)
    office.world.run_until_idle()
    event = office.of("Delivery")[0]
    mail = event["mail"]

    assert set(event) == {"eventType", "mail", "delivery"}
    assert (mail["messageId"], mail["destination"], mail["source"]) == (message_id, [ATLANTA], FROM_ADDRESS)
    assert mail["tags"]["letter"] == ["L1"]
    assert mail["tags"]["ses:configuration-set"] == [SET]
    assert mail["tags"]["ses:from-domain"] == [DOMAIN]
    assert mail["timestamp"] == "2026-12-09T15:42:00.000Z"
    assert mail["sourceArn"].startswith("arn:aws:ses:us-east-1:000000000000:identity/")
    assert mail["commonHeaders"]["replyTo"] == [ANA]
    assert {"name": "Subject", "value": "A request"} in mail["headers"]
    assert mail["headersTruncated"] is False


def test_s7_feedback_of_an_identity_has_no_tags_and_three_kinds_only(office: PostOffice) -> None:
    heard: list[str] = []
    office.world.subscribe(OTHER_TOPIC, heard.extend)
    office.world.notify(DOMAIN, OTHER_TOPIC)
    played(office, Delay(), Delivered(), Bounce())
    feedback = [json.loads(body) for body in heard]

    assert [event["notificationType"] for event in feedback] == ["Delivery", "Bounce"]
    assert all("tags" not in event["mail"] and "eventType" not in event for event in feedback)
    assert feedback[1]["bounce"] == office.of("Bounce")[0]["bounce"]


def test_s7_without_a_configuration_set_nothing_is_published(office: PostOffice) -> None:
    office.send(ConfigurationSetName="")
    office.world.run_until_idle()

    assert office.bodies == []


def test_s7_only_events_that_were_asked_for_are_published(office: PostOffice) -> None:
    office.world.set_up(SET, TOPIC, frozenset({"BOUNCE"}))

    assert played(office, Delivered(), Bounce()) == ["Bounce"]


def test_s7_one_event_holds_the_recipients_that_share_an_outcome(office: PostOffice) -> None:
    office.world.add(*(Mailbox(one, (Bounce(),)) for one in (ATLANTA, EL_PASO)))
    office.send(ATLANTA, EL_PASO, ANA)
    office.world.run_until_idle()

    [bounce], [delivery] = office.of("Bounce"), office.of("Delivery")
    assert [one["emailAddress"] for one in bounce["bounce"]["bouncedRecipients"]] == [ATLANTA, EL_PASO]
    assert delivery["delivery"]["recipients"] == [ANA]
    assert bounce["mail"]["destination"] == [ATLANTA, EL_PASO, ANA]


def test_s7_a_complaint_names_everybody_of_the_domain(office: PostOffice) -> None:
    office.world.next_to(ATLANTA, Delivered(), Complaint())
    office.send(ATLANTA, EL_PASO, ANA)
    office.world.run_until_idle()

    named = office.of("Complaint")[0]["complaint"]["complainedRecipients"]
    assert [one["emailAddress"] for one in named] == [ATLANTA, EL_PASO]


def test_s7_each_feedback_has_an_id_of_its_own(office: PostOffice) -> None:
    for _ in range(2):
        played(office, Bounce("Transient", "MailboxFull"))

    assert len({event["bounce"]["feedbackId"] for event in office.of("Bounce")}) == 2


def test_s5_a_hard_bounce_puts_the_address_on_the_list_and_the_next_is_not_tried(office: PostOffice) -> None:
    message_id = office.send(ATLANTA) if played(office, Bounce()) else ""
    office.world.run_until_idle()

    assert message_id in office.world.by_id
    assert office.kinds() == ["Send", "Bounce", "Send", "Bounce"]
    again = office.of("Bounce")[1]["bounce"]
    assert (again["bounceType"], again["bounceSubType"]) == ("Permanent", "OnAccountSuppressionList")
    assert again["reportingMTA"] == "dns; amazonses.com"
    assert office.world.meter.sent_in_24_hours(office.world.clock.seconds) == 2


def test_s5_an_address_that_complained_gets_a_complaint_event(office: PostOffice) -> None:
    office.world.suppress(ATLANTA, "COMPLAINT")
    assert played(office) == ["Send", "Complaint"]
    office.world.rules.complaint_names_nobody = True
    played(office)

    named, unnamed = (event["complaint"] for event in office.of("Complaint"))
    assert named["complaintSubType"] == unnamed["complaintSubType"] == "OnAccountSuppressionList"
    assert named["complainedRecipients"] == [{"emailAddress": ATLANTA}]
    assert "complainedRecipients" not in unnamed


def test_s5_the_global_list_counts_only_for_an_account_without_one() -> None:
    office = PostOffice(rules=Rules(suppressed_reasons=frozenset()))
    office.world.globally_suppressed.add(ATLANTA)
    office.send(ATLANTA)
    office.world.run_until_idle()
    office.world.rules.suppressed_reasons = frozenset({"BOUNCE"})
    office.send(ATLANTA)
    office.world.run_until_idle()

    assert office.kinds() == ["Send", "Bounce", "Send", "Delivery"]
    assert office.of("Bounce")[0]["bounce"]["bounceSubType"] == "Suppressed"


def test_s5_a_soft_bounce_and_the_simulator_do_not_join_the_list(office: PostOffice) -> None:
    played(office, Bounce("Transient", "MailboxFull"))
    office.send("bounce@simulator.amazonses.com")
    office.world.run_until_idle()

    assert office.world.suppressed == {}


@pytest.mark.parametrize(
    ("address", "kinds"),
    [
        ("success", ["Send", "Delivery"]),
        ("bounce", ["Send", "Bounce"]),
        ("ooto", ["Send", "Delivery"]),
        ("complaint", ["Send", "Delivery", "Complaint"]),
        ("suppressionlist", ["Send", "Bounce"]),
        ("bounce+label", ["Send", "Bounce"]),
    ],
)
def test_the_mailbox_simulators_addresses(office: PostOffice, address: str, kinds: list[str]) -> None:
    office.send(f"{address}@simulator.amazonses.com")
    office.world.run_until_idle()

    assert office.kinds() == kinds
    if address == "suppressionlist":
        assert office.of("Bounce")[0]["bounce"]["bounceSubType"] == "Suppressed"
