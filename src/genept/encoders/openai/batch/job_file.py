"""The local record of a job at the Batch API: enough to go on after any interruption, and nothing secret."""

import hashlib
import json
import re
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from genept.atomic import written_whole
from genept.errors import InputFileError

LAYOUT = 1
_ANEW = "which begins a new job and pays anew for what is under way"
_SHA256 = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True)
class Part:
    """Texts that go to the server in one batch.

    Parameters
    ----------
    key
        Sent with the batch, so that it can be found where its id was never received.
    texts
        The sha256 of each text; once the part is collected, of those only that got no vector.
    n_tokens
        As estimated; once the part is collected, as the server counted.
    batch
        The batch's id; empty until it is known.
    status
        As the server said last.
    is_collected
        Whether all that came of it is in the cache.
    reasons
        Why some of ``texts`` got no vector.
    """

    key: str
    texts: tuple[str, ...]
    n_tokens: int
    batch: str = ""
    status: str = ""
    is_collected: bool = False
    reasons: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Job:
    """What was asked of a server's Batch API.

    Parameters
    ----------
    encoder
        Fingerprint of the encoder.
    server
        Its address, without secrets.
    created
        When the job began, ISO 8601, UTC.
    parts
        Its batches so far.
    room
        Tokens that the server lets wait at once; ``None`` while it hasn't complained.
    """

    encoder: str
    server: str
    created: str = field(default_factory=lambda: datetime.now(UTC).isoformat(timespec="seconds"))
    parts: tuple[Part, ...] = ()
    room: int | None = None

    @property
    def under_way(self) -> list[Part]:
        """Parts of which something is still to come."""
        return [part for part in self.parts if not part.is_collected]

    @property
    def collected(self) -> list[Part]:
        """Parts of which nothing more is to come."""
        return [part for part in self.parts if part.is_collected]


class JobFile:
    """A job, and the file that says the same at every moment.

    Every method raises OutputError if the file can't be written.

    Parameters
    ----------
    path
        The file.
    job
        What it says, or is to say.
    """

    def __init__(self, path: Path, job: Job) -> None:
        self.path = path
        self.job = job

    @property
    def folder(self) -> Path:
        """Where it lies."""
        return self.path.resolve().parent

    def add(self, part: Part) -> None:
        """Write down a further part."""
        self._write(replace(self.job, parts=(*self.job.parts, part)))

    def put(self, part: Part, new: Part | None) -> None:
        """Write down what became of a part; ``None`` drops it."""
        parts = (new if one is part else one for one in self.job.parts)
        self._write(replace(self.job, parts=tuple(one for one in parts if one is not None)))

    def make_room(self, n_tokens: int | None) -> None:
        """Write down how many tokens the server lets wait."""
        self._write(replace(self.job, room=n_tokens))

    def _write(self, job: Job) -> None:
        content = {"layout": LAYOUT, **asdict(job)}
        with written_whole(self.path) as draft:
            draft.write_text(json.dumps({**content, "sha256": _checksum(content)}) + "\n", encoding="utf-8")
        self.job = job


def open_job(path: Path, *, encoder: str, server: str) -> JobFile:
    """Read the record of an encoder's job; where there is none yet, a first change will write it.

    Raises
    ------
    InputFileError
        If the file is no such record, or damaged, or of a later layout, or of another encoder or server. It
        stays as it is.
    """
    try:
        content = json.loads(path.read_bytes())
    except FileNotFoundError:
        return JobFile(path, Job(encoder, server))
    except OSError as error:
        raise InputFileError(
            f"{path}, which can't be read ({error.strerror})",
            expected="the record of a job at the Batch API",
            do="make it readable, or name another file",
        ) from error
    except (ValueError, RecursionError):
        content = None
    layout = content.get("layout") if isinstance(content, dict) else None
    if type(layout) is int and layout > LAYOUT:
        raise InputFileError(
            f"{path}, written by a later version of genept (its layout is {layout})",
            expected=f"layout {LAYOUT}",
            do=f"update genept, or name another file, {_ANEW}",
        )
    job = _sound(content)
    if job is None:
        raise InputFileError(
            f"{path}, which is damaged, or no record of a job at the Batch API",
            expected="the file as genept wrote it",
            do=f"bring back a copy, or move it away, {_ANEW}",
        )
    if (job.encoder, job.server) != (encoder, server):
        raise InputFileError(
            f"{path}, the record of a job of {job.encoder} at {job.server}",
            expected=f"a job of {encoder} at {server}",
            do="finish that job with its own encoder and server, or name another file",
        )
    return JobFile(path, job)


def _sound(content: Any) -> Job | None:
    """Give the record if it is as it was written."""
    try:
        known = content.pop("sha256")
        if known != _checksum(content) or content.pop("layout") != LAYOUT:
            return None
        parts = tuple(Part(**{**part, "texts": tuple(part["texts"])}) for part in content.pop("parts"))
        sound = all(_SHA256.fullmatch(text) for part in parts for text in part.texts)
        return Job(**content, parts=parts) if sound else None
    except (AttributeError, KeyError, TypeError):
        return None


def _checksum(content: dict[str, Any]) -> str:
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()
