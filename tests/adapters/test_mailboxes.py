"""The mailboxes of offices in the table: staff's to say, kept by every import, and read with every campaign."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import moto
import pytest

from chalicelib.adapters import audit, keys
from chalicelib.adapters.audit import Entry
from chalicelib.adapters.catalog import Catalog
from chalicelib.adapters.mailboxes import Mailboxes, MailboxKnown
from chalicelib.domain.office import Mailbox, Office, writable
from tests.adapters.test_catalog import NOW, PAGE, TODAY, a_campaign, an_office, fresh

ADDRESS = "Outreach@ero-atl.example"
SEEN = Mailbox(ADDRESS, TODAY, "Dana R.", PAGE)
FORM = "https://www.example.org/contact"


@pytest.fixture
def catalog() -> Iterator[Catalog]:
    with moto.mock_aws():
        made = fresh()
        made.put_office(an_office())
        made.put_office(an_office("ero-bos"))
        yield made


def entry(what: str = "mailbox added", after: int = 0) -> Entry:
    return Entry("Dana R.", what, "ero-atl", NOW + timedelta(seconds=after), {"address": ADDRESS})


def listed(catalog: Catalog) -> Office:
    found = catalog.campaign("families-28")
    assert found is not None
    return found.offices[0]


def office(catalog: Catalog, office_id: str = "ero-atl") -> Office:
    found = catalog.office(office_id)
    assert found is not None
    return found


def test_offices_begin_without_any(catalog: Catalog) -> None:
    catalog.apply(a_campaign(an_office()), NOW)

    for found in (office(catalog), listed(catalog), *catalog.offices()):
        assert (found.mailboxes, found.web_form) == ((), "")


def test_a_mailbox_comes_back_as_it_was_and_reaches_every_campaign_that_has_the_office(
    catalog: Catalog,
) -> None:
    catalog.apply(a_campaign(an_office("ero-bos"), slug="elsewhere"), NOW)
    catalog.apply(a_campaign(an_office()), NOW)

    Mailboxes(catalog).add("ero-atl", SEEN, entry())

    for found in (office(catalog), listed(catalog), catalog.offices()[0]):
        assert found.mailboxes == (SEEN,)
        assert writable(found, TODAY) == (SEEN,)
    assert catalog.offices()[1].mailboxes == ()
    elsewhere = catalog.campaign("elsewhere")
    assert elsewhere is not None
    assert elsewhere.offices[0].mailboxes == ()


def test_a_campaign_applied_later_has_the_mailboxes_of_its_offices(catalog: Catalog) -> None:
    Mailboxes(catalog).add("ero-atl", SEEN, entry())

    catalog.apply(a_campaign(office(catalog)), NOW)

    assert listed(catalog).mailboxes == (SEEN,)


def test_an_office_written_before_there_were_mailboxes_is_read_and_can_get_one(catalog: Catalog) -> None:
    catalog.apply(a_campaign(an_office()), NOW)
    catalog.table.change(keys.office("ero-atl"), {}, gone=("mailboxes",))
    catalog.table.change(keys.campaign_office("families-28", 0, "ero-atl"), {}, gone=("mailboxes",))

    before = listed(catalog)
    Mailboxes(catalog).add("ero-atl", SEEN, entry())

    assert (before.mailboxes, listed(catalog).mailboxes) == ((), (SEEN,))


def test_reading_a_campaign_costs_no_request_more_for_its_mailboxes(catalog: Catalog) -> None:
    catalog.apply(a_campaign(an_office()), NOW)
    Mailboxes(catalog).add("ero-atl", SEEN, entry())
    asked: list[str] = []
    events = catalog.table.client.meta.events
    events.register("before-call.dynamodb", lambda model, **_: asked.append(model.name), "count")

    found = listed(catalog)
    events.unregister("before-call.dynamodb", unique_id="count")

    assert found.mailboxes == (SEEN,)
    assert asked == ["Query", "BatchGetItem"]


def test_an_import_of_the_directory_neither_takes_nor_brings_a_mailbox_or_a_form(catalog: Catalog) -> None:
    mailboxes = Mailboxes(catalog)
    mailboxes.add("ero-atl", SEEN, entry())
    mailboxes.set_web_form("ero-atl", FORM, entry("web form set", 1))

    catalog.put_office(replace(an_office(), address="2 Example Street"))
    given = replace(an_office("ero-bos"), mailboxes=(Mailbox("other@ero-bos.example", TODAY),), web_form=FORM)
    catalog.put_office(given)

    kept, other = office(catalog), office(catalog, "ero-bos")
    assert (kept.address, kept.mailboxes, kept.web_form) == ("2 Example Street", (SEEN,), FORM)
    assert (other.mailboxes, other.web_form) == ((), "")


def test_a_new_office_is_written_as_given(catalog: Catalog) -> None:
    new = replace(an_office("ero-chi"), mailboxes=(SEEN, Mailbox("b@ero-chi.example")), web_form=FORM)

    catalog.put_office(new)

    assert office(catalog, "ero-chi") == new


def test_a_verification_is_good_for_as_long_as_configured(catalog: Catalog) -> None:
    Mailboxes(catalog).add("ero-atl", Mailbox(ADDRESS), entry())
    unseen = office(catalog)

    Mailboxes(catalog).verify(
        "ero-atl", ADDRESS, TODAY - timedelta(days=8), PAGE, entry("mailbox verified", 1)
    )

    assert writable(unseen, TODAY) == ()
    assert office(catalog).mailboxes == (replace(SEEN, verified_on=TODAY - timedelta(days=8)),)
    assert [len(writable(office(Catalog(catalog.table, days)), TODAY)) for days in (7, 8)] == [0, 1]


def test_an_address_is_an_offices_once_however_it_is_written(catalog: Catalog) -> None:
    Mailboxes(catalog).add("ero-atl", SEEN, entry())

    with pytest.raises(MailboxKnown) as refused:
        Mailboxes(catalog).add("ero-atl", Mailbox(ADDRESS.lower()), entry(after=1))

    assert "example" not in str(refused.value)
    assert office(catalog).mailboxes == (SEEN,)
    assert len(list(audit.entries(catalog.table, NOW))) == 1


def test_a_mailbox_that_is_removed_is_gone_from_every_campaign(catalog: Catalog) -> None:
    catalog.apply(a_campaign(an_office()), NOW)
    mailboxes, second = Mailboxes(catalog), Mailbox("second@ero-atl.example", TODAY, "Dana R.", PAGE)
    mailboxes.add("ero-atl", SEEN, entry())
    mailboxes.add("ero-atl", second, entry(after=1))

    mailboxes.remove("ero-atl", ADDRESS, entry("mailbox removed", 2))

    assert office(catalog).mailboxes == listed(catalog).mailboxes == (second,)
    assert catalog.table.get(keys.mailbox("ero-atl", ADDRESS)) is None


def test_what_is_not_there_is_neither_verified_nor_removed_nor_made(catalog: Catalog) -> None:
    mailboxes = Mailboxes(catalog)

    with pytest.raises(LookupError):
        mailboxes.add("ero-nowhere", SEEN, entry())
    with pytest.raises(LookupError):
        mailboxes.verify("ero-atl", ADDRESS, TODAY, PAGE, entry())
    with pytest.raises(LookupError):
        mailboxes.remove("ero-atl", ADDRESS, entry())
    with pytest.raises(LookupError):
        mailboxes.set_web_form("ero-nowhere", FORM, entry())

    assert catalog.office("ero-nowhere") is None
    assert office(catalog).mailboxes == ()
    assert list(audit.entries(catalog.table, NOW)) == []


def test_two_who_add_at_once_both_succeed(catalog: Catalog) -> None:
    theirs = Mailbox("theirs@ero-atl.example")
    events, name = catalog.table.client.meta.events, "provide-client-params.dynamodb.TransactWriteItems"

    def overtake(**_: object) -> None:
        events.unregister(name, unique_id="overtake")
        Mailboxes(catalog).add("ero-atl", theirs, entry(after=1))

    events.register_first(name, overtake, "overtake")
    Mailboxes(catalog).add("ero-atl", SEEN, entry())

    assert office(catalog).mailboxes == (theirs, SEEN)


def test_each_change_is_on_record_with_who_made_it(catalog: Catalog) -> None:
    mailboxes = Mailboxes(catalog)
    told = [
        entry(what, after)
        for after, what in enumerate(("mailbox added", "mailbox verified", "mailbox removed", "web form set"))
    ]

    mailboxes.add("ero-atl", Mailbox(ADDRESS), told[0])
    mailboxes.verify("ero-atl", ADDRESS, TODAY, PAGE, told[1])
    mailboxes.remove("ero-atl", ADDRESS, told[2])
    mailboxes.set_web_form("ero-atl", FORM, told[3])

    assert list(audit.entries(catalog.table, NOW)) == told


def test_an_office_that_leaves_the_directory_takes_its_mailboxes_with_it(catalog: Catalog) -> None:
    Mailboxes(catalog).add("ero-atl", SEEN, entry())

    catalog.remove_office("ero-atl")

    assert catalog.table.get(keys.mailbox("ero-atl", ADDRESS)) is None
