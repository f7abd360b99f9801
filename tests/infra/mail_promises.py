"""What the deployed template must say about mail, each promise a function that asserts it.

cfn-lint accepts a template that breaks any of these. tests/infra/test_mail_template.py seeds a fault for each.
"""

from collections.abc import Callable

from tests.infra.permissions import MAIL, MAIL_EVENTS, MAIL_SET
from tests.infra.promises import (
    FUNCTIONS,
    Properties,
    Template,
    listed,
    of_type,
    one,
    pairs,
    referred,
    role_of,
    statements,
)

WEEK = 7 * 24 * 3600
TOLD = {
    "SEND",
    "REJECT",
    "BOUNCE",
    "COMPLAINT",
    "DELIVERY",
    "DELIVERY_DELAY",
    "RENDERING_FAILURE",
    "SUBSCRIPTION",
}
DOMAIN = {"Fn::Select": [1, {"Fn::Split": ["@", {"Fn::Sub": "${MailFrom}@"}]}]}


def policy(template: Template, logical_id: str) -> Properties:
    """The one statement of a resource's policy."""
    (statement,) = one(template, logical_id)["PolicyDocument"]["Statement"]
    return dict(statement)


def a_letter_is_tried_five_times_within_a_week(template: Template) -> None:
    for name in ("Letters", "MailEvents"):
        queue = one(template, f"{name}Queue")
        assert queue["MessageRetentionPeriod"] == WEEK, name
        redrive = queue.get("RedrivePolicy", {})
        assert referred(redrive.get("deadLetterTargetArn")) == (f"{name}Dead", "Arn"), name
        assert redrive["maxReceiveCount"] == 5, name


def a_person_has_a_week_for_what_is_dead(template: Template) -> None:
    # A dead message keeps the age it had.
    for name in ("LettersDead", "MailEventsDead"):
        assert one(template, name)["MessageRetentionPeriod"] == 2 * WEEK, name


def only_the_topic_posts_events(template: Template) -> None:
    (name,) = of_type(template, "AWS::SQS::QueuePolicy")
    assert [referred(queue) for queue in one(template, name)["Queues"]] == ["MailEventsQueue"]
    statement = policy(template, name)
    assert statement["Effect"] == "Allow"
    assert statement["Principal"] == {"Service": "sns.amazonaws.com"}
    assert pairs(statement) == {("sqs:SendMessage", MAIL_EVENTS)}
    assert statement.get("Condition") == {"ArnEquals": {"aws:SourceArn": {"Ref": "MailEventsTopic"}}}


def only_ses_publishes_events_of_our_set(template: Template) -> None:
    (name,) = of_type(template, "AWS::SNS::TopicPolicy")
    assert [referred(topic) for topic in one(template, name)["Topics"]] == ["MailEventsTopic"]
    statement = policy(template, name)
    assert statement["Effect"] == "Allow"
    assert statement["Principal"] == {"Service": "ses.amazonaws.com"}
    assert pairs(statement) == {("sns:Publish", "MailEventsTopic")}
    condition = statement.get("Condition", {}).get("StringEquals", {})
    assert {key: referred(value) for key, value in condition.items()} == {
        "aws:SourceAccount": "AWS::AccountId",
        "aws:SourceArn": MAIL_SET,
    }


def events_go_raw_to_the_queue_and_nowhere_else(template: Template) -> None:
    (subscription,) = of_type(template, "AWS::SNS::Subscription").values()
    assert subscription["Protocol"] == "sqs"
    assert referred(subscription["Endpoint"]) == MAIL_EVENTS
    assert referred(subscription["TopicArn"]) == "MailEventsTopic"
    assert subscription.get("RawMessageDelivery") is True
    topics = of_type(template, "AWS::SNS::Topic")
    # Of alarms: no event of SES's ever goes there, and whom it tells is a parameter.
    topics.pop("AlarmTopic", None)
    for name, topic in topics.items():
        assert not topic.get("FifoTopic"), f"{name}: SES knows no FIFO topic"
        assert "Subscription" not in topic, name


