"""Jobs that are broken off at any moment go on, and no text is paid for twice."""

import os
import random
import signal
import time
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from genept.encoders.openai import OpenAIEncoder, advance_batch
from genept.encoders.openai.batch import request_lines as batch_input
from genept.encoders.openai.batch import server as batch_server
from genept.encoders.openai.batch.job_file import JobFile
from genept.encoders.openai.batch.server import BatchServer
from genept.encoders.vector_cache import VectorCache
from genept.errors import (
    FetchError,
)
from genept.remote import attempts
from tests.remote.batch.jobs import TEXTS, answered, asked, check, finish, paths
from tests.remote.batch.killable import killable, texts_of
from tests.remote.batch_plan import BatchPlan
from tests.remote.embeddings_server import EmbeddingsServer, tokens_of


class Killed(BaseException):
    """What a signal would do, at a chosen step."""


STEPS: list[tuple[type, str]] = [
    (JobFile, "_write"),
    (BatchServer, "_asked"),
    (BatchServer, "_streamed"),
    (VectorCache, "keep"),
]


@pytest.mark.parametrize("after", [False, True])
def test_interrupted_at_every_step(
    server: EmbeddingsServer,
    encoder: OpenAIEncoder,
    job: Path,
    monkeypatch: pytest.MonkeyPatch,
    after: bool,
) -> None:
    """Each run gets one step further than the one before it, and is broken off before or after that step."""
    server.batch_api.plans.append(BatchPlan(statuses=("validating", "completed"), failing_share=0.4))
    monkeypatch.setattr(batch_input, "MOST_REQUESTS", 7)
    left = [0]

    def breaking(do: Any) -> Any:
        def step(*args: Any, **options: Any) -> Any:
            left[0] -= 1
            if left[0] < 0 and not after:
                raise Killed
            result = do(*args, **options)
            if left[0] < 0:
                raise Killed
            return result

        return step

    for owner, name in STEPS:
        monkeypatch.setattr(owner, name, breaking(getattr(owner, name)))
    for n_steps in range(60):
        left[0] = n_steps
        try:
            if advance_batch(encoder, TEXTS, job=job).status == "done":
                break
        except Killed:
            continue
    left[0] = 1000
    progress = finish(encoder, job)
    check(encoder, server)
    assert answered(server) == server.billed == Counter(TEXTS)
    assert progress.n_tokens == sum(map(tokens_of, TEXTS))


@pytest.mark.parametrize(
    ("n_kills", "seed"), [(4, 1), *(pytest.param(100, seed, marks=pytest.mark.slow) for seed in range(2, 5))]
)
def test_killed_again_and_again(
    server: EmbeddingsServer, encoder: OpenAIEncoder, job: Path, n_kills: int, seed: int
) -> None:
    """Kill -9 at random moments of jobs of several batches, each of which partly fails."""
    chance = random.Random(seed)
    server.batch_api.plan = BatchPlan(
        statuses=("validating", "in_progress", "completed"), failing_share=0.2, failing_times=1
    )
    server.delay = 0.005
    n_texts, ends = 0, Counter[str]()
    while ends["killed"] < n_kills:
        n_texts += 250
        with killable(server.url, job, n_texts) as runs:
            end = ""
            while end != "done":
                child = runs.start()
                if ends["killed"] < n_kills:
                    time.sleep(chance.uniform(0, 0.25))
                    os.kill(child, signal.SIGKILL)
                end = runs.end()
                assert end in ("done", "killed")
                ends[end] += 1
        check(encoder, server, texts_of(n_texts))
        assert answered(server) == server.billed == Counter(texts_of(n_texts))


@pytest.mark.parametrize("fault", ["500-after", "drop-after", "half-after", "half-json-after", "html-after"])
def test_a_batch_that_was_created_unheard(
    server: EmbeddingsServer, encoder: OpenAIEncoder, job: Path, fault: str
) -> None:
    server.batch_api.faults["create"].append(fault)
    finish(encoder, job)
    check(encoder, server)
    assert len(asked(server)) == 1


def test_found_again_behind_others(
    server: EmbeddingsServer, encoder: OpenAIEncoder, job: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batch_server, "_PAGE", 2)
    # The server creates the batch, but isn't heard of again in this run.
    server.batch_api.faults["create"].append("drop-after")
    server.batch_api.faults["list"].extend(["500"] * attempts.ATTEMPTS)
    with pytest.raises(FetchError, match="status 500"):
        advance_batch(encoder, TEXTS, job=job)
    for number in range(5):
        advance_batch(encoder, [f"another text {number}"], job=job.with_name(f"other{number}.json"))
    finish(encoder, job)
    check(encoder, server)
    assert asked(server).count(set(TEXTS)) == 1
    assert paths(server, "GET", "/v1/batches") > attempts.ATTEMPTS + 2
