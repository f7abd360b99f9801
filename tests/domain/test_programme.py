"""What a campaign says of its texts reaches the replies and the subscriber machine."""

from dataclasses import replace

from chalicelib.domain.campaign import Texts
from chalicelib.domain.inbound_texts import Keyword
from chalicelib.domain.programme import programme, rules
from chalicelib.domain.replies import Programme
from chalicelib.domain.subscriber import Rules
from chalicelib.domain.words import Language, Words
from tests.values import CAMPAIGN

TEXTS = Texts(
    keywords=(Keyword("FAMILIES", CAMPAIGN.slug, Language.EN),),
    name=Words("Alerts", "Alertas"),
    frequency=Words("up to 8 msgs/month", "hasta 8 mensajes al mes"),
    contact=Words("help@example.org", "ayuda@example.org"),
    terms="https://example.org/t",
    privacy="https://example.org/p",
)


def test_replies_speak_for_the_campaigns_organization_and_programme() -> None:
    assert programme(replace(CAMPAIGN, texts=TEXTS)) == Programme(
        organization=CAMPAIGN.organization,
        name=Words("Alerts", "Alertas"),
        frequency=Words("up to 8 msgs/month", "hasta 8 mensajes al mes"),
        contact=Words("help@example.org", "ayuda@example.org"),
        terms="https://example.org/t",
        privacy="https://example.org/p",
    )


def test_a_campaign_without_texts_has_no_programme() -> None:
    assert programme(replace(CAMPAIGN, texts=None)) is None


def test_the_rules_are_the_careful_ones_unless_the_campaign_says_otherwise() -> None:
    assert rules(TEXTS) == Rules()
    assert rules(replace(TEXTS, confirms=False)) == Rules(confirms_texts=False)
    assert rules(replace(TEXTS, thanks=Words("Thank you.", "Gracias."))) == Rules(thanks=True)
