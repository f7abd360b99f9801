"""Mistakes that are put into a packaged template, to see that they are noticed."""

import copy
from dataclasses import dataclass
from typing import Any

DROP = object()


@dataclass(frozen=True, slots=True)
class Fault:
    """One seeded mistake: what is changed (a dotted path, numbers index lists) and who must notice."""

    promise: str
    at: str
    to: object = DROP

    def into(self, template: dict[str, Any]) -> dict[str, Any]:
        """A copy of the template with the mistake in it. A path that is not there is an error of the test."""
        broken = copy.deepcopy(template)
        *steps, last = (int(step) if step.isdigit() else step for step in self.at.split("."))
        place: Any = broken
        for step in steps:
            place = place[step]
        if self.to is DROP:
            del place[last]
        else:
            place[last] = self.to
        return broken
