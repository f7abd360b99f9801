"""The packaged template keeps its promises about mail, and each notices the faults that would break it."""

import json
import re
from typing import Any

import pytest

from app import app
from chalicelib.views.posting import LEASE
from tests.infra.faults import Fault
from tests.infra.mail_promises import MAIL_PROMISES
from tests.rehearsal import rehearsing

QUEUE = "Resources.MailEventsQueue.Properties"
QUEUE_POLICY = "Resources.MailEventsQueuePolicy.Properties.PolicyDocument.Statement.0"
TOPIC_POLICY = "Resources.MailEventsTopicPolicy.Properties.PolicyDocument.Statement.0"
SUBSCRIPTION = "Resources.MailEventsSubscription.Properties"
EVENTS = "Resources.MailSetEvents"
KINDS = f"{EVENTS}.Properties.EventDestination.MatchingEventTypes"
SET = "Resources.MailSet.Properties"
KEY = "Resources.MailKey.Properties.KeyPolicy.Statement.1"
IDENTITY = "Resources.MailIdentity"
STATEMENTS = "Resources.LettersRole.Properties.Policies.0.PolicyDocument.Statement"
SENDING = f"{STATEMENTS}.6"
ANYBODY = {"Effect": "Allow", "Principal": "*", "Action": "sqs:SendMessage", "Resource": "*"}

FAULTS = [
    Fault("a_letter_is_tried_five_times_within_a_week", f"{QUEUE}.RedrivePolicy"),
    Fault("a_letter_is_tried_five_times_within_a_week", f"{QUEUE}.RedrivePolicy.maxReceiveCount", True),
    Fault(
        "a_letter_is_tried_five_times_within_a_week",
        "Resources.LettersQueue.Properties.MessageRetentionPeriod",
        3600,
    ),
    Fault(
        "a_person_has_a_week_for_what_is_dead",
        "Resources.LettersDead.Properties.MessageRetentionPeriod",
        604800,
    ),
    Fault("only_the_topic_posts_events", f"{QUEUE_POLICY}.Condition"),
    Fault(
        "only_the_topic_posts_events",
        f"{QUEUE_POLICY}.Condition",
        {"ArnLike": {"aws:SourceArn": "arn:aws:sns:*"}},
    ),
    Fault("only_the_topic_posts_events", f"{QUEUE_POLICY}.Principal", "*"),
    Fault("only_the_topic_posts_events", f"{QUEUE_POLICY}.Action", "sqs:*"),
    Fault(
        "only_the_topic_posts_events",
        "Resources.RingQueuePolicy",
        {"Type": "AWS::SQS::QueuePolicy", "Properties": {}},
    ),
    Fault("only_ses_publishes_events_of_our_set", f"{TOPIC_POLICY}.Condition"),
    Fault("only_ses_publishes_events_of_our_set", f"{TOPIC_POLICY}.Condition.StringEquals.aws:SourceArn"),
    Fault("only_ses_publishes_events_of_our_set", f"{TOPIC_POLICY}.Condition.StringEquals.aws:SourceAccount"),
    Fault("only_ses_publishes_events_of_our_set", f"{TOPIC_POLICY}.Principal", {"AWS": "*"}),
    Fault("events_go_raw_to_the_queue_and_nowhere_else", f"{SUBSCRIPTION}.RawMessageDelivery"),
    Fault("events_go_raw_to_the_queue_and_nowhere_else", f"{SUBSCRIPTION}.Protocol", "https"),
    Fault(
        "events_go_raw_to_the_queue_and_nowhere_else",
        f"{SUBSCRIPTION}.Endpoint",
        {"Fn::GetAtt": ["RingQueue", "Arn"]},
    ),
    Fault(
        "events_go_raw_to_the_queue_and_nowhere_else", "Resources.MailEventsTopic.Properties.FifoTopic", True
    ),
    Fault("ses_tells_all_that_becomes_of_a_mail", f"{EVENTS}.DependsOn"),
    Fault("ses_tells_all_that_becomes_of_a_mail", f"{KINDS}.2", "BOUNCED"),
    Fault("ses_tells_all_that_becomes_of_a_mail", f"{EVENTS}.Properties.EventDestination.Enabled", False),
    Fault("nobody_who_reads_is_watched", f"{KINDS}.2", "OPEN"),
    Fault("nobody_who_reads_is_watched", f"{SET}.TrackingOptions", {"CustomRedirectDomain": "example.org"}),
    Fault("the_set_guards_our_name", f"{SET}.DeliveryOptions.TlsPolicy", "OPTIONAL"),
    Fault("the_set_guards_our_name", f"{SET}.SuppressionOptions"),
    Fault("the_set_guards_our_name", f"{SET}.ReputationOptions"),
    Fault("the_set_guards_our_name", f"{SET}.Name", "patchthrough"),
    Fault(
        "events_are_encrypted_with_a_key_ses_may_use", "Resources.MailEventsTopic.Properties.KmsMasterKeyId"
    ),
    Fault(
        "events_are_encrypted_with_a_key_ses_may_use",
        f"{KEY}.Principal",
        {"Service": "cloudwatch.amazonaws.com"},
    ),
    Fault("events_are_encrypted_with_a_key_ses_may_use", f"{KEY}.Action", ["kms:Decrypt"]),
    Fault("only_the_letter_worker_sends_and_as_our_sender", f"{SENDING}.Condition"),
    Fault(
        "only_the_letter_worker_sends_and_as_our_sender",
        f"{SENDING}.Condition.StringEquals.ses:FromAddress",
        "*",
    ),
    Fault(
        "the_identity_is_the_domain_of_the_sender",
        f"{IDENTITY}.Properties.EmailIdentity",
        {"Ref": "MailFrom"},
    ),
    Fault("the_identity_is_the_domain_of_the_sender", f"{IDENTITY}.Properties.DkimSigningAttributes"),
    Fault("without_a_sender_nothing_of_ses_is_paid_or_claimed", f"{IDENTITY}.Condition"),
    Fault(
        "without_a_sender_nothing_of_ses_is_paid_or_claimed", "Parameters.MailFrom.Default", "a@example.org"
    ),
    Fault(
        "without_a_sender_nothing_of_ses_is_paid_or_claimed", "Conditions.HasMail", {"Fn::Equals": ["", ""]}
    ),
]


