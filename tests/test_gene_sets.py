"""Gene sets: what a GMT and PanglaoDB's table are read as, and what is refused."""

import gzip
import hashlib
import logging
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from genept.errors import ArgumentError, GeneNamesError, InputFileError
from genept.genes import GeneSets, read_gene_sets

GMT = "T cells\tmarkers of T cells\tCD3E\tCD3D\tCD3E\nempty\tnothing\nB cells\t\tMS4A1\t\n"
PANGLAO = (
    "species\tofficial gene symbol\tcell type\torgan\n"
    "Mm Hs\tCD3E\tT cells\tImmune\n"
    "Hs\tCD3D\tT cells\tImmune\n"
    "Mm Hs\tCD3E\tT cells\tImmune\n"
    "Mm\tCAR3\tAdipocytes\tSkin\n"
    "None\tFAM46C\tB cells\tImmune\n"
    "Mm Hs\tMS4A1\tB cells\tImmune\n"
)


def write(tmp_path: Path, text: str, name: str = "sets.gmt") -> Path:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return path


def test_a_gmt_is_read_in_order_without_empty_sets(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    path = write(tmp_path, GMT)
    with caplog.at_level(logging.INFO, "genept"):
        sets = read_gene_sets(path)
    assert sets.names == ("T cells", "B cells")
    assert sets.titles == ("markers of T cells", "")
    assert sets.members == (("CD3E", "CD3D"), ("MS4A1",))
    assert sets.provenance == {
        "file": "sets.gmt",
        "sha256": hashlib.sha256(path.read_bytes()).hexdigest(),
        "format": "gmt",
    }
    assert "1 gene sets of sets.gmt have no gene: empty" in caplog.text
    assert len(sets) == 2
    assert repr(sets) == "GeneSets of 2 sets with 3 different genes"


def test_neither_gzip_nor_line_ends_nor_the_name_change_anything(tmp_path: Path) -> None:
    plain = read_gene_sets(write(tmp_path, GMT))
    packed = tmp_path / "no_suffix"
    packed.write_bytes(gzip.compress(b"\xef\xbb\xbf" + GMT.replace("\n", "\r\n").encode()))
    assert read_gene_sets(packed).members == plain.members
    assert read_gene_sets(packed).names == plain.names


@given(st.lists(st.lists(st.sampled_from(["A1", "B-2", "C orf", "é"]), min_size=1), min_size=1, max_size=4))
def test_what_is_written_as_a_gmt_comes_back(
    tmp_path_factory: pytest.TempPathFactory, sets: list[list[str]]
) -> None:
    lines = ["\t".join([f"set {i}", "", *genes]) for i, genes in enumerate(sets)]
    read = read_gene_sets(write(tmp_path_factory.mktemp("gmt"), "\n".join(lines)))
    assert [set(genes) for genes in read.members] == [set(genes) for genes in sets]
    assert all(len(set(genes)) == len(genes) for genes in read.members)


def test_panglaodb_gives_the_markers_of_one_species(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    path = write(tmp_path, PANGLAO, "markers.tsv")
    with caplog.at_level(logging.INFO, "genept"):
        human = read_gene_sets(path)
    assert dict(zip(human.names, human.members, strict=True)) == {
        "T cells": ("CD3E", "CD3D"),
        "B cells": ("MS4A1",),
    }
    assert human.provenance["format"] == "panglaodb"
    assert "2 markers of markers.tsv are of other species or of none" in caplog.text
    mouse = read_gene_sets(path, taxon=10090)
    assert dict(zip(mouse.names, mouse.members, strict=True)) == {
        "T cells": ("CD3E",),
        "Adipocytes": ("CAR3",),
        "B cells": ("MS4A1",),
    }
    with pytest.raises(ArgumentError, match="taxon 10116"):
        read_gene_sets(path, taxon=10116)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "0 gene sets and no gene"),
        ("a\tb\n", "1 gene sets and no gene"),
        ("[Term]\nid: CL:0000000\n", r"line 1 of .*'\[Term\]' .* has no tab"),
        ("T cells\tx\tCD3E\n\nCD3D, CD3E\n", "line 3 .* has no tab"),
        ("\tx\tCD3E\n", "begins with a tab"),
        (PANGLAO + "Hs\tCD4\n", "line 8 .* 2 fields, where the header has 4"),
    ],
)
def test_files_that_are_neither_are_refused(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(InputFileError, match=message):
        read_gene_sets(write(tmp_path, text))


def test_files_that_cannot_be_read_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InputFileError, match="No such file"):
        read_gene_sets(tmp_path / "none.gmt")
    with pytest.raises(InputFileError, match="can't be read"):
        read_gene_sets(tmp_path)
    broken = tmp_path / "broken.gmt.gz"
    broken.write_bytes(gzip.compress(GMT.encode())[:-12])
    with pytest.raises(InputFileError, match="can't be read"):
        read_gene_sets(broken)
    broken.write_bytes(b"\xff\xfe\x00binary")
    with pytest.raises(InputFileError, match="can't be read"):
        read_gene_sets(broken)


def test_sets_of_one_name_are_refused(tmp_path: Path) -> None:
    with pytest.raises(GeneNamesError, match="'T cells' stands more than once"):
        read_gene_sets(write(tmp_path, "T cells\tx\tCD3E\nT cells\ty\tCD3D\n"))


def test_the_value_object_refuses_what_is_no_set() -> None:
    with pytest.raises(GeneNamesError, match="more than once: a"):
        GeneSets(("a", "a"), (("X",), ("Y",)))
    with pytest.raises(GeneNamesError, match="'a' with no gene"):
        GeneSets(("a",), ((),))
    with pytest.raises(GeneNamesError, match="'a' with X more than once"):
        GeneSets(("a",), (("X", "X"),))
    with pytest.raises(GeneNamesError, match="1 names, 2 sets"):
        GeneSets(("a",), (("X",), ("Y",)))


@pytest.mark.realdata
def test_real_files(realdata: Path) -> None:
    hallmark = read_gene_sets(realdata / "sets" / "h.all.v7.0.symbols.gmt")
    assert len(hallmark) == 50
    assert (min(map(len, hallmark.members)), max(map(len, hallmark.members))) == (32, 200)
    assert hallmark.titles[0].startswith("http")
    panglao = read_gene_sets(realdata / "sets" / "PanglaoDB_markers_27_Mar_2020.tsv")
    assert len(panglao) == 178
    assert {"CD3E", "CD3D"} <= set(panglao.members[panglao.names.index("T cells")])
    with pytest.raises(InputFileError, match="has no tab"):
        read_gene_sets(realdata / "sets" / "cl-basic.obo")
