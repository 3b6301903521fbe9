"""Jobs at the Batch API: texts are submitted, collected, and read from the cache."""

import asyncio
import json
from collections import Counter
from pathlib import Path

import pytest

from genept.encoders import embed_texts
from genept.encoders.openai import BatchProgress, OpenAIEncoder, advance_batch
from genept.encoders.openai.batch import request_lines as batch_input
from tests.remote.batch.jobs import TEXTS, asked, check, finish
from tests.remote.batch.killable import MODEL, texts_of
from tests.remote.batch_plan import BatchPlan
from tests.remote.embeddings_server import EmbeddingsServer, tokens_of


def test_the_whole_life(server: EmbeddingsServer, encoder: OpenAIEncoder, job: Path) -> None:
    server.batch_api.plan = BatchPlan(statuses=("validating", "in_progress", "completed"))
    first = advance_batch(encoder, TEXTS * 2, job=job)
    assert (first.status, first.n_texts, first.n_missing, first.n_tokens) == ("waiting", 12, 12, 0)
    ((batch, status),) = first.batches
    assert (batch, status) == (next(iter(server.batch_api.batches)), "validating")
    second = advance_batch(encoder, TEXTS * 2, job=job)
    assert (second.status, second.batches) == ("waiting", ((batch, "in_progress"),))
    third = advance_batch(encoder, TEXTS * 2, job=job)
    n_tokens = sum(map(tokens_of, TEXTS))
    # A price of 2 for a million, of which a batch takes half.
    assert third == BatchProgress("done", 12, 0, 0, 0, ((batch, "completed"),), n_tokens, n_tokens / 1e6)
    check(encoder, server)
    assert server.billed == server.delivered == Counter(TEXTS)


def test_the_lines_that_are_sent(server: EmbeddingsServer, job: Path) -> None:
    encoder = OpenAIEncoder(MODEL, base_url=server.url, dimensions=16)
    finish(encoder, job)
    check(encoder, server)
    (input_file,) = [file for file in server.batch_api.files.values() if file.purpose == "batch"]
    line = json.loads(input_file.content.splitlines()[0])
    assert (line["method"], line["url"]) == ("POST", "/v1/embeddings")
    assert line["body"] == {
        "model": MODEL,
        "input": TEXTS[0],
        "encoding_format": "base64",
        "dimensions": 16,
    }


def test_what_is_cached_needs_no_server(server: EmbeddingsServer, encoder: OpenAIEncoder, job: Path) -> None:
    embed_texts(encoder, TEXTS)
    before = len(server.requests)
    assert advance_batch(encoder, TEXTS, job=job).status == "done"
    assert len(server.requests) == before
    assert not job.exists()


def test_only_what_is_missing_is_sent(server: EmbeddingsServer, encoder: OpenAIEncoder, job: Path) -> None:
    embed_texts(encoder, TEXTS[:5])
    finish(encoder, job)
    assert asked(server) == [set(TEXTS[5:])]
    # Further texts under the same job make a further batch, and its costs are added.
    progress = finish(encoder, job, texts_of(14))
    assert asked(server)[1:] == [set(texts_of(14)[12:])]
    assert progress.n_tokens == sum(map(tokens_of, texts_of(14)[5:]))


def test_texts_that_are_no_longer_wanted_are_kept(
    server: EmbeddingsServer, encoder: OpenAIEncoder, job: Path
) -> None:
    advance_batch(encoder, TEXTS, job=job)
    finish(encoder, job, TEXTS[:3])
    check(encoder, server)


def test_in_a_notebook(server: EmbeddingsServer, encoder: OpenAIEncoder, job: Path) -> None:
    async def cell() -> None:
        finish(encoder, job)

    asyncio.run(cell())
    check(encoder, server)


def test_several_parts(
    server: EmbeddingsServer, encoder: OpenAIEncoder, job: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batch_input, "MOST_REQUESTS", 5)
    assert len(advance_batch(encoder, TEXTS, job=job).batches) == 3
    finish(encoder, job)
    check(encoder, server)
    assert sorted(map(len, asked(server))) == [2, 5, 5]


def test_bytes_of_a_part(
    server: EmbeddingsServer, encoder: OpenAIEncoder, job: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batch_input, "MOST_BYTES", 1000)
    finish(encoder, job)
    check(encoder, server)
    inputs = [len(one.content) for one in server.batch_api.files.values() if one.purpose == "batch"]
    assert len(inputs) > 1
    assert max(inputs) <= 1000
