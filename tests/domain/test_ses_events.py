"""SES's events, read in both of its shapes, for every recipient, with words it has not used yet; and what is none."""

from typing import Any

import pytest

from chalicelib.domain.mail_facts import Status
from chalicelib.domain.ses_events import NotAnEvent, dedupe_key, read

AT = "2026-11-24T15:00:00.123Z"
A, B = "one@atlanta.example", "two@atlanta.example"


def body(kind: str, shape: str = "eventType", **about: Any) -> dict[str, Any]:
    mail: dict[str, Any] = {"timestamp": AT, "messageId": "m-1", "destination": ["never@read.example"]}
    if shape == "eventType":
        mail["tags"] = {"letter": ["a-letter"], "ses:configuration-set": ["letters"]}
    return {shape: kind, "mail": mail, kind[:1].lower() + kind[1:]: {"timestamp": AT} | about}


def bounce(kind: str, subtype: str, *people: dict[str, str], shape: str = "eventType") -> dict[str, Any]:
    return body("Bounce", shape, bounceType=kind, bounceSubType=subtype, bouncedRecipients=list(people),
                feedbackId="f-1")  # fmt: skip


FAILED = {"action": "failed", "status": "5.1.1", "diagnosticCode": "smtp; 550 5.1.1"}


@pytest.mark.parametrize("shape", ["eventType", "notificationType"])
@pytest.mark.parametrize(
    ("kind", "subtype", "status"),
    [
        ("Permanent", "General", Status.BOUNCED_HARD),
        ("Permanent", "NoEmail", Status.BOUNCED_HARD),
        ("Permanent", "SomethingNew", Status.BOUNCED_HARD),
        ("Permanent", "Suppressed", Status.SUPPRESSED),
        ("Permanent", "OnAccountSuppressionList", Status.SUPPRESSED),
        ("Transient", "MailboxFull", Status.BOUNCED_SOFT),
        ("Transient", "General", Status.BOUNCED_SOFT),
        ("Undetermined", "Undetermined", Status.BOUNCED_SOFT),
        ("SomethingNew", "SomethingNew", Status.BOUNCED_SOFT),
    ],
)
def test_a_bounce_is_read_for_each_recipient(shape: str, kind: str, subtype: str, status: Status) -> None:
    event = read(
        bounce(kind, subtype, {"emailAddress": A} | FAILED, {"emailAddress": B} | FAILED, shape=shape)
    )

    assert [(report.address, report.status) for report in event.reports] == [(A, status), (B, status)]
    assert {report.detail for report in event.reports} == {subtype}
    assert event.reports[0].diagnosis == "smtp; 550 5.1.1"
    assert event.letter == ("a-letter" if shape == "eventType" else None)
    assert (event.message, event.feedback, event.at.isoformat()) == (
        "m-1", "f-1", "2026-11-24T15:00:00.123000+00:00",
    )  # fmt: skip


def test_an_automatic_reply_is_no_failure() -> None:
    event = read(bounce("Transient", "General", {"emailAddress": A}))

    assert [(report.address, report.status) for report in event.reports] == [(A, None)]


@pytest.mark.parametrize(
    ("about", "reports"),
    [
        ({"complainedRecipients": [{"emailAddress": A}, {"emailAddress": B}]},
         [(A, Status.COMPLAINED), (B, Status.COMPLAINED)]),
        ({"complainedRecipients": [{"emailAddress": A}], "complaintFeedbackType": "abuse"}, [(A, Status.COMPLAINED)]),
        ({"complainedRecipients": [{"emailAddress": A}], "complaintFeedbackType": "new"}, [(A, Status.COMPLAINED)]),
        ({"complainedRecipients": [{"emailAddress": A}], "complaintFeedbackType": "not-spam"}, [(A, None)]),
        ({"complainedRecipients": [{"emailAddress": A}], "complaintFeedbackType": "auth-failure"}, [(A, None)]),
        ({"complaintSubType": "OnAccountSuppressionList"}, [(None, Status.SUPPRESSED)]),
        ({"complaintSubType": None}, [(None, Status.COMPLAINED)]),
    ],
)  # fmt: skip
def test_a_complaint_is_of_who_complained_or_of_all_where_nobody_is_named(
    about: dict[str, Any], reports: list[tuple[str | None, Status | None]]
) -> None:
    assert [(report.address, report.status) for report in read(body("Complaint", **about)).reports] == reports


def test_send_delivery_delay_and_reject() -> None:
    until = "2026-11-25T05:00:00Z"
    delay = read(body("DeliveryDelay", delayType="MailboxFull", expirationTime=until,
                      delayedRecipients=[{"emailAddress": A, "status": "4.4.1"}]))  # fmt: skip
    delivery = read(body("Delivery", recipients=[A, B]))

    assert [(each.address, each.status) for each in read(body("Send")).reports] == [(None, Status.SUBMITTED)]
    assert [(each.address, each.status) for each in read(body("Reject", reason="Bad content")).reports] == [
        (None, Status.REJECTED)
    ]
    assert [each.address for each in delivery.reports] == [A, B]
    assert [(each.status, each.detail) for each in delay.reports] == [(Status.DELAYED, "MailboxFull")]
    assert delay.until is not None
    assert delay.until.isoformat() == "2026-11-25T05:00:00+00:00"


@pytest.mark.parametrize("kind", ["Open", "Click", "Rendering Failure", "Subscription", "SomethingNew"])
def test_a_kind_that_changes_nothing_is_read_and_has_no_reports(kind: str) -> None:
    event = read(body(kind))

    assert (event.kind, event.reports) == (kind, ())


@pytest.mark.parametrize(
    "nothing",
    [
        None, [], "text", 4, {}, {"eventType": "Bounce"}, {"eventType": 4, "mail": {"messageId": "m"}},
        {"mail": {"messageId": "m-1", "timestamp": AT}}, {"eventType": "Send", "mail": {"timestamp": AT}},
        {"eventType": "Send", "mail": {"messageId": "m-1"}, "send": {}},
        {"eventType": "Send", "mail": {"messageId": "m-1", "timestamp": "yesterday"}, "send": {}},
        {"eventType": "Bounce", "mail": {"messageId": "m-1", "timestamp": AT}, "bounce": []},
        {"Type": "SubscriptionConfirmation", "Token": "x", "TopicArn": "y"},
    ],
)  # fmt: skip
def test_what_is_no_event_is_refused(nothing: object) -> None:
    with pytest.raises(NotAnEvent):
        read(nothing)


def test_an_event_has_the_same_key_each_time_and_another_event_another() -> None:
    first = bounce("Permanent", "General", {"emailAddress": A})
    other = first | {"bounce": first["bounce"] | {"feedbackId": "f-2"}}
    events = [first, other, body("Delivery", recipients=[A]), body("Delivery", recipients=[B]), body("Send")]
    keys = [dedupe_key(read(event)) for event in events]

    assert len(set(keys)) == len(keys)
    assert keys == [dedupe_key(read(event)) for event in events]
    assert not any(A in key for key in keys)
