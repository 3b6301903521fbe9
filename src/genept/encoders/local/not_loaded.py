"""Why a model can't be loaded, in words that a person can act on."""

from typing import Literal

from genept.errors import (
    EncoderError,
    FetchError,
    GeneptError,
    MissingDataError,
    MissingDependencyError,
    UnknownNameError,
)
from genept.remote.secret import Secrets

# A folder; the hub, or what was fetched from it before and no network.
Source = Literal["folder", "hub", "cache"]


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
