#!/usr/bin/env python3
"""Run every benchmark beside the peers and print one table. See README.md in this folder.

./run bench [--only rows,lists] [--share 0.2] [--postgres URL] [--save]

--only       names of benchmarks, without `bench_`, separated by commas
--share      that part of the data and rounds: 0.2 for a first look, 0 to see that everything works
--postgres   also measure on this server (a scratch database is made there and dropped again)
--save       write results/<date>.md as well
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import platform
import subprocess
import sys
import tempfile
import venv
from datetime import date
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
VENV = HERE / ".venv"
LOCK = HERE / "requirements.txt"
STAMP = VENV / ".installed"
SCRATCH = f"afterword_benchmarks_{os.getpid()}"


def python() -> str:
    """The interpreter of the benchmarks' own environment, made when it is not there yet."""
    found = VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    wanted = hashlib.sha256(LOCK.read_bytes()).hexdigest()
    if not STAMP.exists() or STAMP.read_text() != wanted:
        print("Installing the peers into benchmarks/.venv (about half a minute)", file=sys.stderr, flush=True)
        venv.create(VENV, with_pip=True, clear=True)
        command = [str(found), "-m", "pip", "install", "--quiet", "--require-hashes", "-r", str(LOCK)]
        subprocess.run(command, check=True)
        STAMP.write_text(wanted)
    return str(found)


def names(only: str) -> list[str]:
    """The benchmarks in this folder, or those asked for. Exits for one that is not there."""
    there = sorted(path.stem.removeprefix("bench_") for path in HERE.glob("bench_*.py"))
    wanted = [name.strip() for name in only.split(",") if name.strip()] or there
    if unknown := set(wanted) - set(there):
        sys.exit(f"No such benchmark: {', '.join(sorted(unknown))}. There are: {', '.join(there)}.")
    return wanted


def psql(interpreter: str, url: str, statement: str) -> None:
    """One statement on the server, outside a transaction."""
    code = "import sys, psycopg; psycopg.connect(sys.argv[1], autocommit=True).execute(sys.argv[2])"
    subprocess.run([interpreter, "-c", code, url, statement], check=True)


def measure(interpreter: str, name: str, *, url: str, share: float) -> list[dict[str, Any]]:
    """The lines of one benchmark, run in a process and a database of its own; a failure is a line too."""
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "benchmarks.settings"}
    environment["BENCH_SHARE"] = str(share)
    environment.pop("AFTERWORD_TEST_DATABASE_URL", None)
    if url:
        psql(interpreter, url, f"DROP DATABASE IF EXISTS {SCRATCH}")
        psql(interpreter, url, f"CREATE DATABASE {SCRATCH}")
        environment["AFTERWORD_TEST_DATABASE_URL"] = f"{url.rpartition('/')[0]}/{SCRATCH}"
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "lines.json"
        command = [interpreter, "-m", "benchmarks.frame", f"bench_{name}", "--out", str(out)]
        try:
            done = subprocess.run(command, cwd=ROOT, env=environment, stdout=sys.stderr)
        finally:
            if url:
                psql(interpreter, url, f"DROP DATABASE IF EXISTS {SCRATCH} WITH (FORCE)")
        if done.returncode or not out.exists():
            return [
                {
                    "goal": "–",
                    "what": f"bench_{name} did not finish",
                    "ours": 0.0,
                    "limit": 0.0,
                    "unit": "",
                    "at_least": True,
                    "peers": {},
                    "note": "failed",
                    "database": "PostgreSQL" if url else "SQLite",
                    "failed": True,
                }
            ]
        found: list[dict[str, Any]] = json.loads(out.read_text())
        return found


# --- The table ------------------------------------------------------------------------------------


def figure(value: float, unit: str) -> str:
    if unit == "x":
        return f"{value:.2f}×" if value < 100 else f"{value:,.0f}×"
    return f"{value:,.0f} {unit}" if value >= 100 else f"{value:.3g} {unit}".strip()


def verdict(line: dict[str, Any]) -> str:
    if line.get("failed"):
        return "FAILED"
    if line["limit"] is None:
        return ""
    met = line["ours"] >= line["limit"] if line["at_least"] else line["ours"] <= line["limit"]
    return "met" if met else "MISSED"


def goal(line: dict[str, Any]) -> str:
    if line["limit"] is None:
        return "–"
    return ("≥ " if line["at_least"] else "≤ ") + figure(line["limit"], line["unit"])


def table(lines: list[dict[str, Any]]) -> str:
    """Markdown: a row a figure, the peers' own figures beside it."""
    rows = [
        "| goal | what | database | ours | goal | | peers | note |",
        "| --- | --- | --- | --- | --- | --- | --- | --- |",
    ]
    for line in sorted(
        lines, key=lambda line: int(line["goal"][1:] or 0) if line["goal"][1:].isdigit() else 99
    ):
        peers = "; ".join(f"{peer} {figure(value, line['unit'])}" for peer, value in line["peers"].items())
        cells = [
            line["goal"],
            line["what"],
            line["database"],
            f"**{figure(line['ours'], line['unit'])}**",
            goal(line),
            verdict(line),
            peers,
            line["note"],
        ]
        rows.append("| " + " | ".join(cells) + " |")
    return "\n".join(rows)


def machine() -> str:
    """One line on what was measured with, and how busy it was."""
    load = ", ".join(f"{value:.1f}" for value in os.getloadavg()) if hasattr(os, "getloadavg") else "unknown"
    return (
        f"Python {platform.python_version()}, {os.cpu_count()} cores, {platform.machine()}; "
        f"load over 1, 5 and 15 minutes at the end: {load}."
    )


def main() -> int:
    parser = argparse.ArgumentParser(prog="./run bench", description="Measure beside the peers.")
    parser.add_argument("--only", default="")
    parser.add_argument("--share", type=float, default=1.0)
    parser.add_argument("--postgres", default="", metavar="URL")
    parser.add_argument("--save", action="store_true")
    arguments = parser.parse_args()
    interpreter = python()
    lines: list[dict[str, Any]] = []
    for name in names(arguments.only):
        for url in ["", *([arguments.postgres] if arguments.postgres else [])]:
            print(f"== {name} on {'PostgreSQL' if url else 'SQLite'}", file=sys.stderr, flush=True)
            lines += measure(interpreter, name, url=url, share=arguments.share)
    text = table(lines)
    print(text)
    print(machine())
    if arguments.save:
        path = HERE / "results" / f"{date.today().isoformat()}.md"  # noqa: DTZ011
        path.parent.mkdir(exist_ok=True)
        path.write_text(f"# Measured {date.today().isoformat()}\n\n{machine()}\n\n{text}\n")  # noqa: DTZ011
        print(f"Written: {path.relative_to(ROOT)}", file=sys.stderr)
    return 1 if any(verdict(line) in {"MISSED", "FAILED"} for line in lines) else 0


if __name__ == "__main__":
    sys.exit(main())
