"""GenePT-w and GenePT-s of a block of cells."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from genept.cells import BlockTally, Expression, sentences
from genept.cells.expression import Kind
from genept.cells.on_device import Product
from genept.cells.tally import count
from genept.encoders import TextEncoder, embed_texts
from genept.encoders.budget import Budget
from genept.encoders.engine import EncodedTexts
from genept.encoders.sent_texts import TooLong


@dataclass(frozen=True, eq=False)
class Weighted:
    """GenePT-w.

    Parameters
    ----------
    product
        What multiplies.
    """

    product: Product
    exact = False

    @property
    def width(self) -> int:
        """Dimensions of the vectors."""
        return self.product.width

    def __call__(self, block: sparse.csr_matrix) -> tuple[NDArray[np.float32], BlockTally, dict[str, float]]:
        """Embed the cells of a block."""
        vectors, tally = self.product(block)
        return vectors, tally, {}


@dataclass(frozen=True, eq=False)
class Sentences:
    """GenePT-s.

    Parameters
    ----------
    encoder
        What embeds the sentences.
    names
        Names of the measured genes, ``""`` for one that can't be read.
    kind, log_base
        What the values are.
    max_genes
        How many names at most.
    too_long
        As for :func:`genept.encoders.embed_texts`.
    budget
        What all blocks together may cost.
    first
        (1, n_genes) values of the first cell.
    """

    encoder: TextEncoder
    names: Sequence[str]
    kind: Kind
    log_base: float
    max_genes: int
    too_long: TooLong
    budget: Budget
    first: sparse.csr_matrix
    exact = True

    @cached_property
    def width(self) -> int:
        """Dimensions of the vectors; the first cell is embedded where the encoder can't say."""
        return self.encoder.dimensions or self(self.first)[0].shape[1]

    def __call__(self, block: sparse.csr_matrix) -> tuple[NDArray[np.float32], BlockTally, dict[str, float]]:
        """Embed the cells of a block."""
        written, tally = self.write(block)
        encoded = self._embed(written)
        # The bare prefix has an embedding too, but it says nothing of a cell.
        encoded.vectors[tally.by_cell[:, 1] == 0] = 0
        numbers = {"n_truncated": encoded.n_truncated, "read": encoded.share_read * len(written)}
        return encoded.vectors, tally, numbers

    def write(self, block: sparse.csr_matrix) -> tuple[list[str], BlockTally]:
        """Write the sentences of the cells of a block."""
        readable = np.array([name != "" for name in self.names])
        tally = count(block, readable, kind=self.kind, log_base=self.log_base)
        expression = Expression(block, self.kind, self.log_base)
        return sentences(expression, self.names, max_genes=self.max_genes), tally

    def _embed(self, texts: list[str]) -> EncodedTexts:
        return embed_texts(self.encoder, texts, unit="cell", too_long=self.too_long, max_cost=self.budget)
