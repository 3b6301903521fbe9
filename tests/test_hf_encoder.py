"""``hf:MODEL``: against sums by hand, one text at a time, and what it says when it can't."""

import shutil
import socket
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pytest
import torch
from httpx import ConnectError, Request, Response
from huggingface_hub import errors as hub
from numpy.typing import NDArray
from transformers import AutoModel, AutoTokenizer

from genept.encoders import embed_texts, get_encoder
from genept.encoders.local.hugging_face import HuggingFaceEncoder
from genept.encoders.local.not_loaded import Source, why_not_loaded
from genept.errors import (
    ArgumentError,
    EncoderError,
    FetchError,
    GeneptError,
    MissingDataError,
    MissingDependencyError,
    UnknownNameError,
)
from genept.testing import TextEncoderConformance
from genept.testing.encoders import TEXTS
from tests.tiny_models import declare, put_on_hub, write_bert, write_json, write_llama

COMMIT = "0123456789abcdef0123456789abcdef01234567"


@pytest.fixture(scope="session")
def bert(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_bert(tmp_path_factory.mktemp("bert"))


@pytest.fixture(scope="session")
def llama(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_llama(tmp_path_factory.mktemp("llama"))


@pytest.fixture(scope="session")
def declared(bert: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("declared") / "model"
    return declare(Path(shutil.copytree(bert, folder)), pooling="cls_token")


@pytest.fixture
def nothing_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*args: Any) -> None:
        raise AssertionError(f"the network was asked: {args}")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)


def by_hand(
    folder: Path, pooling: str, *, max_tokens: int | None = None, texts: tuple[str, ...] = TEXTS
) -> NDArray[np.float32]:
    """Vectors with transformers alone: one text at a time, so that nothing is padded."""
    model = AutoModel.from_pretrained(folder, dtype=torch.float32).eval()
    tokenizer = AutoTokenizer.from_pretrained(folder)
    max_tokens = max_tokens or model.config.max_position_embeddings
    vectors = []
    for text in texts:
        ids = tokenizer(text, truncation=True, max_length=max_tokens, return_tensors="pt")
        with torch.no_grad():
            tokens = model(**ids).last_hidden_state[0]
        vectors.append({"mean": tokens.mean(dim=0), "cls": tokens[0], "last": tokens[-1]}[pooling])
    return np.asarray(torch.stack(vectors).numpy(), dtype=np.float32)


class TestEncoder(TextEncoderConformance):
    @pytest.fixture(autouse=True)
    def _folder(self, bert: Path) -> None:
        self.folder = bert

    def make(self) -> HuggingFaceEncoder:
        return HuggingFaceEncoder(str(self.folder))


class TestDecoder(TextEncoderConformance):
    @pytest.fixture(autouse=True)
    def _folder(self, llama: Path) -> None:
        self.folder = llama

    def make(self) -> HuggingFaceEncoder:
        return HuggingFaceEncoder(str(self.folder), pooling="last")


@pytest.mark.parametrize("pooling", ["mean", "cls", "last"])
@pytest.mark.parametrize("kind", ["bert", "llama"])
def test_equals_the_sum_by_hand(
    kind: str, pooling: Literal["mean", "cls", "last"], request: pytest.FixtureRequest
) -> None:
    folder = request.getfixturevalue(kind)
    ours = HuggingFaceEncoder(str(folder), pooling=pooling, precision="float32")
    np.testing.assert_allclose(ours.encode(TEXTS), by_hand(folder, pooling), rtol=1e-4, atol=1e-5)
    assert ours.describe()["pooling"] == f"{pooling} (asked for)"


@pytest.mark.parametrize("side", ["left", "right"])
@pytest.mark.parametrize("pooling", ["mean", "last"])
def test_padding_never_counts(tmp_path: Path, side: str, pooling: Literal["mean", "last"]) -> None:
    folder = write_llama(tmp_path, padding_side=side)
    ours = HuggingFaceEncoder(str(folder), pooling=pooling, precision="float32")
    np.testing.assert_allclose(ours.encode(TEXTS), by_hand(folder, pooling), rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("kind", ["bert", "llama"])
def test_a_plain_model_gets_the_mean(kind: str, request: pytest.FixtureRequest) -> None:
    folder = request.getfixturevalue(kind)
    ours = HuggingFaceEncoder(str(folder), precision="float32")
    np.testing.assert_allclose(ours.encode(TEXTS), by_hand(folder, "mean"), rtol=1e-4, atol=1e-5)
    assert ours.describe()["pooling"] == "mean (the model declares none)"
    assert ours.describe()["norm"] == "as the model gives it"


def test_what_the_model_declares_is_respected(declared: Path) -> None:
    ours = HuggingFaceEncoder(str(declared), precision="float32")
    expected = by_hand(declared, "cls", max_tokens=48)
    expected /= np.linalg.norm(expected, axis=1, keepdims=True)
    np.testing.assert_allclose(ours.encode(TEXTS), expected, rtol=1e-4, atol=1e-5)
    said = ours.describe()
    assert (said["pooling"], said["max_tokens"]) == ("cls (the model declares it)", "48")
    assert said["norm"] == "unit l2 norm, as the model declares"
    assert said["revision"].startswith("sha256 ")
    assert said["torch"] == torch.__version__


def test_a_declared_prompt_goes_before_every_text(bert: Path, tmp_path: Path) -> None:
    folder = declare(
        Path(shutil.copytree(bert, tmp_path / "model")), pooling="mean_tokens", prompt="protein: "
    )
    ours = HuggingFaceEncoder(str(folder), precision="float32")
    expected = by_hand(folder, "mean", max_tokens=48, texts=tuple(f"protein: {text}" for text in TEXTS))
    expected /= np.linalg.norm(expected, axis=1, keepdims=True)
    np.testing.assert_allclose(ours.encode(TEXTS), expected, rtol=1e-4, atol=1e-5)
    assert ours.count_tokens(["one word"]).tolist() == [6]


def test_what_is_cut_is_counted(bert: Path) -> None:
    encoder = HuggingFaceEncoder(str(bert), max_tokens=10, precision="float32")
    long = "word " * 30
    assert encoder.count_tokens([long, "one word"]).tolist() == [32, 4]
    embedded = embed_texts(encoder, [long, "one word", long])
    assert (embedded.n_truncated, embedded.n_unique) == (2, 2)
    cut = by_hand(bert, "mean", max_tokens=10, texts=(long,))
    np.testing.assert_allclose(embedded.vectors[:1], cut, rtol=1e-4, atol=1e-5)


def test_the_limit_is_what_the_model_can_read(bert: Path, llama: Path) -> None:
    """Both tokenizers say 1e30."""
    assert HuggingFaceEncoder(str(bert)).max_tokens == 256
    assert HuggingFaceEncoder(str(llama)).max_tokens == 128


@pytest.mark.parametrize("max_tokens", [0, 2, 257])
def test_limits_that_the_model_cannot_keep_are_refused(bert: Path, max_tokens: int) -> None:
    with pytest.raises(ArgumentError, match="3 to 256"):
        HuggingFaceEncoder(str(bert), max_tokens=max_tokens)


def test_many_texts_of_all_lengths_keep_their_places(bert: Path) -> None:
    """More than one pass on every core."""
    texts = [f"{'word ' * (i % 90)}{i}" for i in range(200)]
    encoder = HuggingFaceEncoder(str(bert), precision="float32")
    threads = torch.get_num_threads()
    together = encoder.encode(texts)
    assert torch.get_num_threads() == threads
    np.testing.assert_array_equal(together, encoder.encode(texts))
    alone = by_hand(bert, "mean", max_tokens=256, texts=tuple(texts[::17]))
    np.testing.assert_allclose(together[::17], alone, rtol=1e-4, atol=1e-5)


def test_a_text_of_nothing_gets_a_finite_vector(llama: Path) -> None:
    encoder = HuggingFaceEncoder(str(llama))
    # Without a mark at its beginning, as many decoders' tokenizers are.
    encoder._tokenizer.backend_tokenizer.post_processor = None
    assert np.isfinite(encoder.encode(["", "one word"])).all()


def change_weights(folder: Path) -> None:
    write_bert(folder, seed=7)


def change_tokenizer(folder: Path) -> None:
    path = folder / "tokenizer.json"
    path.write_text(path.read_text().replace('"lowercase": true', '"lowercase": false'))


def change_pooling(folder: Path) -> None:
    declare(folder, pooling="mean_tokens")


@pytest.mark.parametrize("change", [change_weights, change_tokenizer, change_pooling])
def test_other_files_give_another_fingerprint(
    declared: Path, tmp_path: Path, change: Callable[[Path], None]
) -> None:
    folder = Path(shutil.copytree(declared, tmp_path / "model"))
    before = HuggingFaceEncoder(str(folder)).fingerprint
    assert before == HuggingFaceEncoder(str(declared)).fingerprint
    change(folder)
    assert HuggingFaceEncoder(str(folder)).fingerprint != before


def test_other_options_give_another_fingerprint(bert: Path) -> None:
    options: list[dict[str, Any]] = [
        {"precision": "float32"},
        {"precision": "bfloat16"},
        {"precision": "float32", "pooling": "cls"},
        {"precision": "float32", "pooling": "last"},
        {"precision": "float32", "max_tokens": 100},
    ]
    fingerprints = [HuggingFaceEncoder(str(bert), **chosen).fingerprint for chosen in options]
    assert len(set(fingerprints)) == len(options)
    # Asked for or not: the same vectors, so the same fingerprint.
    assert HuggingFaceEncoder(str(bert), precision="float32", pooling="mean").fingerprint == fingerprints[0]


def test_bfloat16_stays_near_float32(bert: Path) -> None:
    low, high = (HuggingFaceEncoder(str(bert), precision=p).encode(TEXTS) for p in ("bfloat16", "float32"))
    cosines = (low * high).sum(axis=1) / np.linalg.norm(low, axis=1) / np.linalg.norm(high, axis=1)
    assert cosines.min() >= 0.999
    assert not np.array_equal(low, high)


@pytest.mark.usefixtures("nothing_is_asked")
def test_a_model_fetched_before_is_used_offline(
    bert: Path, declared: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    monkeypatch.setenv("SENTENCE_TRANSFORMERS_HOME", str(tmp_path))
    put_on_hub(bert, tmp_path, "tiny/plain", commit=COMMIT)
    put_on_hub(declared, tmp_path, "tiny/declared", commit=COMMIT)
    plain, other = get_encoder("hf:tiny/plain"), get_encoder("hf:tiny/declared")
    assert isinstance(plain, HuggingFaceEncoder)
    assert isinstance(other, HuggingFaceEncoder)
    assert (plain.name, plain.describe()["revision"]) == ("hf:tiny/plain", COMMIT)
    assert plain.describe()["pooling"] == "mean (the model declares none)"
    assert other.describe()["pooling"] == "cls (the model declares it)"
    assert f"tiny/plain@{COMMIT}" in plain.fingerprint
    np.testing.assert_array_equal(plain.encode(TEXTS), HuggingFaceEncoder(str(bert)).encode(TEXTS))


@pytest.mark.usefixtures("nothing_is_asked")
def test_offline_a_model_that_is_not_here_says_how_to_bring_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    monkeypatch.setenv("SENTENCE_TRANSFORMERS_HOME", str(tmp_path))
    with pytest.raises(MissingDataError, match=r"HF_HUB_OFFLINE.*hf download owner/missing --local-dir"):
        get_encoder("hf:owner/missing")


def test_code_of_the_model_runs_only_if_asked_for(bert: Path, tmp_path: Path) -> None:
    folder = declare(Path(shutil.copytree(bert, tmp_path / "model")), pooling="mean_tokens")
    (folder / "own.py").write_text("raise SystemExit('code of the model ran')\n")
    write_json(folder / "modules.json", [{"idx": 0, "name": "0", "path": "", "type": "own.Transformer"}])
    with pytest.raises(EncoderError, match=r"code of its own.*trust_remote_code=True"):
        get_encoder(f"hf:{folder}")
    (folder / "modules.json").unlink()
    write_json(folder / "config.json", {"model_type": "own", "auto_map": {"AutoConfig": "own.Config"}})
    with pytest.raises(EncoderError, match=r"code of its own.*trust_remote_code=True"):
        get_encoder(f"hf:{folder}")
    with pytest.raises(SystemExit, match="code of the model ran"):
        HuggingFaceEncoder(str(folder), trust_remote_code=True)


def test_folders_that_hold_no_model(bert: Path, tmp_path: Path) -> None:
    with pytest.raises(EncoderError, match="holds no model"):
        get_encoder(f"hf:{tmp_path}")
    with pytest.raises(EncoderError, match="is no folder"):
        get_encoder(f"hf:{tmp_path / 'nowhere'}")
    (tmp_path / "config.json").write_text("{broken")
    with pytest.raises(EncoderError, match="can't be loaded"):
        get_encoder(f"hf:{tmp_path}")
    shutil.copytree(bert, tmp_path, dirs_exist_ok=True)
    (tmp_path / "model.safetensors").write_bytes(b"cut off")
    with pytest.raises(EncoderError, match="can't be loaded"):
        get_encoder(f"hf:{tmp_path}")


@pytest.mark.parametrize("library", ["torch", "sentence_transformers"])
def test_a_missing_library_says_what_to_install(library: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, library, None)
    with pytest.raises(MissingDependencyError, match=r"pip install 'genept\[local\]'"):
        get_encoder("hf:any/model")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"pooling": "max"}, "mean, cls, last"),
        ({"precision": "float16"}, "'float32' or 'bfloat16'"),
        ({"revision": "main"}, "of the folder"),
        ({"device": "abacus"}, "finds here: .*cpu"),
    ],
)
def test_options_that_mean_nothing(bert: Path, options: dict[str, Any], message: str) -> None:
    with pytest.raises(ArgumentError, match=message):
        HuggingFaceEncoder(str(bert), **options)


