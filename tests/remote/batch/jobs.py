"""Jobs of tests, and what the server knows of them."""

import json
from collections import Counter
from pathlib import Path

import numpy as np

from genept.encoders import embed_texts
from genept.encoders.openai import BatchProgress, OpenAIEncoder, advance_batch
from tests.remote.batch.killable import MODEL, texts_of
from tests.remote.batch_plan import BatchPlan
from tests.remote.embeddings_server import EmbeddingsServer, vector_of

TEXTS = texts_of(12)
QUICK = BatchPlan(statuses=("validating", "completed"))


def finish(encoder: OpenAIEncoder, job: Path, texts: list[str] = TEXTS) -> BatchProgress:
    return advance_batch(encoder, texts, job=job, wait=True, poll_seconds=0.001)


def check(encoder: OpenAIEncoder, server: EmbeddingsServer, texts: list[str] = TEXTS) -> None:
    """All are in the cache, each with its own vector."""
    before = len(server.requests)
    encoded = embed_texts(encoder, texts)
    expected = np.stack([vector_of(text, MODEL, encoded.vectors.shape[1]) for text in texts])
    np.testing.assert_array_equal(encoded.vectors, expected)
    assert len(server.requests) == before


def asked(server: EmbeddingsServer) -> list[set[str]]:
    """The texts of each batch, in the order of their creation."""
    return [{line.wanted.texts[0] for line in one.lines} for one in server.batch_api.batches.values()]


def answered(server: EmbeddingsServer) -> Counter[str]:
    """In how many batches each text is that didn't fail for it, whether finished or under way."""
    n_asked = Counter(text for texts in asked(server) for text in texts)
    files = [one.shown["error_file_id"] for one in server.batch_api.batches.values()]
    contents = [server.batch_api.files[file].content for file in files if file]
    failed = Counter(json.loads(line)["custom_id"] for content in contents for line in content.splitlines())
    text_of = {
        line.custom_id: line.wanted.texts[0]
        for one in server.batch_api.batches.values()
        for line in one.lines
    }
    n_asked.subtract(Counter({text_of[one]: n for one, n in failed.items()}))
    return n_asked


def paths(server: EmbeddingsServer, method: str, path: str) -> int:
    return sum(one.method == method and one.path.partition("?")[0] == path for one in server.requests)