@pytest.mark.parametrize("promise", MAIL_PROMISES)
def test_the_packaged_template_promises(packaged: dict[str, Any], promise: str) -> None:
    MAIL_PROMISES[promise](packaged)


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: f"{fault.promise}-{fault.at.split('.', 1)[1]}")
def test_a_seeded_fault_is_noticed(packaged: dict[str, Any], fault: Fault) -> None:
    broken = fault.into(packaged)

    with pytest.raises((AssertionError, ValueError)):
        MAIL_PROMISES[fault.promise](broken)


def test_every_promise_has_a_fault_that_breaks_it() -> None:
    assert {fault.promise for fault in FAULTS} == MAIL_PROMISES.keys()


def test_d8_no_route_takes_what_sns_posts() -> None:
    event = {
        "eventType": "Bounce",
        "mail": {"tags": {"letter": ["x"]}},
        "bounce": {"bounceType": "Permanent"},
    }
    message = {"Type": "Notification", "TopicArn": "arn:aws:sns:us-east-1:1:t", "Message": json.dumps(event)}
    headers = {"Content-Type": "text/plain; charset=UTF-8", "x-amz-sns-message-type": "Notification"}
    posted = [path for path, methods in app.routes.items() if "POST" in methods]

    with rehearsing(offices=1) as rehearsal:
        answers = {
            path: rehearsal.ask("POST", re.sub(r"{\w+}", "x", path), headers, json.dumps(message).encode())[0]
            for path in posted
        }

    assert answers, "there are routes to look at"
    assert {path: status for path, status in answers.items() if status not in REFUSED} == {}


REFUSED = {403, 404, 415}
"""No signature of Twilio's, no such page, no content type of ours."""


def test_a_letter_s_lease_outlives_the_worker_that_took_it(packaged: dict[str, Any]) -> None:
    assert LEASE.total_seconds() > packaged["Resources"]["Letters"]["Properties"]["Timeout"]
