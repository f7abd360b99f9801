"""Signing in at the console, against moto's Cognito: each step, what is refused, and what is never let in."""

import os
import re
import time
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any, ClassVar
from urllib.parse import urlencode

import boto3
import pytest

from chalicelib.adapters import audit
from chalicelib.adapters.clients import cognito_client
from chalicelib.adapters.cognito import SOONEST_SECONDS, Cognito
from chalicelib.runtime import install
from dev import staff_pool
from dev.staff_pool import Member, Pool
from tests.browser.served import Answer, Served

PASSWORD = "four words that rhyme"
OLD = "handed out on paper"
SEED = "asdfasdfasdf"
"""moto's, of everybody."""


@dataclass
class Browser:
    """A browser that keeps one cookie and sends what is on its page."""

    served: Served
    waits: list[float]
    cookie: str = ""
    page: str = ""
    site: str = "same-origin"
    log: list[int] = field(default_factory=list)

    def get(self, path: str) -> int:
        return self._kept(self.served.ask("GET", path, cookie=self.cookie))

    def send(self, path: str, **typed: str) -> int:
        hidden = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', self.page))
        body = urlencode(hidden | typed).encode()
        return self._kept(self.served.ask("POST", path, body, cookie=self.cookie, sec_fetch_site=self.site))

    def password(self, username: str, password: str, to: str = "/staff") -> int:
        self.get(f"/staff/sign-in?{urlencode({'to': to})}")
        return self.send("/staff/sign-in", username=username, password=password)

    def code(self, code: str) -> int:
        return self.send("/staff/sign-in", code=code)

    def _kept(self, answer: Answer) -> int:
        if found := re.match(r"([^=]+=[^;]*);", answer.headers.get("set-cookie", "")):
            self.cookie = found[1]
        self.page = answer.text
        self.location = answer.headers.get("location", "")
        return answer.status


class Wire:
    """boto3's client against moto, which knows all of the sign-in but how to revoke a token: these are kept."""

    revoked: ClassVar[list[str]] = []

    def __init__(self) -> None:
        self._moto = cognito_client()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._moto, name)

    def revoke_token(self, *, Token: str, ClientId: str, ClientSecret: str) -> None:  # noqa: N803 - the API's own
        assert ClientId
        assert ClientSecret
        self.revoked.append(Token)


