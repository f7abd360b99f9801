"""Which function does what: every operation is written down at the client that sends it."""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tests.rehearsal import Rehearsal

PART = {
    "Put": "PutItem",
    "Update": "UpdateItem",
    "Delete": "DeleteItem",
    "ConditionCheck": "ConditionCheckItem",
}


@dataclass
class Seen:
    """By function: the actions it used (a message with the queue it is for), and what kinds of items it deleted."""

    used: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    deleted: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))


class Watch:
    """Writes down which function sends what. The function is whichever door was entered last."""

    def __init__(self, rehearsal: Rehearsal, seen: Seen) -> None:
        self.seen = seen
        self.doors = ["APIHandler"]
        self.runtime = rehearsal.runtime
        clients = [rehearsal.dynamodb, rehearsal.runtime.secrets._client]
        if rehearsal.runtime.config.has_mail:
            clients.append(rehearsal.runtime.mailer._ses())
        for client in clients:
            client.meta.events.register("provide-client-params", self.sent)
        rehearsal.ask = self.through("APIHandler", rehearsal.ask)
        for function, queue in (
            ("Ring", rehearsal.queue),
            ("Letters", rehearsal.letters),
            ("MailEvents", rehearsal.events),
            ("Alerts", rehearsal.alerts),
        ):
            queue.deliver = self.through(function, queue.deliver)
            queue.send_message = self.enqueued(f"{function}Queue", queue.send_message)  # type: ignore[method-assign]
        rehearsal.reconcile = self.through("Reconcile", rehearsal.reconcile)  # type: ignore[method-assign]
        rehearsal.play_broadcasts = self.through("Broadcasts", rehearsal.play_broadcasts)  # type: ignore[method-assign]
        rehearsal.post_letters = self.through("Post", rehearsal.post_letters)  # type: ignore[method-assign]

    def forget(self) -> None:
        """Let each function read for itself what one process would remember for all of them."""
        self.runtime.secrets._kept = None
        self.runtime.mailer._allowance = None
        self.runtime._campaigns.clear()
        self.runtime._never.clear()
        self.runtime._areas.clear()
        self.runtime._listings.clear()
        self.runtime._shown.clear()

    def through(self, function: str, door: Callable[..., Any]) -> Callable[..., Any]:
        """The same door, with the function's name over it."""

        def entered(*arguments: Any, **named: Any) -> Any:
            self.forget()
            self.doors.append(function)
            try:
                return door(*arguments, **named)
            finally:
                self.doors.pop()

        return entered

    def enqueued(self, queue: str, send: Callable[..., Any]) -> Callable[..., Any]:
        def sent(**message: Any) -> Any:
            self.seen.used[self.doors[-1]].add(f"sqs:SendMessage {queue}")
            return send(**message)

        return sent

    def sent(self, params: dict[str, Any], model: Any, **_: Any) -> None:
        function, service = self.doors[-1], model.service_model.signing_name
        parts = [
            (PART[part], what) for item in params.get("TransactItems", []) for part, what in item.items()
        ]
        for action, what in parts or [(model.name, params)]:
            self.seen.used[function].add(f"{service}:{action}")
            if action == "DeleteItem":
                self.seen.deleted[function].add(what["Key"]["PK"]["S"].partition("#")[0])
