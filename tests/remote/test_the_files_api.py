"""Uploads, lists, and requests that fail before or after their work was done, which makes orphans."""

from pathlib import Path
from typing import Any

import openai
import pytest

from tests.remote.apart import serving_apart
from tests.remote.batches import create, lines_of, read, run, upload
from tests.remote.embeddings_server import BatchPlan, EmbeddingsServer

# What tests the tests' own server.
pytestmark = pytest.mark.slow


def test_files_come_back_byte_for_byte(client: openai.OpenAI) -> None:
    content = b"\r\n--a\nr\xc3\xa4umt auf\x00\xff\r\n\r\n--\r\n"
    made = client.files.create(purpose="batch", file=("some name.jsonl", content))
    kept = client.files.retrieve(made.id)
    assert (kept.filename, kept.bytes, kept.purpose, kept.status) == (
        "some name.jsonl", len(content), "batch", "processed",
    )  # fmt: skip
    assert client.files.content(made.id).content == content
    assert client.files.delete(made.id).deleted
    with pytest.raises(openai.NotFoundError):
        client.files.retrieve(made.id)


def test_lists_page_by_page(client: openai.OpenAI) -> None:
    file_id = upload(client, lines_of())
    made = [create(client, file_id, number=str(number)).id for number in range(5)]
    page = client.batches.list(limit=2)
    assert (page.has_more, [batch.id for batch in page.data]) == (True, made[:2:-1])
    assert [batch.id for batch in client.batches.list(limit=2)] == made[::-1]
    assert [batch.id for batch in client.batches.list(after=made[1])] == made[:1]
    assert not client.batches.list(after=made[1]).has_more
    assert [file.id for file in client.files.list()] == [file_id]
    with pytest.raises(openai.BadRequestError):
        client.batches.list(after="batch_nobody_knows")


def test_what_batches_are_refused(client: openai.OpenAI) -> None:
    with pytest.raises(openai.BadRequestError, match="no such file"):
        create(client, "file-nobody-knows")
    with pytest.raises(openai.BadRequestError, match="16 entries"):
        create(client, upload(client, lines_of()), long="x" * 513)
    with pytest.raises(openai.NotFoundError, match="No batch found"):
        client.batches.retrieve("batch_nobody_knows")


@pytest.mark.parametrize("fault", ["500", "500-after", "drop", "drop-after", "503-after 0.1", "half", "429"])
def test_uploads_that_fail(server: EmbeddingsServer, client: openai.OpenAI, fault: str) -> None:
    server.batch_api.faults["upload"].append(fault)
    with pytest.raises(openai.APIError):
        upload(client, lines_of())
    assert len(server.batch_api.files) == (fault == "half" or "after" in fault)
    assert [request.fault for request in server.requests] == [fault]
    upload(client, lines_of())


@pytest.mark.parametrize("fault", ["500", "500-after", "drop", "drop-after", "401", "429-quota"])
def test_creations_that_fail(server: EmbeddingsServer, client: openai.OpenAI, fault: str) -> None:
    file_id = upload(client, lines_of())
    server.batch_api.faults["create"].append(fault)
    with pytest.raises(openai.APIError):
        create(client, file_id, run="lost")
    orphans = list(client.batches.list())
    assert [batch.metadata for batch in orphans] == [{"run": "lost"}] * ("after" in fault)
    request = server.requests[1]
    assert (request.path, request.options["metadata"]) == ("/v1/batches", {"run": "lost"})


@pytest.mark.parametrize("operation", ["retrieve", "cancel", "list", "content", "file", "delete", "files"])
@pytest.mark.parametrize("fault", ["drop", "503", "half"])
def test_any_operation_can_fail(
    server: EmbeddingsServer, client: openai.OpenAI, operation: str, fault: str
) -> None:
    file_id = upload(client, lines_of())
    batch_id = create(client, file_id).id
    calls: dict[str, Any] = {
        "retrieve": lambda: client.batches.retrieve(batch_id),
        "cancel": lambda: client.batches.cancel(batch_id),
        "list": client.batches.list,
        "content": lambda: client.files.content(file_id),
        "file": lambda: client.files.retrieve(file_id),
        "delete": lambda: client.files.delete(file_id),
        "files": client.files.list,
    }
    server.batch_api.faults[operation].append(fault)
    with pytest.raises(openai.APIError):
        calls[operation]()


def test_half_an_output_is_not_delivered(server: EmbeddingsServer, client: openai.OpenAI) -> None:
    batch = run(client, lines_of())
    server.batch_api.faults["content"].extend(["half", "half-json"])
    with pytest.raises(openai.APIConnectionError):
        client.files.content(batch.output_file_id or "")
    client.files.content(batch.output_file_id or "")
    assert not server.delivered
    assert read(client, batch.output_file_id)
    assert server.delivered == server.billed


def test_unknown_spoils_are_a_mistake_of_the_test() -> None:
    with pytest.raises(ValueError, match="nonsense"):
        BatchPlan(spoils=("nonsense",))


def test_batches_in_a_process_of_its_own(tmp_path: Path) -> None:
    plan = '{"statuses": ["in_progress", "expired"], "done": 0.5, "failing": ["pair-0"]}'
    options = ("--plan", plan, "--batch-fault", "create=500-after", "--width", "32")
    with (
        serving_apart(tmp_path / "books.jsonl", *options) as apart,
        openai.OpenAI(api_key="sk-test", base_url=apart.url, max_retries=0, timeout=5) as client,
    ):
        with pytest.raises(openai.InternalServerError):
            run(client, lines_of())
        (orphan,) = client.batches.list()
        batch = client.batches.retrieve(orphan.id)
        assert batch.status == "expired"
        assert read(client, batch.output_file_id)
        books = apart.books
    assert books.billed == books.delivered
    assert [request.fault for request in books.requests[:2]] == ["", "500-after"]
