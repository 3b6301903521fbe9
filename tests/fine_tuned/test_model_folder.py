"""A model as a folder: it comes back as it was, is written whole, and what is wrong with one is said."""

import hashlib
import json
import struct
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from safetensors.numpy import load_file, save_file

from genept.cells import FineTunedEmbedding
from genept.cells.fine_tuned import model_folder
from genept.errors import ArgumentError, InputFileError, OutputError

X = np.random.default_rng(0).normal(size=(120, 6)).astype(np.float32)
Y = np.array(["B", "NK", "T"])[np.arange(120) % 3]


def fitted(labels: Any = Y) -> FineTunedEmbedding:
    return FineTunedEmbedding(n_hidden=5, max_epochs=4, patience=3, rng=3).fit(X, labels)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    fitted().save(tmp_path / "model", provenance={"data": "made up"})
    return tmp_path / "model"


@pytest.mark.parametrize("labels", [Y, np.arange(120) % 4, np.arange(120) % 2 == 0, np.arange(120) % 2 * 2.0])
def test_a_model_comes_back_as_it_was(tmp_path: Path, labels: Any) -> None:
    model = fitted(labels)
    model.save(tmp_path / "model")
    read = FineTunedEmbedding.load(tmp_path / "model")
    np.testing.assert_array_equal(read.transform(X), model.transform(X))
    np.testing.assert_array_equal(read.predict_proba(X), model.predict_proba(X))
    np.testing.assert_array_equal(read.predict(X), model.predict(X))
    assert read.classes_.dtype.kind == model.classes_.dtype.kind
    assert read.get_params() == model.get_params()
    assert (read.best_epoch_, read.validation_loss_) == (model.best_epoch_, model.validation_loss_)
    # What was read can be written again.
    read.save(tmp_path / "again")
    assert (tmp_path / "again" / "model.safetensors").read_bytes() == (
        tmp_path / "model" / "model.safetensors"
    ).read_bytes()


def test_what_the_json_says(folder: Path) -> None:
    record = json.loads((folder / "model.json").read_text(encoding="utf-8"))
    assert record["classes"] == ["B", "NK", "T"]
    assert record["parameters"]["rng"] == 3
    assert record["provenance"] == {"data": "made up"}
    assert len(record["training_loss"]) == len(record["validation_loss"]) == 4
    assert sorted(file.name for file in folder.iterdir()) == ["model.json", "model.safetensors"]


def test_a_model_is_replaced_and_nothing_else_is(folder: Path, tmp_path: Path) -> None:
    other = fitted(Y == "B")
    other.save(folder)
    assert FineTunedEmbedding.load(folder).classes_.tolist() == [False, True]
    (folder / "notes.txt").write_text("mine")
    with pytest.raises(OutputError, match="isn't a model"):
        other.save(folder)
    (tmp_path / "file").write_text("mine")
    with pytest.raises(OutputError, match="isn't a model"):
        other.save(tmp_path / "file")
    with pytest.raises(OutputError, match="No such file"):
        other.save(tmp_path / "missing" / "model")
    assert (folder / "notes.txt").read_text() == (tmp_path / "file").read_text() == "mine"
    assert {path.name for path in tmp_path.iterdir()} == {"model", "file"}


