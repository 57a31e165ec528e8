"""Run scenarios, print what came out, and keep it: `python -m bench [--quick] [scenario …]`.

    python -m bench                 everything, an hour; then docs/benchmarks.md is written anew
    python -m bench --quick         everything in a short form, under 2 minutes; printed only
    python -m bench cook pickup     some; docs/benchmarks.md keeps the last result of the others
    python -m bench --report        nothing is run: docs/benchmarks.md from the last full results

Results lie in `.cache/bench/`, one JSON file for each scenario. A round that fails, or whose ledger does
not balance, prints FAILED and makes this command end with exit code 1.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import signal
import sys
import time
from pathlib import Path
from typing import Any

import uvloop

from bench import document, harness, machine, report

RESULTS = Path(__file__).parents[1] / ".cache" / "bench"


def main() -> int:
    wanted = _arguments()
    if wanted.report:
        document.write(_kept("full"))
        return 0
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # so that what was started is stopped
    form = "quick" if wanted.quick else "full"
    print(report.machine_line(machine.describe()))
    failed = False
    for name in wanted.scenarios or harness.names():
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            measuring = harness.measure(name, quick=wanted.quick, say=_say, at_most=wanted.rounds)
            result = runner.run(measuring)
        result["machine"] = machine.describe()
        _keep(form, result)
        print(report.as_text(result), flush=True)
        failed = failed or report.failures(result) != []
    if not wanted.quick:
        document.write(_kept("full"))
    if failed:
        print("FAILED")
    return int(failed)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("scenarios", nargs="*", metavar="scenario", help=", ".join(harness.names()))
    parser.add_argument("--quick", action="store_true", help="a short form, under 2 minutes in all")
    parser.add_argument("--report", action="store_true", help="only write docs/benchmarks.md")
    parser.add_argument("--rounds", type=int, help="at most so many; the document says how many")
    wanted = parser.parse_args()
    if unknown := set(wanted.scenarios) - set(harness.names()):
        parser.error(f"no such scenario: {', '.join(sorted(unknown))}")
    return wanted


def _say(text: str) -> None:
    print(f"{time.strftime('%H:%M:%S')} {text}", file=sys.stderr, flush=True)


def _keep(form: str, result: dict[str, Any]) -> None:
    folder = RESULTS / form
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{result['scenario']}.json").write_text(json.dumps(result, indent=1) + "\n")


def _kept(form: str) -> list[dict[str, Any]]:
    files = [RESULTS / form / f"{name}.json" for name in harness.names()]
    return [json.loads(file.read_text()) for file in files if file.exists()]


if __name__ == "__main__":
    sys.exit(main())
