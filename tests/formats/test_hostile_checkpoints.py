"""Checkpoints that want to be executed, or are broken: refused, and nothing runs."""

import os
import pickle
import shutil
import zipfile
from collections import OrderedDict
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import safetensors.numpy
import torch

from genept.embeddings.formats.checkpoint import load_tensor, mentions
from genept.embeddings.formats.geneformer import Geneformer
from genept.embeddings.formats.safetensors_file import SafetensorsFile, write_safetensors
from genept.embeddings.formats.torch_file import load_torch
from genept.errors import GeneptError, InputFileError
from tests.formats import model_folders as write
from tests.formats.model_folders import BERT_KEY, matrix, tensor


class Call:
    """Pickles as a call of a function by name, which plain unpickling makes."""

    def __init__(self, function: Any, *arguments: Any) -> None:
        self.call = function, arguments

    def __reduce__(self) -> Any:
        return self.call


class Ours:
    """A class that acts when its state is restored."""

    def __init__(self, canary: Path) -> None:
        self.canary = str(canary)

    def __setstate__(self, state: dict[str, str]) -> None:
        Path(state["canary"]).touch()


# By the name that the refusal must give.
PAYLOADS: dict[str, Callable[[Path], Any]] = {
    "posix.system": lambda canary: Call(os.system, f"touch {canary}"),
    "eval": lambda canary: Call(eval, f"__import__('os').mkdir({str(canary)!r})"),
    "exec": lambda canary: Call(exec, f"import os; os.mkdir({str(canary)!r})"),
    "posix.mkdir": lambda canary: Call(os.mkdir, str(canary)),
    "shutil.copyfile": lambda canary: Call(shutil.copyfile, __file__, str(canary)),
    "test_hostile_checkpoints.Ours": Ours,
    "posix.system, in a call that is allowed": lambda canary: [
        Call(OrderedDict, [["a", Call(os.system, f"touch {canary}")]])
    ],
}


def refused(path: Path, key: str = BERT_KEY) -> str:
    """What is said of a file that must be refused; looking at it must raise nothing."""
    mentions(path, key)
    with pytest.raises(GeneptError) as error:
        load_tensor(path, [key])
    assert "weights_only" not in str(error.value), "advice to load it unsafely"
    return error.value.found


def zip_again(
    path: Path, change: Callable[[str, bytes], bytes], compression: int = zipfile.ZIP_STORED
) -> None:
    """Rewrite a zip with other members and right checksums."""
    with zipfile.ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    with zipfile.ZipFile(path, "w", compression) as archive:
        for name, content in members.items():
            archive.writestr(name, change(name, content))


@pytest.fixture(params=[True, False], ids=["zip", "legacy"])
def zipped(request: pytest.FixtureRequest) -> bool:
    return bool(request.param)


@pytest.mark.parametrize("payload", PAYLOADS)
@pytest.mark.parametrize("place", ["beside", "instead", "deep", "name"])
def test_nothing_is_executed(tmp_path: Path, payload: str, place: str, zipped: bool) -> None:
    canary = tmp_path / "canary"
    hostile = PAYLOADS[payload](canary)
    good = tensor(matrix(16))
    states: dict[str, dict[Any, Any]] = {
        "beside": {BERT_KEY: good, "optimizer": hostile},
        "instead": {BERT_KEY: hostile},
        "deep": {"model_state_dict": {BERT_KEY: good, "a": [[{"b": hostile}]]}},
        "name": {BERT_KEY: good, ("a", 1): (hostile,)},
    }
    path = write.save_torch(tmp_path / "pytorch_model.bin", states[place], zipped=zipped)
    write.write_dictionary(tmp_path / "token_dictionary.pkl")
    said = refused(path)
    assert payload.split(",")[0] in said
    Geneformer().recognises(tmp_path)
    with pytest.raises(GeneptError):
        Geneformer().read(tmp_path)
    assert not canary.exists()


@pytest.mark.parametrize("payload", PAYLOADS)
def test_the_canary_dies_where_pickles_are_trusted(tmp_path: Path, payload: str, zipped: bool) -> None:
    canary = tmp_path / "canary"
    path = write.save_torch(tmp_path / "a.bin", {"a": PAYLOADS[payload](canary)}, zipped=zipped)
    torch.load(path, weights_only=False)
    assert canary.exists()


