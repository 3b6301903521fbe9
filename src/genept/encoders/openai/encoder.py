"""``openai:MODEL``: embeddings of OpenAI, and of every server that speaks its protocol."""

import math
from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager, AbstractContextManager
from typing import Any

import numpy as np
from numpy.typing import NDArray

from genept.encoders.ask_now import ask_now
from genept.encoders.openai.batch.server import BatchServer, open_batch_server
from genept.encoders.openai.models import known_model
from genept.encoders.openai.session import Session, open_session
from genept.encoders.openai.tokens import Estimated, tokens
from genept.encoders.protocol import BatchLimits, RateLimits
from genept.errors import ArgumentError
from genept.remote.endpoint import OPENAI, find_endpoint

# OpenAI takes 300,000 tokens a request, and 2,048 texts.
_MOST_TOKENS = 60_000


class OpenAIEncoder:
    """A model behind an OpenAI-compatible URL: OpenAI, Azure, vLLM, Ollama, TEI, llama.cpp.

    The key is read from ``OPENAI_API_KEY`` when something is sent, and kept nowhere.

    Parameters
    ----------
    model
        The model's name on the server.
    base_url
        The server's address; by default ``OPENAI_BASE_URL``, or OpenAI's own. A user name and password in
        it, or a query, are sent, but neither shown nor kept.
    dimensions
        Fewer dimensions than the model's own, for models that can do so (``text-embedding-3-*``).
    max_tokens
        Longest input, in tokens; by default OpenAI's limit for a model of that name, else none, and the
        server has its say.
    price
        US dollars for a million tokens; by default OpenAI's own, where OpenAI is asked.
    batch_size
        Texts in one request, at most; what is under way is what a crash can lose.
    concurrency
        Requests under way at a time, at most.
    requests_per_minute, tokens_per_minute
        What the account allows; by default no limit but the server's complaints.
    timeout
        For how long an answer is waited for, in seconds. A minute suffices for OpenAI; a model on a laptop
        may take longer.

    Raises
    ------
    ArgumentError
        If an argument means nothing.

    Examples
    --------
    >>> encoder = OpenAIEncoder("text-embedding-3-small", dimensions=512)
    >>> encoder.dimensions, encoder.usd_per_million_tokens
    (512, 0.02)
    """

    is_cached = True

    def __init__(
        self,
        model: str,
        *,
        base_url: str | None = None,
        dimensions: int | None = None,
        max_tokens: int | None = None,
        price: float | None = None,
        batch_size: int = 128,
        concurrency: int = 8,
        requests_per_minute: float | None = None,
        tokens_per_minute: float | None = None,
        timeout: float = 120.0,
    ) -> None:
        if not model.strip():
            raise ArgumentError(
                "an empty model", expected="openai:MODEL", do="name a model that the server has"
            )
        positive = {
            "dimensions": dimensions,
            "max_tokens": max_tokens,
            "batch_size": batch_size,
            "concurrency": concurrency,
            "requests_per_minute": requests_per_minute,
            "tokens_per_minute": tokens_per_minute,
            "timeout": timeout,
        }
        whole = ("dimensions", "max_tokens", "batch_size", "concurrency")
        for argument, value in positive.items():
            fits = value is None or 0 < value < math.inf
            if not fits or (argument in whole and value is not None and value != int(value)):
                kind = "whole number" if argument in whole else "number"
                raise ArgumentError(
                    f"{argument} of {value}", expected=f"a positive {kind}", do="leave it out"
                )
        if price is not None and not 0 <= price < math.inf:
            raise ArgumentError(f"a price of {price}", expected="0 or more", do="leave it out")
        self.model = model.strip()
        self.name = f"openai:{self.model}"
        self._endpoint = find_endpoint(base_url)
        self._asked_for = dimensions
        said = {"dimensions": dimensions, "max_tokens": max_tokens, "price": price}
        self._said = {name: value for name, value in said.items() if value is not None}
        self._timeout = timeout
        known = known_model(self.model)
        self._price_from = "as said"
        if price is None and known is not None and self._endpoint.url == OPENAI:
            price, self._price_from = known.usd_per_million_tokens, f"OpenAI's of {known.price_date}"
        self.usd_per_million_tokens = price
        self.dimensions: int | None = dimensions or (known.dimensions if known else None)
        self.max_tokens: int | None = max_tokens or (known.max_tokens if known else None)
        self.batch_limits = BatchLimits(texts=batch_size, tokens=_MOST_TOKENS)
        self.rate_limits = RateLimits(concurrency, requests_per_minute, tokens_per_minute)
        # Only OpenAI's own models have the vocabulary that tiktoken counts by.
        self._tokens = tokens() if known else Estimated()

    @property
    def base_url(self) -> str:
        """The server's address, without what nobody else is to see."""
        return self._endpoint.url

    @property
    def fingerprint(self) -> str:
        """Server, model and width: the same name on another server may be another model."""
        return f"openai:{self.base_url}:{self.model}:{self._asked_for or 'own'}"

    @property
    def price_from(self) -> str:
        """Where the price comes from, in words."""
        return self._price_from if self.usd_per_million_tokens is not None else "not known"

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Embed one batch, without the cache.

        Returns
        -------
        (n, dimensions) float32 array

        Raises
        ------
        FetchError
            If the server fails, after all attempts.
        """
        return ask_now(self, [self.shorten(text) for text in texts])

    def count_tokens(self, texts: Sequence[str]) -> NDArray[np.intp]:
        """Count tokens by tiktoken where its vocabulary is on this machine, else on the high side."""
        return self._tokens.count(texts)

    def most_tokens(self, text: str) -> int:
        """Give its bytes and two marks: no tokenizer makes more of a text."""
        return len(text.encode()) + 2

    def shorten(self, text: str) -> str:
        """Cut a text to ``max_tokens``, at its end."""
        if self.max_tokens is None or len(text.encode()) <= self.max_tokens:
            return text
        fits = int(self._tokens.count([text])[0]) <= self.max_tokens
        return text if fits else self._tokens.cut(text, self.max_tokens)

    def session(self) -> AbstractAsyncContextManager[Session]:
        """Open connections to the server."""
        return open_session(self._endpoint, self.model, dimensions=self._asked_for, timeout=self._timeout)

    def batch_server(self) -> AbstractContextManager[BatchServer]:
        """Open connections to the server's files and batches."""
        return open_batch_server(self._endpoint, timeout=self._timeout)

    def request(self, text: str) -> dict[str, Any]:
        """Give the body of a request for the vector of one text."""
        width = {} if self._asked_for is None else {"dimensions": self._asked_for}
        return {"model": self.model, "input": text, "encoding_format": "base64", **width}

    def describe(self) -> dict[str, str]:
        """Name the model, the server, and how tokens are counted."""
        return {"model": self.model, "base_url": self.base_url, "tokens": self._tokens.how}

    def settings(self) -> dict[str, str]:
        """Server, and what was said of the model."""
        return {"base_url": self.base_url, **{name: str(value) for name, value in self._said.items()}}
