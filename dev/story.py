"""`make story`: whole calls, over HTTP with signed webhooks, and the proof of what was counted.

Promises exit 0 only if every tale ended as it must and ledger and tally agree; anything else is 1, with
what differed. Plays on the stack that runs, as `make run` left word of it in `.local/env`; if none runs,
starts one for itself on free ports with an empty memory. The last line is that of `counts verify`.
"""

import contextlib
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from pathlib import Path

from rich.console import Console
from rich.text import Text

from dev import environment
from dev.ports import Ports
from dev.stack import PROBLEMS, Interrupted, Wish, heed_signals, running
from dev.stories.judging import Telling
from dev.stories.playing import FORGOTTEN, Scene, play
from dev.stories.rehearsed import REHEARSED, AnyTale, beside
from dev.stories.site import Site, Unreachable
from dev.stories.tale import Tale
from dev.stories.tales import TALES
from dev.stories.telling import tell, tell_sum

SPEED = 20.0
"""How many times as fast as real time the phone world's clock runs meanwhile."""


@contextlib.contextmanager
def site(console: Console, wish: Wish, local: Path) -> Iterator[Site]:
    """Yield the stack that runs, or one started for the occasion."""
    found = environment.read(local / "env")
    if found and Site(found).is_up():
        console.print(f"Playing on the stack that runs, at {found['PATCHTHROUGH_PUBLIC_URL']}.")
        yield Site(found)
        return
    console.print("No stack runs here, so one is started for these stories, with an empty memory.")
    with (
        tempfile.TemporaryDirectory() as folder,
        running(Ports.any_free(), Path(folder), wish, lambda _sentence: None) as stack,
    ):
        yield Site(stack.environment)


def tell_all(
    console: Console, where: Site, wish: Wish, played: Sequence[Tale], rehearsed: Sequence[AnyTale]
) -> list[Telling]:
    """Play and tell every tale, and then all in a table; what is rehearsed is played beside the others."""
    told: list[Telling] = []
    with beside(where.environment, rehearsed) as others, where.at_speed(SPEED):
        for wanted, tales in groupby(played, key=lambda tale: tale.wanted):
            with where.furnished(wanted) as offices:
                scene = Scene(where, offices, wish.wait)
                with console.status("The app gets to know the offices’ lines"):
                    wish.wait(FORGOTTEN)
                for tale in tales:
                    with console.status(Text(tale.title)):
                        told.append(play(tale, scene))
                    tell(console, len(told), told[-1])
        for telling in others.result():
            told.append(telling)
            tell(console, len(told), telling)
    tell_sum(console, told)
    return told


def verify(settings: Mapping[str, str]) -> int:
    """Run `patchthrough counts verify` and let it speak for itself; return its exit code."""
    command = [sys.executable, "-m", "cli", "counts", "verify"]
    return subprocess.run(command, env=os.environ | settings, cwd=environment.ROOT, check=False).returncode  # noqa: S603 - our own command


def main(
    local: Path = environment.LOCAL,
    played: Sequence[Tale] = TALES,
    rehearsed: Sequence[AnyTale] = REHEARSED,
) -> int:
    """Tell these tales, of those over HTTP and of those rehearsed, and prove the counts: 0 if all is right."""
    console, wish = Console(file=sys.stdout, highlight=False), Wish()
    heed_signals(wish)
    try:
        with site(console, wish, local) as where:
            told = tell_all(console, where, wish, played, rehearsed)
            wrong = sum(not telling.is_right for telling in told)
            if wrong:
                console.print(Text(f"{wrong} of {len(told)} tales did not end as they must.", "bold red"))
            console.file.flush()
            return 1 if verify(where.environment) or wrong else 0
    except Interrupted:
        console.print("Stopped.")
    except (*PROBLEMS, Unreachable, ValueError) as problem:
        console.print(Text(str(problem), "bold red"), soft_wrap=True)
    return 1


if __name__ == "__main__":
    sys.exit(main())
