"""Files that ``torch.save`` wrote, loaded as tensors only: nothing in them is ever executed.

``torch.load(..., weights_only=True)`` knows tensors and plain containers and refuses every other name; there
is no way round it here. What it leaves open is closed before or after: packed members (bombs), checksums that
it doesn't look at, and tensors that claim to be larger than what the file holds for them.

References
----------
https://docs.pytorch.org/docs/stable/notes/serialization.html
"""

import re
import warnings
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from genept.embeddings.formats.torch_layout import check_members, check_older, is_zip, member_sizes, refusal
from genept.errors import InputFileError, MissingDependencyError


def load_torch(path: Path) -> Any:
    """Load what ``torch.save`` wrote, in the zip layout or the older one.

    Parameters
    ----------
    path
        The file.

    Returns
    -------
    object
        Tensors in the containers of the file; those of a zip are mapped, not yet read.

    Raises
    ------
    InputFileError
        If the file is broken, or names anything but tensors and plain containers. Nothing was executed.
    MissingDependencyError
        If torch isn't installed.
    """
    torch = _import_torch(path)
    try:
        can_be_mapped = is_zip(path)
        if can_be_mapped:
            check_members(path)
        else:
            check_older(path)
        with warnings.catch_warnings():
            # It warns of layouts that it then refuses, or reads as well.
            warnings.simplefilter("ignore")
            return torch.load(str(path), map_location="cpu", weights_only=True, mmap=can_be_mapped)
    except Exception as error:  # a broken file breaks torch's reader in any way
        if isinstance(error, InputFileError):
            raise
        raise refusal(path, _reason(error)) from error


def as_array(tensor: Any, *, path: Path, key: str) -> NDArray[np.floating[Any]]:
    """Copy a tensor of numbers into an array.

    Parameters
    ----------
    tensor
        What ``path`` has under ``key``.

    Returns
    -------
    (n, d) array
        float64 where the file has it, otherwise float32.

    Raises
    ------
    InputFileError
        If it is no dense two-dimensional tensor of floats, or claims more numbers than the file has for it.
    """
    torch = _import_torch(path)
    if not isinstance(tensor, torch.Tensor) or tensor.ndim != 2 or not tensor.is_floating_point():
        shape = tuple(getattr(tensor, "shape", ()))
        raise refusal(
            path, f"has a {type(tensor).__name__} of shape {shape} as {key}, not a matrix of floats"
        )
    if tensor.numel() * tensor.element_size() > path.stat().st_size:
        raise refusal(path, f"claims that {key} has shape {tuple(tensor.shape)}, more than the file can hold")
    try:
        # A mapped tensor that claims more than its member holds gets the bytes that follow.
        is_whole = not is_zip(path) or tensor.untyped_storage().nbytes() in member_sizes(path)
        exact = tensor if tensor.dtype in (torch.float32, torch.float64) else tensor.float()
        # Copied, so that nothing depends on the mapped file any more.
        matrix = np.array(exact.detach().numpy())
    except Exception as error:  # sparse, without data, on no device: torch says so in any way
        raise refusal(path, f"has {key} as no plain tensor ({error})") from error
    if not is_whole:
        raise refusal(path, f"gives {key} numbers that belong to other parts of the file")
    return matrix


def _import_torch(path: Path) -> ModuleType:
    try:
        import torch
    except ImportError as error:
        raise MissingDependencyError(
            f"{path} is a checkpoint of torch, which isn't installed",
            expected="torch, to read it safely",
            do="pip install 'genept[local]'",
        ) from error
    return torch


def _reason(error: Exception) -> str:
    """Say what torch found, without its advice to load the file unsafely."""
    said = str(error)
    if refused := re.search(r"GLOBAL ([\w.]+)", said):
        return f"holds {refused[1]}, which is refused"
    detail = re.search(r"WeightsUnpickler error:\s*([^\n]+)", said)
    first = detail[1] if detail else said.strip().split("\n")[0].split(". ")[0]
    return f"can't be read ({type(error).__name__}{': ' if first else ''}{first})"
