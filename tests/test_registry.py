"""Registries: built-ins, entry points of other packages, duplicates."""

import sys
from pathlib import Path

import pytest

from genept.encoders.random_control import RandomControl
from genept.errors import UnknownNameError
from genept.registry import Registry


def make_package(folder: Path, name: str, entry: str) -> None:
    """A distribution with one entry point, as an installer would leave it."""
    (folder / f"{name}.py").write_text("class Mine:\n    origin = __name__\n")
    info = folder / f"{name}-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(f"[genept.tests]\n{entry} = {name}:Mine\n")


@pytest.fixture
def registry() -> Registry[object]:
    return Registry(
        "thing", group="genept.tests", builtins={"random": "genept.encoders.random_control:RandomControl"}
    )


def test_builtins_are_made_when_asked_for(registry: Registry[object]) -> None:
    assert registry.names() == ["random"]
    assert isinstance(registry.create("random"), RandomControl)


def test_other_packages_bring_theirs(
    registry: Registry[object], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_package(tmp_path, "plugin_one", "mine")
    monkeypatch.syspath_prepend(tmp_path)
    assert registry.names() == ["mine", "random"]
    assert "plugin_one" not in sys.modules
    assert registry.create("mine").origin == "plugin_one"  # type: ignore[attr-defined]


@pytest.mark.parametrize("entry", ["random", "mine"])
def test_a_name_that_stands_twice_is_an_error(
    registry: Registry[object], entry: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_package(tmp_path, "plugin_two", entry)
    make_package(tmp_path, "plugin_three", entry)
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(UnknownNameError, match=f"two things named '{entry}'"):
        registry.create("random")


def test_unknown_names_are_told_what_is_known(registry: Registry[object]) -> None:
    with pytest.raises(UnknownNameError, match="one of random"):
        registry.create("nothing")
