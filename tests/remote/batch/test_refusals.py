"""Jobs that are refused before anything is sent, and what is never written down."""

import json
import logging
import os
from pathlib import Path
from typing import Any

import pytest
from filelock import FileLock

from genept.encoders import embed_texts
from genept.encoders.openai import OpenAIEncoder, advance_batch
from genept.errors import (
    ArgumentError,
    CostError,
    EncoderError,
    GeneptError,
    InputFileError,
    OutputError,
)
from tests.remote import batch_lines
from tests.remote.batch.jobs import TEXTS, asked, check, finish
from tests.remote.batch.killable import MODEL
from tests.remote.batch_plan import BatchPlan
from tests.remote.conftest import KEY
from tests.remote.embeddings_server import EmbeddingsServer


def _flip(content: bytes) -> bytes:
    middle = content.index(b'"texts"') + 20
    return content[:middle] + (b"0" if content[middle : middle + 1] != b"0" else b"1") + content[middle + 1 :]


def _later(content: bytes) -> bytes:
    return json.dumps({**json.loads(content), "layout": 99}).encode()


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (lambda content: content[: len(content) // 2], "damaged"),
        (_flip, "damaged"),
        (lambda _: b"", "damaged"),
        (lambda _: b"[]", "damaged"),
        (lambda _: b"{}", "damaged"),
        (lambda _: b"\x89HDF", "damaged"),
        (lambda _: b"[" * 100_000, "damaged"),
        (_later, "later version"),
    ],
)
def test_job_files_that_are_refused(
    server: EmbeddingsServer, encoder: OpenAIEncoder, job: Path, spoil: Any, words: str
) -> None:
    advance_batch(encoder, TEXTS, job=job)
    spoilt = spoil(job.read_bytes())
    job.write_bytes(spoilt)
    before = len(server.requests)
    with pytest.raises(InputFileError, match=words):
        advance_batch(encoder, TEXTS, job=job)
    assert job.read_bytes() == spoilt
    assert len(server.requests) == before


def test_job_files_of_others(server: EmbeddingsServer, encoder: OpenAIEncoder, job: Path) -> None:
    advance_batch(encoder, TEXTS, job=job)
    content = job.read_bytes()
    for other in (
        OpenAIEncoder("other", base_url=server.url),
        OpenAIEncoder(MODEL, base_url=server.url, dimensions=8),
        OpenAIEncoder(MODEL, base_url="http://localhost:1/v1"),
    ):
        with pytest.raises(InputFileError, match="the record of a job of"):
            advance_batch(other, TEXTS, job=job)
    assert job.read_bytes() == content


def test_one_run_at_a_time(server: EmbeddingsServer, encoder: OpenAIEncoder, job: Path) -> None:
    with FileLock(job.with_name(job.name + ".lock")), pytest.raises(OutputError, match="another run"):
        advance_batch(encoder, TEXTS, job=job)
    assert not server.requests
    advance_batch(encoder, TEXTS, job=job)


def test_a_job_file_that_cannot_be(server: EmbeddingsServer, encoder: OpenAIEncoder, tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="can't be written"):
        advance_batch(encoder, TEXTS, job=tmp_path / "nowhere" / "job.json")
    assert not server.requests


def test_a_highest_cost(server: EmbeddingsServer, encoder: OpenAIEncoder, job: Path) -> None:
    estimated = 2.0 / 2 * int(encoder.count_tokens(TEXTS).sum()) / 1e6
    with pytest.raises(CostError):
        advance_batch(encoder, TEXTS, job=job, max_cost=estimated * 0.99)
    assert not server.requests
    assert not job.exists()
    server.batch_api.plan = BatchPlan(
        statuses=("validating", "completed"), failing=frozenset(TEXTS[:6]), failing_times=1
    )
    advance_batch(encoder, TEXTS, job=job, max_cost=estimated * 1.01)
    # What was paid counts, and what came of it is kept.
    with pytest.raises(CostError):
        advance_batch(encoder, TEXTS, job=job, max_cost=estimated * 0.5)
    assert len(asked(server)) == 1
    check(encoder, server, TEXTS[6:])
    with pytest.raises(ArgumentError):
        advance_batch(OpenAIEncoder("?", base_url=server.url), TEXTS, job=job, max_cost=1.0)


def test_long_texts_are_refused_before_anything_is_sent(server: EmbeddingsServer, job: Path) -> None:
    encoder = OpenAIEncoder(MODEL, base_url=server.url, max_tokens=20)
    with pytest.raises(EncoderError, match="more than 20 tokens"):
        advance_batch(encoder, ["word " * 50], job=job, too_long="refuse")
    assert not server.requests
    finish(encoder, job, ["word " * 50])
    assert embed_texts(encoder, ["word " * 50]).n_truncated == 1


@pytest.mark.parametrize("poll_seconds", [-1.0, float("nan")])
def test_no_time_goes_backwards(encoder: OpenAIEncoder, job: Path, poll_seconds: float) -> None:
    with pytest.raises(ArgumentError, match="poll_seconds"):
        advance_batch(encoder, TEXTS, job=job, poll_seconds=poll_seconds)


def test_secrets_are_nowhere(
    server: EmbeddingsServer, job: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    caplog.set_level(logging.DEBUG)
    url = server.url.replace("http://", "http://me:pass-word-7788@") + "?token=secret-query-99"
    encoder = OpenAIEncoder(MODEL, base_url=url)
    failure = batch_lines._failure
    monkeypatch.setattr(batch_lines, "_failure", lambda line, how, _: failure(line, how, f"wrong key {KEY}"))
    for operation in ("upload", "create", "list", "retrieve", "file", "content"):
        server.batch_api.faults[operation].append("echo-key")
    server.batch_api.plan = BatchPlan(
        statuses=("validating", "completed"), failing=frozenset(TEXTS[:3]), failing_times=99
    )
    with pytest.raises(GeneptError, match=r"wrong key \*\*\*") as raised:
        finish(encoder, job)
    server.batch_api.faults["retrieve"].append("401")
    with pytest.raises(GeneptError) as again:
        finish(encoder, job, [*TEXTS, "one more"])
    folders = (job.parent, Path(os.environ["GENEPT_CACHE"]))
    contents = [path.read_bytes() for one in folders for path in one.rglob("*") if path.is_file()]
    assert len(contents) > 1
    said = b"\n".join(
        [*contents, caplog.text.encode(), str(raised.value).encode(), str(again.value).encode()]
    )
    for secret in (KEY, "pass-word-7788", "secret-query-99"):
        assert secret.encode() not in said
    assert TEXTS[5].encode() not in b"".join(contents)
