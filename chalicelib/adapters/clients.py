"""AWS's clients, one of each, with time-outs that leave Twilio's patience some room."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import boto3
from botocore.config import Config

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_secretsmanager import SecretsManagerClient
    from mypy_boto3_sqs import SQSClient

PATIENCE = Config(connect_timeout=2, read_timeout=4, retries={"mode": "standard", "max_attempts": 4})
"""Seconds. Twilio gives up on a webhook after 15: a lost answer must be asked for again well before that."""


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
