"""What the deployed template must say, each promise a function that asserts it.

cfn-lint accepts a template that breaks any of these. tests/infra/test_template.py seeds a fault for each.
"""

from collections.abc import Callable, Iterator
from typing import Any

from tests.infra.permissions import ALLOWED, FORGETS, NO_RESOURCE, TABLE

Template = dict[str, Any]
Properties = dict[str, Any]

FUNCTIONS = {"APIHandler", "Ring", "Reconcile", "Letters", "MailEvents", "Post", "Alerts", "Broadcasts"}
DRAINED_BY = {
    "RingQueue": "Ring", "LettersQueue": "Letters", "MailEventsQueue": "MailEvents", "AlertsQueue": "Alerts",
}  # fmt: skip


def of_type(template: Template, kind: str) -> dict[str, Properties]:
    """Properties of all resources of a type, by logical id."""
    return {
        name: resource.get("Properties", {})
        for name, resource in template["Resources"].items()
        if resource.get("Type") == kind
    }


def functions(template: Template) -> dict[str, Properties]:
    return of_type(template, "AWS::Lambda::Function")


def one(template: Template, logical_id: str) -> Properties:
    properties: Properties = template["Resources"][logical_id]["Properties"]
    return properties


def referred(value: object) -> object:
    """A reference as something that can be compared and put in a set."""
    match value:
        case {"Fn::GetAtt": [resource, attribute]}:
            return resource, attribute
        case {"Ref": resource}:
            return resource
        case {"Fn::Sub": [text, _]} | {"Fn::Sub": text}:
            return text
    return value


def listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def role_of(template: Template, function: str) -> tuple[str, Properties]:
    role = referred(functions(template)[function]["Role"])
    assert isinstance(role, tuple), f"{function} has the fixed role {role}"
    assert template["Resources"][role[0]]["Type"] == "AWS::IAM::Role"
    return role[0], one(template, role[0])


def statements(role: Properties, effect: str) -> Iterator[Properties]:
    for policy in role["Policies"]:
        for statement in policy["PolicyDocument"]["Statement"]:
            if statement["Effect"] == effect:
                yield statement


def pairs(statement: Properties) -> set[tuple[str, object]]:
    return {
        (action, referred(resource))
        for action in listed(statement["Action"])
        for resource in listed(statement["Resource"])
    }


def the_functions_are_those_we_know(template: Template) -> None:
    assert functions(template).keys() == FUNCTIONS
    untyped = [name for name, resource in template["Resources"].items() if "Type" not in resource]
    assert untyped == [], "a fragment names a resource that Chalice does not make"


def each_function_has_a_role_of_its_own(template: Template) -> None:
    roles = {role_of(template, function)[0] for function in FUNCTIONS}
    assert len(roles) == len(FUNCTIONS)
    assert of_type(template, "AWS::IAM::Role").keys() == roles


def each_role_allows_exactly_what_its_function_does(template: Template) -> None:
    for function, expected in ALLOWED.items():
        role = role_of(template, function)[1]
        allowed = set[tuple[str, object]]().union(*map(pairs, statements(role, "Allow")))
        assert allowed == expected, function
        assert not role.get("ManagedPolicyArns"), function


def no_role_names_a_star(template: Template) -> None:
    for function in FUNCTIONS:
        for statement in statements(role_of(template, function)[1], "Allow"):
            actions = listed(statement["Action"])
            assert not any("*" in action for action in actions)
            resources = [referred(resource) for resource in listed(statement["Resource"])]
            assert "*" not in resources or set(actions) <= NO_RESOURCE
            assert not statement.keys() & {"NotAction", "NotResource"}


def nobody_changes_the_ledger(template: Template) -> None:
    for function in FUNCTIONS:
        denied = [
            statement
            for statement in statements(role_of(template, function)[1], "Deny")
            if statement["Condition"] == {"ForAnyValue:StringLike": {"dynamodb:LeadingKeys": ["ACTION#*"]}}
        ]
        assert [pairs(statement) for statement in denied] == [
            {("dynamodb:DeleteItem", TABLE), ("dynamodb:UpdateItem", TABLE)}
        ], function


def what_a_function_may_delete_is_said(template: Template) -> None:
    for function in FUNCTIONS:
        deleting = [
            statement.get("Condition")
            for statement in statements(role_of(template, function)[1], "Allow")
            if "dynamodb:DeleteItem" in listed(statement["Action"])
        ]
        assert deleting == [confined(FORGETS[function])] if function in FORGETS else deleting == [], function


def confined(keys: list[str] | None) -> Properties | None:
    """The condition that a request names such keys only, and names any."""
    if keys is None:
        return None
    named = {"dynamodb:LeadingKeys": keys}
    return {"ForAllValues:StringLike": named, "Null": {"dynamodb:LeadingKeys": "false"}}


