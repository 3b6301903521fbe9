"""The weights of a network as safetensors."""

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.numpy import load, save

from genept.cells.fine_tuned.network import Network
from genept.errors import InputFileError

_PARTS = {"hidden_weights": 2, "hidden_bias": 1, "output_weights": 2, "output_bias": 1}
_SCALE = "scale"


def as_safetensors(network: Network) -> bytes:
    """Give the content of a ``.safetensors`` file: four float32 tensors, and the scale as float64."""
    # The library writes an array's memory as it lies, not as it is seen.
    parts: dict[str, NDArray[Any]] = {name: np.ascontiguousarray(getattr(network, name)) for name in _PARTS}
    return bytes(save({**parts, _SCALE: np.array([network.scale])}))


def from_safetensors(content: bytes, path: Path) -> Network:
    """Read a network, and check that its parts are numbers that fit together.

    Raises
    ------
    InputFileError
        Saying of ``path`` what is wrong.
    """
    try:
        parts = load(content)
    except (SafetensorError, KeyError, TypeError, ValueError) as error:
        raise _broken(path, f"can't be read ({error})") from error
    if set(parts) != {*_PARTS, _SCALE}:
        raise _broken(path, f"holds {sorted(parts)}")
    for name, part in parts.items():
        dtype, ndim = (np.float64, 1) if name == _SCALE else (np.float32, _PARTS[name])
        if part.dtype != dtype or part.ndim != ndim or not part.size or not np.isfinite(part).all():
            raise _broken(path, f"has {name} of shape {part.shape} and type {part.dtype}, or not finite")
    width, n_out = parts["output_weights"].shape
    scale = parts.pop(_SCALE)
    shapes = (parts["hidden_weights"].shape[1:], parts["hidden_bias"].shape, parts["output_bias"].shape)
    if shapes != ((width,), (width,), (n_out,)) or scale.shape != (1,) or scale[0] <= 0 or n_out == 2:
        raise _broken(
            path, f"has layers that don't fit together: { ({n: p.shape for n, p in parts.items()}) }"
        )
    return Network(scale=float(scale[0]), **parts)


def _broken(path: Path, what: str) -> InputFileError:
    return InputFileError(
        f"{path} {what}",
        expected="the weights of a fine-tuned model, undamaged",
        do="get the model from its source again, or train it again (genept cells finetune)",
    )
