"""The server in a process of its own, so that it outlives clients that are killed."""

import argparse
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.remote.batch_plan import plan_from
from tests.remote.books import Books, read_books
from tests.remote.embeddings_server import EmbeddingsServer, FaultSchedule, serving
from tests.remote.vectors import WIDTH

_ROOT = Path(__file__).parent.parent.parent


@dataclass(frozen=True)
class Apart:
    """A server that runs elsewhere: its address, and the file of its books."""

    url: str
    state: Path
    process: "subprocess.Popen[str]"

    @property
    def books(self) -> Books:
        return read_books(self.state)


@contextmanager
def serving_apart(state: Path, *options: str) -> Iterator[Apart]:
    """Start a server with its books in ``state``; ``options`` are those of its command line."""
    command = [sys.executable, "-m", "tests.remote.embeddings_server", "--state", str(state), *options]
    with subprocess.Popen(command, cwd=_ROOT, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout
            url = process.stdout.readline().strip()
            if not url:
                raise RuntimeError(f"the server didn't start: {' '.join(command)}")
            yield Apart(url, state, process)
        finally:
            process.terminate()


def main(words: list[str] | None = None) -> None:
    """Serve until the process that started this one is gone."""
    parent = os.getppid()
    given = _parser().parse_args(words)
    rates = {kind: float(rate) for kind, _, rate in (one.rpartition("=") for one in given.rate)}
    schedule = FaultSchedule(given.seed, rates, in_a_row=given.in_a_row) if rates else None
    with serving(
        port=given.port,
        width=given.width,
        delay=given.delay,
        requests_per_second=given.requests_per_second,
        schedule=schedule,
        seed=given.seed,
        state=given.state,
    ) as server:
        _prepare(server, given)
        print(server.url, flush=True)
        while os.getppid() == parent:
            time.sleep(0.1)


def _prepare(server: EmbeddingsServer, given: argparse.Namespace) -> None:
    server.faults.extend(given.fault)
    server.batch_api.plans.extend(plan_from(json.loads(plan)) for plan in given.plan)
    for operation, _, fault in (one.partition("=") for one in given.batch_fault):
        server.batch_api.faults[operation].append(fault)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.remote.embeddings_server", description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="0 for any that is free")
    parser.add_argument("--state", type=Path, help="file of JSON lines that gets the books")
    parser.add_argument("--width", type=int, default=WIDTH)
    parser.add_argument("--delay", type=float, default=0.0, help="seconds before each answer")
    parser.add_argument("--requests-per-second", type=float, default=0.0)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--fault", action="append", default=[], help="of the next request; repeatable")
    parser.add_argument("--rate", action="append", default=[], metavar="FAULT=P", help="repeatable")
    parser.add_argument("--plan", action="append", default=[], help="JSON of the next batch's; repeatable")
    parser.add_argument(
        "--batch-fault", action="append", default=[], metavar="OPERATION=FAULT", help="repeatable"
    )
    parser.add_argument("--in-a-row", type=int, default=3, help="most faults that a text sees")
    return parser
