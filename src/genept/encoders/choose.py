"""Encoders by name."""

from collections.abc import Mapping, Sequence
from types import NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin

from genept.encoders.protocol import CorpusEncoder, TextEncoder
from genept.errors import ArgumentError, EncoderError
from genept.registry import Registry

text_encoders: Registry[TextEncoder | CorpusEncoder] = Registry(
    "text encoder",
    group="genept.encoders",
    builtins={
        "hf": "genept.encoders.local.hugging_face:HuggingFaceEncoder",
        "lsa": "genept.encoders.lsa:LSA",
        "minilm": "genept.encoders.minilm:MiniLM",
        "openai": "genept.encoders.openai:OpenAIEncoder",
        "random": "genept.encoders.random_control:RandomControl",
    },
)


def get_encoder(encoder: str | TextEncoder | CorpusEncoder, **options: object) -> TextEncoder | CorpusEncoder:
    """Make the encoder registered under a name, or give one back as it is.

    Parameters
    ----------
    encoder
        A name, ``name:argument`` (``"openai:text-embedding-3-small"``), or an encoder.
    options
        Further arguments of the encoder that is named, such as ``base_url`` or ``dimensions``.

    Raises
    ------
    UnknownNameError
        If no encoder of that name is registered.
    MissingDependencyError
        If the libraries that it needs aren't installed.
    ArgumentError
        If it takes no such option.

    Examples
    --------
    >>> get_encoder("random").name
    'random'
    """
    return text_encoders.create(encoder, **options) if isinstance(encoder, str) else encoder


def encoder_from_words(
    spec: str, settings: Mapping[str, str], **options: object
) -> TextEncoder | CorpusEncoder:
    """Make the encoder registered under a name, with settings as a terminal or a file has them.

    Parameters
    ----------
    spec
        A name, or ``name:argument``.
    settings
        Further arguments of the encoder, read as the types that it declares.
    options
        Those that have their type already.

    Raises
    ------
    UnknownNameError, MissingDependencyError, ArgumentError
        As :func:`get_encoder`, or if a setting can't be read.

    Examples
    --------
    >>> encoder_from_words("random", {}).name
    'random'
    """
    types = text_encoders.options(spec) if settings else {}
    # One that the encoder doesn't know goes through, for the registry to refuse by name.
    read = {
        name: _read_as(text, types[name], name) if name in types else text for name, text in settings.items()
    }
    return get_encoder(spec, **options, **read)


def _read_as(text: str, kind: Any, name: str) -> object:
    kinds = get_args(kind) if get_origin(kind) in (UnionType, Union) else (kind,)
    for one in kinds:
        if get_origin(one) is Literal and text in get_args(one):
            return text
        if one is bool and text.lower() in ("true", "false"):
            return text.lower() == "true"
        if one in (int, float, str):
            try:
                return one(text)
            except ValueError:
                continue
    wanted = ", ".join(words for one in kinds for words in _words_for(one))
    raise ArgumentError(f"the setting {name}={text} of an encoder", expected=wanted, do="correct the value")


def _words_for(kind: Any) -> tuple[str, ...]:
    if kind is NoneType:
        return ()
    if get_origin(kind) is Literal:
        return tuple(map(str, get_args(kind)))
    return ({int: "a whole number", float: "a number", bool: "true or false"}.get(kind, "other words"),)


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
