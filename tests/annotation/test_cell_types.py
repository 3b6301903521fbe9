"""Cell types: the Cell Ontology, users' lists, what is a kind of what, and what is refused."""

import re
from pathlib import Path

import numpy as np
import pytest

from genept.cell_types import CellTypes, cell_ontology, get_cell_types, read_listed_types
from genept.cell_types.obo import read_obo
from genept.datasets import DATASETS
from genept.errors import ArgumentError, FetchError, InputFileError, UnknownNameError, ValuesError
from tests.annotation.small_ontology import NAMES, OBO
from tests.file_server import serving


@pytest.fixture
def obo(tmp_path: Path) -> Path:
    path = tmp_path / "cl.obo"
    path.write_text(OBO)
    return path


def test_terms_are_read_as_the_file_has_them(obo: Path) -> None:
    types = cell_ontology(obo)
    assert types.names == NAMES
    t = types.names.index("T cell")
    assert types.ids[t] == "CL:0000084"
    assert types.definitions[t].endswith('CD3 chains, called "T" for short.')
    assert types.synonyms[t] == ("T-cell", "T lymphocyte")
    assert types.synonyms[1] == ("lymphoid blood cell",)
    assert types.parents[t] == ("CL:0000542",)
    assert types.provenance["release"] == "cl/releases/2020-01-01/cl-basic.owl"
    assert types.provenance["file"] == "cl.obo"
    assert len(types.provenance["sha256"]) == 64


def test_kinds_are_found_at_any_depth_by_is_a_and_by_genus(obo: Path) -> None:
    types = cell_ontology(obo)
    inside = types.within("CL:0000542")
    assert {types.names[i] for i in np.flatnonzero(inside)} == {
        "lymphocyte",
        "T cell",
        "B cell",
        "natural killer cell",
    }
    assert types.within("CL:0000988").all()
    assert cell_ontology(obo, root="CL:0000576").names == ("classical monocyte",)


def test_a_circle_ends() -> None:
    types = CellTypes(("1", "2", "3"), ("a", "b", "c"), parents=(("2",), ("1",), ()))
    assert types.within("1").tolist() == [True, True, False]


def test_ties_to_types_that_were_not_taken_are_cut(obo: Path) -> None:
    kept = cell_ontology(obo, root="CL:0000542")
    assert kept.names == ("T cell", "B cell", "natural killer cell")
    assert kept.parents == ((), (), ())


def test_texts() -> None:
    types = CellTypes(("1", "2"), ("B cell", "T cell"), ("It makes antibodies.", ""))
    assert types.texts("name") == ("B cell", "T cell")
    assert types.texts("definition") == ("It makes antibodies.", "T cell")
    assert types.texts() == ("B cell: It makes antibodies.", "T cell")
    with pytest.raises(ArgumentError, match="describe='all'"):
        types.texts("all")  # type: ignore[arg-type]


