"""The packaged template keeps its promises, and each promise notices the faults that would break it."""

from math import ceil
from typing import Any

import pytest

from chalicelib.config import MAIL, REQUIRED, SETTINGS, TEXT_SENDERS
from tests.infra.faults import Fault
from tests.infra.promises import PROMISES, functions

API = "Resources.APIHandler.Properties"
RING = "Resources.Ring.Properties"
SOURCE = "Resources.RingRingSqsEventSource.Properties"
ALERTS = "Resources.AlertsAlertsSqsEventSource.Properties"
QUEUE = "Resources.RingQueue.Properties"
TABLE = "Resources.Table.Properties"
STAGE = "Resources.RestAPIprodStage.Properties"
RULE = "Resources.ReconcileReconcileEvent.Properties"
ROLE = "Resources.RingRole.Properties"
STATEMENTS = f"{ROLE}.Policies.0.PolicyDocument.Statement"
DELETING = "Resources.ApiRole.Properties.Policies.0.PolicyDocument.Statement.5"
STAR = {"Effect": "Allow", "Action": "sqs:ReceiveMessage", "Resource": "*"}

A_WORKER = 4
"""Alerts that one worker sends in a second, about."""
TEXTS = {"alert_queue", "text_sender", "text_service", "signups_per_source"}
"""The fields of Config that are about texts."""

FAULTS = [
    Fault("the_functions_are_those_we_know", "Resources.Rings", {"Properties": {"Timeout": 30}}),
    Fault("the_functions_are_those_we_know", "Resources.Reconcile"),
    Fault("each_function_has_a_role_of_its_own", f"{RING}.Role", {"Fn::GetAtt": ["ApiRole", "Arn"]}),
    Fault("each_function_has_a_role_of_its_own", f"{RING}.Role", "arn:aws:iam::123456789012:role/any"),
    Fault("each_role_allows_exactly_what_its_function_does", f"{STATEMENTS}.1.Action.0"),
    Fault("each_role_allows_exactly_what_its_function_does", f"{STATEMENTS}.1.Action.0", "dynamodb:Scan"),
    Fault("each_role_allows_exactly_what_its_function_does", f"{STATEMENTS}.4.Resource", "*"),
    Fault(
        "each_role_allows_exactly_what_its_function_does", f"{ROLE}.ManagedPolicyArns", ["arn:aws:iam::aws:x"]
    ),
    Fault("no_role_names_a_star", f"{STATEMENTS}.0", STAR),
    Fault("no_role_names_a_star", f"{STATEMENTS}.1.Action", "dynamodb:*"),
    Fault("nobody_changes_the_ledger", f"{STATEMENTS}.2"),
    Fault("nobody_changes_the_ledger", f"{STATEMENTS}.2.Action", ["dynamodb:DeleteItem"]),
    Fault("what_a_function_may_delete_is_said", f"{DELETING}.Condition"),
    Fault("what_a_function_may_delete_is_said", f"{DELETING}.Condition.Null"),
    Fault(
        "what_a_function_may_delete_is_said",
        f"{DELETING}.Condition.ForAllValues:StringLike.dynamodb:LeadingKeys.0",
        "*",
    ),
    Fault("only_lambda_takes_a_role", f"{ROLE}.AssumeRolePolicyDocument.Statement.0.Principal", {"AWS": "*"}),
    Fault("a_failed_message_returns_alone", f"{SOURCE}.FunctionResponseTypes"),
    Fault("a_failed_message_returns_alone", f"{SOURCE}.FunctionResponseTypes.0", "ReportBatchItemFailure"),
    Fault("a_failed_message_returns_alone", "Resources.RingRingSqsEventSource"),
    Fault(
        "each_queue_is_drained_by_its_function",
        f"{SOURCE}.EventSourceArn",
        "arn:aws:sqs:us-east-1:123456789012:x",
    ),
    Fault("each_queue_is_drained_by_its_function", f"{SOURCE}.Enabled", to=False),
    Fault("workers_are_capped_at_the_queue", f"{SOURCE}.ScalingConfig"),
    Fault("workers_are_capped_at_the_queue", f"{ALERTS}.ScalingConfig.MaximumConcurrency", 2),
    Fault("workers_are_capped_at_the_queue", f"{RING}.ReservedConcurrentExecutions", 2),
    Fault("a_slow_batch_is_not_delivered_twice", f"{QUEUE}.VisibilityTimeout", 179),
    Fault("a_slow_batch_is_not_delivered_twice", f"{RING}.Timeout", 31),
    Fault("a_slow_batch_is_not_delivered_twice", "Resources.LettersQueue.Properties.VisibilityTimeout", 180),
    Fault("a_slow_batch_is_not_delivered_twice", "Resources.AlertsQueue.Properties.VisibilityTimeout", 180),
    Fault("what_is_soon_too_late_is_tried_five_times_and_within_the_hour", f"{QUEUE}.RedrivePolicy"),
    Fault(
        "what_is_soon_too_late_is_tried_five_times_and_within_the_hour",
        f"{QUEUE}.RedrivePolicy.maxReceiveCount",
        50,
    ),
    Fault(
        "what_is_soon_too_late_is_tried_five_times_and_within_the_hour",
        f"{QUEUE}.MessageRetentionPeriod",
        345600,
    ),
    Fault(
        "what_is_soon_too_late_is_tried_five_times_and_within_the_hour",
        "Resources.AlertsQueue.Properties.RedrivePolicy.deadLetterTargetArn",
        {"Fn::GetAtt": ["RingDead", "Arn"]},
    ),
    Fault(
        "what_died_within_the_hour_is_kept_two_weeks",
        "Resources.RingDead.Properties.MessageRetentionPeriod",
        3600,
    ),
    Fault("queues_are_encrypted", f"{QUEUE}.SqsManagedSseEnabled"),
    Fault("the_table_outlives_the_stack", "Resources.Table.DeletionPolicy"),
    Fault("the_table_outlives_the_stack", "Resources.Table.UpdateReplacePolicy", "Delete"),
    Fault("the_table_outlives_the_stack", f"{TABLE}.DeletionProtectionEnabled", to=False),
    Fault("the_table_outlives_the_stack", f"{TABLE}.TableName", "patchthrough"),
    Fault("the_table_forgets_and_can_be_restored", f"{TABLE}.TimeToLiveSpecification"),
    Fault(
        "the_table_forgets_and_can_be_restored", f"{TABLE}.TimeToLiveSpecification.AttributeName", "expires"
    ),
    Fault("the_table_forgets_and_can_be_restored", f"{TABLE}.PointInTimeRecoverySpecification"),
    Fault("the_table_costs_nothing_idle_and_not_more_than_its_cap", f"{TABLE}.BillingMode", "PROVISIONED"),
    Fault("the_table_costs_nothing_idle_and_not_more_than_its_cap", f"{TABLE}.OnDemandThroughput"),
    Fault("the_table_is_encrypted", f"{TABLE}.SSESpecification"),
    Fault("the_table_has_the_two_keys", f"{TABLE}.KeySchema.1"),
    Fault("the_api_is_regional", "Resources.RestAPI.Properties.EndpointConfiguration.Types.0", "EDGE"),
    Fault("the_api_is_throttled_and_traces_nothing", f"{STAGE}.MethodSettings"),
    Fault("the_api_is_throttled_and_traces_nothing", f"{STAGE}.MethodSettings.0.DataTraceEnabled", to=True),
    Fault("routes_are_read_or_posted", "Resources.RestAPI.Properties.Body.paths./health.delete", {}),
    Fault("everything_runs_on_arm", f"{API}.Architectures"),
    Fault("everything_runs_on_arm", "Resources.Letters.Properties.Timeout", 30),
    Fault("everything_runs_on_arm", f"{API}.Architectures.0", "x86_64"),
    Fault("each_function_logs_json_to_a_group_of_its_own", f"{API}.LoggingConfig"),
    Fault(
        "each_function_logs_json_to_a_group_of_its_own", f"{API}.LoggingConfig.LogGroup", {"Ref": "RingLog"}
    ),
    Fault("logs_are_forgotten_after_thirty_days", "Resources.ApiLog.Properties.RetentionInDays"),
    Fault("schedules_run_every_minute", f"{RULE}.ScheduleExpression", "rate(5 minutes)"),
    Fault("schedules_run_every_minute", f"{RULE}.State", "DISABLED"),
    Fault("schedules_run_every_minute", "Resources.PostPostEvent"),
    Fault("schedules_run_every_minute", "Resources.BroadcastsBroadcastsEvent"),
    Fault(
        "no_secret_is_in_the_environment", f"{API}.Environment.Variables.TWILIO_AUTH_TOKEN", {"Ref": "Token"}
    ),
    Fault("no_secret_is_in_the_environment", f"{API}.Environment.Variables.PATCHTHROUGH_STAGE", "prod"),
    Fault(
        "what_differs_between_deployments_must_be_said", "Parameters.TwilioApiUrl.Default", "http://127.0.0.1"
    ),
    Fault("what_differs_between_deployments_must_be_said", "Parameters.SesUrl.Default", "http://127.0.0.1"),
    Fault("what_differs_between_deployments_must_be_said", "Parameters.PublicUrl.Default", "https://x"),
    Fault("the_code_is_a_parameter", f"{RING}.Code.S3Bucket", "local"),
]


