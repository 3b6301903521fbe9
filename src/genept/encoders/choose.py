"""Encoders by name."""

from collections.abc import Sequence

from genept.encoders.protocol import CorpusEncoder, TextEncoder
from genept.errors import EncoderError
from genept.registry import Registry

text_encoders: Registry[TextEncoder | CorpusEncoder] = Registry(
    "text encoder",
    group="genept.encoders",
    builtins={
        "hf": "genept.encoders.sentence_transformer:HuggingFaceEncoder",
        "lsa": "genept.encoders.lsa:LSA",
        "minilm": "genept.encoders.minilm:MiniLM",
        "random": "genept.encoders.random_control:RandomControl",
    },
)


def get_encoder(encoder: str | TextEncoder | CorpusEncoder) -> TextEncoder | CorpusEncoder:
    """Make the encoder registered under a name, or give one back as it is.

    Raises
    ------
    UnknownNameError
        If no encoder of that name is registered.
    MissingDependencyError
        If the libraries that it needs aren't installed.

    Examples
    --------
    >>> get_encoder("random").name
    'random'
    """
    return text_encoders.create(encoder) if isinstance(encoder, str) else encoder


def ready_encoder(
    encoder: str | TextEncoder | CorpusEncoder, *, corpus: Sequence[str] | None = None
) -> TextEncoder:
    """Make an encoder that can embed: one that needs a corpus is fitted on ``corpus``.

    Raises
    ------
    EncoderError
        If it needs a corpus and there is none.
    UnknownNameError, MissingDependencyError
        As :func:`get_encoder`.
    """
    chosen = get_encoder(encoder)
    if not isinstance(chosen, CorpusEncoder):
        return chosen
    if corpus is None:
        raise EncoderError(
            f"the encoder {chosen.name!r} hasn't seen a corpus",
            expected=f"gene embeddings that were made with {chosen.name!r}, which keep what it learned",
            do="pass these gene embeddings too (in Python: genes, on the command line: --genes)",
        )
    return chosen.fit(corpus)
