"""What every text encoder must pass."""

import numpy as np
from numpy.typing import NDArray

from genept.encoders import TextEncoder, embed_texts

TEXTS = (
    "LYZ (lysozyme) is an enzyme that cuts the cell walls of bacteria.",
    "CD3E (CD3 epsilon) is a chain of the T-cell receptor complex.",
    "A cell with genes ranked by expression: FTL CD74 LYZ",
    "ALB (albumin) is the main protein of blood plasma; the liver makes it. " * 3,
    "β-catenin, naïve T cells, Müller glia",
    "x",
)


class TextEncoderConformance:
    """Checks of the protocol :class:`genept.encoders.TextEncoder`.

    ``tolerance`` is the largest difference that batches may make, in cosine: an encoder that computes
    in low precision may depend on the company of a text that much, and no more.
    """

    tolerance = 1e-3

    def make(self) -> TextEncoder:
        """Make a new encoder of the kind under test."""
        raise NotImplementedError("say in your subclass how to make the encoder")

    def test_is_a_text_encoder(self) -> None:
        """It has all that the protocol names, and says who it is."""
        encoder = self.make()
        assert isinstance(encoder, TextEncoder)
        assert encoder.name
        assert encoder.fingerprint
        assert encoder.dimensions is None or encoder.dimensions > 0
        assert min(encoder.batch_limits.texts, encoder.batch_limits.tokens) > 0
        assert isinstance(encoder.is_cached, bool)
        assert encoder.max_tokens is None or encoder.max_tokens > 0
        assert all(isinstance(v, str) for v in {**encoder.describe(), **encoder.settings()}.values())

    def test_shape_and_values(self) -> None:
        """One finite float32 row for each text."""
        encoder = self.make()
        vectors = encoder.encode(TEXTS)
        assert vectors.shape == (len(TEXTS), encoder.dimensions)
        assert vectors.dtype == np.float32
        assert np.isfinite(vectors).all()

    def test_no_text(self) -> None:
        """An empty batch gives an empty array of the right width."""
        encoder = self.make()
        assert encoder.encode([]).shape == (0, encoder.dimensions)
        assert encoder.count_tokens([]).shape == (0,)

    def test_order(self) -> None:
        """Reversing the batch reverses the rows."""
        encoder = self.make()
        self._close(encoder.encode(TEXTS), encoder.encode(TEXTS[::-1])[::-1])

    def test_batches(self) -> None:
        """A text's vector doesn't depend on what else is in the batch."""
        encoder = self.make()
        alone = np.concatenate([encoder.encode([text]) for text in TEXTS])
        self._close(encoder.encode(TEXTS), alone)

    def test_same_again(self) -> None:
        """A second encoder of the same fingerprint gives the same vectors."""
        first, second = self.make(), self.make()
        assert first.fingerprint == second.fingerprint
        np.testing.assert_array_equal(first.encode(TEXTS), second.encode(TEXTS))

    def test_tokens(self) -> None:
        """Token counts are whole numbers, and a longer text has no fewer."""
        encoder = self.make()
        counts = encoder.count_tokens(["one word", "one word and some more words"])
        assert counts.dtype.kind == "i"
        assert counts[0] <= counts[1]

    def test_in_the_engine(self) -> None:
        """The engine gives repeated texts the same vector, in the order given."""
        encoder = self.make()
        embedded = embed_texts(encoder, [*TEXTS, *TEXTS])
        assert embedded.n_unique == len(TEXTS)
        np.testing.assert_array_equal(embedded.vectors[: len(TEXTS)], embedded.vectors[len(TEXTS) :])
        self._close(embedded.vectors[: len(TEXTS)], encoder.encode(TEXTS))

    def _close(self, a: NDArray[np.float32], b: NDArray[np.float32]) -> None:
        lengths = np.linalg.norm(a, axis=1) * np.linalg.norm(b, axis=1)
        both_zero = (a == 0).all(axis=1) & (b == 0).all(axis=1)
        cosines = np.divide((a * b).sum(axis=1), lengths, out=np.zeros(len(a)), where=lengths > 0)
        assert (both_zero | (cosines >= 1 - self.tolerance)).all(), f"cosines {cosines}"
