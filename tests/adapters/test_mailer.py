"""The mailer against the mail world, on boto3's own client: what each answer of SES's means, and that it asks once."""

import traceback
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from typing import Any

import pytest
from botocore.exceptions import BotoCoreError, ClientError, NoCredentialsError, ParamValidationError, SSLError

from chalicelib.adapters.clients import ses_client
from chalicelib.adapters.mailer import (
    ALLOWANCE_SECONDS,
    Allowance,
    Later,
    Mailer,
    MailRefused,
    MailUnclear,
    SenderDown,
)
from chalicelib.domain.letter_events import Fault
from chalicelib.observability import forget, unwritten
from dev.mail_world import MailWorld, SenderTrouble, SendFault, SesWire, Throttle, VirtualClock
from tests.adapters.test_mime import mail

SENDER, SET = "letters@mail.example.org", "patchthrough-test"
TOPIC = "arn:aws:sns:us-east-1:000000000000:mail-events"
LETTER = mail(
    from_name="María López via Neighbors",
    to=("atlanta@office.example",),
    subject="Release them",
    text="Please let them go.",
    reply_to="maria@people.example",
)
SECRETS = ("atlanta", "maria", "María", "López", "Release them", "let them go", "people.example")


@pytest.fixture(autouse=True)
def credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_DEFAULT_REGION": "us-east-1",
    }.items():
        monkeypatch.setenv(name, value)


@pytest.fixture
def world() -> MailWorld:
    made = MailWorld(VirtualClock())
    made.verify("mail.example.org")
    made.set_up(SET, TOPIC)
    return made


class Monotonic:
    """A clock that a test moves."""

    def __init__(self) -> None:
        self.at = 1000.0

    def __call__(self) -> float:
        return self.at


@pytest.fixture
def clock() -> Monotonic:
    return Monotonic()


@pytest.fixture
def mailer(world: MailWorld, clock: Monotonic) -> Mailer:
    """On the very client that the app makes for itself."""
    client = ses_client("")
    SesWire(world).attach(client)
    return Mailer(lambda: client, SENDER, SET, clock)


@pytest.fixture(autouse=True)
def counted() -> Iterator[None]:
    forget()
    yield
    forget()


def test_a_letter_leaves_with_its_tags_set_and_reply_address(world: MailWorld, mailer: Mailer) -> None:
    message_id = mailer.send(LETTER)
    (sent,) = world.accepted

    assert sent.message_id == message_id
    assert sent.tags == (("letter", "L1"),)
    assert sent.configuration_set == SET
    assert sent.to == ("atlanta@office.example",)
    assert (sent.cc, sent.bcc, sent.reply_to) == ((), (), ("maria@people.example",))
    assert sent.source == SENDER
    assert sent.text.strip() == LETTER.text


def test_dmarc_the_from_domain_is_the_configured_one_whatever_name_stands_before_it(
    world: MailWorld, mailer: Mailer
) -> None:
    mailer.send(replace(LETTER, from_name="President <president@whitehouse.example>"))
    (address,) = world.accepted[0].message["From"].addresses

    assert address.addr_spec == SENDER
    assert world.accepted[0].message["Sender"] is None


# What each answer means.


def refusing(trouble: SenderTrouble) -> Callable[[MailWorld], None]:
    def prepare(world: MailWorld) -> None:
        world.sender = trouble

    return prepare


def quota_spent(code: Throttle) -> Callable[[MailWorld], None]:
    def prepare(world: MailWorld) -> None:
        world.rules.max_24_hour_send, world.rules.throttle = 0, code

    return prepare


def too_fast(code: Throttle) -> Callable[[MailWorld], None]:
    def prepare(world: MailWorld) -> None:
        world.rules.max_send_rate, world.rules.throttle = 0.001, code
        world.meter.spend(world.rules, 1, 1, world.clock.seconds)

    return prepare


def failing(fault: SendFault) -> Callable[[MailWorld], None]:
    return lambda world: world.next_sends.append(fault)


def without_set(world: MailWorld) -> None:
    world.sets.clear()


def set_paused(world: MailWorld) -> None:
    world.sets[SET].sending_enabled = False


def account_paused(world: MailWorld) -> None:
    world.rules.sending_enabled = False


def sender_unverified(world: MailWorld) -> None:
    world.identities.clear()


def in_the_sandbox(world: MailWorld) -> None:
    world.rules.production = False


