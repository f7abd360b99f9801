"""The texts of `make e2e`: a number asks in, says yes, and stops, by signed webhooks through the API gateway.

Promises that each word is answered with the words of its campaign, that a second stop is answered with nothing, and
that a request that Twilio has not signed is refused. Twilio itself is this module: it posts what Twilio would.
"""

import urllib.error
import urllib.parse
import urllib.request
from dataclasses import dataclass, field
from xml.etree import ElementTree as ET

from dev import environment
from dev.deployed_app import Deployed, Failed
from dev.phone_world.signing import HEADER, signature

NUMBER = "+17875550123"
INBOUND = "/twilio/texts/inbound"
Words = tuple[tuple[str, tuple[str, ...]], ...]
"""What is texted, and what each text of the answer says."""
JOINS: Words = (
    ("FAMILIES", ("Reply YES to get action alerts",)),
    ("YES", ("You are subscribed to action alerts",)),
)
STOPS: Words = (("STOP", ("You are unsubscribed and will get no more messages",)), ("STOP", ()))

FORBIDDEN = 403


@dataclass
class Subscriber:
    """One number that texts ours; each word returns once the deployed app has answered it."""

    deployed: Deployed
    token: str = field(repr=False)
    said: int = 0

    def join(self) -> None:
        """Ask in, and say yes. Raises Failed at another answer."""
        self._talk(JOINS)

    def stop(self) -> None:
        """Stop, twice, as people do. Raises Failed at another answer."""
        self._talk(STOPS)

    def is_refused_unsigned(self) -> None:
        """Say something that Twilio has not signed. Raises Failed unless it is refused."""
        try:
            answer = self._post({"MessageSid": f"SM{0:032x}", "Body": "STOP"}, "made up")
        except urllib.error.HTTPError as error:
            if error.code == FORBIDDEN:
                return
            raise
        raise Failed(f"a text that Twilio has not signed was answered: {answer}")

    def _talk(self, words: Words) -> None:
        for word, expected in words:
            answers = self._say(word)
            if len(answers) != len(expected) or not all(map(str.__contains__, answers, expected)):
                raise Failed(f"{word} is answered with {answers}")

    def _say(self, body: str) -> list[str]:
        """Text our number; return the texts of the answer."""
        self.said += 1
        sid = f"SM{self.said:032x}"
        form = {
            "MessageSid": sid, "AccountSid": environment.ACCOUNT, "From": NUMBER, "To": environment.NUMBER,
            "Body": body, "NumMedia": "0",
        }  # fmt: skip
        document = ET.fromstring(self._post(form, None))  # noqa: S314 - of the app that is tried here
        return [message.text or "" for message in document.iter("Message")]

    def _post(self, form: dict[str, str], signed: str | None) -> str:
        url = f"{self.deployed.url}{INBOUND}"
        headers = {HEADER: signed or signature(self.token, url, form)}
        request = urllib.request.Request(url, urllib.parse.urlencode(form).encode(), headers)
        with urllib.request.urlopen(request, timeout=30) as answer:
            return str(answer.read().decode())
