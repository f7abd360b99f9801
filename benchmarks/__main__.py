"""`make bench`: every budget of the design that can be measured here, in one run."""

import logging
import os
import sys
from pathlib import Path

from benchmarks import cold_start, texts, webhooks
from dev.package import MOST_ZIP_BYTES


def zip_size() -> bool:
    """Print the size of the packaged zip; return whether the budget is kept."""
    size = cold_start.ZIP.stat().st_size
    print(f"zip_mb={size / 1e6:.2f} budget={MOST_ZIP_BYTES / 1e6:g}")
    return size <= MOST_ZIP_BYTES


def quiet() -> None:
    """Let the app write its log, for that costs time too, but to nowhere."""
    nowhere = Path(os.devnull).open("w")  # noqa: SIM115 - open as long as the program runs
    for handler in logging.getLogger("patchthrough").handlers:
        if isinstance(handler, logging.StreamHandler):
            handler.setStream(nowhere)


if __name__ == "__main__":
    quiet()
    kept = [zip_size(), cold_start.report(), webhooks.report(), texts.report()]
    sys.exit(0 if all(kept) else "A budget is not kept.")
