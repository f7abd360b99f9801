"""S1: identities, configuration sets and the suppression list, asked by a real client."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from dev.mail_world import Bounce
from tests.mail_world.post_office import ATLANTA, EL_PASO, TOPIC, PostOffice


@pytest.fixture
def office() -> PostOffice:
    return PostOffice()


def test_identities_are_made_verified_and_forgotten(office: PostOffice) -> None:
    client = office.client
    made = client.create_email_identity(EmailIdentity="Example.net")
    assert (made["IdentityType"], made["VerifiedForSendingStatus"]) == ("DOMAIN", True)
    assert len(made["DkimAttributes"]["Tokens"]) == 3
    with pytest.raises(client.exceptions.AlreadyExistsException):
        client.create_email_identity(EmailIdentity="example.net")

    office.world.rules.verifies_at_once = False
    client.create_email_identity(EmailIdentity="ana@people.example")
    waiting = client.get_email_identity(EmailIdentity="ana@people.example")
    assert (waiting["VerificationStatus"], waiting["VerifiedForSendingStatus"]) == ("PENDING", False)

    client.delete_email_identity(EmailIdentity="example.net")
    with pytest.raises(client.exceptions.NotFoundException):
        client.get_email_identity(EmailIdentity="example.net")


def test_an_identitys_own_configuration_set_is_used_when_none_is_named(office: PostOffice) -> None:
    office.client.create_configuration_set(ConfigurationSetName="own")
    office.client.create_email_identity(EmailIdentity="example.net", ConfigurationSetName="own")
    office.send(FromEmailAddress="a@example.net", ConfigurationSetName="")

    assert office.world.accepted[0].configuration_set == "own"


def destination(**more: Any) -> dict[str, Any]:
    wanted = {"Enabled": True, "MatchingEventTypes": ["BOUNCE", "DELIVERY_DELAY"]}
    return wanted | {"SnsDestination": {"TopicArn": TOPIC}} | more


def test_configuration_sets_and_their_destinations(office: PostOffice) -> None:
    client = office.client
    client.create_configuration_set(ConfigurationSetName="new", DeliveryOptions={"MaxDeliverySeconds": 300})
    told = {"ConfigurationSetName": "new", "EventDestinationName": "events"}
    client.create_configuration_set_event_destination(**told, EventDestination=destination())

    [one] = client.get_configuration_set_event_destinations(ConfigurationSetName="new")["EventDestinations"]
    assert one == {"Name": "events"} | destination()
    assert client.get_configuration_set(ConfigurationSetName="new")["DeliveryOptions"] == {
        "MaxDeliverySeconds": 300
    }
    with pytest.raises(client.exceptions.AlreadyExistsException):
        client.create_configuration_set(ConfigurationSetName="new")
    with pytest.raises(client.exceptions.AlreadyExistsException):
        client.create_configuration_set_event_destination(**told, EventDestination=destination())


@pytest.mark.parametrize(
    "wrong",
    [
        {"SnsDestination": {"TopicArn": f"{TOPIC}.fifo"}},
        {"SnsDestination": {"TopicArn": "elsewhere"}},
        {"MatchingEventTypes": ["Bounce"]},
        {"MatchingEventTypes": []},
    ],
)
def test_a_destination_that_ses_would_not_take(office: PostOffice, wrong: dict[str, Any]) -> None:
    office.client.create_configuration_set(ConfigurationSetName="new")

    with pytest.raises(office.client.exceptions.BadRequestException):
        office.client.create_configuration_set_event_destination(
            ConfigurationSetName="new", EventDestinationName="events", EventDestination=destination(**wrong)
        )


def test_at_most_ten_destinations(office: PostOffice) -> None:
    office.client.create_configuration_set(ConfigurationSetName="new")

    def one_more(number: int) -> None:
        office.client.create_configuration_set_event_destination(
            ConfigurationSetName="new", EventDestinationName=f"d{number}", EventDestination=destination()
        )

    for number in range(10):
        one_more(number)
    with pytest.raises(office.client.exceptions.LimitExceededException):
        one_more(10)


@pytest.mark.parametrize("seconds", [299, 50_401])
def test_max_delivery_seconds_has_limits(seconds: int) -> None:
    office = PostOffice(parameter_validation=False)
    with pytest.raises(office.client.exceptions.BadRequestException):
        office.client.create_configuration_set(
            ConfigurationSetName="new", DeliveryOptions={"MaxDeliverySeconds": seconds}
        )


def test_a_configuration_set_may_have_its_own_idea_of_suppression(office: PostOffice) -> None:
    office.client.create_configuration_set(
        ConfigurationSetName="stubborn", SuppressionOptions={"SuppressedReasons": []}
    )
    office.client.put_suppressed_destination(EmailAddress=ATLANTA, Reason="BOUNCE")
    office.send(ATLANTA, ConfigurationSetName="stubborn")
    office.world.run_until_idle()

    assert office.world.letters_in(ATLANTA) == office.world.accepted


def test_the_suppression_list_is_kept_until_somebody_takes_an_address_off(office: PostOffice) -> None:
    client = office.client
    client.put_suppressed_destination(EmailAddress=ATLANTA, Reason="COMPLAINT")
    found = client.get_suppressed_destination(EmailAddress=ATLANTA.upper())["SuppressedDestination"]
    assert found == {
        "EmailAddress": ATLANTA,
        "Reason": "COMPLAINT",
        "LastUpdateTime": datetime(2026, 12, 9, 15, 42, tzinfo=UTC),
    }

    office.world.advance(90 * 86_400)
    client.delete_suppressed_destination(EmailAddress=ATLANTA)
    for ask in (client.get_suppressed_destination, client.delete_suppressed_destination):
        with pytest.raises(client.exceptions.NotFoundException):
            ask(EmailAddress=ATLANTA)


def test_a_bounce_leaves_its_ids_on_the_list(office: PostOffice) -> None:
    office.world.next_to(ATLANTA, Bounce())
    message_id = office.send(ATLANTA)
    office.world.run_until_idle()

    found = office.client.get_suppressed_destination(EmailAddress=ATLANTA)["SuppressedDestination"]
    assert found["Attributes"] == {
        "MessageId": message_id,
        "FeedbackId": office.of("Bounce")[0]["bounce"]["feedbackId"],
    }


def test_the_list_is_read_in_pages_by_reason_and_date(office: PostOffice) -> None:
    client = office.client
    office.world.suppress(ATLANTA)
    office.world.advance(60)
    noon = office.world.now()
    office.world.advance(60)
    office.world.suppress(EL_PASO, "COMPLAINT")

    def addresses(**asked: Any) -> list[str]:
        page = client.list_suppressed_destinations(**asked)
        return [one["EmailAddress"] for one in page["SuppressedDestinationSummaries"]]

    assert addresses() == [ATLANTA, EL_PASO]
    assert addresses(Reasons=["COMPLAINT"]) == [EL_PASO]
    assert (addresses(StartDate=noon), addresses(EndDate=noon)) == ([EL_PASO], [ATLANTA])
    token = client.list_suppressed_destinations(PageSize=1)["NextToken"]
    assert addresses(PageSize=1, NextToken=token) == [EL_PASO]
    with pytest.raises(client.exceptions.InvalidNextTokenException):
        addresses(NextToken="nonsense")


Ask = Callable[[Any], Any]
WRONG: list[Ask] = [
    lambda client: client.put_suppressed_destination(EmailAddress=ATLANTA, Reason="DISLIKE"),
    lambda client: client.put_suppressed_destination(EmailAddress="nobody", Reason="BOUNCE"),
    lambda client: client.list_suppressed_destinations(Reasons=["DISLIKE"]),
    lambda client: client.create_configuration_set(ConfigurationSetName="with space"),
    lambda client: client.create_configuration_set(ConfigurationSetName="x" * 65),
    lambda client: client.create_email_identity(EmailIdentity="not a domain"),
]


@pytest.mark.parametrize("ask", WRONG)
def test_wrong_values_are_bad_requests(office: PostOffice, ask: Ask) -> None:
    with pytest.raises(office.client.exceptions.BadRequestException):
        ask(office.client)


def test_the_sandbox_has_no_suppression_list_of_its_own(office: PostOffice) -> None:
    office.world.rules.production = False

    with pytest.raises(office.client.exceptions.BadRequestException):
        office.client.put_suppressed_destination(EmailAddress=ATLANTA, Reason="BOUNCE")
    assert office.client.get_account()["ProductionAccessEnabled"] is False
