"""The way from a terminal to the table: which one, and what to say when it can't be had.

Promises: says which stage and table it speaks to; beside `make run` it finds the local stack by itself. Lines
are verified by the local stack only in stage `local` and only on this machine.
"""

import os
import shlex
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import boto3
from botocore import exceptions as aws
from botocore.config import Config as ClientConfig

from chalicelib.adapters.catalog import Catalog
from chalicelib.adapters.clients import Clients
from chalicelib.adapters.store import Store
from chalicelib.adapters.table import Table
from chalicelib.config import Config

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_sesv2 import SESV2Client

LOCAL_ENV = Path(".local/env")
"""What `make run` leaves for the command line while it runs."""
LOCAL_STAGE = "local"
LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
NO_ANSWER = (
    aws.EndpointConnectionError,
    aws.ConnectTimeoutError,
    aws.ReadTimeoutError,
    aws.ConnectionClosedError,
    aws.ProxyConnectionError,
    aws.SSLError,
)
NO_CREDENTIALS = (
    aws.NoCredentialsError,
    aws.PartialCredentialsError,
    aws.TokenRetrievalError,
    aws.ProfileNotFound,
)
NO_QUEUE = frozenset({"AWS.SimpleQueueService.NonExistentQueue", "QueueDoesNotExist"})
REFUSED = {
    "AccessDeniedException": "These credentials may not use this table. Ask whoever runs your AWS account.",
    "ExpiredTokenException": "Your AWS sign-in has expired. Sign in again.",
    "UnrecognizedClientException": "AWS doesn’t know these credentials. Sign in again.",
    "InvalidSignatureException": "AWS doesn’t accept this secret key. Sign in again.",
    "ProvisionedThroughputExceededException": "The table is too busy right now. Try again in a minute.",
    "ThrottlingException": "The table is too busy right now. Try again in a minute.",
}


@dataclass(frozen=True, slots=True)
class Connection:
    """One table of one stage. `endpoint` is empty for AWS itself; `found` is the file it was found in.

    `aws` makes the clients of what is beside the table: most commands need none of them. `where` is how they are made.
    """

    config: Config
    endpoint: str
    found: Path | None
    aws: Callable[[], Clients]
    where: Mapping[str, Any]
    catalog: Catalog
    store: Store

    def ses(self) -> "SESV2Client":
        """Make the client of SES, or of what stands for it here."""
        where: Any = {**self.where, **_ses_at(self.config.ses_url)}
        return boto3.client("sesv2", **where)

    @property
    def stage(self) -> str:
        """The deployment's stage."""
        return self.config.stage

    @property
    def table(self) -> str:
        """The table's name."""
        return self.config.table

    @property
    def is_local_stack(self) -> bool:
        """Whether every ring ends in this machine's phone world, so that the stack may verify lines."""
        return self.stage == LOCAL_STAGE and _is_loopback(self.endpoint)

    @property
    def name(self) -> str:
        """What is written to, for people."""
        return f"stage {self.stage}, table {self.table}"


def connect(environ: Mapping[str, str] = os.environ, beside: Path = LOCAL_ENV) -> Connection:
    """Make the connection the environment describes; nothing is asked of the table yet.

    Raises:
        ConfigError: naming every setting that is missing.
    """
    found = beside if not environ.get("PATCHTHROUGH_TABLE") and beside.is_file() else None
    settings = {**environ, **_read(found)} if found else environ
    config = Config.from_environ(settings)
    endpoint = settings.get("AWS_ENDPOINT_URL", "")
    where = _reached(settings, endpoint)
    table = Table(boto3.client("dynamodb", **where), config.table)
    return Connection(
        config,
        endpoint,
        found,
        partial(_clients, table.client, where),
        where,
        Catalog(table, config.verification_days),
        Store(table),
    )


def trouble(error: Exception, endpoint: str) -> str | None:
    """Say what an AWS error means and what to do, or None when it is none we can answer."""
    if isinstance(error, NO_ANSWER):
        where = endpoint or "AWS"
        way_on = "Is `make run` running?" if endpoint else "Check the network and AWS_DEFAULT_REGION."
        return f"The table can’t be reached: no answer from {where}. {way_on}"
    if isinstance(error, aws.NoRegionError):
        return "No AWS region is set. Set AWS_DEFAULT_REGION to where the table is, like us-east-1."
    if isinstance(error, NO_CREDENTIALS):
        return "There are no AWS credentials here. Sign in to AWS, or set AWS_PROFILE."
    if isinstance(error, aws.ClientError):
        return _refused(error)
    return None


def _refused(error: aws.ClientError) -> str | None:
    code = error.response["Error"]["Code"]
    if error.operation_name == "GetSecretValue":
        return f"The keys in PATCHTHROUGH_SECRETS can’t be read ({code}). Ask whoever runs your AWS account."
    if code in NO_QUEUE:
        return "There is no such queue here. Check PATCHTHROUGH_QUEUE_LETTERS and PATCHTHROUGH_QUEUE_MAIL_EVENTS."
    if code == "ResourceNotFoundException":
        return "There is no such table here. Check PATCHTHROUGH_TABLE and AWS_DEFAULT_REGION."
    return REFUSED.get(code)


def _read(file: Path) -> dict[str, str]:
    """Read `export NAME=value` lines, quoted as a shell would."""
    words = (shlex.split(line, comments=True) for line in file.read_text(encoding="utf-8").splitlines())
    pairs = (line[-1].partition("=") for line in words if line)
    return {name: value for name, _, value in pairs}


def _ses_at(url: str) -> dict[str, Any]:
    """Asked once, and not for long: a person waits."""
    config = ClientConfig(connect_timeout=3, read_timeout=10, retries={"total_max_attempts": 1})
    return {"config": config} | ({"endpoint_url": url} if url else {})


def _is_loopback(endpoint: str) -> bool:
    return urlsplit(endpoint).hostname in LOOPBACK


def _reached(settings: Mapping[str, str], endpoint: str) -> dict[str, Any]:
    """How a client is made that leads where this connection leads."""
    config = ClientConfig(
        connect_timeout=3,
        read_timeout=20,
        retries={"mode": "standard", "total_max_attempts": 3},
        # On this machine a proxy could only be in the way.
        proxies={} if _is_loopback(endpoint) else None,
    )
    return {"config": config} | (_placed(settings, endpoint) if endpoint else {})


def _clients(dynamodb: "DynamoDBClient", where: Mapping[str, Any]) -> Clients:
    return Clients(dynamodb, boto3.client("secretsmanager", **where), boto3.client("sqs", **where))


def _placed(settings: Mapping[str, str], endpoint: str) -> dict[str, str | None]:
    return {
        "endpoint_url": endpoint,
        "region_name": settings.get("AWS_DEFAULT_REGION"),
        "aws_access_key_id": settings.get("AWS_ACCESS_KEY_ID"),
        "aws_secret_access_key": settings.get("AWS_SECRET_ACCESS_KEY"),
        "aws_session_token": settings.get("AWS_SESSION_TOKEN"),
    }
