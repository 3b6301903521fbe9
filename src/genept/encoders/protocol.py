"""The extension point for encoders: what a text encoder must do, and no more."""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray


@runtime_checkable
class TextEncoder(Protocol):
    """Turns one batch of texts into vectors.

    Deduplication, order, batches, truncation counts and checks are the engine's work
    (:func:`genept.encoders.embed_texts`). Other packages register a factory without arguments as
    an entry point in the group ``genept.encoders``, and check it with
    :class:`genept.testing.TextEncoderConformance`.
    """

    @property
    def name(self) -> str:
        """The name under which users ask for it."""
        ...

    @property
    def fingerprint(self) -> str:
        """Changes whenever the same text would get another vector."""
        ...

    @property
    def dimensions(self) -> int:
        """Width of the vectors."""
        ...

    @property
    def max_tokens(self) -> int | None:
        """Longest input that is read to its end, in tokens; ``None`` where there is no limit."""
        ...

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Embed one batch.

        Parameters
        ----------
        texts
            A batch, small enough for memory.

        Returns
        -------
        (n, dimensions) float32 array
            One finite row for each text, in the same order.
        """
        ...

    def count_tokens(self, texts: Sequence[str]) -> NDArray[np.intp]:
        """Length of each whole text in this encoder's tokens, for batching and truncation counts."""
        ...

    def describe(self) -> dict[str, str]:
        """Provenance: what one needs to know to make the same vectors again."""
        ...


@runtime_checkable
class CorpusEncoder(Protocol):
    """An encoder that has to see a corpus before it can embed a text, such as ``lsa``.

    Its fitted form is a :class:`TextEncoder` that has ``state()``, arrays that are kept with the
    gene embeddings and from which ``from_state`` makes the same encoder again.
    """

    @property
    def name(self) -> str:
        """The name under which users ask for it."""
        ...

    def fit(self, corpus: Sequence[str]) -> "FittedEncoder":
        """Learn from a corpus."""
        ...

    def from_state(self, state: Mapping[str, NDArray[Any]]) -> "FittedEncoder":
        """Make a fitted encoder again from what :meth:`FittedEncoder.state` gave."""
        ...


@runtime_checkable
class FittedEncoder(TextEncoder, Protocol):
    """A text encoder that was fitted on a corpus and can be kept."""

    def state(self) -> dict[str, NDArray[Any]]:
        """Arrays of numbers or strings that hold all that was learned."""
        ...
