"""Somebody signs in at the console, looks and signs out: what the API's role must allow for it."""

import os
import re
import time
from dataclasses import replace
from urllib.parse import urlencode

import boto3

from chalicelib.adapters.clients import cognito_client
from chalicelib.adapters.cognito import Cognito
from chalicelib.runtime import install
from chalicelib.views import staff_cookies
from dev import staff_pool
from dev.staff_pool import Member
from tests.rehearsal import Rehearsal

PASSWORD = "four words that rhyme"


def stayed_a_while(rehearsal: Rehearsal) -> None:
    """Sign in with password and code, open the overview, sign out."""
    cognito = boto3.client("cognito-idp", region_name=os.environ["AWS_DEFAULT_REGION"])
    pool = staff_pool.make(cognito, f"staff-{time.monotonic_ns()}")
    invited = Member("dana", "Dana R.", "editor", PASSWORD, "")
    staff_pool.invite(cognito, pool, invited)
    dana = staff_pool.settle(cognito, pool, invited)
    console = Cognito(cognito_client, pool.client_id, lambda: pool.client_secret)
    install(replace(rehearsal.runtime, cognito=console))
    try:
        cookie = _sent(rehearsal, "/staff/sign-in", "", username="dana", password=PASSWORD)
        code = staff_pool.code(dana.seed, time.time())
        cookie = _sent(rehearsal, "/staff/sign-in", cookie, do="code", code=code)
        assert rehearsal.get("/staff", cookie=cookie)[0] == 200
        _sent(rehearsal, "/staff/sign-out", cookie)
        assert rehearsal.get("/staff", cookie=cookie)[0] == 401
    finally:
        install(rehearsal.runtime)


def _sent(rehearsal: Rehearsal, path: str, cookie: str, **fields: str) -> str:
    """Send a form as its page does, and return the cookie from then on."""
    token = staff_cookies.token(cookie.partition("=")[2])
    headers = {
        "content-type": "application/x-www-form-urlencoded",
        "sec-fetch-site": "same-origin",
        "cookie": cookie,
    }
    body = urlencode({"token": token} | fields).encode()
    _, answered, _ = rehearsal.ask("POST", path, headers, body)
    found = re.match(r"([^;]+);", answered.get("set-cookie", ""))
    return found[1] if found else cookie
