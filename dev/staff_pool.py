"""The console's user pool on the local AWS, made from infra's fragment, with one made-up person of each role.

Promises that the pool's rules are those that are deployed, that making it twice changes nothing, and that a person's
password and seed are found again by a second run (`.local/staff.json`, its owner's only). They are for this machine:
nobody of these exists, and no deployment has them.

`python -m dev.staff_pool` prints the codes of now, for whoever has no authenticator at hand.
"""

import base64
import hmac
import json
import secrets
import struct
import sys
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from hashlib import sha1, sha256
from pathlib import Path
from typing import Any

from dev import fragments

STEP_SECONDS = 30
PEOPLE = (("vera", "Vera V.", "viewer"), ("dana", "Dana R.", "editor"), ("ada", "Ada A.", "admin"))
"""User name, name, role."""
FILE = "staff.json"
KEPT = Path(__file__).resolve().parent.parent / ".local" / FILE


@dataclass(frozen=True, slots=True)
class Pool:
    """A user pool and its one app client."""

    id: str
    client_id: str
    client_secret: str


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody who can sign in here: with this password and the codes of this seed ("": no authenticator yet)."""

    username: str
    name: str
    role: str
    password: str
    seed: str


def make(cognito: Any, name: str) -> Pool:
    """Make the pool, its groups and its client, or find them."""
    pools = cognito.list_user_pools(MaxResults=60)["UserPools"]
    found = next((pool["Id"] for pool in pools if pool["Name"] == name), None)
    pool_id = found or _make_pool(cognito, name)
    clients = cognito.list_user_pool_clients(UserPoolId=pool_id, MaxResults=60)["UserPoolClients"]
    client_id = clients[0]["ClientId"] if clients else _make_client(cognito, pool_id)
    described = cognito.describe_user_pool_client(UserPoolId=pool_id, ClientId=client_id)["UserPoolClient"]
    return Pool(pool_id, client_id, described["ClientSecret"])


def _make_pool(cognito: Any, name: str) -> str:
    asked = _properties("StaffPool")
    del asked["EnabledMfas"]
    mfa = asked.pop("MfaConfiguration")
    pool_id: str = cognito.create_user_pool(PoolName=name, **asked)["UserPool"]["Id"]
    cognito.set_user_pool_mfa_config(
        UserPoolId=pool_id, SoftwareTokenMfaConfiguration={"Enabled": True}, MfaConfiguration=mfa
    )
    for group in ("StaffViewers", "StaffEditors", "StaffAdmins"):
        cognito.create_group(UserPoolId=pool_id, **_properties(group))
    return pool_id


def _make_client(cognito: Any, pool_id: str) -> str:
    asked = _properties("StaffClient")
    made = cognito.create_user_pool_client(UserPoolId=pool_id, ClientName="console", **asked)
    client_id: str = made["UserPoolClient"]["ClientId"]
    return client_id


def _properties(logical_id: str) -> dict[str, Any]:
    found: dict[str, Any] = dict(fragments.read()["Resources"][logical_id]["Properties"])
    found.pop("UserPoolId", None)
    return found


def invite(cognito: Any, pool: Pool, member: Member) -> None:
    """Make an account with a role, whose password is good for the first time only."""
    cognito.admin_create_user(
        UserPoolId=pool.id,
        Username=member.username,
        TemporaryPassword=member.password,
        MessageAction="SUPPRESS",
        UserAttributes=[{"Name": "name", "Value": member.name}],
    )
    if member.role:
        cognito.admin_add_user_to_group(UserPoolId=pool.id, Username=member.username, GroupName=member.role)


def settle(cognito: Any, pool: Pool, member: Member) -> Member:
    """Keep an invited person's password, and add an authenticator; return the person with its seed.

    Neither local AWS asks for an authenticator as Cognito does, so it is added with the tokens of the password alone.
    """
    cognito.admin_set_user_password(
        UserPoolId=pool.id, Username=member.username, Password=member.password, Permanent=True
    )
    given = {
        "USERNAME": member.username,
        "PASSWORD": member.password,
        "SECRET_HASH": proof(pool, member.username),
    }
    tokens = cognito.initiate_auth(
        AuthFlow="USER_PASSWORD_AUTH", ClientId=pool.client_id, AuthParameters=given
    )["AuthenticationResult"]
    seed = cognito.associate_software_token(AccessToken=tokens["AccessToken"])["SecretCode"]
    cognito.verify_software_token(AccessToken=tokens["AccessToken"], UserCode=code(seed, time.time()))
    return Member(member.username, member.name, member.role, member.password, seed)


def proof(pool: Pool, username: str) -> str:
    """Return the SECRET_HASH of a user name."""
    digest = hmac.new(pool.client_secret.encode(), (username + pool.client_id).encode(), sha256).digest()
    return base64.b64encode(digest).decode()


def code(seed: str, at: float) -> str:
    """Return the six digits that an authenticator with this seed shows at a time (RFC 6238, seconds since 1970)."""
    key = base64.b32decode(seed + "=" * (-len(seed) % 8), casefold=True)
    mac = hmac.new(key, struct.pack(">Q", int(at // STEP_SECONDS)), sha1).digest()
    start = mac[-1] & 0x0F
    number = struct.unpack(">I", mac[start : start + 4])[0] & 0x7FFFFFFF
    return f"{number % 10**6:06d}"


def seeded(cognito: Any, pool: Pool, kept: Path) -> tuple[Member, ...]:
    """Make one person of each role, or find them as an earlier run kept them."""
    known = read(kept)
    present = {user["Username"] for user in cognito.list_users(UserPoolId=pool.id)["Users"]}
    if known and {member.username for member in known} <= present:
        return known
    made = []
    for username, name, role in PEOPLE:
        member = Member(username, name, role, f"local-{secrets.token_hex(6)}", "")
        if username in present:
            cognito.admin_delete_user(UserPoolId=pool.id, Username=username)
        invite(cognito, pool, member)
        made.append(settle(cognito, pool, member))
    write(tuple(made), kept)
    return tuple(made)


def write(members: tuple[Member, ...], kept: Path) -> None:
    """Keep who can sign in here."""
    kept.touch(mode=0o600)
    kept.write_text(json.dumps([asdict(member) for member in members], indent=1))


def read(kept: Path = KEPT) -> tuple[Member, ...]:
    """Return who can sign in here; nobody, when nothing is kept."""
    found: list[Mapping[str, str]] = json.loads(kept.read_text()) if kept.exists() else []
    return tuple(Member(**each) for each in found)


if __name__ == "__main__":
    for each in read():
        sys.stdout.write(f"{each.username:8}{code(each.seed, time.time())}\n")