def test_the_ontology_is_fetched_once(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    path = "/" + DATASETS["cell_ontology"].path
    with serving({path: OBO.encode()}) as server:
        monkeypatch.setenv("GENEPT_MIRROR", server.url)
        monkeypatch.setenv("GENEPT_CACHE", str(tmp_path))
        types = get_cell_types("cell_ontology", root="CL:0000988")
        assert types.names == NAMES[1:]
        assert types.provenance["cell_ontology.origin"] == server.url + path
        assert cell_ontology().names == NAMES
        assert len(server.requests) == 1
        server.files[path] = b"<!DOCTYPE html><html></html>"
        monkeypatch.setenv("GENEPT_CACHE", str(tmp_path / "other"))
        with pytest.raises(FetchError, match="page of HTML"):
            cell_ontology()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("name,definition\nB cell,x\n", "is no OBO file"),
        ("", "is no OBO file"),
        ("format-version: 1.2\nontology: cl\n", "has no term"),
        ("format-version: 1.2\n\n[Term]\nid: GO:1\nname: growth\n", "1 terms, none of them a cell type"),
        (
            "format-version: 1.2\n\n[Term]\nid: CL:1\nname: old\nis_obsolete: true\n",
            "none of them a cell type",
        ),
    ],
)
def test_what_is_no_cell_ontology_is_refused(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "types.obo"
    path.write_text(text)
    with pytest.raises(InputFileError, match=said):
        cell_ontology(path)


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    (tmp_path / "bytes.obo").write_bytes(b"\xff\xfe\x00")
    for name in ("bytes.obo", "missing.obo", "missing.csv"):
        with pytest.raises(InputFileError, match="can't be read"):
            get_cell_types(tmp_path / name)
    with pytest.raises(InputFileError, match="file of cell types"):
        get_cell_types(tmp_path / "types.json")


def test_roots_that_are_none(obo: Path) -> None:
    with pytest.raises(UnknownNameError, match="no cell type with the id 'CL:1'"):
        cell_ontology(obo, root="CL:1")
    with pytest.raises(ValuesError, match="no cell type left: nothing is a kind of CL:0000860"):
        cell_ontology(obo, root="CL:0000860")
    with pytest.raises(ArgumentError, match="in a plain list"):
        get_cell_types(["B cell", "T cell"], root="CL:0000084")


def test_lists(tmp_path: Path) -> None:
    table = tmp_path / "types.tsv"
    table.write_text("Name\tmarkers\tDefinition\nB cell\tMS4A1\tIt makes  antibodies.\n\nT cell\tCD3E\t\n")
    types = read_listed_types(table)
    assert types.texts() == ("B cell: It makes antibodies.", "T cell")
    assert types.provenance["file"] == "types.tsv"
    (tmp_path / "types.txt").write_text("B cell\n\n T cell \n")
    assert read_listed_types(tmp_path / "types.txt").ids == ("B cell", "T cell")
    assert get_cell_types(("B cell", "T cell")).names == ("B cell", "T cell")


@pytest.mark.parametrize(
    ("name", "text", "error", "said"),
    [
        ("a.csv", "type,text\nB cell,x\n", InputFileError, "with the columns type, text"),
        ("a.csv", "", InputFileError, "with the columns none"),
        ("a.csv", "name,definition\nB cell,it, too\n", InputFileError, "3 fields, its header has 2"),
        ("a.csv", "name,definition\n,\n", ValuesError, "no cell type left"),
        ("a.txt", "\n\n", ValuesError, "no cell type left"),
        ("a.txt", "B cell\nB cell\n", ValuesError, "stand twice: 'B cell'"),
        ("a.csv", "name,definition\n,a cell\n", ValuesError, "are empty or stand twice: ''"),
    ],
)
def test_lists_that_cannot_be_meant(
    tmp_path: Path, name: str, text: str, error: type[Exception], said: str
) -> None:
    (tmp_path / name).write_text(text)
    with pytest.raises(error, match=re.escape(said)):
        read_listed_types(tmp_path / name)


def test_lengths_must_agree() -> None:
    with pytest.raises(ValuesError, match="2 ids and 1 names"):
        CellTypes(("1", "2"), ("a",))
    with pytest.raises(ValuesError, match="0 ids"):
        CellTypes((), ())


@pytest.mark.realdata
def test_the_real_ontology(realdata: Path) -> None:
    path = realdata / "sets" / "cl-basic.obo"
    types = cell_ontology(path)
    # Counted apart from the reader, by stanza.
    stanzas = path.read_text().split("\n[Term]\n")[1:]
    kept = [s for s in stanzas if s.startswith("id: CL:") and "\nis_obsolete: true" not in s]
    assert len(types) == len(kept) == 2526
    assert sum(map(bool, types.definitions)) == sum("\ndef: " in s for s in kept)
    blood = {types.names[i] for i in np.flatnonzero(types.within("CL:0000988"))}
    assert {
        "T cell",
        "natural killer cell",
        "B cell",
        "monocyte",
        "platelet",
        "hematopoietic stem cell",
    } < blood
    assert "neuron" not in blood
    assert len(read_obo(path)[1]) > len(types)
