"""The extension point for encoders: what a text encoder must do, and no more."""

from collections.abc import Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Any, Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from genept.remote.refusal import Refusal


@dataclass(frozen=True)
class BatchLimits:
    """How much one batch may hold.

    Parameters
    ----------
    texts
        Texts at most.
    tokens
        Tokens at most, each text counted as long as the longest, as a padded batch is.
    """

    texts: int
    tokens: int


@runtime_checkable
class TextEncoder(Protocol):
    """Turns one batch of texts into vectors.

    Deduplication, the cache, order, batches, truncation counts and checks are the engine's work
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
    def dimensions(self) -> int | None:
        """Width of the vectors; ``None`` where only a first answer will tell."""
        ...

    @property
    def batch_limits(self) -> BatchLimits:
        """How much :meth:`encode` may be given at once."""
        ...

    @property
    def is_cached(self) -> bool:
        """Whether vectors are kept: where a text costs money, or more time than looking it up."""
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

    def settings(self) -> dict[str, str]:
        """Arguments, as words, with which the registry makes the same encoder again from its name."""
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


@dataclass(frozen=True)
class RateLimits:
    """How fast a server may be asked.

    Parameters
    ----------
    concurrency
        Requests under way at a time, at most; fewer while the server complains.
    requests_per_minute, tokens_per_minute
        What the account allows; ``None`` where there is no such limit.
    """

    concurrency: int = 8
    requests_per_minute: float | None = None
    tokens_per_minute: float | None = None


@dataclass(frozen=True, eq=False)
class Reply:
    """What a server answered to one request.

    Parameters
    ----------
    vectors
        One for each text of the request, in order; ``None`` where the answer has none that can be used.
    n_tokens
        Tokens that the server counted and bills; ``None`` where it doesn't say.
    flaw
        Why a vector is missing; empty where none is.
    """

    vectors: Sequence[NDArray[np.float32] | None]
    n_tokens: int | None = None
    flaw: str = ""


class RemoteSession(Protocol):
    """Connections to a server, for one run."""

    async def ask(self, texts: Sequence[str]) -> Reply | Refusal:
        """Send one request, once: what is to be tried again is the engine's decision."""
        ...


@runtime_checkable
class RemoteEncoder(TextEncoder, Protocol):
    """A text encoder on a server, where every text costs.

    The engine asks it through sessions, several requests at a time, within its limits; ``encode`` sends one
    request, tried again as the engine would.
    """

    @property
    def rate_limits(self) -> RateLimits:
        """How fast the server may be asked."""
        ...

    @property
    def usd_per_million_tokens(self) -> float | None:
        """What a million tokens cost; ``None`` where that isn't known, 0 where they are free."""
        ...

    @property
    def price_from(self) -> str:
        """Where the price comes from, in words."""
        ...

    def most_tokens(self, text: str) -> int:
        """Give the most that a server can count for a text: what a highest cost is kept by."""
        ...

    def shorten(self, text: str) -> str:
        """Cut a text to ``max_tokens``, at its end; one that fits is given back as it is."""
        ...

    def session(self) -> AbstractAsyncContextManager[RemoteSession]:
        """Open connections, and close them at the end.

        Raises
        ------
        GeneptError
            If there is no key, or the SDK isn't installed; nothing has been sent then.
        """
        ...
