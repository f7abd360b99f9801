"""Many at once, as nobody plans it."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any


def at_once(number: int, work: Callable[[int], Any]) -> list[Any]:
    """Do the work in so many threads that all begin together; the results, errors among them."""
    start = Barrier(number)

    def begin(index: int) -> Any:
        start.wait()
        try:
            return work(index)
        except Exception as error:  # noqa: BLE001 - an error is a result here
            return error

    with ThreadPoolExecutor(number) as pool:
        return list(pool.map(begin, range(number)))
