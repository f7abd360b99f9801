"""Broadcasts, minute by minute: who gets one is planned, who goes now is granted, and what is over is closed.

Each step may be cut off anywhere, and run twice at once; the next minute goes on. Sends no text: that is the workers'.
"""


def each_minute() -> None:
    """Grant this minute's turns, go on planning what is armed, and close what is settled. One never stops another."""
    dispatch()


def dispatch() -> None:
    """Grant recipients to chunks of the broadcasts that are being sent, as their senders' rates and budgets allow."""


def plan(broadcast_id: str) -> None:
    """List who gets an armed broadcast, chunk by chunk, as far as this minute's time goes; begin it when all are."""


def finish(broadcast_id: str) -> None:
    """Close a broadcast whose chunks are done when it is known of everybody what became of them."""
