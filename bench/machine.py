"""What was measured on, and with which versions: read from the machine, never written by hand."""

from __future__ import annotations

import json
import os
import platform
import shutil
import subprocess
import sys
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

from bench.parts import HOME, PEERS
from orders.valkey_server import _binary

OURS = ("quart", "hypercorn", "arq", "redis", "hiredis", "uvloop", "pydantic")
THEIRS = ("flask", "gunicorn", "celery", "fastapi", "uvicorn", "saq", "sse-starlette", "redis")


@cache
def describe() -> dict[str, Any]:
    return {
        "processor": _processor(),
        "cores": os.cpu_count(),
        "memory_gib": round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30),
        "system": f"{platform.system()} {platform.release()}",
        "file_system": _output("findmnt", "-no", "FSTYPE", "-T", str(HOME)) or "unknown",
        "python": platform.python_version(),
        "commit": _output("git", "-C", str(HOME), "describe", "--always", "--dirty"),
        "valkey": _output(str(_binary()), "--version").split("v=")[-1].split()[0],
        "ours": {name: version(name) for name in OURS},
        "peers": _peers(),
        "wrk": (_output("wrk", "-v") or "not here").split(" [")[0].removeprefix("wrk "),
        "nginx": _output("nginx", "-v").rpartition("/")[2] or "not here",
    }


def _processor() -> str:
    cpuinfo = Path("/proc/cpuinfo")
    lines = cpuinfo.read_text().splitlines() if cpuinfo.exists() else []
    models = [line.partition(": ")[2] for line in lines if line.startswith("model name")]
    return models[0] if models else platform.machine()


def _peers() -> dict[str, str]:
    """Asked of the peers' own Python: their versions are not ours."""
    python = PEERS / "bin" / "python"
    if not python.exists():
        return {}
    code = "import json, sys; from importlib.metadata import version\n"
    code += "print(json.dumps({name: version(name) for name in sys.argv[1:]}))"
    return dict(json.loads(_output(str(python), "-c", code, *THEIRS) or "{}"))


def _output(*words: str) -> str:
    """What a command says first, on either stream; nothing if it is not here."""
    if shutil.which(words[0]) is None and words[0] != sys.executable:
        return ""
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    lines = (done.stdout + done.stderr).strip().splitlines()
    return lines[0] if lines else ""
