"""A fine-tuned model as a folder: weights in ``model.safetensors``, everything else in ``model.json``.

Neither is anything that reading could execute. The JSON names the weights' checksum, so that parts of two
models never pass for one.
"""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

from genept.atomic import writing
from genept.cells.fine_tuned.model_record import FittedModel, as_json, from_json
from genept.cells.fine_tuned.model_weights import as_safetensors, from_safetensors
from genept.errors import InputFileError, OutputError

WEIGHTS, RECORD = "model.safetensors", "model.json"
# More than any model has; what is larger is something else.
_LARGEST = {WEIGHTS: 2**31, RECORD: 2**26}


def write_model(folder: str | Path, model: FittedModel) -> None:
    """Write a model to a folder, whole or not at all; a model that is there is replaced.

    Raises
    ------
    OutputError
        If the folder can't be written, or holds anything but a model.
    ArgumentError
        If a label or the provenance is nothing that JSON holds.
    """
    weights = as_safetensors(model.network)
    record = as_json(model, weights)
    check_model_folder(folder)
    with _folder_written_whole(Path(folder).resolve()) as draft:
        (draft / WEIGHTS).write_bytes(weights)
        (draft / RECORD).write_text(record, encoding="utf-8")


def read_model(folder: str | Path) -> FittedModel:
    """Read a model.

    Raises
    ------
    InputFileError
        If it isn't there, isn't whole, is of a later version, or its parts don't fit together.
    """
    folder = Path(folder)
    weights, record = _content(folder / WEIGHTS), _content(folder / RECORD)
    return from_json(record, weights, from_safetensors(weights, folder / WEIGHTS), path=folder / RECORD)


def check_model_folder(folder: str | Path) -> None:
    """Refuse a place where a model can't be written.

    Raises
    ------
    OutputError
        If the folder above is missing or not writable, or there is anything but a model.
    """
    folder = Path(folder).resolve()
    with writing(folder):
        is_there = folder.exists()
        names = {file.name for file in folder.iterdir()} if folder.is_dir() else {folder.name}
        if is_there and names - {WEIGHTS, RECORD}:
            raise OutputError(
                f"{folder} is there, and isn't a model",
                expected="a new folder, or one with a model, which is replaced",
                do="choose another with -o",
            )
        draft = _draft(folder)
        draft.mkdir()
        draft.rmdir()


def _draft(folder: Path) -> Path:
    return folder.with_name(f".{uuid4().hex}.{folder.name}")


@contextmanager
def _folder_written_whole(folder: Path) -> Iterator[Path]:
    """Give a folder beside ``folder``; on leaving without an error, move it into place."""
    draft, aside = _draft(folder), _draft(folder)
    try:
        with writing(folder):
            draft.mkdir()
            yield draft
            if folder.exists():
                folder.rename(aside)
            draft.rename(folder)
    except BaseException:
        if aside.exists() and not folder.exists():
            aside.rename(folder)
        raise
    finally:
        shutil.rmtree(draft, ignore_errors=True)
        shutil.rmtree(aside, ignore_errors=True)


def _content(path: Path) -> bytes:
    expected = f"a folder with {WEIGHTS} and {RECORD}, as genept cells finetune writes it"
    try:
        size = path.stat().st_size
        if not path.is_file() or size > _LARGEST[path.name]:
            reason = f"{size:,} bytes" if path.is_file() else "no file"
        else:
            return path.read_bytes()
    except OSError as error:
        reason = error.strerror or str(error)
    raise InputFileError(
        f"{path} can't be read ({reason})", expected=expected, do="check the path of the model"
    )
