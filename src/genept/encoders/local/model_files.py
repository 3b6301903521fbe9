"""Where a model comes from, and what identifies it: a commit on the Hugging Face hub, or files' sums."""

import hashlib
import json
import os
from functools import cache
from pathlib import Path

from genept.errors import EncoderError

_CONFIG = "config.json"
_MODULES = "modules.json"
_TRUE = {"1", "ON", "YES", "TRUE"}


def is_offline() -> bool:
    """Whether the environment forbids the network, now or when the hub's library was imported."""
    from huggingface_hub import constants

    asked = (os.environ.get(name, "").upper() for name in ("HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE"))
    return bool(constants.HF_HUB_OFFLINE) or any(value in _TRUE for value in asked)


def model_folder(model: str) -> Path | None:
    """Find the folder that ``model`` names; ``None`` if it is the name of a model on the hub.

    Raises
    ------
    EncoderError
        If it is written like a path and there is no such folder, or the folder holds no model.
    """
    folder = Path(model).expanduser()
    if not folder.is_dir():
        if model and not model.startswith((".", "~", "/")) and model.count("/") < 2 and not folder.exists():
            return None
        raise EncoderError(
            f"{model!r} is no folder",
            expected="a folder with a model, or a name on the Hugging Face hub, such as owner/model",
            do="correct the path or the name",
        )
    if not any((folder / name).is_file() for name in (_CONFIG, _MODULES)):
        raise EncoderError(
            f"the folder {model} holds no model",
            expected=f"{_CONFIG} or {_MODULES} in it, beside the weights and the tokenizer",
            do="name the folder to which save_pretrained or 'hf download --local-dir' wrote",
        )
    return folder


def fetched_folder(model: str, revision: str | None) -> Path:
    """Find the folder into which a model of the hub was fetched; its name is the commit.

    Raises
    ------
    EncoderError
        If it isn't where the hub's library keeps models.
    """
    from huggingface_hub import try_to_load_from_cache

    cache_folder = os.environ.get("SENTENCE_TRANSFORMERS_HOME")
    # The library finds models without an owner, such as all-MiniLM-L6-v2, at its own.
    for name in (model,) if "/" in model else (model, f"sentence-transformers/{model}"):
        for file in (_CONFIG, _MODULES):
            path = try_to_load_from_cache(name, file, cache_dir=cache_folder, revision=revision)
            if isinstance(path, str):
                return Path(path).parent
    raise EncoderError(
        f"the model {model!r}, without the commit that it is at",
        expected="a commit, without which its vectors can't be told from those of another version",
        do=f"'hf download {model} --local-dir FOLDER', then use hf:FOLDER",
    )


def declares_modules(folder: Path) -> bool:
    """Whether the model in a folder comes with a pooling of its own."""
    return (folder / _MODULES).is_file()


def folder_sum(folder: Path) -> str:
    """Sum up the files of a model: those beside its configuration, and those of the modules it names.

    Returns
    -------
    str
        sha256 over names and sha256 of the files; what describes the model to people is left out.
    """
    folders = [folder]
    if declares_modules(folder):
        modules = json.loads((folder / _MODULES).read_text(encoding="utf-8"))
        folders += sorted({folder / module["path"] for module in modules} - {folder})
    total = hashlib.sha256()
    for place in folders:
        for path in sorted(place.iterdir()) if place.is_dir() else ():
            if path.is_file() and not path.name.startswith(".") and path.suffix != ".md":
                status = path.stat()
                own = _file_sum(path.resolve(), status.st_size, status.st_mtime_ns)
                total.update(f"{path.relative_to(folder)}\0{own}\n".encode())
    return total.hexdigest()


@cache
def _file_sum(path: Path, _size: int, _mtime_ns: int) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