@pytest.mark.parametrize("protocol", range(6))
@pytest.mark.parametrize("payload", PAYLOADS)
def test_a_plain_pickle_is_no_checkpoint(tmp_path: Path, payload: str, protocol: int) -> None:
    canary = tmp_path / "canary"
    path = tmp_path / "pytorch_model.bin"
    path.write_bytes(pickle.dumps({BERT_KEY: PAYLOADS[payload](canary)}, protocol))
    refused(path)
    path.write_bytes(pickle.dumps({BERT_KEY: [1.0, 2.0]}, protocol))
    refused(path)
    assert not canary.exists()


def test_no_setting_of_the_machine_opens_the_door(
    tmp_path: Path, zipped: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TORCH_FORCE_NO_WEIGHTS_ONLY_LOAD", "1")
    path = write.save_torch(tmp_path / "a.bin", {BERT_KEY: Ours(tmp_path / "canary")}, zipped=zipped)
    assert "Ours" in refused(path)
    assert not (tmp_path / "canary").exists()


def test_a_whole_model_or_a_program_is_refused(tmp_path: Path, zipped: bool) -> None:
    path = tmp_path / "a.pt"
    torch.save(torch.nn.Linear(2, 2), path, _use_new_zipfile_serialization=zipped)
    assert "torch.nn.modules.linear.Linear" in refused(path)
    with zipfile.ZipFile(tmp_path / "b.pt", "w") as archive:
        archive.writestr("b/data.pkl", b"\x80\x02N.")
        archive.writestr("b/constants.pkl", b"\x80\x02N.")
    refused(tmp_path / "b.pt")


@pytest.mark.parametrize(
    "odd",
    [
        torch.ones(1, 1).expand(100_000, 100_000),
        torch.eye(3).to_sparse(),
        torch.empty(3, 3, device="meta"),
        torch.ones(3, 3, dtype=torch.int64),
        torch.ones(3),
        torch.ones(3, 3, dtype=torch.complex64),
        [[1.0]],
    ],
    ids=["expanded", "sparse", "meta", "integers", "vector", "complex", "list"],
)
def test_only_a_plain_matrix_of_floats_is_taken(tmp_path: Path, zipped: bool, odd: Any) -> None:
    refused(write.save_torch(tmp_path / "a.pt", {BERT_KEY: odd}, zipped=zipped))


def test_bombs_are_refused_unopened(tmp_path: Path) -> None:
    path = write.save_torch(tmp_path / "a.pt", {BERT_KEY: tensor(matrix(16))})
    zip_again(
        path, lambda name, content: bytes(10**7) if name.endswith("data/0") else content, zipfile.ZIP_DEFLATED
    )
    assert path.stat().st_size < 10**5
    assert "compressed" in refused(path)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"K\x60", b"J\xff\xff\xff\x7f"),  # the number of values: of the storage ...
        (b"K\x60", b"J\xff\xff\xff\xff"),
        (b"K\x60", b"K\x66"),
        (b"K\x10K\x06\x86", b"K\x11K\x06\x86"),  # ... and the shape
        (b"K\x10K\x06\x86", b"J\xff\xff\xff\x7fK\x06\x86"),
        (b"K\x10K\x06\x86", b"J\xff\xff\xff\xffK\x06\x86"),
        (b"K\x06K\x01\x86", b"J\xff\xff\xff\x7fK\x01\x86"),  # the strides
    ],
)
def test_tensors_that_claim_more_than_the_file_holds_are_refused(
    tmp_path: Path, zipped: bool, old: bytes, new: bytes
) -> None:
    path = write.save_torch(tmp_path / "a.pt", {BERT_KEY: tensor(matrix(16))}, zipped=zipped)

    def change(name: str, content: bytes) -> bytes:
        return content.replace(old, new) if name.endswith("data.pkl") else content

    if zipped:
        zip_again(path, change)
    else:
        path.write_bytes(change("data.pkl", path.read_bytes()))
    refused(path)


def test_a_tensor_with_less_than_its_share_of_bytes_is_refused(tmp_path: Path) -> None:
    path = write.save_torch(tmp_path / "a.pt", {BERT_KEY: tensor(matrix(16))})
    zip_again(path, lambda name, content: content[:40] if name.endswith("data/0") else content)
    assert "other parts of the file" in refused(path)