def ses_tells_all_that_becomes_of_a_mail(template: Template) -> None:
    resource = template["Resources"]["MailSetEvents"]
    assert "MailEventsTopicPolicy" in listed(resource.get("DependsOn", [])), "SES would refuse the topic"
    assert referred(resource["Properties"]["ConfigurationSetName"]) == "MailSet"
    destination = resource["Properties"]["EventDestination"]
    assert destination["Enabled"] is True
    assert referred(destination["SnsDestination"]["TopicARN"]) == "MailEventsTopic"
    assert set(destination["MatchingEventTypes"]) >= TOLD


def nobody_who_reads_is_watched(template: Template) -> None:
    for destination in of_type(template, "AWS::SES::ConfigurationSetEventDestination").values():
        assert not {"OPEN", "CLICK"} & set(destination["EventDestination"]["MatchingEventTypes"])
    for name, options in of_type(template, "AWS::SES::ConfigurationSet").items():
        assert "TrackingOptions" not in options, name


def the_set_guards_our_name(template: Template) -> None:
    options = one(template, "MailSet")
    assert options.get("ReputationOptions") == {"ReputationMetricsEnabled": True}
    assert set(options.get("SuppressionOptions", {}).get("SuppressedReasons", [])) == {"BOUNCE", "COMPLAINT"}
    assert options.get("DeliveryOptions") == {"TlsPolicy": "REQUIRE"}
    assert "Name" not in options, "a second stack in the account could not have its own"


def events_are_encrypted_with_a_key_ses_may_use(template: Template) -> None:
    key = one(template, "MailEventsTopic").get("KmsMasterKeyId", {}).get("Fn::If", [])
    assert [referred(part) for part in key] == ["HasMail", ("MailKey", "Arn"), "AWS::NoValue"]
    allowed = [
        set(listed(statement["Action"]))
        for statement in one(template, "MailKey")["KeyPolicy"]["Statement"]
        if statement["Principal"] == {"Service": "ses.amazonaws.com"}
        and statement["Condition"] == {"StringEquals": {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}}
    ]
    assert allowed == [{"kms:Decrypt", "kms:GenerateDataKey*"}]


def only_the_letter_worker_sends_and_as_our_sender(template: Template) -> None:
    for function in FUNCTIONS:
        sending = [
            statement
            for statement in statements(role_of(template, function)[1], "Allow")
            if pairs(statement) & MAIL
        ]
        if function != "Letters":
            assert sending == [], function
            continue
        (statement,) = sending
        assert statement.get("Condition") == {"StringEquals": {"ses:FromAddress": {"Ref": "MailFrom"}}}
        variables = [one["Fn::Sub"][1] for one in statement["Resource"] if isinstance(one["Fn::Sub"], list)]
        assert variables == [{"Domain": DOMAIN}]


def the_identity_is_the_domain_of_the_sender(template: Template) -> None:
    (identity,) = of_type(template, "AWS::SES::EmailIdentity").values()
    assert identity["EmailIdentity"] == DOMAIN
    assert identity.get("DkimSigningAttributes") == {"NextSigningKeyLength": "RSA_2048_BIT"}


def without_a_sender_nothing_of_ses_is_paid_or_claimed(template: Template) -> None:
    assert template["Conditions"]["HasMail"] == {"Fn::Not": [{"Fn::Equals": [{"Ref": "MailFrom"}, ""]}]}
    assert template["Parameters"]["MailFrom"]["Default"] == ""
    conditional = {
        name for name, resource in template["Resources"].items() if resource.get("Condition") == "HasMail"
    }
    assert conditional == {"MailIdentity", "MailKey"}


MAIL_PROMISES: dict[str, Callable[[Template], None]] = {
    promise.__name__: promise
    for promise in (
        a_letter_is_tried_five_times_within_a_week,
        a_person_has_a_week_for_what_is_dead,
        only_the_topic_posts_events,
        only_ses_publishes_events_of_our_set,
        events_go_raw_to_the_queue_and_nowhere_else,
        ses_tells_all_that_becomes_of_a_mail,
        nobody_who_reads_is_watched,
        the_set_guards_our_name,
        events_are_encrypted_with_a_key_ses_may_use,
        only_the_letter_worker_sends_and_as_our_sender,
        the_identity_is_the_domain_of_the_sender,
        without_a_sender_nothing_of_ses_is_paid_or_claimed,
    )
}
