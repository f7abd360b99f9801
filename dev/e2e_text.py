"""The texts of `make e2e`: a number asks in, says yes, is sent an alert, and stops.

Promises that each word is answered with the words of its campaign, that a second stop is answered with nothing, that a
request that Twilio has not signed is refused, and that an alert goes the deployed way: drafted and armed at a terminal,
planned and granted by the schedule, sent by the queue's worker, closed when the phone world has said what became of it.
What the number says is posted from here, signed as Twilio would; what is sent to it goes to the phone world.
"""

import re
import urllib.error
import urllib.parse
import urllib.request
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from xml.etree import ElementTree as ET

from chalicelib.adapters.area_codes import zones_of
from chalicelib.domain.quiet_hours import is_open, whereabouts
from dev import environment
from dev.deployed_app import Deployed, Failed, wait
from dev.phone_world.server import PhoneWorldServer
from dev.phone_world.signing import HEADER, signature

NUMBERS = ("+17875550123", "+18085550123", "+16715550123")
"""In Puerto Rico, Hawaii and Guam: but for three hours of the day it is a time to be texted in one of them."""
INBOUND = "/twilio/texts/inbound"
Words = tuple[tuple[str, tuple[str, ...]], ...]
"""What is texted, and what each text of the answer says."""
JOINS: Words = (
    ("FAMILIES", ("Reply YES to get action alerts",)),
    ("YES", ("You are subscribed to action alerts",)),
)
STOPS: Words = (("STOP", ("You are unsubscribed and will get no more messages",)), ("STOP", ()))

FORBIDDEN = 403


EN = "Neighbors for Families: ICE decides tomorrow. Call today: {link} Reply STOP to cancel."
ES = "Vecinos por las Familias: ICE decide. Llame hoy: {link} Responda ALTO para cancelar."
STAFF = ("--by", "e2e")
BROADCAST = re.compile(r"\b\d{8}-\d{4}-[0-9a-f]{6}\b")
KNOWN = "it is known of everybody what became of them"
ALERT_SECONDS = 240.0
"""Armed within one minute, planned in the next, sent in the third, closed in the fourth."""
NIGHT = "the alert: it is night wherever a number is from which it could be tried"


def awake(now: datetime) -> str | None:
    """Return the first of the numbers that may be sent an alert during the next minutes; None: none may."""
    until = now + timedelta(seconds=2 * ALERT_SECONDS)
    places = ((number, whereabouts(None, None, zones_of(number))) for number in NUMBERS)
    return next((number for number, there in places if is_open(there, now) and is_open(there, until)), None)


@dataclass
class Subscriber:
    """One number that texts ours; each word returns once the deployed app has answered it."""

    deployed: Deployed
    token: str = field(repr=False)
    number: str
    said: int = 0

    def join(self) -> None:
        """Ask in, and say yes. Raises Failed at another answer."""
        self._talk(JOINS)

    def stop(self) -> None:
        """Stop, twice, as people do. Raises Failed at another answer."""
        self._talk(STOPS)

    def is_alerted(self, world: PhoneWorldServer) -> str:
        """Have an alert drafted and armed, and wait for its end. Returns the line that proves it; raises Failed."""
        words = ("--campaign", "families-28", "--en", EN, "--es", ES)
        found = BROADCAST.search(self.deployed.patchthrough("broadcast", "draft", *words, *STAFF))
        if found is None:
            raise Failed("patchthrough broadcast draft names no broadcast")
        self.deployed.patchthrough("broadcast", "arm", found[0], "--count", "1", *STAFF)
        seen = [""]

        def is_done() -> bool:
            seen[0] = self.deployed.patchthrough("broadcast", "status", found[0])
            return "families-28  done" in seen[0] and KNOWN in seen[0]

        wait(is_done, ALERT_SECONDS, lambda: f"the alert is not done:\n{seen[0]}")
        with world.pace.lock:
            alerts = [text.body for text in world.world.texts if text.to == self.number]
        if len(alerts) != 1 or not alerts[0].startswith(EN.partition("{")[0]):
            raise Failed(f"the number was sent {alerts}")
        return next(line.strip() for line in seen[0].splitlines() if KNOWN in line)

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
            "MessageSid": sid, "AccountSid": environment.ACCOUNT, "From": self.number, "To": environment.NUMBER,
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