def test_a_dict_that_holds_itself_ends(tmp_path: Path, zipped: bool) -> None:
    state: dict[str, Any] = {"a": {}, BERT_KEY: tensor(matrix(3))}
    state["a"] = {"b": state, **{str(number): state["a"] for number in range(50)}}
    path = write.save_torch(tmp_path / "a.pt", state, zipped=zipped)
    np.testing.assert_array_equal(load_tensor(path, [BERT_KEY]), matrix(3))


@pytest.mark.parametrize("kind", ["zip", "legacy", "safetensors"])
def test_cut_anywhere_is_refused(tmp_path: Path, kind: str) -> None:
    path = _written(tmp_path, kind)
    content = path.read_bytes()
    for length in np.linspace(0, len(content) - 1, 60, dtype=int):
        path.write_bytes(content[:length])
        refused(path)


@pytest.mark.parametrize("kind", ["zip", "legacy", "safetensors"])
def test_a_flipped_bit_is_refused_or_changes_nothing(tmp_path: Path, kind: str) -> None:
    """Only zips have checksums; elsewhere a flipped bit may be another number, but nothing worse."""
    path = _written(tmp_path, kind)
    content = path.read_bytes()
    rng = np.random.default_rng(5)
    for place in rng.choice(len(content), size=250, replace=False):
        flipped = bytearray(content)
        flipped[place] ^= 1 << rng.integers(8)
        path.write_bytes(flipped)
        mentions(path, BERT_KEY)
        try:
            read = load_tensor(path, [BERT_KEY])
        except GeneptError:
            continue
        if kind == "zip":
            np.testing.assert_array_equal(read, matrix(16))
        assert read.nbytes <= 2 * len(content)


@pytest.mark.parametrize(
    "header",
    [
        b"",
        b"{",
        b"[]",
        b"{}",
        b'{"a": 5}',
        b'{"a": {"dtype": "F32", "shape": [2, 2], "data_offsets": [0, 8]}}',
        b'{"a": {"dtype": "F32", "shape": [2, 2], "data_offsets": [0, 16000000000]}}',
        b'{"a": {"dtype": "F32", "shape": [2000000000, 2000000000], "data_offsets": [0, 16]}}',
        b'{"a": {"dtype": "F32", "shape": [-2, -2], "data_offsets": [0, 16]}}',
        b'{"a": {"dtype": "F32", "shape": 4, "data_offsets": [0, 16]}}',
        b'{"a": {"dtype": "BF16", "shape": [2, 2], "data_offsets": [8, 0]}}',
        b'{"a": {"dtype": {}, "shape": [2, 2], "data_offsets": [0, 16]}}',
        b'{"a": null, "__metadata__": 5}',
        b'{"a": ' + b"[" * 50_000,
        b'{"embeddings.word_embeddings.weight": {"shape": 5}}',
        b'{"embeddings.word_embeddings.weight": {"shape": [{}]}}',
        b"\xff\xfe\x00",
    ],
)
def test_hostile_headers_of_safetensors_are_refused(tmp_path: Path, header: bytes) -> None:
    path = tmp_path / "model.safetensors"
    for length in (len(header), 2**63, 10**8 - 1):
        content = length.to_bytes(8, "little") + header + bytes(16)
        path.write_bytes(content)
        assert not SafetensorsFile().recognises(path)
        assert not Geneformer().recognises(tmp_path)
        for key in ("a", BERT_KEY):
            refused(path, key)
        with pytest.raises(InputFileError):
            SafetensorsFile().read(path)


def _written(folder: Path, kind: str) -> Path:
    if kind == "safetensors":
        write_safetensors(folder / "a.safetensors", [f"G{row}" for row in range(16)], matrix(16), {})
        named = safetensors.numpy.load_file(folder / "a.safetensors")["vectors"]
        safetensors.numpy.save_file({BERT_KEY: named}, folder / "a.safetensors")
        return folder / "a.safetensors"
    return write.save_torch(folder / "a.pt", {BERT_KEY: tensor(matrix(16))}, zipped=kind == "zip")


def test_bytearrays_that_torch_would_make_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "best_model.pt"
    torch.save({"encoder.embedding.weight": torch.ones(2, 2), "x": bytearray(5)}, path)
    with pytest.raises(InputFileError, match="bytearray"):
        load_torch(path)
