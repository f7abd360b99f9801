"""`make reset`: forget all that the local stack has stored.

Promises not to touch a stack that runs: it would write its memory anew when it ends, or lose it half way.
Needs the standard library only, so that it works before anything is installed.
"""

import shutil
import sys
from pathlib import Path
from urllib.parse import urlsplit

from dev import environment, ports


def main(local: Path = environment.LOCAL) -> int:
    """Remove `.local`; return 1, with the reason, while a stack runs."""
    address = environment.read(local / "env").get("PATCHTHROUGH_PUBLIC_URL", "")
    port = urlsplit(address).port if address else None
    if port is not None and ports.answers(port):
        print(f"The local stack is running at {address}. End it with Ctrl-C, then run make reset again.")
        return 1
    if not local.exists():
        print("There is nothing to forget: the local stack starts empty.")
        return 0
    shutil.rmtree(local)
    print("Forgotten. The local stack starts empty next time.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