def test_what_breaks_off_leaves_the_old_model(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = {file.name: file.read_bytes() for file in folder.iterdir()}

    def full(*_: object, **__: object) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_text", full)
    with pytest.raises(OutputError, match="No space left"):
        fitted(Y == "B").save(folder)
    monkeypatch.undo()
    rename = Path.rename

    def not_the_new_one(self: Path, target: Path) -> Path:
        if target == folder and (self / "model.json").read_bytes() != before["model.json"]:
            raise OSError(5, "Input/output error")
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", not_the_new_one)
    with pytest.raises(OutputError, match="Input/output error"):
        fitted(Y == "B").save(folder)
    assert {file.name: file.read_bytes() for file in folder.iterdir()} == before
    assert [path.name for path in tmp_path.iterdir()] == ["model"]


@pytest.mark.parametrize("provenance", [{"a": {1, 2}}, {"a": float("nan")}, {"a": np.arange(3)}])
def test_provenance_that_json_cannot_hold_is_refused(tmp_path: Path, provenance: dict[str, Any]) -> None:
    with pytest.raises(ArgumentError, match="JSON can't hold"):
        fitted().save(tmp_path / "model", provenance=provenance)
    assert not (tmp_path / "model").exists()


def record_with(**changes: Any) -> Callable[[Path], object]:
    def change(folder: Path) -> None:
        record = json.loads((folder / "model.json").read_text(encoding="utf-8"))
        (folder / "model.json").write_text(json.dumps({**record, **changes}), encoding="utf-8")

    return change


def weights_with(**changes: Any) -> Callable[[Path], object]:
    """Change weights, and let the record name their checksum: nobody but who made the model can tell."""

    def change(folder: Path) -> None:
        path = folder / "model.safetensors"
        parts = {**load_file(path), **changes}
        save_file({name: part for name, part in parts.items() if part is not None}, path)
        record_with(weights_sha256=hashlib.sha256(path.read_bytes()).hexdigest())(folder)

    return change


def content(name: str, data: bytes) -> Callable[[Path], object]:
    def change(folder: Path) -> None:
        (folder / name).write_bytes(data)

    return change


def parameters(**changes: Any) -> dict[str, Any]:
    return {**fitted().get_params(), **changes}


W = np.ones((6, 5), dtype=np.float32)
LIES = struct.pack("<Q", 2**62) + b"{}"


@pytest.mark.parametrize(
    ("harm", "says"),
    [
        (lambda folder: (folder / "model.json").unlink(), "model.json can't be read"),
        (lambda folder: (folder / "model.safetensors").unlink(), "model.safetensors can't be read"),
        (content("model.json", b"{"), "is no JSON"),
        (content("model.json", b"[" * 100_000), "is no JSON"),
        (content("model.json", b"\xff\xfe"), "is no JSON"),
        (content("model.json", b"[1]"), "doesn't say that it is"),
        (content("model.json", b'{"format": "another"}'), "doesn't say that it is"),
        (content("model.safetensors", b""), "can't be read"),
        (content("model.safetensors", LIES), "can't be read"),
        (content("model.safetensors", b"\x80\x04cos\nsystem\n(S'true'\ntR."), "can't be read"),
        (record_with(version=99), "is of version 99"),
        (record_with(weights_sha256="0" * 64), "of other weights"),
        (record_with(classes=["B", "NK"]), "names 2 classes, and the weights are of 3"),
        (record_with(classes=["B", "B", "T"]), "aren't different"),
        (record_with(classes=["B", 1, "T"]), "aren't different strings or numbers"),
        (record_with(classes=[["B"], ["C"], ["D"]]), "aren't different strings or numbers"),
        (record_with(classes="BNT"), "has no classes"),
        (record_with(provenance=None), "has no provenance"),
        (record_with(best_epoch=True), "has no best_epoch"),
        (record_with(training_loss=["x"]), "losses that are no numbers"),
        (record_with(validation_loss=[float("nan")]), "losses that are no numbers"),
        (record_with(parameters=parameters(n_hidden=-1)), "n_hidden=-1"),
        (record_with(parameters=parameters(rng="0")), "rng='0'"),
        (record_with(parameters=parameters(evil=1)), "unknown 'evil'"),
        (weights_with(hidden_bias=None), "holds"),
        (weights_with(extra=W), "holds"),
        (weights_with(hidden_weights=W[:, :4].copy()), "don't fit together"),
        (weights_with(output_bias=np.ones(4, dtype=np.float32)), "don't fit together"),
        (weights_with(hidden_weights=W.astype(np.float64)), "type float64"),
        (weights_with(hidden_weights=np.float32(np.nan) * W), "not finite"),
        (weights_with(scale=np.array([-1.0])), "don't fit together"),
        (weights_with(scale=np.array([np.inf])), "not finite"),
    ],
)
def test_a_model_that_is_wrong_is_refused_and_says_why(
    folder: Path, harm: Callable[[Path], object], says: str
) -> None:
    harm(folder)
    with pytest.raises(InputFileError, match=says):
        FineTunedEmbedding.load(folder)


def test_what_is_larger_than_any_model_is_not_read(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(model_folder._LARGEST, "model.json", 10)
    with pytest.raises(InputFileError, match="bytes"):
        FineTunedEmbedding.load(folder)
    with pytest.raises(InputFileError, match="No such file"):
        FineTunedEmbedding.load(folder / "elsewhere")
