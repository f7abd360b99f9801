"""Amazon Cognito's sign-in: relays what staff type, and says in our words what came of it. Hosts no page of its own.

Promises: an unknown user and a wrong password get the same answer after the same time; an error names neither the user
nor what was typed. The calls need no permission of ours: whoever knows the client's id and secret may make them, and
Cognito decides. Its tokens come to us from Cognito itself over TLS, so their signature is not checked again (OpenID
Connect Core 3.1.3.7, point 6). Refuses to know whom to let in: that is `domain/staff_sign_in.py`.

boto3's client is made on the first sign-in: it takes 50 ms that no webhook should wait for.
"""

import base64
import hmac
import json
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from hashlib import sha256
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError, ParamValidationError

from chalicelib.domain.staff_sign_in import Asked, Granted, NotLetInError, Pending, Problem, Step

Client = Any
"""boto3's client of cognito-idp: of its types there is no package here."""
SOONEST_SECONDS = 0.8
"""A refused password is told no sooner, whatever made it wrong: the time says nothing about who exists."""
STEPS = {
    "NEW_PASSWORD_REQUIRED": Step.NEW_PASSWORD,
    "MFA_SETUP": Step.AUTHENTICATOR,
    "SOFTWARE_TOKEN_MFA": Step.CODE,
}
LOCKED = "attempts exceeded"
"""How Cognito's text of a locked account reads; its code is the one of a wrong password."""
PROBLEMS = {
    "UserNotFoundException": Problem.WRONG,
    "PasswordResetRequiredException": Problem.WRONG,
    "UserNotConfirmedException": Problem.WRONG,
    "InvalidPasswordException": Problem.WEAK_PASSWORD,
    "PasswordHistoryPolicyViolationException": Problem.WEAK_PASSWORD,
    "InvalidParameterException": Problem.WRONG_CODE,
    "CodeMismatchException": Problem.WRONG_CODE,
    "EnableSoftwareTokenMFAException": Problem.WRONG_CODE,
    "ExpiredCodeException": Problem.TOO_LATE,
    "TooManyRequestsException": Problem.LOCKED,
    "LimitExceededException": Problem.LOCKED,
    "TooManyFailedAttemptsException": Problem.LOCKED,
}
"""What an error of Cognito's comes to. NotAuthorizedException depends on when it comes; any other is a fault."""

Answer = Asked | Granted


