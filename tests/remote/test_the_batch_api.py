"""Files and batches of the server do what it says, asked with OpenAI's own SDK."""

import json
from collections import Counter
from typing import Any

import openai
import pytest

from tests.remote.batch_plan import plan_from
from tests.remote.batches import TEXTS, create, found, line_of, lines_of, read, run, upload
from tests.remote.embeddings_server import BatchPlan, EmbeddingsServer

# What tests the tests' own server.
pytestmark = pytest.mark.slow


def test_there_and_back(server: EmbeddingsServer, client: openai.OpenAI) -> None:
    batch = create(client, upload(client, lines_of()), run="7")
    seen = [batch.status] + [client.batches.retrieve(batch.id).status for _ in range(4)]
    assert seen == ["validating", "in_progress", "finalizing", "completed", "completed"]
    batch = client.batches.retrieve(batch.id)
    assert (batch.endpoint, batch.metadata) == ("/v1/embeddings", {"run": "7"})
    assert batch.request_counts
    assert batch.request_counts.model_dump() == {"total": 10, "completed": 10, "failed": 0}
    assert batch.usage
    assert batch.usage.input_tokens == 60
    assert (batch.error_file_id, batch.errors) == (None, None)
    assert (server.billed, server.delivered) == (Counter(TEXTS), Counter())
    lines = read(client, batch.output_file_id)
    names = [line["custom_id"] for line in lines]
    assert sorted(names) == sorted(line["custom_id"] for line in lines_of()) != names
    assert all(line["error"] is None and line["response"]["status_code"] == 200 for line in lines)
    assert found(lines) == server.delivered == Counter(TEXTS)


def test_polls_until_the_next_step(server: EmbeddingsServer, client: openai.OpenAI) -> None:
    server.batch_api.plans.append(BatchPlan(statuses=("in_progress", "completed"), polls=3))
    batch = create(client, upload(client, lines_of()))
    seen = [batch.status, *(client.batches.retrieve(batch.id).status for _ in range(3))]
    assert seen == ["in_progress", "in_progress", "in_progress", "completed"]


def test_a_batch_that_fails(server: EmbeddingsServer, client: openai.OpenAI) -> None:
    server.batch_api.plan = plan_from({"statuses": ["validating", "failed"]})
    batch = run(client, lines_of())
    assert (batch.status, batch.output_file_id) == ("failed", None)
    assert batch.errors
    assert batch.errors.data
    assert batch.errors.data[0].code == "token_limit_exceeded"
    assert not server.billed


@pytest.mark.parametrize(
    ("lines", "code"),
    [
        ([], "empty_file"),
        ([*lines_of(), *lines_of(TEXTS[:2])], "duplicate_custom_id"),
        ([line_of("a", ["b"], url="/v1/chat/completions")], "invalid_url"),
        ([{"custom_id": "a"}], "invalid_json_line"),
        ([line_of("a", ["b"]), line_of("b", ["b"], body={"model": "?", "input": "b"})], "mismatched_model"),
    ],
)
def test_bad_input_fails(client: openai.OpenAI, lines: list[dict[str, Any]], code: str) -> None:
    batch = run(client, lines)
    assert batch.status == "failed"
    assert batch.errors
    assert batch.errors.data
    assert [error.code for error in batch.errors.data] == [code]


def test_a_batch_that_expires(server: EmbeddingsServer, client: openai.OpenAI) -> None:
    server.batch_api.plan = BatchPlan(statuses=("validating", "in_progress", "expired"), done=0.3)
    batch = run(client, lines_of())
    done, undone = read(client, batch.output_file_id), read(client, batch.error_file_id)
    assert (batch.status, len(done), len(undone)) == ("expired", 3, 7)
    assert {line["error"]["code"] for line in undone} == {"batch_expired"}
    assert found(done) == server.billed == server.delivered
    assert len({line["custom_id"] for line in done + undone}) == 10


def test_a_batch_that_is_cancelled(server: EmbeddingsServer, client: openai.OpenAI) -> None:
    batch = create(client, upload(client, lines_of()))
    client.batches.retrieve(batch.id)
    assert client.batches.cancel(batch.id).status == "cancelling"
    batch = client.batches.retrieve(batch.id)
    assert (batch.status, batch.error_file_id) == ("cancelled", None)
    assert len(read(client, batch.output_file_id)) == 5
    assert server.billed.total() == 10
    with pytest.raises(openai.ConflictError, match="cancelled"):
        client.batches.cancel(batch.id)


def test_cancelled_before_it_began(server: EmbeddingsServer, client: openai.OpenAI) -> None:
    batch = create(client, upload(client, lines_of()))
    client.batches.cancel(batch.id)
    assert client.batches.retrieve(batch.id).output_file_id is None
    assert not server.billed


@pytest.mark.parametrize("failure", ["429", "error"])
def test_lines_that_fail_at_first(server: EmbeddingsServer, client: openai.OpenAI, failure: str) -> None:
    failing = frozenset({"pair-4", TEXTS[9]})
    server.batch_api.plan = BatchPlan(failing=failing, failing_times=2, failure=failure)
    for _ in range(2):
        batch = run(client, lines_of())
        errors = read(client, batch.error_file_id)
        assert {line["custom_id"] for line in errors} == {"pair-4", "pair-8"}
        assert batch.request_counts
        assert batch.request_counts.failed == 2
        for line in errors:
            assert (line["response"] is None) == (failure == "error") == (line["error"] is not None)
            assert failure == "error" or line["response"]["status_code"] == 429
    assert run(client, lines_of()).error_file_id is None
    assert server.billed == Counter(TEXTS * 3) - Counter(TEXTS[4:6] * 2 + TEXTS[8:10] * 2)


def test_a_share_of_lines_fails(server: EmbeddingsServer, client: openai.OpenAI) -> None:
    server.batch_api.plan = BatchPlan(failing_share=0.4, failing_times=1, seed=5)
    batch = run(client, lines_of())
    assert 1 <= len(read(client, batch.error_file_id)) <= 8
    assert run(client, lines_of()).error_file_id is None


@pytest.mark.parametrize(
    ("spoil", "lines", "lost"),
    [
        ("duplicate-id", 11, 2),
        ("unknown-id", 11, 0),
        ("nan", 10, 1),
        ("wrong-width", 10, 1),
        ("missing", 9, 2),
    ],
)
def test_spoilt_output(
    server: EmbeddingsServer, client: openai.OpenAI, spoil: str, lines: int, lost: int
) -> None:
    server.batch_api.plan = BatchPlan(spoils=(spoil,))
    batch = run(client, lines_of())
    output = read(client, batch.output_file_id)
    assert (batch.error_file_id, len(output)) == (None, lines)
    assert found(output) == server.delivered
    assert (len(server.delivered), server.billed) == (20 - lost, Counter(TEXTS))


def test_output_that_ends_too_early(server: EmbeddingsServer, client: openai.OpenAI) -> None:
    server.batch_api.plan = BatchPlan(spoils=("truncated", "nan"))
    *whole, last = client.files.content(run(client, lines_of()).output_file_id or "").text.splitlines()
    assert len(whole) == 9
    with pytest.raises(json.JSONDecodeError):
        json.loads(last)
    assert found([json.loads(line) for line in whole]) == server.delivered
    assert len(server.delivered) == 17


def test_output_that_is_gone(server: EmbeddingsServer, client: openai.OpenAI) -> None:
    server.batch_api.plan = BatchPlan(spoils=("gone",))
    batch = run(client, lines_of())
    assert batch.output_file_id
    with pytest.raises(openai.NotFoundError, match="No such File"):
        client.files.content(batch.output_file_id)