@pytest.mark.parametrize("promise", PROMISES)
def test_the_packaged_template_promises(packaged: dict[str, Any], promise: str) -> None:
    PROMISES[promise](packaged)


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: f"{fault.promise}-{fault.at.split('.', 1)[1]}")
def test_a_seeded_fault_is_noticed(packaged: dict[str, Any], fault: Fault) -> None:
    broken = fault.into(packaged)

    with pytest.raises(AssertionError):
        PROMISES[fault.promise](broken)


def test_every_promise_has_a_fault_that_breaks_it() -> None:
    assert {fault.promise for fault in FAULTS} == PROMISES.keys()


def test_every_setting_the_app_requires_is_given_to_every_function(packaged: dict[str, Any]) -> None:
    for function in functions(packaged).values():
        assert function["Environment"]["Variables"].keys() >= {*REQUIRED, *MAIL, "PATCHTHROUGH_MAIL_FROM"}


def test_every_kind_of_sender_that_the_app_knows_can_be_deployed(packaged: dict[str, Any]) -> None:
    sender = packaged["Parameters"]["TextSender"]

    assert (sender["Default"], sender["AllowedValues"]) == ("toll-free", list(TEXT_SENDERS))


def test_there_are_as_many_workers_as_a_sender_s_pace_needs(packaged: dict[str, Any]) -> None:
    needed = {name: max(2, ceil(sender.a_second / A_WORKER)) for name, sender in TEXT_SENDERS.items()}

    assert packaged["Mappings"]["Workers"] == {name: {"AtOnce": workers} for name, workers in needed.items()}


def test_every_setting_of_texts_is_given_to_every_function(packaged: dict[str, Any]) -> None:
    settings = {setting.variable for setting in SETTINGS if setting.field in TEXTS}

    for function in functions(packaged).values():
        assert function["Environment"]["Variables"].keys() >= settings
