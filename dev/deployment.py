"""A packaged template, deployed with CloudFormation to an endpoint of this machine.

Promises to deploy build/cfn.json and build/deployment.zip as they are, changing nothing in either: what is
shown to work is what would go to AWS. Refuses to know what the app does.
"""

import hashlib
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dev import aws

BUILD = Path(__file__).resolve().parent.parent / "build"
BUCKET = "patchthrough-code"
LONGEST_SECONDS = 60.0


class DeployError(Exception):
    """The stack did not come up; the message holds the resources that failed, with AWS's reasons."""


@dataclass(frozen=True, slots=True)
class Stack:
    """A stack by name, at an endpoint, with the template and the zip it is made from."""

    name: str
    endpoint: str
    build: Path = BUILD

    def upload(self) -> dict[str, str]:
        """Upload the zip under its own SHA-256; return the parameters that name it."""
        aws.client("s3", self.endpoint).create_bucket(Bucket=BUCKET)
        url = self._put((self.build / "deployment.zip").read_bytes(), "zip")
        return {"CodeBucket": BUCKET, "CodeKey": url.rpartition("/")[2]}

    def create(self, parameters: Mapping[str, str]) -> dict[str, str]:
        """Create the stack and return its outputs. Raises DeployError."""
        self._cloudformation().create_stack(**self._template(parameters))
        return self._finished("CREATE_COMPLETE")

    def update(self, parameters: Mapping[str, str]) -> dict[str, str]:
        """Deploy again with other parameters and return the outputs. Raises DeployError."""
        self._cloudformation().update_stack(**self._template(parameters))
        return self._finished("UPDATE_COMPLETE")

    def _put(self, content: bytes, kind: str) -> str:
        """Put a file into the bucket under its own SHA-256; return its address."""
        key = f"{hashlib.sha256(content).hexdigest()}.{kind}"
        aws.client("s3", self.endpoint).put_object(Bucket=BUCKET, Key=key, Body=content)
        return f"{self.endpoint}/{BUCKET}/{key}"

    def _cloudformation(self) -> Any:
        return aws.client("cloudformation", self.endpoint)

    def _template(self, parameters: Mapping[str, str]) -> dict[str, Any]:
        return {
            "StackName": self.name,
            # Beside the code: a template of more than 51,200 bytes can't be sent as a body.
            "TemplateURL": self._put((self.build / "cfn.json").read_bytes(), "json"),
            "Parameters": [
                {"ParameterKey": name, "ParameterValue": value} for name, value in parameters.items()
            ],
            "Capabilities": ["CAPABILITY_IAM"],
        }

    def _finished(self, expected: str) -> dict[str, str]:
        until = time.monotonic() + LONGEST_SECONDS
        while time.monotonic() < until:
            (stack,) = self._cloudformation().describe_stacks(StackName=self.name)["Stacks"]
            if stack["StackStatus"] == expected:
                return {output["OutputKey"]: output["OutputValue"] for output in stack["Outputs"]}
            if not stack["StackStatus"].endswith("IN_PROGRESS"):
                break
            time.sleep(0.2)
        raise DeployError(f"{self.name} is {stack['StackStatus']}, not {expected}.{self._faults()}")

    def _faults(self) -> str:
        events = self._cloudformation().describe_stack_events(StackName=self.name)["StackEvents"]
        faults = [
            f"\n  {event['LogicalResourceId']}: {event.get('ResourceStatusReason', '')}"
            for event in events
            if event["ResourceStatus"].endswith("FAILED")
        ]
        return "".join(faults)
