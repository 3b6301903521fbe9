"""How tests make batches with OpenAI's SDK, and what they find in the output."""

import json
from collections import Counter
from collections.abc import Sequence
from typing import Any

import numpy as np
import openai
from openai.types import Batch

from tests.remote.vectors import MODEL, vector_of

TEXTS = [f"text number {number}" for number in range(20)]


def line_of(name: str, texts: Sequence[str], **more: Any) -> dict[str, Any]:
    body = {"model": MODEL, "input": list(texts)}
    return {"custom_id": name, "method": "POST", "url": "/v1/embeddings", "body": body} | more


def lines_of(texts: Sequence[str] = TEXTS) -> list[dict[str, Any]]:
    """One line for two texts, named by their number."""
    return [line_of(f"pair-{start}", texts[start : start + 2]) for start in range(0, len(texts), 2)]


def upload(client: openai.OpenAI, lines: Sequence[dict[str, Any]]) -> str:
    content = "".join(json.dumps(line) + "\n" for line in lines)
    return client.files.create(purpose="batch", file=("input.jsonl", content.encode())).id


def create(client: openai.OpenAI, file_id: str, **metadata: str) -> Batch:
    return client.batches.create(
        input_file_id=file_id, endpoint="/v1/embeddings", completion_window="24h", metadata=metadata
    )


def run(client: openai.OpenAI, lines: Sequence[dict[str, Any]]) -> Batch:
    """Create a batch, and ask after it until nothing changes any more."""
    batch = create(client, upload(client, lines))
    for _ in range(6):
        batch = client.batches.retrieve(batch.id)
    return batch


def read(client: openai.OpenAI, file_id: str | None) -> list[dict[str, Any]]:
    return [json.loads(line) for line in client.files.content(file_id or "").text.splitlines()]


def found(lines: list[dict[str, Any]]) -> Counter[str]:
    """The texts whose right vector stands in the one line of their name, under their index."""
    right: Counter[str] = Counter()
    names = Counter(line["custom_id"] for line in lines)
    for line in lines:
        start = line["custom_id"].removeprefix("pair-")
        if names[line["custom_id"]] == 1 and start.isdigit():
            for item in line["response"]["body"]["data"]:
                text = TEXTS[int(start) + item["index"]]
                right[text] += np.array_equal(np.asarray(item["embedding"], np.float32), vector_of(text))
    return +right
