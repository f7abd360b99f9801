"""The first of two people's word that a campaign may go live, until the second one's. One item per campaign.

Holds a name of staff and nothing of anybody else. What it is worth is the domain's to say (`launching`): it names the
revision it is about, so that nobody need take it away once that has passed.
"""

from datetime import datetime

from chalicelib.adapters import staff_keys
from chalicelib.adapters.table import Table
from chalicelib.domain.launching import Signature

VERSION = 1


class Launches:
    """The signatures in one table."""

    def __init__(self, table: Table) -> None:
        """Keep the table."""
        self._table = table

    def first(self, slug: str) -> Signature | None:
        """Return the signature that stands for a campaign, whether it still holds or not."""
        item = self._table.get(staff_keys.launch(slug))
        if item is None:
            return None
        return Signature(item["slug"], item["revision"], item["by"], datetime.fromisoformat(item["at"]))

    def sign(self, signature: Signature) -> None:
        """Keep a first signature, in place of whichever stood there."""
        item = {
            "type": "launch",
            "version": VERSION,
            "slug": signature.slug,
            "revision": signature.revision,
            "by": signature.by,
            "at": signature.at.isoformat(),
        }
        self._table.put(staff_keys.launch(signature.slug), item)
