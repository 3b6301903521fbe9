"""The server of embeddings does what it says, asked with OpenAI's own SDK."""

import base64
import json
import time
from collections import Counter
from typing import Any

import numpy as np
import openai
import pytest

from tests.remote.conftest import KEY
from tests.remote.embeddings_server import (
    MODEL,
    EmbeddingsServer,
    tokens_of,
    vector_of,
)
from tests.remote.faults import ERRORS

# Without a format, the SDK asks for base64 and turns it into numbers.
FORMATS = [pytest.param("float", id="float"), pytest.param(openai.omit, id="base64")]
TEXTS = ["lyses bacteria", "binds the T cell receptor", "räumt auf"]

# What tests the tests' own server.
pytestmark = pytest.mark.slow


def ask(client: openai.OpenAI, texts: list[str] = TEXTS, **more: Any) -> openai.types.CreateEmbeddingResponse:
    return client.embeddings.create(model=MODEL, input=texts, **{"encoding_format": "float"} | more)


@pytest.mark.parametrize("encoding", FORMATS)
def test_each_text_gets_its_own_vector(client: openai.OpenAI, encoding: Any) -> None:
    answer = ask(client, encoding_format=encoding)
    assert [item.index for item in answer.data] == [0, 1, 2]
    for item, text in zip(answer.data, TEXTS, strict=True):
        np.testing.assert_array_equal(np.asarray(item.embedding, np.float32), vector_of(text))
    assert answer.usage.total_tokens == answer.usage.prompt_tokens == sum(map(tokens_of, TEXTS)) == 9
    assert (answer.model, answer.object) == (MODEL, "list")


def test_base64_is_little_endian_float32(client: openai.OpenAI) -> None:
    said: Any = ask(client, encoding_format="base64").data[1].embedding
    np.testing.assert_array_equal(np.frombuffer(base64.b64decode(said), "<f4"), vector_of(TEXTS[1]))


def test_a_vector_depends_on_text_model_and_width_alone() -> None:
    assert np.linalg.norm(vector_of("a")) == pytest.approx(1, abs=1e-6)
    assert vector_of("a").dtype == np.float32
    assert abs(vector_of("a", width=999) @ vector_of("b", width=999)) < 0.2
    assert abs(vector_of("a", "one", 999) @ vector_of("a", "another", 999)) < 0.2
    short = vector_of("a", width=999)[:16]
    np.testing.assert_allclose(short / np.linalg.norm(short), vector_of("a", width=16), atol=1e-6)


def test_the_body_names_the_width(client: openai.OpenAI) -> None:
    answer = client.embeddings.create(model="other", input="a single text", dimensions=7)
    np.testing.assert_array_equal(
        np.asarray(answer.data[0].embedding, np.float32), vector_of("a single text", "other", 7)
    )


def test_a_request_is_in_the_books(server: EmbeddingsServer, client: openai.OpenAI) -> None:
    before = time.monotonic()
    server.faults.append("shuffled")
    ask(client, extra_query={"api-version": "2"})
    (request,) = server.requests
    assert request.texts == tuple(TEXTS)
    assert before < request.time < time.monotonic()
    assert (request.method, request.path) == ("POST", "/v1/embeddings?api-version=2")
    assert (request.authorization, request.fault) == (f"Bearer {KEY}", "shuffled")
    assert request.keys == ("encoding_format", "input", "model")
    assert request.options == {"model": MODEL, "encoding_format": "float"}


@pytest.mark.parametrize("kind", sorted(ERRORS))
def test_refusals(server: EmbeddingsServer, client: openai.OpenAI, kind: str) -> None:
    server.faults.append(f"{kind} 0.07")
    with pytest.raises(openai.APIStatusError) as raised:
        ask(client)
    status, code, _ = ERRORS[kind]
    assert (raised.value.status_code, raised.value.code) == (status, code)
    assert raised.value.response.headers["Retry-After"] == "0.07"
    assert (KEY in raised.value.message) == (kind in ("401", "echo-key"))
    assert (f"Bearer {KEY}" in raised.value.message) == (kind == "echo-key")
    assert not server.billed
    assert ask(client).data