def only_lambda_takes_a_role(template: Template) -> None:
    for name, role in of_type(template, "AWS::IAM::Role").items():
        trusted = role["AssumeRolePolicyDocument"]["Statement"]
        assert [statement["Principal"] for statement in trusted] == [{"Service": "lambda.amazonaws.com"}], (
            name
        )


def a_failed_message_returns_alone(template: Template) -> None:
    sources = of_type(template, "AWS::Lambda::EventSourceMapping")
    assert len(sources) == len(DRAINED_BY), "a queue is emptied by nobody"
    for name, source in sources.items():
        assert source.get("FunctionResponseTypes") == ["ReportBatchItemFailures"], name


def each_queue_is_drained_by_its_function(template: Template) -> None:
    sources = of_type(template, "AWS::Lambda::EventSourceMapping").values()
    drained = {referred(source["EventSourceArn"]): referred(source["FunctionName"]) for source in sources}
    assert drained == {(queue, "Arn"): function for queue, function in DRAINED_BY.items()}
    for source in sources:
        assert 1 <= source["BatchSize"] <= 10
        assert source.get("Enabled", True) is True


WORKERS: dict[str, object] = {"Alerts": {"Fn::FindInMap": ["Workers", {"Ref": "TextSender"}, "AtOnce"]}}
"""How many of a function may work at once, where it isn't two: of alerts, as many as the sender's pace needs."""


def workers_are_capped_at_the_queue(template: Template) -> None:
    for source in of_type(template, "AWS::Lambda::EventSourceMapping").values():
        most = WORKERS.get(str(referred(source["FunctionName"])), 2)
        assert source.get("ScalingConfig") == {"MaximumConcurrency": most}
    for name, function in functions(template).items():
        assert "ReservedConcurrentExecutions" not in function, name


def a_slow_batch_is_not_delivered_twice(template: Template) -> None:
    for queue, function in DRAINED_BY.items():
        timeout = one(template, function)["Timeout"]
        assert one(template, queue)["VisibilityTimeout"] >= 6 * timeout, queue


SOON_TOO_LATE = ("Ring", "Alerts")
"""Functions whose messages are worth nothing after an hour."""


def what_is_soon_too_late_is_tried_five_times_and_within_the_hour(template: Template) -> None:
    for name in SOON_TOO_LATE:
        queue = one(template, f"{name}Queue")
        assert queue["MessageRetentionPeriod"] == 3600, name
        redrive = queue.get("RedrivePolicy", {})
        assert referred(redrive.get("deadLetterTargetArn")) == (f"{name}Dead", "Arn"), name
        assert redrive["maxReceiveCount"] == 5, name


def what_died_within_the_hour_is_kept_two_weeks(template: Template) -> None:
    for name in SOON_TOO_LATE:
        assert one(template, f"{name}Dead")["MessageRetentionPeriod"] == 14 * 24 * 3600, name


def queues_are_encrypted(template: Template) -> None:
    for name, queue in of_type(template, "AWS::SQS::Queue").items():
        assert queue.get("SqsManagedSseEnabled") is True, name


def the_table_outlives_the_stack(template: Template) -> None:
    table = template["Resources"]["Table"]
    assert table.get("DeletionPolicy") == "Retain"
    assert table.get("UpdateReplacePolicy") == "Retain"
    assert table["Properties"].get("DeletionProtectionEnabled") is True
    assert "TableName" not in table["Properties"], "a restored table could not take its place"


def the_table_forgets_and_can_be_restored(template: Template) -> None:
    table = one(template, "Table")
    assert table.get("TimeToLiveSpecification") == {"AttributeName": "expires_at", "Enabled": True}
    assert table.get("PointInTimeRecoverySpecification") == {
        "PointInTimeRecoveryEnabled": True,
        "RecoveryPeriodInDays": 7,
    }


def the_table_costs_nothing_idle_and_not_more_than_its_cap(template: Template) -> None:
    table = one(template, "Table")
    assert table["BillingMode"] == "PAY_PER_REQUEST"
    cap = {key: referred(value) for key, value in table.get("OnDemandThroughput", {}).items()}
    assert cap == {"MaxReadRequestUnits": "MaxReadUnits", "MaxWriteRequestUnits": "MaxWriteUnits"}


def the_table_is_encrypted(template: Template) -> None:
    assert one(template, "Table").get("SSESpecification") == {"SSEEnabled": True, "SSEType": "KMS"}


def the_table_has_the_two_keys(template: Template) -> None:
    schema = {key["KeyType"]: key["AttributeName"] for key in one(template, "Table")["KeySchema"]}
    assert schema == {"HASH": "PK", "RANGE": "SK"}


def the_api_is_regional(template: Template) -> None:
    api = one(template, "RestAPI")
    assert api.get("EndpointConfiguration") == {"Types": ["REGIONAL"]}
    assert "prod" in {stage["StageName"] for stage in of_type(template, "AWS::ApiGateway::Stage").values()}


