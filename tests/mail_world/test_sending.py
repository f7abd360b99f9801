"""S1 and S2: SendEmail as SES describes it, and what is kept of each accepted message."""

import json
from email.message import EmailMessage
from typing import Any

import pytest
from botocore.exceptions import ClientError

from dev.mail_world import rest
from dev.mail_world.service_model import WrongResponse, written
from tests.mail_world.post_office import (
    ANA,
    ATLANTA,
    DOMAIN,
    EL_PASO,
    FROM,
    SET,
    PostOffice,
    letter_to,
    simple,
)

SIGNED = {"Authorization": "AWS4-HMAC-SHA256 Credential=a/20261209/us-east-1/ses/aws4_request, Signature=b"}


@pytest.fixture
def office() -> PostOffice:
    return PostOffice()


def refusal(office: PostOffice, **more: Any) -> tuple[str, str, int]:
    """The code, words and status with which a letter that is otherwise right is refused."""
    with pytest.raises(ClientError) as refused:
        office.send(**more)
    error = refused.value.response
    return error["Error"]["Code"], error["Error"]["Message"], error["ResponseMetadata"]["HTTPStatusCode"]


def asked(
    office: PostOffice, body: Any, path: str = "/v2/email/outbound-emails", method: str = "POST"
) -> Any:
    """What a client answers that does no checks of its own: status, code, message."""
    status, headers, answer = rest(office.world, method, path, SIGNED, json.dumps(body).encode())
    return status, headers.get("x-amzn-ErrorType", ""), json.loads(answer).get("message", "")


def test_s1_a_real_client_sends_and_gets_a_message_id(office: PostOffice) -> None:
    message_id = office.send(ATLANTA)

    assert message_id == office.world.accepted[0].message_id
    assert message_id.startswith("0100") and message_id.endswith("-000000")


def test_s1_typed_exceptions_of_the_client_are_raised(office: PostOffice) -> None:
    with pytest.raises(office.client.exceptions.NotFoundException, match="<elsewhere> does not exist"):
        office.send(ConfigurationSetName="elsewhere")
    with pytest.raises(
        office.client.exceptions.MessageRejected, match=r"region US-EAST-1: who@nowhere\.example"
    ):
        office.send(FromEmailAddress="who@nowhere.example")
    with pytest.raises(office.client.exceptions.BadRequestException):
        office.send("not-an-address")


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"Content": None}, "BadRequestException"),
        ({"Tags": []}, "BadRequestException"),
        ({"EmailTags": {"letter": "L1"}}, "SerializationException"),
        ({"ConfigurationSetName": 7}, "SerializationException"),
        ({"Content": {"Simple": {"Subject": {"Data": "x"}}}}, "BadRequestException"),
        ({"Content": {"Raw": {"Data": "*not base64*"}}}, "SerializationException"),
        ({"EmailTags": [{"Name": "letter"}]}, "BadRequestException"),
    ],
)
def test_s1_what_the_description_does_not_allow_is_refused(
    office: PostOffice, change: dict[str, Any], code: str
) -> None:
    status, said, _ = asked(office, letter_to() | change)

    assert (status, said) == (400, code)
    assert office.world.accepted == []


def test_s1_amazons_own_words_for_a_missing_member(office: PostOffice) -> None:
    assert asked(office, {}) == (
        400,
        "BadRequestException",
        (
            "1 validation error detected: Value null at 'content' failed to satisfy constraint: "
            "Member must not be null"
        ),
    )


def test_s1_a_request_that_nobody_signed_or_for_another_service_gets_403(office: PostOffice) -> None:
    for headers in ({}, {"Authorization": SIGNED["Authorization"].replace("/ses/", "/sqs/")}):
        status, _, _ = rest(office.world, "POST", "/v2/email/outbound-emails", headers, b"{}")
        assert status == 403


def test_s1_what_is_not_played_is_said_and_kept_as_a_complaint(office: PostOffice) -> None:
    assert asked(office, {}, "/v2/email/import-jobs/list")[:2] == (404, "UnknownOperationException")
    assert asked(office, {}, "/v2/email/nothing")[:2] == (404, "UnknownOperationException")
    assert asked(office, letter_to() | {"Content": {"Template": {"TemplateName": "x"}}})[0] == 400
    assert len(office.world.complaints) == 2


def test_s1_an_answer_that_ses_would_not_give_is_a_mistake_of_ours() -> None:
    for wrong in ({"MessageID": "x"}, {"MessageId": 7}):
        with pytest.raises(WrongResponse):
            written("SendEmail", wrong)
    with pytest.raises(WrongResponse):
        written("GetSuppressedDestination", {"SuppressedDestination": {"EmailAddress": "a@b.example"}})


@pytest.mark.parametrize(
    ("headers", "words"),
    [
        ([{"Name": f"X-{n}", "Value": "y"} for n in range(16)], "less than or equal to 15"),
        ([{"Name": "X:Y", "Value": "y"}], "regular expression"),
        ([{"Name": "X" * 127, "Value": "y"}], "less than or equal to 126"),
        ([{"Name": "X-Y", "Value": "z" * 996}], "less than or equal to 995"),
        ([{"Name": "X-Y", "Value": "¡hola!"}], "regular expression"),
        ([{"Name": "X-Y", "Value": "a\r\nBcc: b@c.example"}], "regular expression"),
        ([{"Name": "X-YZ", "Value": "z" * 993}], "longer than 996"),
        ([{"Name": "Auto-Submitted", "Value": "no"}] * 2, "once only"),
        ([{"Name": "Reply-To", "Value": ANA}], "once only"),
    ],
)
def test_limits_of_headers(office: PostOffice, headers: list[dict[str, str]], words: str) -> None:
    code, said, _ = refusal(office, Content=simple(Headers=headers))

    assert code == "BadRequestException"
    assert words in said


