"""Where the app's log goes on this machine: into a file, never among what a command tells its reader."""

import contextlib
import logging
import sys
from collections.abc import Iterator
from typing import TextIO

from chalicelib.observability import logger


@contextlib.contextmanager
def into(file: TextIO) -> Iterator[None]:
    """Have the app's logger and everything that prints write there, and as before afterwards.

    The logger keeps the standard output of the moment it was made, so redirecting that would not be enough.
    """
    writing = [handler for handler in logger.handlers if isinstance(handler, logging.StreamHandler)]
    before = [handler.setStream(file) for handler in writing]
    try:
        with contextlib.redirect_stdout(file):
            yield
    finally:
        for handler, stream in zip(writing, before, strict=True):
            handler.setStream(stream or sys.stdout)