class Cognito:
    """One app client of one user pool."""

    def __init__(
        self,
        client: Callable[[], Client],
        client_id: str,
        client_secret: Callable[[], str],
        wait: Callable[[float], None] = time.sleep,
    ) -> None:
        """Keep how to make the client; nothing is made or asked yet."""
        self._make, self._id, self._secret, self._wait = client, client_id, client_secret, wait
        self._made: Client | None = None

    def begin(self, username: str, password: str) -> Answer:
        """Try a password.

        Raises:
            NotLetInError: WRONG, LOCKED, NOT_SET_UP, UNREACHABLE.
        """
        began = time.monotonic()
        try:
            return self._initiate("USER_PASSWORD_AUTH", username, USERNAME=username, PASSWORD=password)
        except NotLetInError as refused:
            self._wait(max(0.0, SOONEST_SECONDS - (time.monotonic() - began)))
            # A name that can't be one, and a password that can't, are wrong like any other.
            raise NotLetInError(_of_password(refused.problem)) from None

    def new_password(self, pending: Pending, password: str) -> Answer:
        """Choose a password in place of the one that was handed out.

        Raises:
            NotLetInError: WEAK_PASSWORD, TOO_LATE, UNREACHABLE.
        """
        return self._respond(pending, "NEW_PASSWORD_REQUIRED", pending.handle, NEW_PASSWORD=password)

    def add_authenticator(self, pending: Pending, code: str) -> Answer:
        """Show that the authenticator has learnt the seed.

        Raises:
            NotLetInError: WRONG_CODE, TOO_LATE, UNREACHABLE.
        """
        verified = self._ask(
            lambda client: client.verify_software_token(Session=pending.handle, UserCode=code)
        )
        if verified.get("Status") != "SUCCESS":
            raise NotLetInError(Problem.WRONG_CODE)
        return self._respond(pending, "MFA_SETUP", verified.get("Session", ""))

    def show_code(self, pending: Pending, code: str) -> Answer:
        """Show the code of now.

        Raises:
            NotLetInError: WRONG_CODE, TOO_LATE, UNREACHABLE.
        """
        return self._respond(pending, "SOFTWARE_TOKEN_MFA", pending.handle, SOFTWARE_TOKEN_MFA_CODE=code)

    def read_again(self, username: str, refresh: str) -> Granted:
        """Return what the pool says of somebody now, by the token that they got when they signed in.

        Raises:
            NotLetInError: TOO_LATE, they may no longer be here; UNREACHABLE, nobody knows.
        """
        answer = self._initiate("REFRESH_TOKEN_AUTH", username, REFRESH_TOKEN=refresh)
        if isinstance(answer, Granted):
            return answer
        raise NotLetInError(Problem.TOO_LATE)

    def revoke(self, refresh: str) -> None:
        """Make the token worthless. Whatever comes of it, the session at the console is over anyway."""
        with suppress(NotLetInError), _told():
            self._client().revoke_token(Token=refresh, ClientId=self._id, ClientSecret=self._secret())

    def _initiate(self, flow: str, username: str, **given: str) -> Answer:
        if not self._id:
            raise NotLetInError(Problem.NOT_SET_UP)
        asked: Any = {"AuthFlow": flow, "ClientId": self._id}
        asked["AuthParameters"] = given | self._proof(username)
        return self._read(self._ask(lambda client: client.initiate_auth(**asked)), username)

    def _respond(self, pending: Pending, challenge: str, handle: str, **given: str) -> Answer:
        asked: Any = {"ClientId": self._id, "ChallengeName": challenge, "Session": handle}
        asked["ChallengeResponses"] = {"USERNAME": pending.username} | given | self._proof(pending.username)
        return self._read(
            self._ask(lambda client: client.respond_to_auth_challenge(**asked)), pending.username
        )

    def _read(self, answer: Mapping[str, Any], username: str) -> Answer:
        if result := answer.get("AuthenticationResult"):
            return Granted(claims(result["IdToken"]), result.get("RefreshToken", ""))
        named = answer.get("ChallengeParameters") or {}
        known_as = named.get("USER_ID_FOR_SRP") or named.get("USERNAME") or username
        step = STEPS.get(answer.get("ChallengeName", ""))
        if step is None:
            raise NotLetInError(Problem.NO_SECOND_FACTOR)
        return self._with_seed(Asked(step, known_as, answer["Session"]))

    def _with_seed(self, asked: Asked) -> Asked:
        """An authenticator that is to be added needs a seed, which is another question to Cognito."""
        if asked.step is not Step.AUTHENTICATOR:
            return asked
        given = self._ask(lambda client: client.associate_software_token(Session=asked.handle))
        return Asked(asked.step, asked.username, given["Session"], given["SecretCode"])

    def _ask(self, call: Callable[[Client], Any]) -> Mapping[str, Any]:
        with _told():
            answer: Mapping[str, Any] = call(self._client())
        return answer

    def _proof(self, username: str) -> dict[str, str]:
        """What shows Cognito that it is our server that asks."""
        digest = hmac.new(self._secret().encode(), (username + self._id).encode(), sha256).digest()
        return {"SECRET_HASH": base64.b64encode(digest).decode()}

    def _client(self) -> Client:
        if self._made is None:
            self._made = self._make()
        return self._made


def claims(token: str) -> dict[str, object]:
    """Return what a token says, which came from Cognito itself."""
    body = token.split(".")[1]
    found: dict[str, object] = json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))
    return found


def _of_password(problem: Problem) -> Problem:
    return Problem.WRONG if problem in {Problem.TOO_LATE, Problem.WRONG_CODE} else problem


@contextmanager
def _told() -> Iterator[None]:
    """Turn an error of Cognito's into why somebody is not let in; its text may name them, so it is not chained."""
    try:
        yield
    except ClientError as error:
        raise NotLetInError(_problem(error)) from None
    except ParamValidationError:
        raise NotLetInError(Problem.WRONG_CODE) from None
    except BotoCoreError:
        raise NotLetInError(Problem.UNREACHABLE) from None


def _problem(error: ClientError) -> Problem:
    code = error.response["Error"].get("Code", "")
    if code == "NotAuthorizedException":
        return Problem.LOCKED if LOCKED in error.response["Error"].get("Message", "") else Problem.TOO_LATE
    return PROBLEMS.get(code, Problem.UNREACHABLE)
