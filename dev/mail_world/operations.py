"""All operations but SendEmail: the account, identities, configuration sets, the suppression list.

Promises: each takes the values of a request that SES's description allows and returns those of an answer, or
raises SesError. Refuses to know: HTTP.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from dev.mail_world import events, publishing
from dev.mail_world.account import (
    DEFAULT_DELIVERY_SECONDS,
    ConfigurationSet,
    Destination,
    Identity,
    Suppressed,
)
from dev.mail_world.addresses import DOMAIN, bare, key
from dev.mail_world.refusals import SesError, already, bad_request, not_found

if TYPE_CHECKING:
    from dev.mail_world.world import MailWorld

Values = dict[str, Any]
Asked = Mapping[str, Any]
Operation = Callable[["MailWorld", Asked], Values]
MOST_DESTINATIONS, LONGEST_SET_NAME, MOST_ON_A_PAGE = 10, 64, 1000


def get_account(world: MailWorld, _asked: Asked) -> Values:
    """The quota as it is at this moment."""
    rules = world.rules
    return {
        "DedicatedIpAutoWarmupEnabled": False,
        "EnforcementStatus": rules.enforcement,
        "ProductionAccessEnabled": rules.production,
        "SendQuota": {
            "Max24HourSend": float(rules.max_24_hour_send),
            "MaxSendRate": float(rules.max_send_rate),
            "SentLast24Hours": float(world.meter.sent_in_24_hours(world.clock.seconds)),
        },
        "SendingEnabled": rules.sending_enabled,
        "SuppressionAttributes": {"SuppressedReasons": sorted(rules.suppressed_reasons)},
    }


def put_account_sending(world: MailWorld, asked: Asked) -> Values:
    """Pause or resume the whole account."""
    world.rules.sending_enabled = asked.get("SendingEnabled", False)
    return {}


def put_account_suppression(world: MailWorld, asked: Asked) -> Values:
    """Say what puts an address on the account's list."""
    world.rules.suppressed_reasons = frozenset(asked.get("SuppressedReasons", ()))
    return {}


# Identities


def create_identity(world: MailWorld, asked: Asked) -> Values:
    """A domain or an address; verified at once if the rules say so."""
    name = key(asked["EmailIdentity"])
    if "@" in name:
        bare(name)
    elif not DOMAIN.fullmatch(name):
        raise bad_request(f"Invalid identity {name}")
    if name in world.identities:
        raise already(f"Email identity {name} already exist.")
    default_set = asked.get("ConfigurationSetName", "")
    if default_set:
        known_set(world, default_set)
    tokens = () if "@" in name else tuple(f"{world.ids.getrandbits(160):032x}"[:32] for _ in range(3))
    made = Identity(name, world.rules.verifies_at_once, configuration_set=default_set, tokens=tokens)
    world.identities[name] = made
    return _identity(made)


def get_identity(world: MailWorld, asked: Asked) -> Values:
    """One identity."""
    found = _known_identity(world, asked)
    more = {"ConfigurationSetName": found.configuration_set} if found.configuration_set else {}
    status = "SUCCESS" if found.verified else "PENDING"
    return (
        _identity(found)
        | {"FeedbackForwardingStatus": not found.topics, "VerificationStatus": status, "Policies": {}}
        | more
    )


def delete_identity(world: MailWorld, asked: Asked) -> Values:
    """Forget one identity."""
    del world.identities[_known_identity(world, asked).name]
    return {}


def _known_identity(world: MailWorld, asked: Asked) -> Identity:
    found = world.identities.get(key(asked["EmailIdentity"]))
    if found is None:
        raise not_found(f"Email identity {asked['EmailIdentity']} does not exist.")
    return found


def _identity(one: Identity) -> Values:
    status = "NOT_STARTED" if not one.is_domain else "SUCCESS" if one.verified else "PENDING"
    dkim: Values = {"SigningEnabled": one.is_domain, "Status": status}
    return {
        "IdentityType": "DOMAIN" if one.is_domain else "EMAIL_ADDRESS",
        "VerifiedForSendingStatus": one.verified,
        "DkimAttributes": dkim | ({"Tokens": list(one.tokens)} if one.tokens else {}),
    }


# Configuration sets


def create_set(world: MailWorld, asked: Asked) -> Values:
    """A configuration set without destinations."""
    name = asked["ConfigurationSetName"]
    if not name or len(name) > LONGEST_SET_NAME or not name.replace("-", "").replace("_", "").isalnum():
        raise bad_request(f"Invalid configuration set name <{name}>")
    if name in world.sets:
        raise already(f"Configuration set <{name}> already exists.")
    reasons = asked.get("SuppressionOptions", {}).get("SuppressedReasons")
    world.sets[name] = ConfigurationSet(
        name,
        sending_enabled=asked.get("SendingOptions", {}).get("SendingEnabled", True),
        suppressed_reasons=None if reasons is None else frozenset(reasons),
        max_delivery_seconds=asked.get("DeliveryOptions", {}).get(
            "MaxDeliverySeconds", DEFAULT_DELIVERY_SECONDS
        ),
    )
    return {}


def get_set(world: MailWorld, asked: Asked) -> Values:
    """One configuration set."""
    found = known_set(world, asked["ConfigurationSetName"])
    reasons = found.suppressed_reasons
    own = {} if reasons is None else {"SuppressionOptions": {"SuppressedReasons": sorted(reasons)}}
    return {
        "ConfigurationSetName": found.name,
        "SendingOptions": {"SendingEnabled": found.sending_enabled},
        "DeliveryOptions": {"MaxDeliverySeconds": found.max_delivery_seconds},
    } | own


def delete_set(world: MailWorld, asked: Asked) -> Values:
    """Forget one configuration set."""
    del world.sets[known_set(world, asked["ConfigurationSetName"]).name]
    return {}


