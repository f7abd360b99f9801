"""A rehearsal of a campaign that asks for a code by text, and what tests read of its texts."""

from dataclasses import replace
from typing import Any

from app import app
from chalicelib.runtime import Runtime
from dev.phone_world import Supporter
from dev.phone_world.texts import Text
from dev.server import Gateway
from tests.rehearsal import ANA, SLUG
from tests.stories.placing_house import TALK, Placing

FORM = [("content-type", "application/x-www-form-urlencoded")]


class Coded(Placing):
    """A rehearsal of a campaign that asks for the code, with people at addresses of their own."""

    def __init__(self, built: Runtime) -> None:
        super().__init__(built)
        self.gateway = Gateway(app)
        self.change(asks_code=True)
        self.world.add(Supporter(ANA, TALK))

    def memory_clock(self) -> float:
        """A campaign in memory grows old here: it is changed on the way."""
        return self.clock.seconds

    def change(self, **changes: Any) -> None:
        current = self.runtime.catalog.campaign(SLUG)
        assert current is not None
        self.runtime.catalog.apply(replace(current, **changes), self.clock.now())
        self.runtime._campaigns.clear()

    def asked(self, phone: str = ANA, **more: str) -> str:
        """A tap whose text has arrived; the call's id."""
        call = self.tap(phone, **more)
        assert (call["http"], call["state"]) == (202, "code")
        self.world.advance(3)
        return str(call["id"])

    def texts(self, phone: str = ANA) -> list[Text]:
        return [text for text in self.world.texts if text.to == phone]

    def code(self, phone: str = ANA) -> str:
        """The code in the latest text."""
        return self.texts(phone)[-1].body[:6]

    def enter(self, call_id: str, code: str) -> dict[str, Any]:
        return self.post(f"/api/calls/{call_id}", {"do": "code", "code": code})

    def again(self, call_id: str) -> dict[str, Any]:
        return self.post(f"/api/calls/{call_id}", {"do": "new_code"})

    def from_place(self, place: str, call_id: str, **fields: str) -> tuple[int, str]:
        """Send the page's form from an address."""
        body = "&".join(f"{name}={value}" for name, value in fields.items()).encode()
        answer = self.gateway.answer("POST", f"/calls/{call_id}?lang=en", FORM, body, place)
        return answer.status, answer.body.decode()

    def placings_of_texts(self) -> int:
        return sum(entry.what == "POST Messages" for entry in self.world.wire)
