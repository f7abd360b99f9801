"""What a cold start of the API function costs, against the least that any Chalice app with a table pays.

Promises a ratio of medians from interleaved rounds of one run, in CPU time of fresh interpreters that see
the zip's own content: absolute times vary twofold between machines and minutes, the ratio does not.
"""

import os
import resource
import statistics
import subprocess
import tempfile
import zipfile
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
ZIP = ROOT / "build" / "deployment.zip"
PYTHON = ROOT / ".venv-sam" / "bin" / "python"
ROUNDS = int(os.environ.get("BENCH_ROUNDS", "15"))
MOST_RATIO = 1.3
ENVIRONMENT = {
    "AWS_DEFAULT_REGION": "us-east-1",
    "AWS_ACCESS_KEY_ID": "none",
    "AWS_SECRET_ACCESS_KEY": "none",
    "PATCHTHROUGH_STAGE": "bench",
    "PATCHTHROUGH_TABLE": "bench",
    "PATCHTHROUGH_PUBLIC_URL": "https://bench.example",
    "PATCHTHROUGH_QUEUE_RING": "https://sqs.us-east-1.amazonaws.com/123456789012/bench",
    "PATCHTHROUGH_SECRETS": "bench",
    "TWILIO_ACCOUNT_SID": "AC" + "0" * 32,
    "TWILIO_NUMBERS": "+14045550100",
}
SEE = "import sys; sys.path.insert(0, sys.argv[1]); "
BARE = "python alone"
LEAST = "chalice, boto3, one DynamoDB client"
API = "the API function, ready for its first request"
CASES = {
    BARE: SEE,
    LEAST: SEE + "import chalice, boto3; boto3.client('dynamodb')",
    "the API function, imported": SEE + "import app",
    API: SEE + "import app; from chalicelib.runtime import runtime; runtime()",
    "the ring worker, ready": SEE + "import chalicelib.views.workers, chalicelib.runtime as r; r.runtime()",
    "the reply to a voice webhook, too": SEE
    + "import app; from chalicelib.runtime import runtime; runtime(); import twilio.twiml.voice_response",
}


@dataclass(frozen=True, slots=True)
class Cost:
    """Milliseconds of CPU time over a bare interpreter, the median of the rounds."""

    name: str
    milliseconds: float


def measure() -> tuple[Cost, ...]:
    """Run every case once a round, so that a slow minute slows all of them."""
    seconds: dict[str, list[float]] = {name: [] for name in CASES}
    with tempfile.TemporaryDirectory() as folder:
        with zipfile.ZipFile(ZIP) as archive:
            archive.extractall(folder)
        for _ in range(ROUNDS):
            for name, code in CASES.items():
                seconds[name].append(_cpu_seconds(code, folder))
    bare = statistics.median(seconds[BARE])
    return tuple(Cost(name, 1000 * (statistics.median(seconds[name]) - bare)) for name in CASES)


def _cpu_seconds(code: str, folder: str) -> float:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([PYTHON, "-c", code, folder], env=ENVIRONMENT, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def report() -> bool:
    """Print the costs and the ratio; return whether the budget is kept."""
    costs = {cost.name: cost.milliseconds for cost in measure()}
    version = subprocess.run([PYTHON, "-V"], capture_output=True, text=True, check=True).stdout.strip()
    print(f"cold start, {version}, CPU ms over a bare interpreter, {ROUNDS} rounds:")
    for name, milliseconds in costs.items():
        print(f"  {milliseconds:6.0f} ms  {milliseconds / costs[LEAST]:5.2f} ×  {name}")
    ratio = costs[API] / costs[LEAST]
    print(f"cold_ratio={ratio:.2f} budget={MOST_RATIO}{'' if ratio <= MOST_RATIO else '  OVER'}")
    return ratio <= MOST_RATIO