DOWN: dict[str, tuple[Callable[[MailWorld], None], Fault]] = {
    "paused": (refusing(SenderTrouble.PAUSED), Fault.SENDING_PAUSED),
    "the account paused": (account_paused, Fault.SENDING_PAUSED),
    "the set paused": (set_paused, Fault.SENDING_PAUSED),
    "suspended": (refusing(SenderTrouble.SUSPENDED), Fault.ACCOUNT_SUSPENDED),
    "MAIL FROM": (refusing(SenderTrouble.MAIL_FROM), Fault.DOMAIN_UNVERIFIED),
    "limit": (refusing(SenderTrouble.LIMIT), Fault.LIMIT_EXCEEDED),
    "no configuration set": (without_set, Fault.SETTING_MISSING),
    "our own domain unverified": (sender_unverified, Fault.DOMAIN_UNVERIFIED),
    **{f"quota, {code}": (quota_spent(code), Fault.QUOTA_SPENT) for code in Throttle},
}
OTHERS: dict[str, tuple[Callable[[MailWorld], None], type[Exception]]] = {
    **{f"rate, {code}": (too_fast(code), Later) for code in Throttle},
    "never connected": (failing(SendFault.unreachable()), Later),
    "recipient refused": (in_the_sandbox, MailRefused),
    "hangs, taken": (failing(SendFault.hangs()), MailUnclear),
    "hangs, not taken": (failing(SendFault.hangs(accepted=False)), MailUnclear),
    "reset, taken": (failing(SendFault.reset()), MailUnclear),
    "reset, not taken": (failing(SendFault.reset(accepted=False)), MailUnclear),
    "500, taken": (failing(SendFault.broken()), MailUnclear),
    "500, not taken": (failing(SendFault.broken(accepted=False)), MailUnclear),
    "503": (failing(SendFault.broken(503)), MailUnclear),
}
ALL = {name: prepare for name, (prepare, _) in {**DOWN, **OTHERS}.items()}


@pytest.mark.parametrize("name", DOWN)
def test_what_is_the_senders_fault_says_so(world: MailWorld, mailer: Mailer, name: str) -> None:
    prepare, fault = DOWN[name]
    prepare(world)

    with pytest.raises(SenderDown) as down:
        mailer.send(LETTER)
    assert down.value.fault is fault
    assert world.accepted == []


@pytest.mark.parametrize("name", OTHERS)
def test_what_is_nobodys_fault_or_the_mails_own_or_unclear_says_so(
    world: MailWorld, mailer: Mailer, name: str
) -> None:
    prepare, trouble = OTHERS[name]
    prepare(world)

    with pytest.raises(trouble):
        mailer.send(LETTER)


@pytest.mark.parametrize("name", ALL)
def test_nothing_is_said_to_be_unsent_that_ses_has(world: MailWorld, mailer: Mailer, name: str) -> None:
    ALL[name](world)
    with pytest.raises((Later, SenderDown, MailRefused, MailUnclear)) as raised:
        mailer.send(LETTER)

    assert world.accepted == [] or isinstance(raised.value, MailUnclear)


@pytest.mark.parametrize("name", ["ok", *ALL])
def test_d13_a_send_is_one_request_whatever_comes_of_it(world: MailWorld, mailer: Mailer, name: str) -> None:
    if name in ALL:
        ALL[name](world)
    with suppress(Later, SenderDown, MailRefused, MailUnclear):
        mailer.send(LETTER)

    assert world.requests["SendEmail"] == 1
    assert world.hidden_retries == 0


@pytest.mark.parametrize("name", ALL)
def test_no_trouble_carries_an_address_a_name_or_a_word_of_the_letter(
    world: MailWorld, mailer: Mailer, name: str
) -> None:
    ALL[name](world)
    with pytest.raises(Exception) as raised:  # noqa: PT011 - all kinds, one after the other
        mailer.send(LETTER)

    assert no_secret_in(raised.value)


def no_secret_in(error: BaseException) -> bool:
    told = "".join(traceback.format_exception(error)) + repr(vars(error))
    assert error.__cause__ is error.__context__ is None
    return not any(secret in told for secret in SECRETS)


def test_what_can_t_be_written_never_reaches_ses(world: MailWorld, mailer: Mailer) -> None:
    for broken in (
        replace(LETTER, from_name="María\r\nBcc: x@people.example"),
        replace(LETTER, to=("atlanta@office.example\n",)),
        replace(LETTER, to=()),
        replace(LETTER, reply_to="maria"),
    ):
        with pytest.raises(MailRefused) as refused:
            mailer.send(broken)
        assert no_secret_in(refused.value)
    assert world.requests["SendEmail"] == 0


class Answering:
    """A client whose answer is what a test says: what the mail world has no way to play."""

    def __init__(self, answer: dict[str, Any] | Exception) -> None:
        self.answer = answer

    def send_email(self, **_asked: Any) -> dict[str, Any]:
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer

    def get_account(self) -> dict[str, Any]:
        return self.send_email()


def told(code: str, status: int | None, text: str = "María") -> ClientError:
    response: dict[str, Any] = {"Error": {"Code": code, "Message": text}}
    if status is not None:
        response["ResponseMetadata"] = {"HTTPStatusCode": status}
    return ClientError(response, "SendEmail")  # type: ignore[arg-type]  # as botocore makes it


