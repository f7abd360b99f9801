"""The deployment's queues by our names for them: those of the settings, each with its dead-letter queue."""

from chalicelib.adapters.dead_letters import WatchedQueue
from cli.connection import Connection

RING, LETTERS, MAIL_EVENTS, ALERTS = "ring", "letters", "mail_events", "alerts"


def watched(connection: Connection) -> dict[str, WatchedQueue]:
    """Return the queues that are in the settings."""
    config = connection.config
    urls = {
        RING: config.ring_queue,
        LETTERS: config.letter_queue,
        MAIL_EVENTS: config.mail_event_queue,
        ALERTS: config.alert_queue,
    }
    sqs = connection.aws().sqs
    return {name: WatchedQueue(sqs, url) for name, url in urls.items() if url}


def of_letters(connection: Connection) -> dict[str, WatchedQueue]:
    """Return the queues of letters; none where letters don't leave by mail."""
    config = connection.config
    if not (config.letter_queue or config.mail_event_queue):
        return {}
    return {name: queue for name, queue in watched(connection).items() if name in {LETTERS, MAIL_EVENTS}}
