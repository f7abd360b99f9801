"""A campaign's own numbers: one campaign each, until that has ended."""

from pathlib import Path

from tests.cli.conftest import Shell


def test_a_number_leads_to_one_campaign_until_that_has_ended(shell: Shell, campaign_file: Path) -> None:
    own = 'goal: 2000\nnumbers: ["+12025550142"]\n'
    text = campaign_file.read_text(encoding="utf-8").replace("goal: 2000\n", own)
    assert own in text
    campaign_file.write_text(text, encoding="utf-8")
    assert shell.run("campaign", "apply", str(campaign_file), "--yes").exit_code == 0
    assert [row.numbers for row in shell.catalog.campaigns()] == [("+12025550142",)]
    another = campaign_file.with_name("another.yaml")
    another.write_text(text.replace("slug: families-28", "slug: another"), encoding="utf-8")

    refused = shell.run("campaign", "apply", str(another), "--yes")

    assert refused.exit_code == 1
    assert "+12025550142 is a number of families-28, which is live." in refused.stderr
    for status in ("paused", "ended"):
        campaign_file.write_text(text.replace("status: live", f"status: {status}"), encoding="utf-8")
        assert shell.run("campaign", "apply", str(campaign_file), "--yes").exit_code == 0
    assert shell.run("campaign", "apply", str(another), "--yes").exit_code == 0
