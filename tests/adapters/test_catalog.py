"""The catalog on moto: what is written comes back, nobody is overtaken, a person's word on a line stays."""

import os
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from uuid import uuid4

import boto3
import moto
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chalicelib.adapters import keys
from chalicelib.adapters.catalog import MOST_OFFICES, Catalog, Overtaken
from chalicelib.adapters.table import Table, keyed
from chalicelib.domain.campaign import (
    Campaign,
    Letter,
    Limits,
    Local,
    Order,
    Recording,
    Routing,
    Status,
    Texts,
)
from chalicelib.domain.inbound_texts import Keyword
from chalicelib.domain.office import Line, Office
from chalicelib.domain.prompt_ids import PromptId
from chalicelib.domain.words import Language, Words

os.environ |= {
    "AWS_ACCESS_KEY_ID": "test",
    "AWS_SECRET_ACCESS_KEY": "test",
    "AWS_DEFAULT_REGION": "us-east-1",
}
CLIENT = boto3.client("dynamodb", region_name="us-east-1")
NOW = datetime(2026, 11, 24, 15, 0, tzinfo=UTC)
TODAY = NOW.date()
PAGE = "https://www.ice.gov/contact/field-offices"

texts = st.text(st.characters(codec="utf-8"), max_size=40)
words = st.builds(Words, texts, texts)
numbers = st.integers(0, 99).map(lambda last: f"+140455501{last:02}")
ids = st.from_regex(r"[a-z]{1,6}(-[a-z0-9]{1,4})?", fullmatch=True)
lines = st.builds(Line, numbers, st.booleans(), st.none() | st.dates())
offices = st.builds(
    Office,
    id=ids,
    name=words,
    place=words,
    zone=st.just("America/New_York"),
    address=texts,
    lines=st.lists(lines, max_size=3, unique_by=lambda line: line.number).map(tuple),
)
keywords = st.builds(Keyword, texts, st.just(""), st.sampled_from(Language))
programmes = st.builds(
    Texts,
    st.lists(keywords, max_size=3).map(tuple),
    words,
    words,
    words,
    texts,
    texts,
    st.booleans(),
    st.none() | words,
)
campaigns = st.builds(
    Campaign,
    slug=ids,
    status=st.sampled_from(Status),
    revision=st.just(0),
    organization=words,
    title=words,
    heading=words,
    summary=words,
    about=st.lists(words, max_size=3).map(tuple),
    points=st.lists(words, max_size=3).map(tuple),
    reading=texts,
    goal=st.integers(1, 10**9),
    offices=st.lists(offices, max_size=6, unique_by=lambda office: office.id).map(tuple),
    routing=st.builds(Routing, st.sampled_from(Order), st.sampled_from(Local)),
    limits=st.builds(Limits, st.integers(0, 10**5), st.none() | st.integers(1, 1000)),
    letter=st.builds(
        Letter, words, words, st.lists(ids, max_size=5).map(tuple), st.booleans(), texts, st.integers(1, 60)
    ),
    spoken=st.dictionaries(st.sampled_from(PromptId), words, max_size=4),
    recordings=st.lists(
        st.builds(Recording, st.sampled_from(PromptId), st.sampled_from(Language), texts)
    ).map(tuple),
    texts=st.none() | programmes,
)


def an_office(name: str = "ero-atl", *lines: Line) -> Office:
    return Office(
        id=name,
        name=Words(f"ICE office in {name}", f"oficina de ICE en {name}"),
        place=Words(name, name),
        zone="America/New_York",
        address="1 Example Street",
        lines=lines or (Line("+14045550100"),),
    )


def a_campaign(*offices: Office, slug: str = "families-28", revision: int = 0) -> Campaign:
    each = Words("in English", "en español")
    return Campaign(
        slug=slug,
        status=Status.LIVE,
        revision=revision,
        organization=each,
        title=each,
        heading=each,
        summary=each,
        about=(each,),
        points=(each,),
        reading="Hello.",
        goal=2000,
        offices=offices,
        letter=Letter(each, each),
    )


def with_own_keywords(campaign: Campaign) -> Campaign:
    """The campaign with keywords that lead to itself, which is all that a campaign can have."""
    if campaign.texts is None:
        return campaign
    own = tuple(replace(each, programme=campaign.slug) for each in campaign.texts.keywords)
    return replace(campaign, texts=replace(campaign.texts, keywords=own))


def fresh() -> Catalog:
    name = f"patchthrough-{uuid4().hex}"
    CLIENT.create_table(
        TableName=name,
        BillingMode="PAY_PER_REQUEST",
        KeySchema=[{"AttributeName": "PK", "KeyType": "HASH"}, {"AttributeName": "SK", "KeyType": "RANGE"}],
        AttributeDefinitions=[
            {"AttributeName": "PK", "AttributeType": "S"},
            {"AttributeName": "SK", "AttributeType": "S"},
        ],
    )
    return Catalog(Table(CLIENT, name))


@pytest.fixture
def catalog() -> Iterator[Catalog]:
    with moto.mock_aws():
        yield fresh()