def put_set_sending(world: MailWorld, asked: Asked) -> Values:
    """Pause or resume one configuration set."""
    found = known_set(world, asked["ConfigurationSetName"])
    found.sending_enabled = asked.get("SendingEnabled", False)
    return {}


def known_set(world: MailWorld, name: str) -> ConfigurationSet:
    """The configuration set, or NotFoundException."""
    if name not in world.sets:
        raise not_found(f"Configuration set <{name}> does not exist.")
    return world.sets[name]


def create_destination(world: MailWorld, asked: Asked) -> Values:
    """Publish a configuration set's events to a topic; the mail world plays SNS only."""
    found = known_set(world, asked["ConfigurationSetName"])
    name, wanted = asked["EventDestinationName"], asked["EventDestination"]
    if any(one.name == name for one in found.destinations):
        raise already(f"Event destination <{name}> already exists.")
    if len(found.destinations) >= MOST_DESTINATIONS:
        raise SesError("LimitExceededException", f"There are {MOST_DESTINATIONS} event destinations already")
    kinds = frozenset(wanted.get("MatchingEventTypes", ()))
    if not kinds:
        raise bad_request("MatchingEventTypes is empty")
    topic = _topic(world, wanted)
    found.destinations.append(Destination(name, topic, kinds, wanted.get("Enabled", False)))
    if world.rules.greets_topics:
        publishing.carry(world, topic, events.GARBAGE["greeting"])
    return {}


def _topic(world: MailWorld, wanted: Asked) -> str:
    topic: str = wanted.get("SnsDestination", {}).get("TopicArn", "")
    if not topic:
        world.complaints.append("CreateConfigurationSetEventDestination: the mail world plays SNS only")
        raise bad_request("The mail world publishes to SNS only")
    if not topic.startswith("arn:aws") or ":sns:" not in topic:
        raise bad_request(f"Invalid SNS topic <{topic}>")
    if topic.endswith(".fifo"):
        raise bad_request("SNS topic must be a standard topic: FIFO topics are not supported")
    return topic


def get_destinations(world: MailWorld, asked: Asked) -> Values:
    """What a configuration set publishes."""
    found = known_set(world, asked["ConfigurationSetName"])
    return {
        "EventDestinations": [
            {
                "Name": one.name,
                "Enabled": one.enabled,
                "MatchingEventTypes": sorted(one.kinds),
                "SnsDestination": {"TopicArn": one.topic},
            }
            for one in found.destinations
        ]
    }


# The suppression list


def put_suppressed(world: MailWorld, asked: Asked) -> Values:
    """Add an address, or change why it is there."""
    if not world.rules.production:
        raise bad_request("The suppression list cannot be changed in the sandbox")
    world.suppress(bare(asked["EmailAddress"]), asked["Reason"])
    return {}


def get_suppressed(world: MailWorld, asked: Asked) -> Values:
    """One address, and which message put it there."""
    found = _known_suppressed(world, asked)
    attributes = {"MessageId": found.message_id, "FeedbackId": found.feedback_id}
    more = {"Attributes": attributes} if found.message_id else {}
    return {"SuppressedDestination": _suppressed(found) | more}


def delete_suppressed(world: MailWorld, asked: Asked) -> Values:
    """Let an address have mail again; nothing else ever takes it off."""
    del world.suppressed[_known_suppressed(world, asked).address]
    return {}


def list_suppressed(world: MailWorld, asked: Asked) -> Values:
    """A page of the list."""
    reasons = asked.get("Reasons") or ["BOUNCE", "COMPLAINT"]
    since, until = asked.get("StartDate"), asked.get("EndDate")
    found = [
        one
        for one in sorted(world.suppressed.values(), key=lambda one: one.address)
        if one.reason in reasons and (not since or one.at > since) and (not until or one.at < until)
    ]
    token, size = asked.get("NextToken", "0"), asked.get("PageSize", MOST_ON_A_PAGE)
    if not token.isdecimal() or not 0 < size <= MOST_ON_A_PAGE:
        raise SesError(
            "InvalidNextTokenException", "The specified request includes an invalid or expired token."
        )
    start = int(token)
    more = {"NextToken": str(start + size)} if len(found) > start + size else {}
    shown = [_suppressed(one) for one in found[start : start + size]]
    return {"SuppressedDestinationSummaries": shown} | more


def _known_suppressed(world: MailWorld, asked: Asked) -> Suppressed:
    found = world.suppressed.get(key(asked["EmailAddress"]))
    if found is None:
        raise not_found(f"Email address {asked['EmailAddress']} does not exist on your suppression list.")
    return found


def _suppressed(one: Suppressed) -> Values:
    return {"EmailAddress": one.address, "Reason": one.reason, "LastUpdateTime": one.at}


OPERATIONS: Mapping[str, Operation] = {
    "GetAccount": get_account,
    "PutAccountSendingAttributes": put_account_sending,
    "PutAccountSuppressionAttributes": put_account_suppression,
    "CreateEmailIdentity": create_identity,
    "GetEmailIdentity": get_identity,
    "DeleteEmailIdentity": delete_identity,
    "CreateConfigurationSet": create_set,
    "GetConfigurationSet": get_set,
    "DeleteConfigurationSet": delete_set,
    "PutConfigurationSetSendingOptions": put_set_sending,
    "CreateConfigurationSetEventDestination": create_destination,
    "GetConfigurationSetEventDestinations": get_destinations,
    "PutSuppressedDestination": put_suppressed,
    "GetSuppressedDestination": get_suppressed,
    "DeleteSuppressedDestination": delete_suppressed,
    "ListSuppressedDestinations": list_suppressed,
}
