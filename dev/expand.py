"""SAM's short form turned into plain CloudFormation, offline.

Promises that what is linted, tested and deployed is the long form, with nothing left for AWS to expand, and
that SAM's own complaints come out as one sentence each. Needs no account: no managed policy is looked up.
"""

from typing import Any

from samtranslator.model.exceptions import InvalidDocumentException
from samtranslator.translator.transform import transform


class ExpandError(Exception):
    """SAM refuses the template; the message holds one line per fault."""


class _NoManagedPolicies:
    """Strictly private: our roles list their actions, so SAM never needs AWS's own policies."""

    def load(self) -> dict[str, str]:
        return {}


def expand(template: dict[str, Any]) -> dict[str, Any]:
    """Return the template as CloudFormation understands it without any macro.

    Raises ExpandError with what SAM says about each fault.
    """
    try:
        expanded: dict[str, Any] = transform(template, {}, _NoManagedPolicies())
    except InvalidDocumentException as error:
        raise ExpandError("\n".join(cause.message for cause in error.causes)) from error
    return expanded
