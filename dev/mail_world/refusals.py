"""How SES says no.

Promises: each refusal has SES's own code, its HTTP status and words. Refuses to know: what was asked.
"""

from __future__ import annotations

from collections.abc import Mapping

STATUSES: Mapping[str, int] = {
    "AccountSuspendedException": 400,
    "AlreadyExistsException": 400,
    "BadRequestException": 400,
    "InternalServiceErrorException": 500,
    "InvalidNextTokenException": 400,
    "LimitExceededException": 400,
    "MailFromDomainNotVerifiedException": 400,
    "MessageRejected": 400,
    "NotFoundException": 404,
    "SendingPausedException": 400,
    "TooManyRequestsException": 429,
    # Of every AWS service rather than of SES; the client has no class of its own for these.
    "MissingAuthenticationTokenException": 403,
    "SerializationException": 400,
    "ServiceUnavailable": 503,
    "SignatureDoesNotMatch": 403,
    "ThrottlingException": 400,
    "UnknownOperationException": 404,
}


class SesError(Exception):
    """A refusal: one of the codes above, and words."""

    def __init__(self, code: str, message: str) -> None:
        """Find the status of `code`; KeyError for a code that SES does not have."""
        super().__init__(message)
        self.code = code
        self.message = message
        self.status = STATUSES[code]


def bad_request(message: str) -> SesError:
    """What is asked makes no sense to SES."""
    return SesError("BadRequestException", message)


def not_found(message: str) -> SesError:
    """There is no such thing."""
    return SesError("NotFoundException", message)


def already(message: str) -> SesError:
    """There is such a thing already."""
    return SesError("AlreadyExistsException", message)


def misread(message: str) -> SesError:
    """What was sent has the wrong type."""
    return SesError("SerializationException", message)
