"""AWS's clients, one of each, with time-outs that leave Twilio's patience some room."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import boto3
from botocore.config import Config

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_secretsmanager import SecretsManagerClient
    from mypy_boto3_sesv2 import SESV2Client
    from mypy_boto3_sqs import SQSClient

PATIENCE = Config(connect_timeout=2, read_timeout=4, retries={"mode": "standard", "max_attempts": 4})
"""Seconds. Twilio gives up on a webhook after 15: a lost answer must be asked for again well before that."""

ONCE = Config(connect_timeout=3, read_timeout=10, retries={"total_max_attempts": 1})
"""SES has no idempotency key: asked once, and no answer is no answer. boto3 by itself would ask three times."""


@dataclass(frozen=True, slots=True)
class Clients:
    """What the adapters talk through."""

    dynamodb: "DynamoDBClient"
    secretsmanager: "SecretsManagerClient"
    sqs: "SQSClient"


def clients() -> Clients:
    """Make the clients; boto3 reads region, credentials and AWS_ENDPOINT_URL from the environment itself."""
    return Clients(
        boto3.client("dynamodb", config=PATIENCE),
        boto3.client("secretsmanager", config=PATIENCE),
        boto3.client("sqs", config=PATIENCE),
    )


def ses_client(url: str) -> "SESV2Client":
    """Make the client of SES; `url` leads to another one than SES itself ("": SES)."""
    return boto3.client("sesv2", endpoint_url=url or None, config=ONCE)


def cognito_client() -> Any:  # noqa: ANN401 - of its types there is no package here
    """Make the client of Cognito's sign-in. It is asked once: a code that was taken is wrong the second time."""
    return boto3.client("cognito-idp", config=ONCE)