def test_broken_connections(server: EmbeddingsServer, client: openai.OpenAI) -> None:
    for kind in ("drop", "half"):
        server.faults.append(kind)
        with pytest.raises(openai.APIConnectionError) as raised:
            ask(client)
        assert not isinstance(raised.value, openai.APITimeoutError)
    assert server.billed == Counter(TEXTS)
    server.faults.append("silent")
    with pytest.raises(openai.APITimeoutError):
        ask(client, timeout=0.1)
    assert not server.delivered


def test_broken_bodies(server: EmbeddingsServer, client: openai.OpenAI) -> None:
    server.faults.extend(["html", "half-json"])
    html: Any = ask(client)
    assert "<html>" in html
    with pytest.raises(json.JSONDecodeError):
        ask(client)
    assert server.billed == Counter(TEXTS)
    assert not server.delivered


def test_a_slow_answer_is_a_good_one(server: EmbeddingsServer, client: openai.OpenAI) -> None:
    server.faults.append("slow")
    start = time.monotonic()
    assert len(ask(client).data) == 3
    assert time.monotonic() - start > 0.15
    assert server.delivered == Counter(TEXTS)


def right(answer: openai.types.CreateEmbeddingResponse, texts: list[str]) -> Counter[str]:
    """The texts whose right vector stands under their index, once."""
    indices = [getattr(item, "index", None) for item in answer.data]
    found: Counter[str] = Counter()
    for index, item in zip(indices, answer.data, strict=True):
        if index is not None and index < len(texts) and indices.count(index) == 1:
            found[texts[index]] += np.array_equal(
                np.asarray(item.embedding, np.float32), vector_of(texts[index])
            )
    return +found


@pytest.mark.parametrize("encoding", FORMATS)
@pytest.mark.parametrize("texts", [TEXTS, TEXTS[:1]], ids=["three", "one"])
@pytest.mark.parametrize(
    ("kind", "items", "lost"),
    [
        ("shuffled", 0, 0),
        ("no-index", 0, 3),
        ("wrong-width", 0, 1),
        ("nan", 0, 1),
        ("duplicate", 0, 2),
        ("missing", -1, 1),
        ("extra", 1, 0),
        ("huge-index", 0, 1),
    ],
)
def test_spoilt_answers(
    server: EmbeddingsServer,
    client: openai.OpenAI,
    *,
    kind: str,
    items: int,
    lost: int,
    texts: list[str],
    encoding: Any,
) -> None:
    """Of all texts, ``lost`` ones have no good vector, and the books know which."""
    if len(texts) + items == 0:
        encoding = "float"  # Of no data at all, the SDK itself makes a ValueError where it is to decode.
    server.faults.append(kind)
    answer = ask(client, texts, encoding_format=encoding)
    alone = kind == "duplicate" and len(texts) == 1
    assert len(answer.data) == len(texts) + items + alone
    assert server.delivered == right(answer, texts)
    assert len(server.delivered) == max(0, len(texts) - lost)
    assert server.billed == Counter(texts)


def test_how_answers_are_spoilt(server: EmbeddingsServer, client: openai.OpenAI) -> None:
    server.faults.extend(["shuffled", "wrong-width", "nan", "huge-index", "extra", "empty"])
    assert [item.index for item in ask(client).data] != [0, 1, 2]
    assert sorted(len(item.embedding) for item in ask(client).data) == [31, 32, 32]
    assert np.isnan([item.embedding for item in ask(client).data]).sum() == 1
    assert max(item.index for item in ask(client).data) == 10**9
    assert [item.index for item in ask(client).data] == [0, 1, 2, 3]
    assert ask(client).data == []


@pytest.mark.parametrize(
    ("texts", "words"),
    [([], "at least one"), (["a", ""], "no empty one"), (["a"] * 2049, "2049"), (["a " * 8193], "8192")],
)
def test_limits_of_a_provider(
    server: EmbeddingsServer, client: openai.OpenAI, texts: list[str], words: str
) -> None:
    with pytest.raises(openai.BadRequestError, match=words):
        ask(client, texts)
    assert not server.billed
