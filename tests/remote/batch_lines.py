"""The lines of a batch: those that come in, and those of its output and of its errors."""

import json
from collections import Counter
from dataclasses import dataclass
from random import Random
from typing import Any

from tests.remote.answers import Wanted, answer_object, wanted_from
from tests.remote.batch_plan import BatchPlan
from tests.remote.faults import error_object

ENDPOINT = "/v1/embeddings"
MOST_TEXTS = 50_000


@dataclass(frozen=True)
class Line:
    custom_id: str
    wanted: Wanted


@dataclass(frozen=True)
class Answer:
    """A line of the output, and the texts whose good vectors are in it."""

    line: dict[str, Any]
    texts: tuple[str, ...]


@dataclass(frozen=True)
class Result:
    """What a batch came to: its two files, the texts to be paid for, and those with a good vector."""

    output: bytes
    errors: bytes
    completed: int
    failed: int
    tokens: int
    billed: tuple[str, ...]
    texts: tuple[str, ...]


def lines_of(content: bytes, width: int) -> tuple[list[Line], list[dict[str, Any]]]:
    """Read the input of a batch, and find what is wrong with it."""
    lines: list[Line] = []
    errors: list[dict[str, Any]] = []
    for number, raw in enumerate(content.splitlines(), 1):
        try:
            given = json.loads(raw)
            line = Line(given["custom_id"], wanted_from(given["body"], width))
            asked = (given["method"], given["url"])
        except (ValueError, TypeError, KeyError):
            errors.append(_error("invalid_json_line", "This line is no request.", number))
            continue
        if asked != ("POST", ENDPOINT):
            errors.append(_error("invalid_url", f"Found {asked}, not the endpoint of the batch.", number))
        lines.append(line)
    return lines, errors + _wrong_as_a_whole(content, lines)


def _wrong_as_a_whole(content: bytes, lines: list[Line]) -> list[dict[str, Any]]:
    errors = []
    ids = Counter(line.custom_id for line in lines)
    errors += [
        _error("duplicate_custom_id", f"{one!r} appears more than once.") for one in ids if ids[one] > 1
    ]
    if not content.strip():
        errors.append(_error("empty_file", "The input has no lines."))
    if len({line.wanted.model for line in lines}) > 1:
        errors.append(_error("mismatched_model", "All lines must name the same model."))
    if sum(len(line.wanted.texts) for line in lines) > MOST_TEXTS:
        errors.append(_error("too_many_inputs", f"At most {MOST_TEXTS} texts in a batch."))
    return errors


def _error(code: str, message: str, line: int | None = None) -> dict[str, Any]:
    return {"code": code, "line": line, "message": message, "param": None}


def result_of(
    lines: list[Line], plan: BatchPlan, *, end: str, done: float, failed: Counter[tuple[str, ...]]
) -> Result:
    """Compute a share ``done`` of the lines, in any order, as the plan has it."""
    chance = Random(f"{plan.seed} {len(lines)}")
    order = chance.sample(lines, len(lines))
    now = round(done * len(order))
    answers: list[Answer] = []
    errors: list[dict[str, Any]] = []
    paid: list[Wanted] = []
    faulty = [kind for kind in plan.spoils if kind in ("nan", "wrong-width")]
    for line in order[:now]:
        if line.wanted.refused:
            errors.append(_failure(line, "400", line.wanted.refused))
        elif plan.fails(line.custom_id, line.wanted.texts, failed):
            errors.append(_failure(line, plan.failure, "This line failed, as planned."))
        else:
            paid.append(line.wanted)
            answers.append(_answer(line, faulty.pop(0) if faulty else "", chance))
    if end == "expired":
        errors += [_not_reached(line) for line in order[now:]]
    output, texts = _written(_spoilt(answers, plan), cut="truncated" in plan.spoils)
    return Result(
        output=output,
        errors=b"".join(json.dumps(one).encode() + b"\n" for one in errors),
        completed=len(paid),
        failed=len(errors),
        tokens=sum(wanted.tokens for wanted in paid),
        billed=tuple(text for wanted in paid for text in wanted.texts),
        texts=texts,
    )


def _answer(line: Line, kind: str, chance: Random) -> Answer:
    body, good = answer_object(line.wanted, kind, chance)
    return Answer(_line(line.custom_id, _response(200, body, line.custom_id)), good)


def _failure(line: Line, failure: str, message: str) -> dict[str, Any]:
    if failure == "error":
        return _line(line.custom_id, None, {"code": "server_error", "message": message})
    body = error_object(message, "server_error" if failure.startswith("5") else None)
    return _line(line.custom_id, _response(int(failure), body, line.custom_id))


def _not_reached(line: Line) -> dict[str, Any]:
    message = "This request could not be executed before the completion window expired."
    return _line(line.custom_id, None, {"code": "batch_expired", "message": message})


def _response(status: int, body: dict[str, Any], custom_id: str) -> dict[str, Any]:
    return {"status_code": status, "request_id": f"req_{custom_id}", "body": body}


def _line(
    custom_id: str, response: dict[str, Any] | None, error: dict[str, Any] | None = None
) -> dict[str, Any]:
    return {"id": f"batch_req_{custom_id}", "custom_id": custom_id, "response": response, "error": error}


def _spoilt(answers: list[Answer], plan: BatchPlan) -> list[Answer]:
    """Take from the end of ``answers``; those with a faulty vector are at the beginning."""
    whole = list(answers)
    if whole and "missing" in plan.spoils:
        whole.pop()
    if whole and "duplicate-id" in plan.spoils:
        # Two answers for one question, of which one isn't its answer.
        last = whole.pop()
        other = whole[0].line["response"] if whole else last.line["response"]
        whole[:0] = [Answer(last.line, ()), Answer({**last.line, "response": other}, ())]
    if whole and "unknown-id" in plan.spoils:
        whole.insert(0, Answer({**whole[-1].line, "custom_id": "nobody-asked-for-this"}, ()))
    return whole


def _written(answers: list[Answer], *, cut: bool) -> tuple[bytes, tuple[str, ...]]:
    """The output, and the texts whose good vectors it has."""
    texts = tuple(text for answer in (answers[:-1] if cut else answers) for text in answer.texts)
    content = [json.dumps(answer.line).encode() + b"\n" for answer in answers]
    if cut and content:
        content[-1] = content[-1][: len(content[-1]) // 2]
    return b"".join(content), texts
