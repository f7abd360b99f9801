"""What staff do at the console, watched: which rights the function behind its pages needs."""

from urllib.parse import urlencode

from chalicelib.domain.staff import Person, Role
from chalicelib.views import staff_cookies
from tests.at_the_console import open_session
from tests.infra.watching import Seen, Watch
from tests.rehearsal import SLUG, Rehearsal, rehearsing


def steered(rehearsal: Rehearsal, secret: str) -> None:
    """A campaign is paused that has lost an office to the directory meanwhile: its place in the campaign goes too."""
    headers = {
        "Content-Type": "application/x-www-form-urlencoded",
        "Cookie": f"{staff_cookies.name()}={secret}",
        "Sec-Fetch-Site": "same-origin",
    }
    form = urlencode({"token": staff_cookies.token(secret)}).encode()
    status, _, _ = rehearsal.ask("POST", f"/staff/campaigns/{SLUG}/pause", headers, form)
    assert status == 303
    assert rehearsal.get(f"/staff/campaigns/{SLUG}", cookie=headers["Cookie"])[0] == 200


def at_the_console(together: Seen) -> None:
    """Watch all of it."""
    with rehearsing(offices=2) as rehearsal:
        campaign = rehearsal.runtime.catalog.campaign(SLUG)
        assert campaign
        secret = open_session(rehearsal.runtime, Person("Dana R.", "dana", Role.EDITOR))
        rehearsal.runtime.catalog.remove_office(campaign.offices[-1].id)
        Watch(rehearsal, together)
        steered(rehearsal, secret)
