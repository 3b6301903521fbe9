"""Batches that fail, wholly or in part: what came is kept, and only the rest is asked for again."""

from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from genept.encoders.openai import OpenAIEncoder, advance_batch
from genept.encoders.openai.batch import work as batch_work
from genept.errors import (
    EncoderError,
    FetchError,
)
from tests.remote.batch.jobs import QUICK, TEXTS, asked, check, finish
from tests.remote.batch.killable import texts_of
from tests.remote.batch_plan import BatchPlan
from tests.remote.conftest import KEY
from tests.remote.embeddings_server import EmbeddingsServer, tokens_of


@pytest.mark.parametrize("fault", ["500", "503", "429 0.01", "drop", "half", "half-json", "html", "echo-key"])
def test_failures_that_pass(server: EmbeddingsServer, encoder: OpenAIEncoder, job: Path, fault: str) -> None:
    for operation in ("upload", "create", "list", "retrieve", "file", "content"):
        server.batch_api.faults[operation].extend([fault, fault])
    finish(encoder, job)
    check(encoder, server)
    assert server.billed == Counter(TEXTS)


@pytest.mark.parametrize(
    ("fault", "words"), [("401", "OPENAI_API_KEY"), ("429-quota", "credit"), ("404", "base_url")]
)
@pytest.mark.parametrize("operation", ["upload", "create"])
def test_failures_that_stay(
    server: EmbeddingsServer, encoder: OpenAIEncoder, job: Path, operation: str, fault: str, words: str
) -> None:
    server.batch_api.faults[operation].append(fault)
    with pytest.raises(FetchError, match=words) as raised:
        advance_batch(encoder, TEXTS, job=job)
    assert KEY not in str(raised.value)
    assert raised.value.__context__ is None
    assert len(server.requests) <= 2
    finish(encoder, job)
    check(encoder, server)
    assert len(asked(server)) == 1


def test_only_what_failed_is_asked_again(server: EmbeddingsServer, encoder: OpenAIEncoder, job: Path) -> None:
    failing = frozenset(TEXTS[3:6])
    server.batch_api.plan = replace(QUICK, failing=failing, failing_times=2)
    progress = finish(encoder, job)
    check(encoder, server)
    assert asked(server) == [set(TEXTS), failing, failing]
    assert (progress.n_failed, progress.n_tokens) == (6, sum(map(tokens_of, TEXTS)))


@pytest.mark.parametrize("failure", ["500", "400", "429", "error"])
def test_texts_that_always_fail(
    server: EmbeddingsServer, encoder: OpenAIEncoder, job: Path, failure: str
) -> None:
    server.batch_api.plan = BatchPlan(
        statuses=("validating", "completed"), failing=frozenset([TEXTS[3]]), failing_times=99, failure=failure
    )
    for _ in range(2):
        with pytest.raises(FetchError, match=f"1 of 12 texts.*{TEXTS[3]}.*failed, as planned"):
            finish(encoder, job)
    assert asked(server) == [set(TEXTS), {TEXTS[3]}, {TEXTS[3]}]
    check(encoder, server, TEXTS[:3] + TEXTS[4:])


@pytest.mark.parametrize("end", ["expired", "cancelled"])
def test_partly_done(server: EmbeddingsServer, encoder: OpenAIEncoder, job: Path, end: str) -> None:
    server.batch_api.plans.append(BatchPlan(statuses=("validating", end), done=0.3))
    finish(encoder, job)
    check(encoder, server)
    first, second = asked(server)
    assert (len(first), len(second)) == (12, 8)
    assert server.billed == Counter(TEXTS)


@pytest.mark.parametrize(
    "spoil", ["duplicate-id", "unknown-id", "nan", "wrong-width", "truncated", "missing"]
)
def test_spoilt_output(
    server: EmbeddingsServer,
    encoder: OpenAIEncoder,
    job: Path,
    caplog: pytest.LogCaptureFixture,
    spoil: str,
) -> None:
    server.batch_api.plans.append(replace(QUICK, spoils=(spoil,)))
    advance_batch(encoder, TEXTS, job=job)
    second = advance_batch(encoder, TEXTS, job=job)
    assert second.n_missing == second.n_failed == (0 if spoil == "unknown-id" else 1)
    assert caplog.records
    finish(encoder, job)
    check(encoder, server)
    assert [len(texts) for texts in asked(server)] == [12] + [1] * second.n_missing


def test_everything_spoilt_at_once(server: EmbeddingsServer, encoder: OpenAIEncoder, job: Path) -> None:
    spoils = ("duplicate-id", "unknown-id", "nan", "wrong-width", "truncated", "missing")
    server.batch_api.plans.append(
        BatchPlan(statuses=("validating", "expired"), done=0.8, failing_share=0.2, spoils=spoils)
    )
    finish(encoder, job, texts_of(40))
    check(encoder, server, texts_of(40))


def test_an_output_that_is_gone(server: EmbeddingsServer, encoder: OpenAIEncoder, job: Path) -> None:
    server.batch_api.plans.append(replace(QUICK, spoils=("gone",)))
    with pytest.raises(FetchError, match=r"no longer.*pays for them again"):
        finish(encoder, job)
    assert len(asked(server)) == 1
    progress = finish(encoder, job)
    check(encoder, server)
    assert progress.n_tokens > sum(map(tokens_of, TEXTS))


def test_a_batch_that_fails_as_a_whole(server: EmbeddingsServer, encoder: OpenAIEncoder, job: Path) -> None:
    failed = BatchPlan(statuses=("validating", "failed"), errors=(("billing", f"Your limit; {KEY}"),))
    server.batch_api.plans.extend([failed] * 4)
    for _ in range(4):
        with pytest.raises(FetchError, match=r"failed as a whole \(billing: Your limit; \*\*\*\)"):
            finish(encoder, job)
    finish(encoder, job)
    check(encoder, server)


def test_a_queue_that_is_full(
    server: EmbeddingsServer, encoder: OpenAIEncoder, job: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Half as much is sent, and more again once that was taken."""
    monkeypatch.setattr(batch_work, "LEAST_ROOM", 20)
    server.batch_api.plans.extend([BatchPlan(statuses=("validating", "failed"))] * 2)
    finish(encoder, job, texts_of(40))
    check(encoder, server, texts_of(40))
    sizes = [len(texts) for texts in asked(server)]
    assert sizes[0] == 40
    assert sizes[2] < sizes[1] < 25
    assert sizes[3] > sizes[2]
    assert server.billed == Counter(texts_of(40))


def test_a_batch_that_the_account_does_not_have(
    server: EmbeddingsServer, encoder: OpenAIEncoder, job: Path
) -> None:
    advance_batch(encoder, TEXTS, job=job)
    server.batch_api.batches.clear()
    with pytest.raises(FetchError, match="OPENAI_API_KEY with which it was submitted"):
        finish(encoder, job)


def test_vectors_of_another_width(server: EmbeddingsServer, job: Path) -> None:
    encoder = OpenAIEncoder("text-embedding-3-small", base_url=server.url)
    for _ in range(2):
        with pytest.raises(EncoderError, match=r"12 vectors of 32 numbers.*1536"):
            finish(encoder, job)
    assert len(asked(server)) == 1