REQUEST = Request("GET", "https://huggingface.co/owner/model")


@pytest.mark.parametrize(
    ("error", "source", "kind", "message"),
    [
        (hub.RepositoryNotFoundError, "hub", UnknownNameError, "no model 'owner/model'"),
        (hub.RevisionNotFoundError, "hub", EncoderError, "no such revision"),
        (hub.GatedRepoError, "hub", EncoderError, "hf auth login"),
        (hub.LocalEntryNotFoundError("none"), "hub", FetchError, "can't be reached"),
        (hub.LocalEntryNotFoundError("none"), "cache", MissingDataError, "HF_HUB_OFFLINE"),
        (ImportError("needs sentencepiece"), "hub", MissingDependencyError, "sentencepiece"),
        (RuntimeError("odd"), "hub", EncoderError, "can't be loaded: odd"),
    ],
)
def test_what_failures_of_the_libraries_mean(
    error: Any, source: Source, kind: type[GeneptError], message: str
) -> None:
    if isinstance(error, type):
        error = error("404", response=Response(404, request=REQUEST))
    with pytest.raises(kind, match=message):
        raise why_not_loaded("owner/model", error, source=source)


def test_the_cause_of_a_failure_counts() -> None:
    error = OSError("We couldn't connect")
    error.__cause__ = ConnectError("no route")
    assert isinstance(why_not_loaded("owner/model", error, source="hub"), FetchError)


def test_no_token_is_in_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_TOKEN", "hf_secret_of_mine")
    said = why_not_loaded("owner/model", RuntimeError("bad header hf_secret_of_mine"), source="hub")
    assert "hf_secret_of_mine" not in f"{said} {said!r}"
    assert "bad header ***" in str(said)


def test_a_batch_too_large_for_the_graphics_processor_is_halved(
    bert: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A device of which only two texts fit, played on the CPU."""
    encoder = HuggingFaceEncoder(str(bert), precision="float32")
    run, sizes = encoder._pass, []

    def small(rows: list[dict[str, list[int]]]) -> NDArray[np.float32]:
        sizes.append(len(rows))
        if len(rows) > fits:
            raise torch.OutOfMemoryError("CUDA out of memory")
        return run(rows)

    monkeypatch.setattr(encoder, "_pass", small)
    monkeypatch.setattr(encoder, "device", "cuda")
    fits = 2
    np.testing.assert_allclose(encoder.encode(TEXTS), by_hand(bert, "mean", max_tokens=256), atol=1e-5)
    assert sizes == [6, 3, 1, 2, 3, 1, 2]
    fits = 0
    with pytest.raises(EncoderError, match=r"memory of cuda.*max_tokens"):
        encoder.encode(TEXTS)
