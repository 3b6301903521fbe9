"""Runs of a job at the Batch API in processes of their own, which can be killed.

``python -m tests.remote.batch.killable URL JOB N_TEXTS`` forks, so that no run spends seconds on imports.
A line that it reads starts a run, and the next one waits for its end.
"""

import os
import signal
import ssl
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from genept.encoders.openai import OpenAIEncoder
from genept.encoders.openai.batch import request_lines as batch_input
from genept.encoders.openai.batch import work as batch_work
from genept.encoders.openai.batch.job import advance_batch
from genept.remote import attempts

_ROOT = Path(__file__).parents[3]
MODEL = "small"


def texts_of(n: int) -> list[str]:
    return [f"the text of gene number {number}" for number in range(n)]


@dataclass(frozen=True)
class Runs:
    """Starts one run after the other."""

    process: "subprocess.Popen[str]"

    def start(self) -> int:
        """Give the id of a process; it stays that one's until its end is asked for."""
        return int(self._asked())

    def end(self) -> str:
        """How the run ended: ``done``, ``killed`` or ``failed``."""
        return self._asked()

    def _asked(self) -> str:
        assert self.process.stdin
        assert self.process.stdout
        self.process.stdin.write("\n")
        self.process.stdin.flush()
        return self.process.stdout.readline().strip()


@contextmanager
def killable(url: str, job: Path, n_texts: int) -> Iterator[Runs]:
    command = [sys.executable, "-m", "tests.remote.batch.killable", url, str(job), str(n_texts)]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, cwd=_ROOT, stdin=pipe, stdout=pipe, text=True) as process:
        yield Runs(process)
        assert process.stdin
        process.stdin.close()


def main(url: str, job: str, n_texts: str) -> None:
    attempts.FIRST_WAIT = 0.01
    batch_work.SETTLE_SECONDS = 0.05
    batch_input.MOST_REQUESTS = 100
    ssl.create_default_context = lambda **_: ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    # What the SDK imports for a first client is imported once, before the first fork.
    with OpenAIEncoder(MODEL, base_url=url).batch_server():
        pass
    while sys.stdin.readline():
        child = os.fork()
        if not child:
            _run(url, Path(job), int(n_texts))
        print(child, flush=True)
        sys.stdin.readline()
        _, status = os.waitpid(child, 0)
        killed = os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL
        print("killed" if killed else "failed" if status else "done", flush=True)


def _run(url: str, job: Path, n_texts: int) -> None:
    code = 1
    try:
        encoder = OpenAIEncoder(MODEL, base_url=url)
        advance_batch(encoder, texts_of(n_texts), job=job, wait=True, poll_seconds=0.01)
        code = 0
    except Exception as error:
        print(repr(error), file=sys.stderr, flush=True)
    finally:
        os._exit(code)


if __name__ == "__main__":
    main(*sys.argv[1:])
