"""Which addresses may be an office's: nothing real in development, nothing made up outside, never our own."""

import pytest

from chalicelib.domain.addresses import address
from chalicelib.domain.mailboxes import why_no_mailbox

SENDER = "letters@patchthrough.example.net"


@pytest.mark.parametrize(
    "written", ["a@ero-atl.example", "a@example.org", "a@mail.example.com", "a@EXAMPLE.net"]
)
def test_what_nobody_owns_is_taken_in_development_alone(written: str) -> None:
    assert why_no_mailbox(address(written), SENDER, is_development=True) is None
    assert "no mail arrives" in (why_no_mailbox(address(written), SENDER, is_development=False) or "")


@pytest.mark.parametrize(
    "written", ["a@field.office.gov", "a@notexample.org", "a@example.org.gov", "a@example.es"]
)
def test_what_somebody_may_own_is_taken_outside_development_alone(written: str) -> None:
    assert why_no_mailbox(address(written), SENDER, is_development=False) is None
    assert "in development all mail ends" in (
        why_no_mailbox(address(written), SENDER, is_development=True) or ""
    )


@pytest.mark.parametrize("written", ["a@office.test", "a@office.invalid"])
def test_what_leads_nowhere_is_taken_in_neither(written: str) -> None:
    assert why_no_mailbox(address(written), "", is_development=True) is not None
    assert why_no_mailbox(address(written), "", is_development=False) is not None


@pytest.mark.parametrize("written", ["a@campaign.gov", "letters@campaign.gov", "a@mail.campaign.gov"])
def test_our_own_domain_is_never_taken(written: str) -> None:
    why = why_no_mailbox(address(written), "Letters@Campaign.gov", is_development=False)

    assert why == "is at campaign.gov, where our own letters come from"
    assert why_no_mailbox(address(written), "", is_development=False) is None
