"""Jobs at the Batch API: every text gets its own vector, is paid for once, and nothing that fails is lost."""

import asyncio
import json
import logging
import os
import random
import signal
import ssl
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from filelock import FileLock

from genept.encoders import embed_texts
from genept.encoders.openai import OpenAIEncoder, batch_input, batch_server, batch_work
from genept.encoders.openai.batch_job import advance_batch
from genept.encoders.openai.batch_progress import BatchProgress
from genept.encoders.openai.batch_server import BatchServer
from genept.encoders.openai.job_file import JobFile
from genept.encoders.vector_cache import VectorCache
from genept.errors import (
    ArgumentError,
    CostError,
    EncoderError,
    FetchError,
    GeneptError,
    InputFileError,
    OutputError,
)
from genept.remote import attempts
from tests.remote.batch_plan import BatchPlan
from tests.remote.embeddings_server import EmbeddingsServer, serving, tokens_of, vector_of
from tests.remote.killable import MODEL, killable, texts_of

KEY = "sk-a-key-that-nobody-sees-0123"
TEXTS = texts_of(12)
QUICK = BatchPlan(statuses=("validating", "completed"))


@pytest.fixture(autouse=True)
def _quiet(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GENEPT_CACHE", str(tmp_path_factory.mktemp("cache")))
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    monkeypatch.setattr(attempts, "FIRST_WAIT", 0.002)
    monkeypatch.setattr(attempts, "LONGEST_WAIT", 0.01)
    monkeypatch.setattr(batch_work, "SETTLE_SECONDS", 0.01)
    # Reading all certificates takes half of a test's time, and no test needs one.
    monkeypatch.setattr(ssl, "create_default_context", lambda **_: ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT))


@pytest.fixture
def server() -> Iterator[EmbeddingsServer]:
    with serving() as running:
        running.batch_api.plan = QUICK
        yield running


@pytest.fixture
def encoder(server: EmbeddingsServer) -> OpenAIEncoder:
    return OpenAIEncoder(MODEL, base_url=server.url, price=2.0, timeout=5)


@pytest.fixture
def job(tmp_path: Path) -> Path:
    return tmp_path / "genes.h5ad.batch.json"


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
    ("n_kills", "seed"), [(12, 1), *(pytest.param(100, seed, marks=pytest.mark.slow) for seed in range(2, 5))]
)
def test_killed_again_and_again(
    server: EmbeddingsServer, encoder: OpenAIEncoder, job: Path, n_kills: int, seed: int
) -> None:
    """Kill -9 at random moments of jobs of several batches, each of which partly fails."""
    chance = random.Random(seed)  # noqa: S311
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
    server.batch_api.plan = BatchPlan(statuses=("validating", "completed"), failing=failing, failing_times=2)
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
    server.batch_api.plans.append(BatchPlan(statuses=("validating", "completed"), spoils=(spoil,)))
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
    server.batch_api.plans.append(BatchPlan(statuses=("validating", "completed"), spoils=("gone",)))
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
        with pytest.raises(FetchError, match=r"failed as a whole \(billing: Your limit"):
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
    for operation in ("upload", "create", "list", "retrieve", "file", "content"):
        server.batch_api.faults[operation].append("echo-key")
    server.batch_api.plan = BatchPlan(
        statuses=("validating", "completed"), failing=frozenset(TEXTS[:3]), failing_times=99
    )
    with pytest.raises(GeneptError) as raised:
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
