"""How a loaded model takes text: its tokenizer, its pooling, and how long an input may be."""

from typing import TYPE_CHECKING, Any, Literal

from genept.errors import ArgumentError, EncoderError

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

PoolingName = Literal["mean", "cls", "last"]

# The library's names of these.
_MODES = {"mean": "mean", "cls": "cls", "last": "lasttoken"}
# Tokenizers that know no limit give a number that stands for infinity, up to 1e30.
_NO_LIMIT = 1_000_000


def tokenizer_that_pads(model: "SentenceTransformer") -> Any:
    """Give the model's tokenizer, with a padding token; decoders often have none, and take their end mark.

    Raises
    ------
    EncoderError
        If the model has no tokenizer, isn't a transformer, or there is nothing to pad with.
    """
    first = model[0]
    tokenizer = getattr(first, "tokenizer", None)
    if tokenizer is None or not hasattr(first, "auto_model"):
        raise EncoderError(
            f"a model whose first part is {type(first).__name__}",
            expected="a transformer that reads text",
            do="choose another model",
        )
    if tokenizer.pad_token is None:
        # What it is doesn't matter: the mask keeps attention and pooling off it.
        tokenizer.pad_token = tokenizer.eos_token or tokenizer.unk_token or tokenizer.bos_token
    if tokenizer.pad_token is None:
        raise EncoderError(
            "a tokenizer without a padding token, an end mark or another mark to pad with",
            expected="one of these",
            do="set pad_token in the model's tokenizer_config.json",
        )
    return tokenizer


def longest_input(model: "SentenceTransformer", asked: int | None) -> int | None:
    """Longest input in tokens: what is asked for, else what the model declares; ``None`` without limit.

    Raises
    ------
    ArgumentError
        If more is asked for than the model has positions, or so little that no word fits in.
    """
    declared, positions = model.max_seq_length, _positions(model)
    limits = [n for n in (declared, positions) if n is not None and 0 < n < _NO_LIMIT]
    if asked is None:
        return int(min(limits)) if limits else None
    least = model.tokenizer.num_special_tokens_to_add() + 1
    if asked < least or (positions is not None and asked > positions):
        raise ArgumentError(
            f"max_tokens={asked}",
            expected=f"{least} to {positions}, the positions that the model has"
            if positions
            else f"at least {least}",
            do="leave max_tokens out to take what the model declares",
        )
    return asked


def _positions(model: "SentenceTransformer") -> int | None:
    transformer: Any = model[0].auto_model
    positions: int | None = getattr(transformer.config, "max_position_embeddings", None)
    if positions is None or positions < 1:
        return None
    # RoBERTa and its kin count positions from behind the padding index.
    for module in transformer.modules():
        padding = getattr(getattr(module, "position_embeddings", None), "padding_idx", None)
        if padding is not None:
            return positions - int(padding) - 1
    return positions


def set_pooling(model: "SentenceTransformer", asked: PoolingName | None, *, declared: bool) -> str:
    """Pool as asked for, else as the model declares, else the mean; say which, and why.

    Parameters
    ----------
    model
        Changed in place.
    asked
        ``None`` for what the model declares.
    declared
        Whether the model comes with a pooling of its own; what the library makes up doesn't count.

    Returns
    -------
    str
        Such as ``"mean (the model declares none)"``.

    Raises
    ------
    ArgumentError
        If there is no pooling of that name.
    EncoderError
        If another pooling is asked for, and the model has none that could be replaced.
    """
    from sentence_transformers.sentence_transformer.modules import Pooling

    if asked is not None and asked not in _MODES:
        raise ArgumentError(
            f"pooling={asked!r}", expected=f"one of {', '.join(_MODES)}", do="use one of these"
        )
    places = [name for name, module in model.named_children() if isinstance(module, Pooling)]
    if asked is None and declared:
        return f"{_declared_name(model, places)} (the model declares it)"
    if len(places) != 1:
        raise EncoderError(
            f"a model with {len(places)} pooling layers",
            expected=f"one, to make it pooling={asked or 'mean'!r}",
            do="leave pooling out, or choose another model",
        )
    mode = asked or "mean"
    old: Any = getattr(model, places[0])
    new: Any = Pooling
    setattr(model, places[0], new(old.embedding_dimension, _MODES[mode], include_prompt=old.include_prompt))
    return f"{mode} (asked for)" if asked else f"{mode} (the model declares none)"


def _declared_name(model: "SentenceTransformer", places: list[str]) -> str:
    names = {library: ours for ours, library in _MODES.items()}
    modes: list[str] = []
    for place in places:
        mode = getattr(model, place).pooling_mode
        modes.extend([mode] if isinstance(mode, str) else mode)
    return "+".join(names.get(mode, mode) for mode in modes) or "the model's own"
