"""``random``: vectors that know nothing, the negative control."""

import hashlib
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from genept.encoders.protocol import BatchLimits


class RandomControl:
    """A random direction for each text, the same whenever the same text comes.

    What these vectors reach in an evaluation is what texts did not contribute.

    Parameters
    ----------
    dimensions
        Width; by default that of ``minilm``, so that the two compare.
    seed
        Another seed gives other vectors.

    Examples
    --------
    >>> RandomControl(dimensions=8).encode(["LYZ", "CD3E"]).shape
    (2, 8)
    """

    name = "random"
    max_tokens = None
    is_cached = False
    batch_limits = BatchLimits(texts=1024, tokens=1 << 20)

    def __init__(self, *, dimensions: int = 384, seed: int = 0) -> None:
        self.dimensions = dimensions
        self.seed = seed
        self.fingerprint = f"random:normal-unit:{dimensions}:{seed}"

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Draw a standard normal vector seeded by each text's sha256, and give it unit l2 norm.

        Returns
        -------
        (n, dimensions) float32 array
        """
        vectors = np.empty((len(texts), self.dimensions), dtype=np.float32)
        for row, text in enumerate(texts):
            digest = hashlib.sha256(f"{self.seed}\0{text}".encode()).digest()
            drawn = np.random.default_rng(int.from_bytes(digest)).standard_normal(self.dimensions)
            vectors[row] = drawn / np.linalg.norm(drawn)
        return vectors

    def count_tokens(self, texts: Sequence[str]) -> NDArray[np.intp]:
        """Count white-space-separated words."""
        return np.array([len(text.split()) for text in texts], dtype=np.intp)

    def settings(self) -> dict[str, str]:
        """Width and seed."""
        return {"dimensions": str(self.dimensions), "seed": str(self.seed)}

    def describe(self) -> dict[str, str]:
        """Say that these vectors are a control."""
        return {"model": "random control: no knowledge in it", "seed": str(self.seed)}
