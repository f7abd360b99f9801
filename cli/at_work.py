"""The app's own roads, walked from a terminal: letters and subscribers change by the app's very decisions and writes.

Promises: what the command line does to a letter is counted, queued and told its writer as if a page or a worker had
done it, and what it tells of a subscriber stands in their ledger. Says nothing on the terminal: the app's log and
metrics are kept quiet, and its staff read the command's words.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from chalicelib.adapters.mailer import Mailer
from chalicelib.observability import silence
from chalicelib.runtime import Runtime, install
from cli.connection import Connection


@contextmanager
def at_work(connection: Connection) -> Iterator[Runtime]:
    """Yield the app's runtime on this connection; while it lasts, the views' functions use it."""
    config = connection.config
    built = Runtime.build(config, aws=connection.aws())
    runtime = replace(built, mailer=Mailer(connection.ses, config.mail_from, config.mail_set))
    install(runtime)
    try:
        with silence():
            yield runtime
    finally:
        install(None)