@given(campaigns)
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_what_is_applied_is_what_is_read(campaign: Campaign) -> None:
    with moto.mock_aws():
        catalog = fresh()
        campaign = with_own_keywords(campaign)
        for office in campaign.offices:
            catalog.put_office(office)

        applied = catalog.apply(campaign, NOW)

        assert applied == replace(campaign, revision=1)
        assert catalog.campaign(campaign.slug) == applied


def test_an_unknown_campaign_is_none(catalog: Catalog) -> None:
    assert catalog.campaign("families-28") is None
    assert catalog.campaigns() == ()


def test_the_list_of_campaigns_has_their_keywords(catalog: Catalog) -> None:
    each = Words("in English", "en español")
    keywords = tuple(
        Keyword(word, "b", language)
        for word, language in (("FAMILIES", Language.EN), ("FAMILIAS", Language.ES))
    )
    catalog.apply(
        replace(a_campaign(slug="b"), texts=Texts(keywords, each, each, each, "https://example.org/t")), NOW
    )
    catalog.apply(a_campaign(slug="a"), NOW)

    assert [row.keywords for row in catalog.campaigns()] == [(), ("FAMILIES", "FAMILIAS")]


def test_a_campaign_of_before_there_were_texts_has_none(catalog: Catalog) -> None:
    catalog.apply(a_campaign(), NOW)
    for key in (keys.campaign("families-28"), keys.campaign_row("families-28")):
        catalog.table.change(key, {"goal": 2000}, gone=("texts", "keywords"))

    read = catalog.campaign("families-28")

    assert read is not None
    assert read.texts is None
    assert catalog.campaigns()[0].keywords == ()


def test_the_list_of_campaigns_says_where_each_is(catalog: Catalog) -> None:
    catalog.apply(a_campaign(slug="b"), NOW)
    catalog.apply(a_campaign(slug="a"), NOW)

    first, second = catalog.campaigns()

    assert (first.slug, second.slug) == ("a", "b")
    assert (first.status, first.goal, first.revision, first.applied_at) == (Status.LIVE, 2000, 1, NOW)
    assert first.title == Words("in English", "en español")


def test_offices_keep_their_order_and_leave_when_they_are_no_longer_listed(catalog: Catalog) -> None:
    atlanta, boston, chicago = (an_office(name) for name in ("ero-atl", "ero-bos", "ero-chi"))
    for office in (atlanta, boston, chicago):
        catalog.put_office(office)

    first = catalog.apply(a_campaign(chicago, atlanta, boston), NOW)
    assert [office.id for office in first.offices] == ["ero-chi", "ero-atl", "ero-bos"]
    catalog.apply(replace(first, offices=(boston, chicago)), NOW)

    found = catalog.campaign("families-28")
    assert found is not None
    assert [office.id for office in found.offices] == ["ero-bos", "ero-chi"]
    assert found.revision == 2


def test_a_campaign_applied_before_letters_went_anywhere_writes_as_usual(catalog: Catalog) -> None:
    catalog.put_office(an_office())
    catalog.apply(a_campaign(an_office()), NOW)
    each = {"en": "in English", "es": "en español"}
    catalog.table.change(keys.campaign("families-28"), {"letter": {"subject": each, "body": each}})

    found = catalog.campaign("families-28")

    assert found is not None
    assert found.letter == a_campaign().letter


def test_offices_elsewhere_are_kept_apart_from_those_listed(catalog: Catalog) -> None:
    atlanta, boston, chicago = (an_office(name) for name in ("ero-atl", "ero-bos", "ero-chi"))
    for office in (atlanta, boston, chicago):
        catalog.put_office(office)
    routing = Routing(Order.BALANCED, Local.BEFORE)

    first = catalog.apply(replace(a_campaign(chicago), routing=routing, elsewhere=(atlanta, boston)), NOW)

    assert catalog.campaign("families-28") == first
    assert (first.routing, first.offices, first.elsewhere) == (routing, (chicago,), (atlanta, boston))
    # One of them is listed from now on, and nobody is asked for a ZIP code any more.
    second = catalog.apply(replace(first, offices=(chicago, atlanta), elsewhere=(), routing=Routing()), NOW)
    assert catalog.campaign("families-28") == second


def test_a_campaign_applied_before_routing_calls_its_offices_as_listed(catalog: Catalog) -> None:
    catalog.put_office(an_office())
    applied = catalog.apply(a_campaign(an_office()), NOW)
    key = keyed(keys.campaign("families-28"))
    CLIENT.update_item(TableName=catalog.table.name, Key=key, UpdateExpression="REMOVE routing")

    assert catalog.campaign("families-28") == applied


def test_two_staff_cannot_overwrite_each_other(catalog: Catalog) -> None:
    seen = catalog.apply(a_campaign(), NOW)
    catalog.apply(replace(seen, goal=3000), NOW)

    with pytest.raises(Overtaken, match="families-28"):
        catalog.apply(replace(seen, goal=4000), NOW)

    found = catalog.campaign("families-28")
    assert found is not None
    assert (found.goal, found.revision) == (3000, 2)


