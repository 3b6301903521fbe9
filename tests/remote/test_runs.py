"""Runs against a server that fails in every way: each text gets its own vector, and nothing is paid twice."""

import asyncio
import logging
import random
import time
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from genept.encoders import embed_texts, remote_run
from genept.encoders.openai import OpenAIEncoder
from genept.encoders.pace import Pace
from genept.encoders.protocol import RateLimits
from genept.encoders.vectors_file import vectors_path
from genept.errors import ArgumentError, CostError, EncoderError, FetchError, GeneptError
from genept.testing import TextEncoderConformance
from tests.remote.embeddings_server import EmbeddingsServer, FaultSchedule, serving, tokens_of, vector_of

TEXTS = [f"gene {i} codes for " + "a long protein " * (i % 7) for i in range(60)]
# Every fault from which a run may recover, and how often it comes.
PASSING = {
    "429": 0.06,
    "429 0.01": 0.06,
    "500": 0.05,
    "503": 0.03,
    "drop": 0.05,
    "half": 0.04,
    "half-json": 0.04,
    "html": 0.03,
    "shuffled": 0.1,
    "no-index": 0.04,
    "wrong-width": 0.05,
    "nan": 0.05,
    "duplicate": 0.05,
    "missing": 0.05,
    "extra": 0.03,
    "huge-index": 0.03,
    "empty": 0.03,
    "echo-key": 0.02,
}


def check(vectors: NDArray[np.float32], texts: Sequence[str], model: str = "small") -> None:
    expected = np.stack([vector_of(text, model, vectors.shape[1]) for text in texts])
    np.testing.assert_array_equal(vectors, expected)


class TestConformance(TextEncoderConformance):
    tolerance = 1e-6

    @pytest.fixture(autouse=True)
    def _serve(self, server: EmbeddingsServer) -> None:
        self.url = server.url

    def make(self) -> OpenAIEncoder:
        return OpenAIEncoder("text-embedding-3-small", base_url=self.url, dimensions=16)


def test_every_text_once_and_the_rest_from_the_cache(
    server: EmbeddingsServer, encoder: OpenAIEncoder
) -> None:
    first = embed_texts(encoder, TEXTS + TEXTS[:5])
    check(first.vectors, TEXTS + TEXTS[:5])
    assert (first.n_unique, first.n_cached) == (60, 0)
    assert first.n_tokens == sum(map(tokens_of, TEXTS))
    assert set(server.billed.values()) == {1}
    asked = len(server.requests)
    again = embed_texts(encoder, [*TEXTS[::-1], "one more"])
    check(again.vectors, [*TEXTS[::-1], "one more"])
    assert (again.n_unique, again.n_cached) == (61, 60)
    assert [request.texts for request in server.requests[asked:]] == [("one more",)]


def test_each_encoder_has_its_own_vectors(server: EmbeddingsServer) -> None:
    for model, dimensions in (("a", None), ("b", None), ("a", 5)):
        made = OpenAIEncoder(model, base_url=server.url, dimensions=dimensions)
        check(embed_texts(made, TEXTS[:3]).vectors, TEXTS[:3], model)
    assert len(server.requests) == 3


MORE = [pytest.param(seed, marks=pytest.mark.slow) for seed in range(15, 240)]


@pytest.mark.parametrize("seed", [*range(15), *MORE])
def test_random_faults(seed: int) -> None:
    """Every text gets its own vector, no answer that came is asked for again, or the run says why it ends."""
    chance = random.Random(seed)
    rates = {kind: rate * chance.choice([0, 1, 1, 2]) for kind, rate in PASSING.items()}
    # Of a single vector of an unknown model nobody can tell that it is too short.
    texts = chance.sample(TEXTS, chance.randint(2, len(TEXTS)))
    with serving(schedule=FaultSchedule(seed, rates), seed=seed) as server:
        encoder = OpenAIEncoder(
            "small",
            base_url=server.url,
            dimensions=chance.choice([None, 6]),
            batch_size=chance.choice([2, 5, 16]),
            concurrency=chance.choice([1, 3, 8]),
        )
        for _ in range(5):
            with suppress(FetchError):
                done = embed_texts(encoder, texts)
                break
        check(done.vectors, texts)
        assert set(server.delivered.values()) <= {1}, "an answer that came was asked for again"
        assert sum(server.billed.values()) < 12 * len(texts)


@pytest.mark.parametrize("fault", ["429 0.05", "429", "500", "half", "silent"])
def test_a_fault_that_stays_ends_the_run(fault: str, server: EmbeddingsServer) -> None:
    server.schedule = FaultSchedule(0, {fault: 1.0}, in_a_row=10**6)
    encoder = OpenAIEncoder("small", base_url=server.url, batch_size=30, concurrency=4, timeout=0.2)
    with pytest.raises(FetchError, match="run again"):
        embed_texts(encoder, TEXTS)
    server.schedule = None
    check(embed_texts(encoder, TEXTS).vectors, TEXTS)


