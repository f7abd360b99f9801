"""The one secret: Twilio's tokens and our keys, read from Secrets Manager and kept for five minutes.

Knows no default. A wrong signature may force one early refresh, at most every ten seconds, so that a rotated
token is seen at once and a flood of forgeries costs nothing.
"""

import hmac
import json
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mypy_boto3_secretsmanager import SecretsManagerClient

KEPT_SECONDS = 300.0
SOONEST_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class Secrets:
    """Twilio's auth tokens (the second only in a rotation), the key of the phone hash, the console's app client's."""

    twilio_token: str
    twilio_token_next: str
    phone_key: bytes
    staff_client: str = ""

    @property
    def tokens(self) -> tuple[str, ...]:
        """The tokens that may have signed a webhook now."""
        return tuple(token for token in (self.twilio_token, self.twilio_token_next) if token)

    def derived(self, label: str) -> bytes:
        """Return the key for another purpose than the phone hash; from it nothing is learned of that one."""
        return hmac.new(self.phone_key, f"key for {label}".encode(), sha256).digest()


class SecretStore:
    """Reads the secret by name. `now` returns seconds of a clock that only goes forward."""

    def __init__(self, client: "SecretsManagerClient", name: str, now: Callable[[], float]) -> None:
        """Keep what is needed to read; nothing is read yet."""
        self._client, self._name, self._now = client, name, now
        self._kept: Secrets | None = None
        self._read_at = 0.0

    def current(self) -> Secrets:
        """Return the secret, at most five minutes old."""
        if self._kept is None or self._now() - self._read_at > KEPT_SECONDS:
            return self._read()
        return self._kept

    def refreshed(self) -> Secrets:
        """Return the secret read again, unless that was done within the last ten seconds."""
        if self._kept is not None and self._now() - self._read_at < SOONEST_SECONDS:
            return self._kept
        return self._read()

    def _read(self) -> Secrets:
        text = self._client.get_secret_value(SecretId=self._name)["SecretString"]
        fields = json.loads(text)
        self._kept = Secrets(
            fields["twilio_auth_token"],
            fields.get("twilio_auth_token_next", ""),
            fields["phone_key"].encode(),
            fields.get("staff_client_secret", ""),
        )
        self._read_at = self._now()
        return self._kept