@pytest.mark.parametrize("value", ["", "a b", "é", "x" * 257])
def test_limits_of_tags(office: PostOffice, value: str) -> None:
    assert refusal(office, EmailTags=[{"Name": "letter", "Value": value}])[0] == "BadRequestException"


@pytest.mark.parametrize(
    "address",
    [
        "José <jose@office.example>",
        "josé@office.example",
        "a@oficina-ñ.example",
        "a b@c.example",
        "@c.example",
        "a@",
        "a@\r\nb.example",
    ],
)
def test_addresses_are_ascii_and_whole(office: PostOffice, address: str) -> None:
    assert refusal(office, Destination={"ToAddresses": [address]})[0] == "BadRequestException"


def test_at_most_50_recipients_and_at_least_one(office: PostOffice) -> None:
    fifty = [f"a{n}@office.example" for n in range(50)]
    office.world.rules.max_send_rate = 50

    office.send(*fifty)
    assert (
        refusal(office, Destination={"ToAddresses": fifty, "CcAddresses": [ANA]})[0] == "BadRequestException"
    )
    assert refusal(office, Destination={})[0] == "BadRequestException"


def test_the_sandbox_takes_verified_recipients_only(office: PostOffice) -> None:
    office.world.rules.production = False

    assert refusal(office)[0] == "MessageRejected"
    office.world.verify(ATLANTA)
    assert office.send(ATLANTA)


def test_s2_tags_reply_to_set_and_final_mime_are_kept(office: PostOffice) -> None:
    headers = [{"Name": "Message-ID", "Value": "<own@x>"}, {"Name": "X-Campaign", "Value": "families"}]
    content = simple("Alto a las deportaciones, señor.", Headers=headers)
    content["Simple"]["Body"]["Html"] = {"Data": "<p>Señor</p>", "Charset": "UTF-8"}
    office.send(ATLANTA, Content=content)
    mail = office.world.accepted[0]

    assert (mail.tags, mail.reply_to, mail.configuration_set) == ((("letter", "L1"),), (ANA,), SET)
    assert mail.text.strip() == "Alto a las deportaciones, señor."
    assert mail.html.strip() == "<p>Señor</p>"
    assert (mail.header("X-Campaign"), mail.header("From")) == ("families", FROM)
    assert b"\r\n" in mail.mime


def test_s2_ses_overwrites_message_id_and_date(office: PostOffice) -> None:
    raw = EmailMessage()
    for name, value in (("From", FROM), ("To", ATLANTA), ("Bcc", ANA), ("Subject", "Raw")):
        raw[name] = value
    raw["Message-ID"], raw["Date"] = "<own@example.org>", "Thu, 01 Jan 1970 00:00:00 +0000"
    raw["X-SES-MESSAGE-TAGS"], raw["X-SES-CONFIGURATION-SET"] = "letter=L9", SET
    raw.set_content("Hello.")
    message_id = office.client.send_email(Content={"Raw": {"Data": raw.as_bytes()}})["MessageId"]
    mail = office.world.accepted[0]

    assert mail.header("Message-ID") == f"<{message_id}@email.amazonses.com>"
    assert mail.header("Date") == "Wed, 09 Dec 2026 15:42:00 +0000"
    assert (mail.tag("letter"), mail.configuration_set, mail.bcc) == ("L9", SET, (ANA,))
    assert not {"Bcc", "X-SES-MESSAGE-TAGS"} & {name for name, _ in mail.headers}


def test_s2_a_text_without_a_charset_loses_its_accents_as_at_ses(office: PostOffice) -> None:
    office.send(Content={"Simple": {"Subject": {"Data": "x"}, "Body": {"Text": {"Data": "señor"}}}})

    assert office.world.accepted[0].text.strip() == "se?or"


def test_s2_the_ledger_knows_by_tag_how_often_a_letter_was_accepted(office: PostOffice) -> None:
    office.send(ATLANTA, letter="L1")
    office.send(EL_PASO, letter="L2")
    office.send(EL_PASO, letter="L2")
    office.send(ANA, EmailTags=[])

    assert (office.world.copies_of("letter", "L1"), office.world.copies_of("letter", "L2")) == (1, 2)
    assert office.world.copies_of("letter", "L3") == 0
    assert set(office.world.ledger("letter")) == {"L1", "L2"}


@pytest.mark.parametrize("words", ["{{x}}", "{0}", "%s", "a\r\nb", "<b>&amp;</b>"])
def test_d16_words_arrive_as_they_were_typed(office: PostOffice, words: str) -> None:
    office.send(Content=simple(words))

    assert office.world.accepted[0].text.rstrip("\n") == words.replace("\r\n", "\n")


def test_the_world_knows_the_sender_by_domain_and_address(office: PostOffice) -> None:
    office.world.identities.clear()
    office.world.verify("letters@mail.example.org")
    assert office.send()

    office.world.identities["letters@mail.example.org"].verified = False
    assert refusal(office)[0] == "MessageRejected"
    office.world.verify(DOMAIN.removeprefix("mail."))
    office.world.identities.pop("letters@mail.example.org")
    assert office.send()
