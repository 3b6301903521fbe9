"""``hf:MODEL``: any text model of the Hugging Face hub, or in a folder, through sentence-transformers."""

from importlib.metadata import version

from genept.encoders.local.hardware import Precision, check_libraries, choose_device, choose_precision
from genept.encoders.local.loading import load_model
from genept.encoders.local.local_model import LocalModel
from genept.encoders.local.model_files import (
    declares_modules,
    fetched_folder,
    folder_sum,
    is_offline,
    model_folder,
)
from genept.encoders.local.model_text import PoolingName, set_pooling
from genept.errors import ArgumentError


class HuggingFaceEncoder(LocalModel):
    """A text model of the Hugging Face hub or of a folder, encoder or decoder, on this machine.

    With ``HF_HUB_OFFLINE`` set, the network isn't touched.

    Parameters
    ----------
    model
        A name on the hub, such as ``michiyasunaga/BioLinkBERT-base``, or a folder.
    pooling
        How the vectors of tokens become one: their ``"mean"``, the first (``"cls"``) or the ``"last"``
        token's; padding never counts. By default what the model declares in its ``modules.json``, and
        the mean, as in the GenePT paper, where it declares nothing.
    device
        Such as ``"cuda:1"``; by default a graphics processor where there is one.
    precision
        By default ``"bfloat16"`` where the hardware computes in it: several times as fast, and with
        ``minilm`` a cosine above 0.9999 to float32. Only matrix products use it; sums and norms don't.
    revision
        Commit, tag or branch on the hub; by default the newest. The commit is in the provenance either way.
    trust_remote_code
        Whether code that comes with the model may run on this machine.
    max_tokens
        Longest input in tokens, marks included; by default what the model declares. Texts are cut at
        their end, by the model's tokenizer.

    Raises
    ------
    MissingDependencyError
        If torch, sentence-transformers or a library that the model needs aren't installed.
    ArgumentError
        If an option means nothing, here or for this model.
    UnknownNameError
        If there is no such model on the hub.
    MissingDataError, FetchError
        If the model isn't on this machine, and the network is forbidden, or fails.
    EncoderError
        If the folder holds no model, the model can't be loaded, or its own code would have to run.
    """

    def __init__(
        self,
        model: str,
        *,
        pooling: PoolingName | None = None,
        device: str | None = None,
        precision: Precision | None = None,
        revision: str | None = None,
        trust_remote_code: bool = False,
        max_tokens: int | None = None,
    ) -> None:
        check_libraries(f"hf:{model}")
        self.name = f"hf:{model}"
        folder = model_folder(model)
        if folder is not None and revision is not None:
            raise ArgumentError(
                f"revision={revision!r} of the folder {model}",
                expected="a revision of a model on the hub",
                do="leave revision out, or name the model on the hub",
            )
        device = choose_device(device)
        chosen = choose_precision(precision, device)
        loaded = load_model(
            str(folder or model),
            device=device,
            source="folder" if folder is not None else "cache" if is_offline() else "hub",
            revision=revision,
            trust_remote_code=trust_remote_code,
        )
        files = folder or fetched_folder(model, revision)
        self._revision = files.name if folder is None else f"sha256 {folder_sum(folder)}"
        self._pooling = set_pooling(loaded, pooling, declared=declares_modules(files))
        self._normalised = any(type(module).__name__ == "Normalize" for module in loaded.children())
        self._code = type(loaded[0].auto_model).__name__
        self._model_name = model
        # Neither the device, which is this machine's, nor trust, which is given anew each time.
        self._asked = {"pooling": pooling, "precision": precision, "max_tokens": max_tokens}
        super().__init__(loaded, precision=chosen, max_tokens=max_tokens)

    @property
    def fingerprint(self) -> str:
        """Model, revision, its code, pooling, norm, precision and length.

        A folder is known by its files alone, so that it can be moved.
        """
        pooled = self._pooling.partition(" (")[0]
        origin = (
            self._revision if self._revision.startswith("sha256 ") else f"{self._model_name}@{self._revision}"
        )
        norm = "unit" if self._normalised else "as-it-is"
        return f"hf:{origin}:{self._code}:{pooled}:{norm}:{self.precision}:{self.max_tokens}"

    def settings(self) -> dict[str, str]:
        """Give what was asked for, and the revision that it was found at."""
        asked = {name: str(value) for name, value in self._asked.items() if value is not None}
        return asked if self._revision.startswith("sha256 ") else asked | {"revision": self._revision}

    def describe(self) -> dict[str, str]:
        """Name the model, its revision, how its vectors are made, and the libraries that ran it."""
        return {
            "model": self._model_name,
            "revision": self._revision,
            "pooling": self._pooling,
            "norm": "unit l2 norm, as the model declares" if self._normalised else "as the model gives it",
            "precision": self.precision,
            "max_tokens": str(self.max_tokens),
            **{library.replace("-", "_"): version(library) for library in _LIBRARIES},
        }


_LIBRARIES = ("sentence-transformers", "transformers", "torch")
