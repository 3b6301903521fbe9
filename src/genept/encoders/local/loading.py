"""Loading a sentence-transformers model, quietly."""

import contextlib
import logging
from collections.abc import Iterator
from typing import TYPE_CHECKING

from genept.encoders.local.not_loaded import Source, why_not_loaded

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer


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
        If it can't be loaded: the kinds and reasons are those of
        :func:`genept.encoders.local.not_loaded.why_not_loaded`.
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
