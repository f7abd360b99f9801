"""SES's REST side: one request in, one answer out.

Promises: every request is logged, also those that get no answer; requests and answers hold to Amazon's own
description. Raises AnswerWithheld, ConnectionDropped, Unreachable or CallerKilled where a network would fail.
Refuses to know: sockets.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING

from dev.mail_world import service_model
from dev.mail_world.faults import (
    AnswerWithheld,
    CallerKilled,
    ConnectionDropped,
    SendFault,
    SendTrouble,
    Unreachable,
)
from dev.mail_world.operations import OPERATIONS
from dev.mail_world.refusals import SesError
from dev.mail_world.rules import RATE_TEXT, Bucket, throttled
from dev.mail_world.sending import send_email
from dev.mail_world.wire_log import WireEntry

if TYPE_CHECKING:
    from dev.mail_world.world import MailWorld

Answer = tuple[int, dict[str, str], bytes]
SEND = "SendEmail"
ATTEMPT = re.compile(r"attempt=(\d+)")
SIGNED_FOR_SES = re.compile(r"AWS4-HMAC-SHA256 Credential=[^/]+/\d{8}/[^/]+/ses/aws4_request,")


def rest(world: MailWorld, method: str, target: str, headers: Mapping[str, str], body: bytes) -> Answer:
    """Answer one request to `target` (path and query)."""
    return _Request(world, method, target, headers, body).answer()


class _Request:
    """One request, from its fault to its line in the log."""

    def __init__(
        self, world: MailWorld, method: str, target: str, headers: Mapping[str, str], body: bytes
    ) -> None:
        self.world, self.method, self.target, self.body = world, method, target, body
        self.headers = {name.lower(): str(value) for name, value in headers.items()}
        self.operation = self._operation()
        self.message_id = ""

    def answer(self) -> Answer:
        """Do it, unless its fault comes before; let the answer through, unless its fault comes after."""
        self.world.requests[self.operation] += 1
        fault = self.world.next_send_fault() if self.operation == SEND else None
        if fault is not None and not fault.accepted:
            return self._fail(fault, self._error("InternalServiceErrorException", "Internal failure", 500))
        reply, error = self._reply()
        if fault is not None and self.message_id:
            return self._fail(fault, reply)
        self._log(reply[0], error)
        return reply

    def _operation(self) -> str:
        try:
            return service_model.operation_at(self.method, self.target.partition("?")[0])[0]
        except SesError:
            return ""

    def _reply(self) -> tuple[Answer, SesError | None]:
        try:
            return self._done(), None
        except SesError as refusal:
            return self._error(refusal.code, refusal.message, refusal.status), refusal

    def _done(self) -> Answer:
        world = self.world
        self._check_signature()
        asked = service_model.read(self.method, self.target, self.body)
        if asked.operation == SEND:
            mail = send_email(world, asked.values, self.headers.get("amz-sdk-invocation-id", ""))
            self.message_id = mail.message_id
            return self._answer(200, service_model.written(SEND, {"MessageId": mail.message_id}))
        operation = OPERATIONS.get(asked.operation)
        if operation is None:
            world.complaints.append(f"{asked.operation}: the mail world does not play it")
            raise SesError("UnknownOperationException", f"The mail world does not play {asked.operation}")
        self._pace(asked.operation)
        return self._answer(200, service_model.written(asked.operation, operation(world, asked.values)))

    def _check_signature(self) -> None:
        signed = self.headers.get("authorization", "")
        if not signed:
            raise SesError("MissingAuthenticationTokenException", "Missing Authentication Token")
        if not SIGNED_FOR_SES.match(signed):
            raise SesError("SignatureDoesNotMatch", "Credential should be scoped to correct service: 'ses'.")

    def _pace(self, operation: str) -> None:
        rate = self.world.rules.other_rate
        if rate is None:
            return
        bucket = self.world.buckets.setdefault(operation, Bucket())
        if not bucket.takes(1, rate, self.world.clock.seconds):
            raise throttled(self.world.rules, RATE_TEXT)

    def _answer(self, status: int, body: bytes) -> Answer:
        request_id = f"{self.world.ids.getrandbits(128):032x}"
        return status, {"Content-Type": "application/json", "x-amzn-RequestId": request_id}, body

    def _error(self, code: str, message: str, status: int) -> Answer:
        status, headers, body = self._answer(status, json.dumps({"message": message}).encode())
        return status, headers | {"x-amzn-ErrorType": code}, body

    def _fail(self, fault: SendFault, reply: Answer) -> Answer:
        """The caller can't know what became of it."""
        after = "accepted" if self.message_id else "not accepted"
        self._log(
            fault.status if fault.trouble is SendTrouble.BROKEN else None, None, f"{fault.trouble}, {after}"
        )
        match fault.trouble:
            case SendTrouble.HANGS:
                raise AnswerWithheld(fault.seconds, reply)
            case SendTrouble.RESET:
                raise ConnectionDropped("connection reset")
            case SendTrouble.UNREACHABLE:
                raise Unreachable("connection refused")
            case SendTrouble.KILLED:
                raise CallerKilled("the caller is gone")
            case SendTrouble.BROKEN:
                code = "ServiceUnavailable" if fault.status == 503 else "InternalServiceErrorException"  # noqa: PLR2004
                return self._error(code, "Internal failure", fault.status)

    def _log(self, status: int | None, error: SesError | None, note: str = "") -> None:
        attempt = ATTEMPT.search(self.headers.get("amz-sdk-request", ""))
        self.world.wire.append(
            WireEntry(
                at=self.world.clock.seconds,
                operation=self.operation,
                what=f"{self.method} {self.target.partition('?')[0]}",
                status=status,
                error=error.code if error else "",
                message=error.message if error else "",
                message_id=self.message_id,
                invocation=self.headers.get("amz-sdk-invocation-id", ""),
                attempt=int(attempt[1]) if attempt else 1,
                note=note,
            )
        )
