"""Files that a server keeps: what was uploaded, and what its batches wrote."""

import re
import time
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class StoredFile:
    """A file; ``texts`` are those whose good vectors it holds."""

    id: str
    content: bytes
    filename: str
    purpose: str
    texts: tuple[str, ...] = ()
    created_at: int = field(default_factory=lambda: int(time.time()))

    def as_object(self) -> dict[str, Any]:
        return {
            "id": self.id,
            "object": "file",
            "bytes": len(self.content),
            "created_at": self.created_at,
            "filename": self.filename,
            "purpose": self.purpose,
            "status": "processed",
        }


@dataclass(frozen=True)
class Part:
    """One field of a form; ``filename`` is empty where it is no file."""

    content: bytes
    filename: str


def form_parts(content_type: str, body: bytes) -> dict[str, Part]:
    """Take a multipart form apart, byte for byte; none where it isn't one."""
    boundary = re.search(r'boundary="?([^";]+)', content_type)
    if not content_type.startswith("multipart/form-data") or not boundary:
        return {}
    parts = {}
    for piece in body.split(b"--" + boundary[1].encode())[1:-1]:
        head, _, content = piece.partition(b"\r\n\r\n")
        said = dict(re.findall(r'\b(name|filename)="([^"]*)"', head.decode()))
        parts[said.get("name", "")] = Part(content.removesuffix(b"\r\n"), said.get("filename", ""))
    return parts


def page_of(objects: list[dict[str, Any]], after: str, limit: int) -> dict[str, Any] | None:
    """One page of a list, newest first; None where ``after`` is the id of nothing."""
    newest = objects[::-1]
    ids = [one["id"] for one in newest]
    if after and after not in ids:
        return None
    rest = newest[ids.index(after) + 1 if after else 0 :]
    page = rest[:limit]
    return {
        "object": "list",
        "data": page,
        "first_id": page[0]["id"] if page else None,
        "last_id": page[-1]["id"] if page else None,
        "has_more": len(rest) > len(page),
    }