QUOTA, RATE = "Daily message quota exceeded.", "Maximum sending rate exceeded."
PLAYED: list[tuple[dict[str, str] | Exception, Exception]] = [
    (told("Throttling", 400, RATE), Later()),
    (told("Throttling", 400, QUOTA), SenderDown(Fault.QUOTA_SPENT)),
    (told("ThrottlingException", 429, RATE), Later()),
    (told("ThrottlingException", 400, QUOTA), SenderDown(Fault.QUOTA_SPENT)),
    (told("SomethingNewAboutRates", 429), Later()),
    (told("AccessDeniedException", 403), SenderDown(Fault.SETTING_MISSING)),
    (told("UnrecognizedClientException", 403), SenderDown(Fault.SETTING_MISSING)),
    (told("UnknownOperationException", 404), SenderDown(Fault.SETTING_MISSING)),
    (NoCredentialsError(), SenderDown(Fault.SETTING_MISSING)),
    (told("BadRequestException", 400), MailRefused()),
    (told("MessageRejected", 400), MailRefused()),
    (told("SomethingNew", 418), MailRefused()),
    (told("RequestTimeout", 408), MailUnclear()),
    (told("InternalServiceErrorException", 500), MailUnclear()),
    (told("Unknown", None), MailUnclear()),
    (told("Found", 302), MailUnclear()),
    (SSLError(endpoint_url="https://x.example", error=OSError("bad record")), MailUnclear()),
    (ParamValidationError(report="María"), MailRefused()),
    (BotoCoreError(), MailUnclear()),
    ({}, MailUnclear()),
    ({"MessageId": ""}, MailUnclear()),
]


@pytest.mark.parametrize(("answer", "meant"), PLAYED, ids=[str(row[0]) for row in PLAYED])
def test_what_other_answers_mean(answer: dict[str, str] | Exception, meant: Exception) -> None:
    client: Any = Answering(answer)

    with pytest.raises(type(meant)) as raised:
        Mailer(lambda: client, SENDER, SET).send(LETTER)
    assert raised.value.args == meant.args
    assert no_secret_in(raised.value)


# The quota.


def test_the_quota_is_asked_for_once_a_minute(world: MailWorld, mailer: Mailer, clock: Monotonic) -> None:
    world.rules.max_send_rate = 14
    assert mailer.allowance() == Allowance(14.0, is_enabled=True)

    world.rules.max_send_rate = 50
    clock.at += ALLOWANCE_SECONDS
    assert mailer.allowance().max_send_rate == 14
    assert world.requests["GetAccount"] == 1

    clock.at += 1
    assert mailer.allowance().max_send_rate == 50
    assert world.requests["GetAccount"] == 2


def test_a_paused_account_is_seen(world: MailWorld, mailer: Mailer) -> None:
    world.rules.sending_enabled = False

    assert not mailer.allowance().is_enabled


def test_while_ses_does_not_tell_the_quota_mail_goes_on_slowly_and_it_is_asked_once_a_minute(
    world: MailWorld, mailer: Mailer, clock: Monotonic
) -> None:
    world.rules.max_send_rate, world.rules.other_rate = 14, 0.0001
    world.rules.max_24_hour_send = 100
    client = mailer._ses()  # a first question uses up the only one that is allowed
    client.get_account()

    assert [mailer.allowance() for _ in range(3)] == [Allowance(1.0, is_enabled=True)] * 3
    assert world.requests["GetAccount"] == 2
    assert unwritten()["QuotaUnknown"] == 1
    assert mailer.send(LETTER)

    world.rules.other_rate = None
    clock.at += ALLOWANCE_SECONDS + 1
    assert mailer.allowance().max_send_rate == 14


@pytest.mark.parametrize("quota", [{}, {"SendQuota": {}}, {"SendQuota": {"MaxSendRate": 0.0}}])
def test_a_quota_that_says_no_rate_is_taken_for_the_least_there_is(quota: dict[str, Any]) -> None:
    client: Any = Answering(quota)

    assert Mailer(lambda: client, SENDER, SET).allowance() == Allowance(1.0, is_enabled=True)


def test_an_unreachable_ses_stops_no_pace(clock: Monotonic) -> None:
    client = ses_client("http://127.0.0.1:9")

    assert Mailer(lambda: client, SENDER, SET, clock).allowance().max_send_rate == 1.0


def test_no_connection_is_later_on_a_real_socket_too(clock: Monotonic) -> None:
    client = ses_client("http://127.0.0.1:9")

    with pytest.raises(Later):
        Mailer(lambda: client, SENDER, SET, clock).send(LETTER)
    assert unwritten()["SesUnreachable"] == 1


def test_the_client_is_made_with_the_first_mail_and_kept(world: MailWorld) -> None:
    made: list[Any] = []

    def make() -> Any:
        client = ses_client("")
        SesWire(world).attach(client)
        made.append(client)
        return client

    mailer = Mailer(make, SENDER, SET)
    assert made == []
    mailer.send(LETTER)
    mailer.send(LETTER)
    assert len(made) == 1