def test_a_storm_of_429_is_ridden_out(server: EmbeddingsServer) -> None:
    """A server that takes thirty requests a second of eight workers who could send hundreds."""
    server.requests_per_second = 30
    encoder = OpenAIEncoder("small", base_url=server.url, batch_size=1, concurrency=8)
    done = embed_texts(encoder, TEXTS)
    check(done.vectors, TEXTS)
    assert set(server.billed.values()) == {1}
    # Without slowing down, each of the sixty would be turned away again and again.
    assert len(server.requests) < 4 * len(TEXTS)


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        ("401", "OPENAI_API_KEY"),
        ("404", "name of the model"),
        ("429-quota", "credit"),
        ("429 4000", "left alone for 4000 s"),
    ],
)
def test_what_can_not_pass_is_not_tried_again(fault: str, words: str, server: EmbeddingsServer) -> None:
    server.faults.append(fault)
    encoder = OpenAIEncoder("small", base_url=server.url, batch_size=8, concurrency=1)
    with pytest.raises(FetchError, match=words):
        embed_texts(encoder, TEXTS)
    assert len(server.requests) == 1


def test_a_text_that_the_server_refuses_is_named_and_the_others_are_kept(server: EmbeddingsServer) -> None:
    encoder = OpenAIEncoder("small", base_url=server.url, batch_size=64)
    texts = [*TEXTS, "endless " + "word " * 9000]
    with pytest.raises(FetchError, match=r"1 of 61 texts.*endless word.*maximum context length"):
        embed_texts(encoder, texts)
    assert len(server.delivered) == len(TEXTS)
    check(embed_texts(encoder, TEXTS).vectors, TEXTS)


def test_long_texts_are_cut_or_refused_and_counted(server: EmbeddingsServer) -> None:
    encoder = OpenAIEncoder("text-embedding-3-small", base_url=server.url, dimensions=4)
    long = "interleukin " * 20_000
    done = embed_texts(encoder, [long, "short"])
    assert (done.n_truncated, done.n_unique) == (1, 2)
    assert 0.05 < done.share_read < 0.9
    (sent,) = (text for request in server.requests for text in request.texts if text != "short")
    assert long.startswith(sent)
    assert encoder.count_tokens([sent])[0] <= 8191
    with pytest.raises(EncoderError, match="more than 8,191 tokens: interleukin"):
        embed_texts(encoder, [long], too_long="refuse")
    assert len(server.requests) == 1


def test_a_highest_cost_is_never_passed(server: EmbeddingsServer) -> None:
    encoder = OpenAIEncoder("small", base_url=server.url, price=1e6, batch_size=1, concurrency=3)
    most = 300.0
    with pytest.raises(CostError, match=r"spent.*no more than 300\.0 USD"):
        embed_texts(encoder, TEXTS, max_cost=most)
    paid = sum(tokens_of(text) * times for text, times in server.billed.items())
    assert 0 < paid <= most
    assert server.delivered
    already = dict(server.delivered)
    done = embed_texts(encoder, TEXTS, max_cost=1e9)
    assert done.usd == pytest.approx(sum(map(tokens_of, TEXTS)) - paid)
    assert {text: server.delivered[text] for text in already} == already
    with pytest.raises(GeneptError, match="--price"):
        embed_texts(OpenAIEncoder("small", base_url=server.url), TEXTS, max_cost=1.0)


def test_requests_are_spread_by_the_limits_of_the_account(server: EmbeddingsServer) -> None:
    """Six seconds' worth of requests, five of which may go at once."""
    encoder = OpenAIEncoder("small", base_url=server.url, dimensions=4, batch_size=1, requests_per_minute=600)
    started = time.monotonic()
    embed_texts(encoder, TEXTS)
    assert time.monotonic() - started > 0.9
    times = sorted(request.time for request in server.requests)
    assert times[-1] - times[0] > 0.8


def test_pace_goes_down_and_up_again() -> None:
    async def play() -> tuple[float, float, float]:
        pace = Pace(RateLimits(concurrency=8))
        pace.slow_down(0.0)
        low = pace._allowed
        pace.slow_down(0.05)
        pace.slow_down(0.05)
        lower = pace._allowed
        for _ in range(200):
            pace.speed_up()
        return low, lower, pace._allowed

    assert asyncio.run(play()) == (4.0, 2.0, 8.0)


