"""S3 and S4: SES's throttles under both names, hidden retries, and what stops the whole sender."""

import pytest
from botocore.exceptions import ClientError

from dev.mail_world import Rules, SenderTrouble, Throttle
from tests.mail_world.post_office import ATLANTA, SET, PostOffice

DAY = 86_400
BUSY = {
    Throttle.TOO_MANY: (429, "Maximum sending rate exceeded.", "Daily message quota exceeded."),
    Throttle.THROTTLING: (400, "Maximum sending rate exceeded", "Daily message quota exceeded"),
}


def sent_until_refused(office: PostOffice, most: int = 50) -> tuple[int, ClientError]:
    for sent in range(most):
        try:
            office.send(ATLANTA, letter=f"L{sent}")
        except ClientError as refused:
            return sent, refused
    raise AssertionError("never refused")


@pytest.mark.parametrize("name", Throttle)
def test_s3_both_texts_under_either_name(name: Throttle) -> None:
    office = PostOffice(rules=Rules(max_send_rate=3, max_24_hour_send=4, throttle=name))
    status, rate, quota = BUSY[name]

    sent, refused = sent_until_refused(office)
    office.world.advance(5)
    more, again = sent_until_refused(office)

    assert (sent, more) == (3, 1)
    assert [error.response["Error"] for error in (refused, again)] == [
        {"Code": str(name), "Message": rate},
        {"Code": str(name), "Message": quota},
    ]
    assert refused.response["ResponseMetadata"]["HTTPStatusCode"] == status
    assert len(office.world.accepted) == 4


def test_s3_throttling_exception_has_no_class_in_the_client() -> None:
    office = PostOffice(rules=Rules(max_send_rate=1, throttle=Throttle.THROTTLING))
    _, refused = sent_until_refused(office)
    assert type(refused) is ClientError

    office.world.rules.throttle = Throttle.TOO_MANY
    with pytest.raises(office.client.exceptions.TooManyRequestsException):
        office.send()


def test_s3_the_bucket_fills_at_max_send_rate() -> None:
    office = PostOffice(rules=Rules(max_send_rate=14))

    for second in range(3):
        assert sent_until_refused(office)[0] == 14, second
        office.world.advance(1)


def test_s3_half_a_second_brings_half_the_tokens() -> None:
    office = PostOffice(rules=Rules(max_send_rate=14))
    sent_until_refused(office)
    office.world.advance(0.5)

    assert sent_until_refused(office)[0] == 7


def test_s3_rate_and_quota_count_recipients() -> None:
    office = PostOffice(rules=Rules(max_send_rate=4, max_24_hour_send=6))
    office.send("a@office.example", "b@office.example", "c@office.example")
    with pytest.raises(ClientError, match="rate"):
        office.send("a@office.example", "b@office.example")

    office.world.advance(2)
    with pytest.raises(ClientError, match="quota"):
        office.send("a@office.example", "b@office.example", "c@office.example", "d@office.example")


def test_s3_the_quota_is_of_the_last_24_hours_and_is_what_get_account_says() -> None:
    office = PostOffice(rules=Rules(max_24_hour_send=2))
    office.send()
    office.world.advance(3600)
    office.send()
    assert office.client.get_account()["SendQuota"] == {
        "Max24HourSend": 2.0,
        "MaxSendRate": 14.0,
        "SentLast24Hours": 2.0,
    }

    office.world.advance(DAY - 3600)
    assert sent_until_refused(office)[0] == 1
    office.world.rules.max_24_hour_send = -1
    assert sent_until_refused(office)[0] == 13


def test_s3_simulator_addresses_cost_no_quota_but_are_held_to_the_rate() -> None:
    office = PostOffice(rules=Rules(max_send_rate=2, max_24_hour_send=1))
    office.send("success@simulator.amazonses.com")
    office.send("success+two@simulator.amazonses.com")

    with pytest.raises(ClientError, match="rate"):
        office.send("success@simulator.amazonses.com")
    assert office.client.get_account()["SendQuota"]["SentLast24Hours"] == 0


def test_s3_a_refused_message_costs_nothing() -> None:
    office = PostOffice(rules=Rules(max_send_rate=1))
    with pytest.raises(ClientError):
        office.send(FromEmailAddress="who@nowhere.example")

    assert office.send()


def test_d13_hidden_retries_of_the_sdk_are_counted() -> None:
    for attempts, hidden in ((1, 0), (3, 2)):
        office = PostOffice(
            rules=Rules(max_send_rate=1), retries={"total_max_attempts": attempts, "mode": "standard"}
        )
        office.send()
        with pytest.raises(ClientError):
            office.send()

        assert office.world.requests["SendEmail"] == 1 + attempts
        assert office.world.hidden_retries == hidden


def test_other_operations_can_be_held_to_one_a_second() -> None:
    office = PostOffice(rules=Rules(other_rate=1))
    office.client.get_account()
    with pytest.raises(office.client.exceptions.TooManyRequestsException):
        office.client.get_account()

    office.world.advance(1)
    assert office.client.get_account()


@pytest.mark.parametrize(
    ("trouble", "code"),
    [
        (SenderTrouble.PAUSED, "SendingPausedException"),
        (SenderTrouble.SUSPENDED, "AccountSuspendedException"),
        (SenderTrouble.MAIL_FROM, "MailFromDomainNotVerifiedException"),
        (SenderTrouble.LIMIT, "LimitExceededException"),
    ],
)
def test_s4_what_stops_the_sender_stops_every_letter_until_it_is_lifted(
    trouble: SenderTrouble, code: str
) -> None:
    office = PostOffice()
    office.world.sender = trouble
    for _ in range(2):
        with pytest.raises(getattr(office.client.exceptions, code)):
            office.send()

    office.world.sender = None
    assert office.send()
    assert len(office.world.accepted) == 1


def test_s4_a_missing_configuration_set_is_not_found() -> None:
    office = PostOffice()
    office.client.delete_configuration_set(ConfigurationSetName=SET)

    with pytest.raises(office.client.exceptions.NotFoundException):
        office.send()


def test_s4_sending_is_paused_by_the_switches_of_account_and_set() -> None:
    office = PostOffice()
    paused = office.client.exceptions.SendingPausedException
    office.client.put_configuration_set_sending_options(ConfigurationSetName=SET, SendingEnabled=False)
    with pytest.raises(paused):
        office.send()
    assert office.send(ConfigurationSetName="")

    office.client.put_configuration_set_sending_options(ConfigurationSetName=SET, SendingEnabled=True)
    office.client.put_account_sending_attributes(SendingEnabled=False)
    with pytest.raises(paused):
        office.send()
    assert office.client.get_account()["SendingEnabled"] is False
