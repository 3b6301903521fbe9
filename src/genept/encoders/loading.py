"""Loading a sentence-transformers model, with errors a person can act on."""

import contextlib
import logging
from collections.abc import Iterator
from typing import TYPE_CHECKING, Literal

from genept.errors import (
    EncoderError,
    FetchError,
    GeneptError,
    MissingDataError,
    MissingDependencyError,
    UnknownNameError,
)
from genept.remote.secret import Secrets

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

# A folder; the hub, or what was fetched from it before and no network.
Source = Literal["folder", "hub", "cache"]


def load_model(
    model: str, *, device: str, source: Source, revision: str | None = None, trust_remote_code: bool = False
) -> "SentenceTransformer":
    """Load a model from a folder or the Hugging Face hub.

    Parameters
    ----------
    model
        A folder, or a name on the hub.
    device
        Where it is to run.
    source
        Where it is; the network is used for ``"hub"`` only.
    revision
        Commit, tag or branch on the hub; by default the newest.
    trust_remote_code
        Whether code that comes with the model may run.

    Raises
    ------
    GeneptError
        If it can't be loaded: the kinds and reasons are those of :func:`why_not_loaded`.
    """
    from sentence_transformers import SentenceTransformer

    try:
        with _quiet():
            return SentenceTransformer(
                model,
                device=device,
                revision=revision,
                trust_remote_code=trust_remote_code,
                local_files_only=source != "hub",
            )
    except Exception as error:
        # Not chained: what the libraries say may hold what the request held, a token included.
        raise why_not_loaded(model, error, source=source) from None


def why_not_loaded(model: str, error: Exception, *, source: Source) -> GeneptError:
    """Say what a failure of the libraries means for the user.

    Returns
    -------
    GeneptError
        ``EncoderError``: code would have to be trusted, there is no such revision, access is
        restricted, or the files can't be read; ``MissingDependencyError``: the model needs another library;
        ``UnknownNameError``: no such model; ``MissingDataError``: offline, and it isn't on this machine;
        ``FetchError``: the hub can't be reached.
    """
    from huggingface_hub import errors as hub
    from huggingface_hub import get_token

    causes = _causes(error)
    said = Secrets([get_token() or ""]).hide(str(error).strip().partition("\n")[0])

    def among(*kinds: type[BaseException]) -> bool:
        return any(isinstance(cause, kinds) for cause in causes)

    if any("trust_remote_code" in str(cause) for cause in causes):
        return EncoderError(
            f"the model {model!r} brings code of its own, which would have to run on this machine",
            expected="a model of a kind that the libraries know",
            do="read that code; if you trust it, HuggingFaceEncoder(model, trust_remote_code=True) in Python",
        )
    if among(ImportError):
        return MissingDependencyError(
            f"the model {model!r} needs a library that isn't installed: {said}",
            expected="the libraries that its tokenizer and its layers are made with",
            do="install what the message names",
        )
    if source == "folder":
        return _unreadable(model, said)
    if among(hub.RevisionNotFoundError):
        return EncoderError(
            f"the model {model!r} has no such revision",
            expected="a commit, tag or branch of it",
            do=f"look at https://huggingface.co/{model}/commits, or leave revision out",
        )
    if among(hub.GatedRepoError):
        return EncoderError(
            f"access to the model {model!r} is restricted",
            expected="an account that was granted access",
            do=f"ask for it at https://huggingface.co/{model}, then 'hf auth login'",
        )
    if among(hub.RepositoryNotFoundError, hub.HFValidationError):
        return UnknownNameError(
            f"no model {model!r} on the Hugging Face hub",
            expected="owner/model as at https://huggingface.co/models, or a folder",
            do="correct the name; for a private model, 'hf auth login' first",
        )
    if source == "cache" and among(OSError):
        return MissingDataError(
            f"the model {model!r} isn't on this machine, and HF_HUB_OFFLINE forbids to fetch it",
            expected="a model that was fetched before, or a folder",
            do=f"on a machine with a network, 'hf download {model} --local-dir FOLDER'; then hf:FOLDER",
        )
    unreachable = (ConnectionError, TimeoutError, hub.HfHubHTTPError, hub.LocalEntryNotFoundError)
    if among(*unreachable) or any(_is_of_transport(cause) for cause in causes):
        return FetchError(
            f"the model {model!r} isn't on this machine, and the Hugging Face hub can't be reached",
            expected="a network, or a model that was fetched before",
            do=f"try again later, or bring a folder that 'hf download {model} --local-dir FOLDER' wrote",
        )
    return _unreadable(model, said)


def _unreadable(model: str, said: str) -> EncoderError:
    return EncoderError(
        f"the model {model!r} can't be loaded: {said}",
        expected="a transformer with its configuration, weights and tokenizer",
        do="fetch it again, or choose another model",
    )


def _is_of_transport(error: BaseException) -> bool:
    """Whether no answer came; by name, since the hub's library brings one of two HTTP libraries."""
    return any(kind.__name__ == "TransportError" for kind in type(error).__mro__)


def _causes(error: BaseException) -> list[BaseException]:
    causes: list[BaseException] = []
    cause: BaseException | None = error
    while cause is not None and cause not in causes:
        causes.append(cause)
        cause = cause.__cause__ or cause.__context__
    return causes


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """Keep off the terminal what tells users nothing: a bar of 0.1 s, and advice on calls they don't make."""
    from huggingface_hub.utils.tqdm import (
        are_progress_bars_disabled,
        disable_progress_bars,
        enable_progress_bars,
    )
    from transformers.utils import logging as transformers_logging

    fetching_was_on = not are_progress_bars_disabled()
    was_on = transformers_logging.is_progress_bar_enabled()
    transformers_logging.disable_progress_bar()  # type: ignore[no-untyped-call]
    if fetching_was_on:
        enable_progress_bars()
    advice = [
        logging.getLogger(f"sentence_transformers.{name}") for name in ("base.model", "util.decorators")
    ]
    levels = [logger.level for logger in advice]
    for logger in advice:
        logger.setLevel(logging.ERROR)
    try:
        yield
    finally:
        for logger, level in zip(advice, levels, strict=True):
            logger.setLevel(level)
        if was_on:
            transformers_logging.enable_progress_bar()  # type: ignore[no-untyped-call]
        if not fetching_was_on:
            disable_progress_bars()