@pytest.fixture
def pool(served: Served, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    monkeypatch.setenv("MOTO_COGNITO_IDP_USER_POOL_ENABLE_TOTP", "true")
    cognito = boto3.client("cognito-idp", region_name=os.environ["AWS_DEFAULT_REGION"])
    yield staff_pool.make(cognito, f"staff-{time.monotonic_ns()}"), cognito
    install(served.runtime)


@pytest.fixture
def browser(served: Served, pool: tuple[Pool, Any]) -> Browser:
    waits: list[float] = []
    Wire.revoked.clear()
    cognito = Cognito(Wire, pool[0].client_id, lambda: pool[0].client_secret, waits.append)
    install(replace(served.runtime, cognito=cognito))
    return Browser(served, waits)


def member(pool: tuple[Pool, Any], role: str = "editor", name: str = "dana") -> Member:
    """Somebody with a password and an authenticator."""
    invited = Member(name, "Dana R.", role, PASSWORD, "")
    staff_pool.invite(pool[1], pool[0], invited)
    return staff_pool.settle(pool[1], pool[0], invited)


def now_code() -> str:
    return staff_pool.code(SEED, time.time())


def test_password_and_code_let_somebody_in_where_they_wanted_to_be(
    browser: Browser, pool: tuple[Pool, Any]
) -> None:
    member(pool)

    steps = [browser.password("dana", PASSWORD, "/staff?again=1"), browser.code(now_code())]

    assert (steps, browser.location) == ([200, 303], "/go/staff?again=1")
    assert browser.get("/staff") == 200
    assert "dana, editor" in browser.page  # moto’s tokens have no name
    kept = list(audit.entries(browser.served.runtime.catalog.table, browser.served.clock()))
    assert [(each.who, each.what) for each in kept if "sign in" in each.what] == [
        ("dana", "console: sign in")
    ]


def test_the_first_time_one_chooses_a_password_and_adds_an_authenticator(
    browser: Browser, pool: tuple[Pool, Any]
) -> None:
    staff_pool.invite(pool[1], pool[0], Member("dana", "Dana R.", "viewer", OLD, ""))

    assert browser.password("dana", OLD) == 200
    assert "Choose a password" in browser.page
    assert browser.send("/staff/sign-in", password="short") == 401
    assert "too easy to guess" in browser.page
    assert browser.send("/staff/sign-in", password=PASSWORD) == 200
    assert "asdf asdf asdf" in browser.page
    assert "otpauth://totp/Patchthrough%3Adana?secret=asdfasdfasdf" in browser.page
    assert browser.code(now_code()) == 303
    assert browser.get("/staff") == 200


def test_tokens_for_a_password_alone_let_nobody_in_and_are_given_back(
    browser: Browser, pool: tuple[Pool, Any]
) -> None:
    """What moto does at the second sign-in of somebody without an authenticator; Cognito would ask for one."""
    staff_pool.invite(pool[1], pool[0], Member("dana", "Dana R.", "admin", OLD, ""))
    pool[1].admin_set_user_password(UserPoolId=pool[0].id, Username="dana", Password=PASSWORD, Permanent=True)

    assert browser.password("dana", PASSWORD) == 401
    assert "has no authenticator" in browser.page
    assert (browser.cookie, len(Wire.revoked)) == ("", 1)
    assert browser.get("/staff") == 401


def test_tokens_for_a_new_password_alone_let_nobody_in(browser: Browser, pool: tuple[Pool, Any]) -> None:
    """A pool whose second factor somebody has switched off."""
    pool[1].set_user_pool_mfa_config(UserPoolId=pool[0].id, MfaConfiguration="OFF")
    staff_pool.invite(pool[1], pool[0], Member("dana", "Dana R.", "admin", OLD, ""))
    browser.password("dana", OLD)

    assert browser.send("/staff/sign-in", password=PASSWORD) == 401
    assert "has no authenticator" in browser.page
    assert browser.get("/staff") == 401


def test_an_unknown_user_and_a_wrong_password_are_told_alike_and_as_late(
    browser: Browser, pool: tuple[Pool, Any]
) -> None:
    member(pool)

    known = (browser.password("dana", "not this one at all"), browser.page)
    unknown = (browser.password("nobody", "not this one at all"), browser.page)

    assert known == unknown
    assert "don’t belong together" in browser.page
    assert len(browser.waits) == 2
    assert all(0 < wait <= SOONEST_SECONDS for wait in browser.waits)


def test_five_wrong_codes_end_a_sign_in(browser: Browser, pool: tuple[Pool, Any]) -> None:
    member(pool)
    browser.password("dana", PASSWORD)
    wrong = f"{(int(now_code()) + 1) % 10**6:06d}"

    statuses = [browser.code(wrong) for _ in range(5)]

    assert (statuses, "took too long" in browser.page) == ([401] * 5, True)
    assert browser.get("/staff") == 401


def test_a_code_is_read_as_people_type_it(browser: Browser, pool: tuple[Pool, Any]) -> None:
    member(pool)
    browser.password("dana", PASSWORD)

    code = now_code()

    assert browser.code(f"{code[:3]} {code[3:]}") == 303


def test_a_sign_in_that_takes_a_quarter_of_an_hour_begins_anew(
    browser: Browser, pool: tuple[Pool, Any]
) -> None:
    member(pool)
    browser.password("dana", PASSWORD)
    browser.served.clock.pass_by(15 * 60)

    assert browser.code(now_code()) == 401
    assert "took too long" in browser.page


def test_the_cookie_of_the_sign_in_is_worth_nothing_after_it(
    browser: Browser, pool: tuple[Pool, Any]
) -> None:
    member(pool)
    browser.password("dana", PASSWORD)
    before = browser.cookie
    browser.code(now_code())

    assert browser.cookie != before
    browser.cookie = before
    assert browser.get("/staff") == 401


def test_somebody_without_a_role_is_told_so(browser: Browser, pool: tuple[Pool, Any]) -> None:
    member(pool, role="")
    browser.password("dana", PASSWORD)

    assert browser.code(now_code()) == 401
    assert "no role here yet" in browser.page


def test_another_sites_form_signs_nobody_in(browser: Browser, pool: tuple[Pool, Any]) -> None:
    member(pool)
    browser.site = "cross-site"

    assert browser.password("dana", PASSWORD) == 403


def test_one_place_may_try_so_often_in_an_hour(browser: Browser, pool: tuple[Pool, Any]) -> None:
    member(pool)
    limit = browser.served.runtime.config.sign_ins_per_source

    for _ in range(limit):
        browser.password("nobody", "whatever it may be")

    assert browser.password("dana", PASSWORD) == 429
    assert "too many sign-ins from where you are" in browser.page


def test_whoever_is_removed_is_out_within_a_quarter_of_an_hour(
    browser: Browser, pool: tuple[Pool, Any]
) -> None:
    member(pool)
    browser.password("dana", PASSWORD)
    browser.code(now_code())
    pool[1].admin_remove_user_from_group(UserPoolId=pool[0].id, Username="dana", GroupName="editor")

    assert browser.get("/staff") == 200
    browser.served.clock.pass_by(15 * 60)
    assert browser.get("/staff") == 401


def test_a_changed_role_counts_within_a_quarter_of_an_hour(browser: Browser, pool: tuple[Pool, Any]) -> None:
    member(pool, "viewer")
    browser.password("dana", PASSWORD)
    browser.code(now_code())
    pool[1].admin_add_user_to_group(UserPoolId=pool[0].id, Username="dana", GroupName="admin")

    browser.served.clock.pass_by(15 * 60)
    browser.get("/staff")

    assert "dana, admin" in browser.page


def test_signing_out_gives_the_token_back(browser: Browser, pool: tuple[Pool, Any]) -> None:
    member(pool)
    browser.password("dana", PASSWORD)
    browser.code(now_code())
    browser.get("/staff")

    assert browser.send("/staff/sign-out") == 303
    assert (browser.get("/staff"), len(Wire.revoked)) == (401, 1)


def test_nothing_of_a_sign_in_stands_in_the_table_or_the_log(
    browser: Browser, pool: tuple[Pool, Any], capsys: pytest.CaptureFixture[str]
) -> None:
    member(pool)
    browser.password("dana", "not this one at all")
    browser.password("dana", PASSWORD)
    under_way = browser.cookie.partition("=")[2]
    browser.code("000000")
    written = str(browser.served.dynamodb.scan(TableName=browser.served.runtime.config.table)["Items"])
    browser.code(now_code())
    written += str(browser.served.dynamodb.scan(TableName=browser.served.runtime.config.table)["Items"])

    secrets = (PASSWORD, "not this one", under_way, browser.cookie.partition("=")[2], "eyJ")
    assert [secret for secret in secrets if secret in written] == []
    logged = capsys.readouterr().out
    assert [secret for secret in (*secrets, "dana", "Dana") if secret in logged] == []


def test_without_a_user_pool_the_page_says_so(browser: Browser) -> None:
    install(replace(browser.served.runtime, cognito=Cognito(cognito_client, "", str, browser.waits.append)))

    assert browser.password("dana", PASSWORD) == 401
    assert "no user pool" in browser.page