def test_a_clock_that_jumps_changes_nothing(
    server: EmbeddingsServer, encoder: OpenAIEncoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.faults.extend(["429 0.02", "429 0.02"])
    jumping = random.Random(0)
    monkeypatch.setattr(time, "time", lambda: jumping.uniform(0, 4e9))
    started = time.monotonic()
    check(embed_texts(encoder, TEXTS).vectors, TEXTS)
    assert time.monotonic() - started < 5


def test_the_key_is_nowhere(
    server: EmbeddingsServer, encoder: OpenAIEncoder, caplog: pytest.LogCaptureFixture
) -> None:
    server.schedule = FaultSchedule(0, {"echo-key": 1.0}, in_a_row=10**6)
    with caplog.at_level(logging.DEBUG), pytest.raises(FetchError) as failed:
        embed_texts(encoder, TEXTS)
    assert server.requests[0].authorization == "Bearer sk-test-0123456789abcdef"
    seen: BaseException | None = failed.value
    while seen is not None:
        assert "sk-test" not in f"{seen} {seen!r}"
        seen = seen.__cause__ or seen.__context__
    server.schedule = None
    embed_texts(encoder, TEXTS)
    assert "sk-test" not in caplog.text
    assert "sk-test" not in repr(vars(encoder)) + repr(encoder) + str(encoder.describe())
    for file in vectors_path().parent.rglob("*"):
        assert not file.is_file() or b"sk-test" not in file.read_bytes()


def test_no_server_at_all() -> None:
    encoder = OpenAIEncoder("small", base_url="http://127.0.0.1:9/v1", batch_size=8)
    with pytest.raises(FetchError, match=r"no connection to http://127\.0\.0\.1:9/v1.*check the server"):
        embed_texts(encoder, TEXTS)


def test_a_request_that_never_fits_is_found_out_soon(server: EmbeddingsServer) -> None:
    """A setting that the model doesn't take, say: every part of every batch is refused."""
    server.schedule = FaultSchedule(0, {"400-long": 1.0}, in_a_row=10**6)
    encoder = OpenAIEncoder("small", base_url=server.url, batch_size=16, concurrency=2)
    with pytest.raises(FetchError, match="40 requests in a row failed"):
        embed_texts(encoder, [f"{text} {i}" for i in range(20) for text in TEXTS])
    assert len(server.requests) < 50


def test_a_short_outage_ends_no_run(server: EmbeddingsServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(remote_run, "FIRST_PATIENCE", 5.0)
    encoder = OpenAIEncoder("small", base_url=server.url, batch_size=2, concurrency=8)
    embed_texts(encoder, TEXTS[:2])
    server.faults.extend(["drop"] * 20 + ["503"] * 20)
    check(embed_texts(encoder, TEXTS).vectors, TEXTS)


def test_a_stop_ends_the_waits_of_others(server: EmbeddingsServer) -> None:
    server.faults.extend(["429 30", "401"])
    encoder = OpenAIEncoder("small", base_url=server.url, dimensions=4, batch_size=1, concurrency=2)
    started = time.monotonic()
    with pytest.raises(FetchError, match="OPENAI_API_KEY"):
        embed_texts(encoder, TEXTS)
    assert time.monotonic() - started < 5


def test_nobody_pays_for_a_server_that_was_never_reached() -> None:
    encoder = OpenAIEncoder("small", base_url="http://127.0.0.1:9/v1", price=1.0, batch_size=8)
    with pytest.raises(FetchError, match="no connection"):
        embed_texts(encoder, TEXTS, max_cost=0.01)


def test_an_odd_first_vector_decides_nothing(server: EmbeddingsServer) -> None:
    server.faults.append("wrong-width")
    encoder = OpenAIEncoder("small", base_url=server.url, batch_size=1)
    check(embed_texts(encoder, TEXTS).vectors, TEXTS)


def test_a_server_whose_model_changed_is_told_from_a_damaged_answer(server: EmbeddingsServer) -> None:
    encoder = OpenAIEncoder("small", base_url=server.url)
    embed_texts(encoder, TEXTS[:5])
    server.width = 7
    with pytest.raises(EncoderError, match=r"7 dimensions.*gave 32 before.*genept cache prune"):
        embed_texts(encoder, TEXTS)
    assert len(server.requests) == 2


def test_empty_texts_are_refused_before_anything_is_sent(
    server: EmbeddingsServer, encoder: OpenAIEncoder
) -> None:
    with pytest.raises(EncoderError, match="2 empty texts"):
        embed_texts(encoder, ["LYZ", "", "  "])
    assert not server.requests


@pytest.mark.parametrize(
    "arguments",
    [
        {"concurrency": 0.5},
        {"batch_size": 2.5},
        {"price": float("inf")},
        {"timeout": float("nan")},
        {"dimensions": -1},
    ],
)
def test_settings_that_mean_nothing(arguments: dict[str, Any]) -> None:
    with pytest.raises(ArgumentError):
        OpenAIEncoder("small", **arguments)


@pytest.mark.parametrize(
    "variables", [{"ALL_PROXY": "socks9://127.0.0.1:1"}, {"HTTP_PROXY": "ftp://127.0.0.1:1"}]
)
def test_an_unusable_proxy_is_told(
    variables: dict[str, str], encoder: OpenAIEncoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(FetchError, match="PROXY"):
        embed_texts(encoder, TEXTS)