def test_a_campaign_that_is_there_is_not_taken_for_new(catalog: Catalog) -> None:
    catalog.apply(a_campaign(), NOW)

    with pytest.raises(Overtaken):
        catalog.apply(a_campaign(), NOW)


def test_the_most_offices_still_fit_one_transaction(catalog: Catalog) -> None:
    names = [f"ero-{number}" for number in range(MOST_OFFICES * 2)]
    before = catalog.apply(a_campaign(*map(an_office, names[:MOST_OFFICES])), NOW)
    catalog.apply(replace(before, offices=tuple(map(an_office, names[MOST_OFFICES:]))), NOW)

    with pytest.raises(ValueError, match="at most 45 offices"):
        catalog.apply(a_campaign(*map(an_office, names), slug="too-many"), NOW)
    listed, elsewhere = map(an_office, names[:1]), tuple(map(an_office, names[1 : MOST_OFFICES + 1]))
    with pytest.raises(ValueError, match="at most 45 offices"):
        catalog.apply(replace(a_campaign(*listed, slug="too-many"), elsewhere=elsewhere), NOW)


def test_more_than_a_hundred_items_are_read_in_batches(catalog: Catalog) -> None:
    offices = tuple(
        an_office(f"ero-{n:02}", *(Line(f"+1404555{n:02}{m:02}") for m in range(3)))
        for n in range(MOST_OFFICES)
    )
    for office in offices:
        catalog.put_office(office)
    catalog.apply(a_campaign(*offices), NOW)

    found = catalog.campaign("families-28")

    assert found is not None
    assert found.offices == offices


def test_a_line_keeps_what_a_person_said_when_the_directory_is_loaded_again(catalog: Catalog) -> None:
    catalog.put_office(an_office())
    catalog.verify_line("ero-atl", "+14045550100", TODAY, "Dana R.", PAGE)

    catalog.put_office(replace(an_office(), address="2 Example Street"))

    assert catalog.office("ero-atl") == replace(
        an_office(
            "ero-atl",
            Line("+14045550100", callable=True, verified_on=TODAY, verified_by="Dana R.", source=PAGE),
        ),
        address="2 Example Street",
    )


def test_loading_the_directory_never_makes_a_known_line_callable(catalog: Catalog) -> None:
    catalog.put_office(an_office())

    catalog.put_office(an_office("ero-atl", Line("+14045550100", callable=True, verified_on=TODAY)))

    assert catalog.office("ero-atl") == an_office()


def test_a_number_the_directory_drops_can_be_dialled_by_no_campaign(catalog: Catalog) -> None:
    catalog.put_office(an_office())
    catalog.verify_line("ero-atl", "+14045550100", TODAY, "Dana R.", PAGE)
    catalog.apply(a_campaign(an_office()), NOW)

    catalog.put_office(an_office("ero-atl", Line("+14045550199")))

    found = catalog.campaign("families-28")
    assert found is not None
    assert found.offices[0].lines == ()


def test_a_number_that_comes_back_must_be_verified_anew(catalog: Catalog) -> None:
    catalog.put_office(an_office())
    catalog.verify_line("ero-atl", "+14045550100", TODAY, "Dana R.", PAGE)
    catalog.put_office(an_office("ero-atl", Line("+14045550199")))

    catalog.put_office(an_office())

    assert catalog.office("ero-atl") == an_office()


def test_an_unknown_line_cannot_be_verified(catalog: Catalog) -> None:
    with pytest.raises(LookupError, match="no such item"):
        catalog.verify_line("ero-atl", "+14045550100", TODAY, "Dana R.", PAGE)


def test_an_office_that_left_the_directory_leaves_the_campaign(catalog: Catalog) -> None:
    catalog.put_office(an_office("ero-atl"))
    catalog.apply(a_campaign(an_office("ero-atl"), an_office("ero-bos")), NOW)

    found = catalog.campaign("families-28")

    assert found is not None
    assert [office.id for office in found.offices] == ["ero-atl"]


def test_the_directory_is_read_in_order(catalog: Catalog) -> None:
    catalog.put_office(
        an_office("ero-bos", Line("+16175550100", callable=True, verified_on=date(2026, 11, 1)))
    )
    catalog.put_office(an_office("ero-atl"))

    assert [office.id for office in catalog.offices()] == ["ero-atl", "ero-bos"]
    assert catalog.offices()[1].lines == (Line("+16175550100", callable=True, verified_on=date(2026, 11, 1)),)
    assert catalog.office("ero-chi") is None


def test_every_item_says_its_type_and_version(catalog: Catalog) -> None:
    catalog.put_office(an_office())
    catalog.apply(a_campaign(an_office()), NOW)

    items = CLIENT.scan(TableName=catalog.table.name)["Items"]

    assert {item["type"]["S"] for item in items} == {
        "campaign",
        "campaign_office",
        "campaign_row",
        "office",
        "line",
    }
    assert all(item["version"] == {"N": "1"} for item in items)