def the_api_is_throttled_and_traces_nothing(template: Template) -> None:
    (stage,) = of_type(template, "AWS::ApiGateway::Stage").values()
    (settings,) = stage.get("MethodSettings", [{}])
    assert settings.get("ThrottlingRateLimit") == 500
    assert settings.get("ThrottlingBurstLimit") == 1000
    assert settings.get("DataTraceEnabled") is False
    assert settings.get("LoggingLevel") == "OFF"


def routes_are_read_or_posted(template: Template) -> None:
    paths = one(template, "RestAPI")["Body"]["paths"]
    methods = {method for path in paths.values() for method in path}
    assert methods <= {"get", "post", "options"}, methods


SECONDS = {"Letters": 90, "Alerts": 90, "Broadcasts": 120}
"""How long a function may take, where it isn't half a minute. A batch of letters waits for SES five times, but no
letter's lease ends meanwhile; a turn of alerts goes on for a minute, and then waits for Twilio once; a broadcast is
planned for half a minute at a time."""


def everything_runs_on_arm(template: Template) -> None:
    for name, function in functions(template).items():
        assert function.get("Architectures") == ["arm64"], name
        assert function["MemorySize"] == 512, name
        assert function["Timeout"] == SECONDS.get(name, 30), name


def each_function_logs_json_to_a_group_of_its_own(template: Template) -> None:
    groups = set()
    for name, function in functions(template).items():
        logging = function.get("LoggingConfig", {})
        assert logging.get("LogFormat") == "JSON", name
        groups.add(referred(logging.get("LogGroup")))
    assert groups == of_type(template, "AWS::Logs::LogGroup").keys()
    assert len(groups) == len(FUNCTIONS)


def logs_are_forgotten_after_thirty_days(template: Template) -> None:
    for name, group in of_type(template, "AWS::Logs::LogGroup").items():
        assert group.get("RetentionInDays") == 30, name


def schedules_run_every_minute(template: Template) -> None:
    rules = of_type(template, "AWS::Events::Rule").values()
    for rule in rules:
        assert rule["ScheduleExpression"] == "rate(1 minute)"
        assert rule.get("State", "ENABLED") == "ENABLED"
    called = {referred(target["Arn"]) for rule in rules for target in rule["Targets"]}
    assert called == {("Reconcile", "Arn"), ("Post", "Arn"), ("Broadcasts", "Arn")}


def no_secret_is_in_the_environment(template: Template) -> None:
    for name, function in functions(template).items():
        for variable, value in function["Environment"]["Variables"].items():
            assert isinstance(referred(value), str) and isinstance(value, dict), (
                f"{name}: {variable} is fixed"
            )
            assert not any(word in variable for word in ("TOKEN", "KEY", "PASSWORD")), f"{name}: {variable}"


def what_differs_between_deployments_must_be_said(template: Template) -> None:
    parameters = template["Parameters"]
    optional = {name for name, parameter in parameters.items() if "Default" in parameter}
    must = {"Stage", "PublicUrl", "SecretName", "TwilioAccountSid", "TwilioNumbers", "CodeBucket", "CodeKey"}
    assert parameters.keys() - optional == must
    assert parameters["TwilioApiUrl"]["Default"] == "", "a deployment must reach Twilio itself"
    assert parameters["SesUrl"]["Default"] == "", "a deployment must reach SES itself"


def the_code_is_a_parameter(template: Template) -> None:
    for name, function in functions(template).items():
        code = {key: referred(value) for key, value in function["Code"].items()}
        assert code == {"S3Bucket": "CodeBucket", "S3Key": "CodeKey"}, name


PROMISES: dict[str, Callable[[Template], None]] = {
    promise.__name__: promise
    for promise in (
        the_functions_are_those_we_know,
        each_function_has_a_role_of_its_own,
        each_role_allows_exactly_what_its_function_does,
        no_role_names_a_star,
        nobody_changes_the_ledger,
        what_a_function_may_delete_is_said,
        only_lambda_takes_a_role,
        a_failed_message_returns_alone,
        each_queue_is_drained_by_its_function,
        workers_are_capped_at_the_queue,
        a_slow_batch_is_not_delivered_twice,
        what_is_soon_too_late_is_tried_five_times_and_within_the_hour,
        what_died_within_the_hour_is_kept_two_weeks,
        queues_are_encrypted,
        the_table_outlives_the_stack,
        the_table_forgets_and_can_be_restored,
        the_table_costs_nothing_idle_and_not_more_than_its_cap,
        the_table_is_encrypted,
        the_table_has_the_two_keys,
        the_api_is_regional,
        the_api_is_throttled_and_traces_nothing,
        routes_are_read_or_posted,
        everything_runs_on_arm,
        each_function_logs_json_to_a_group_of_its_own,
        logs_are_forgotten_after_thirty_days,
        schedules_run_every_minute,
        no_secret_is_in_the_environment,
        what_differs_between_deployments_must_be_said,
        the_code_is_a_parameter,
    )
}
