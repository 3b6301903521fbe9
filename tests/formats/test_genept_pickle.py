"""The authors' pickles in every layout they have, their zip, and what is no such file."""

import pickle
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from genept.embeddings.formats import EmbeddingFormat, embedding_formats
from genept.embeddings.formats.genept_pickle import GenePTPickle
from genept.errors import ArgumentError, EmbeddingsError, InputFileError
from genept.testing import EmbeddingFormatConformance

RNG = np.random.default_rng(0)
VECTORS = RNG.normal(size=(3, 1536))
# Names of both releases; the last two share the vector of the second.
NAMES = ("LYZ", "AARS1", "NA", "AARS", "CMT2N")
ROWS = (0, 1, 2, 1, 1)
# Peak memory of a process in MB. Not getrusage's: that begins with the peak of the process that started it.
PEAK = "print(next(int(x.split()[1]) // 1024 for x in open('/proc/self/status') if x.startswith('VmHWM')))\n"
FIRST_RELEASE = "GPT_3_5_gene_embeddings.pickle"
SECOND_RELEASE = "GenePT_gene_protein_embedding_model_3_text.pickle."


def content(form: str) -> dict[str, Any]:
    made: dict[str, list[Any]] = {
        "lists": [row.tolist() for row in VECTORS],
        "arrays": list(VECTORS),
        "rows": [row[None, :] for row in VECTORS],
        "float32": list(VECTORS.astype(np.float32)),
        "equal lists": [],
    }
    if form == "equal lists":
        # The same numbers, but not the same object.
        return {name: VECTORS[row].tolist() for name, row in zip(NAMES, ROWS, strict=True)}
    return {name: made[form][row] for name, row in zip(NAMES, ROWS, strict=True)}


def write(path: Path, value: Any, protocol: int = 4) -> Path:
    path.write_bytes(pickle.dumps(value, protocol=protocol))
    return path


class TestGenePTPickle(EmbeddingFormatConformance):
    def make(self) -> EmbeddingFormat:
        return GenePTPickle()

    def example(self, folder: Path) -> Path:
        return write(folder / FIRST_RELEASE, content("lists"))


class TestGenePTZip(EmbeddingFormatConformance):
    def make(self) -> EmbeddingFormat:
        return GenePTPickle()

    def example(self, folder: Path) -> Path:
        return zipped(
            folder / "GenePT_emebdding_v2.zip", {f"v2/{SECOND_RELEASE}": pickle.dumps(content("rows"))}
        )


def zipped(path: Path, members: dict[str, bytes], compression: int = zipfile.ZIP_DEFLATED) -> Path:
    with zipfile.ZipFile(path, "w", compression) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return path


@pytest.mark.parametrize("form", ["lists", "arrays", "rows", "float32", "equal lists"])
@pytest.mark.parametrize("protocol", range(6))
def test_every_layout_gives_the_numbers_that_went_in(tmp_path: Path, form: str, protocol: int) -> None:
    path = write(tmp_path / SECOND_RELEASE, content(form), protocol)
    assert GenePTPickle().recognises(path) == (protocol > 0)
    read = GenePTPickle().read(path)
    assert read.names == ("LYZ", "AARS1", "NA")
    assert read.aliases == ((), ("AARS", "CMT2N"), ())
    np.testing.assert_array_equal(read.vectors, VECTORS.astype(np.float32))


@pytest.mark.parametrize(
    ("value", "error", "message"),
    [
        ({"LYZ": [0.5] * 20, "CD3E": [0.5] * 21}, EmbeddingsError, r"20 numbers \(LYZ\) and of 21 \(CD3E\)"),
        ({"LYZ": [0.5] * 20, "CD3E": []}, EmbeddingsError, r"'CD3E' .* shape \(0,\)"),
        ({"LYZ": ["a"] * 20}, EmbeddingsError, "'LYZ' .* list of 20"),
        ({"LYZ": [True] * 20}, EmbeddingsError, "'LYZ' .* list of 20"),
        ({"LYZ": [[0.5] * 20]}, EmbeddingsError, "'LYZ' .* list of 1"),
        ({"LYZ": "text"}, EmbeddingsError, "'LYZ' .* str"),
        ({"LYZ": None}, EmbeddingsError, "'LYZ' .* NoneType"),
        ({"LYZ": np.ones((2, 20))}, EmbeddingsError, r"'LYZ' .* shape \(2, 20\)"),
        ({"LYZ": np.array(1.0)}, EmbeddingsError, r"shape \(\)"),
        ({"LYZ": np.array(["a", "b"])}, EmbeddingsError, "array of <U1"),
        ({"LYZ": 7}, EmbeddingsError, "a int"),
        ({1: [0.5] * 20}, InputFileError, "a dict of 1"),
        ({}, InputFileError, "a dict of 0"),
        ([0.5] * 20, InputFileError, "an array of float32"),
        ("text", InputFileError, "a str of 4"),
    ],
)
def test_what_is_no_dict_of_vectors(tmp_path: Path, value: Any, error: type, message: str) -> None:
    with pytest.raises(error, match=message):
        GenePTPickle().read(write(tmp_path / "x.pickle", value))


@pytest.mark.parametrize("value", [{"LYZ": 5}, {"LYZ": "a text"}, [1, 2], "text", {"ENSG1": np.float64(1)}])
def test_other_pickles_are_not_recognised(tmp_path: Path, value: Any) -> None:
    assert not GenePTPickle().recognises(write(tmp_path / "x.pickle", value))


def test_a_zip_of_several_wants_a_name(tmp_path: Path) -> None:
    path = zipped(
        tmp_path / "x.zip",
        {
            "v2/a.pickle": pickle.dumps(content("lists")),
            f"v2/{SECOND_RELEASE}": pickle.dumps(content("rows")),
            "v2/NCBI_UniProt_summary_of_genes.json": b"{}",
        },
    )
    with pytest.raises(ArgumentError, match=r"2 pickles: v2/a\.pickle, .*--format genept:NAME"):
        GenePTPickle().read(path)
    for name in ("a.pickle", SECOND_RELEASE, f"v2/{SECOND_RELEASE}"):
        assert GenePTPickle(name).read(path).names == ("LYZ", "AARS1", "NA")
    with pytest.raises(ArgumentError, match=r"none of them 'b\.pickle'"):
        GenePTPickle("b.pickle").read(path)


@pytest.mark.parametrize("name", ["../out.pickle", "/tmp/out.pickle", "a/../../out.pickle", "C:\\out.pickle"])  # noqa: S108
def test_members_can_not_leave_the_folder(tmp_path: Path, name: str) -> None:
    folder = tmp_path / "in" / "here"
    folder.mkdir(parents=True)
    path = zipped(folder / "x.zip", {name: pickle.dumps(content("lists"))})
    assert GenePTPickle().read(path).names == ("LYZ", "AARS1", "NA")
    assert [p.name for p in tmp_path.rglob("*") if p.is_file()] == ["x.zip"]
    assert not Path("/tmp/out.pickle").exists()  # noqa: S108


def test_a_zip_bomb_is_refused_before_it_is_unpacked(tmp_path: Path) -> None:
    path = zipped(tmp_path / "x.zip", {"a.pickle": b"\x80\x04]" + b"0" * 50_000_000})
    with pytest.raises(InputFileError, match=r"unpacks from .* to 50,000,003 bytes"):
        GenePTPickle().read(path)


def test_a_member_that_lies_about_its_size_is_refused(tmp_path: Path) -> None:
    whole = pickle.dumps(content("lists"))
    path = zipped(tmp_path / "x.zip", {"a.pickle": whole})
    raw = path.read_bytes()
    size = len(whole).to_bytes(4, "little")
    path.write_bytes(raw.replace(size, (len(whole) // 2).to_bytes(4, "little")))
    with pytest.raises(InputFileError):
        GenePTPickle().read(path)


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_members_that_unpack_without_bound_are_refused(tmp_path: Path, method: int) -> None:
    path = zipped(tmp_path / "x.zip", {"a.pickle": b"0" * 5_000_000}, method)
    assert not GenePTPickle().recognises(path)
    with pytest.raises(InputFileError, match="in an unusual way"):
        GenePTPickle().read(path)
    path = zipped(tmp_path / "x.npz", {"genes.npy": b"0" * 5_000_000}, method)
    with pytest.raises(InputFileError, match="in an unusual way"):
        embedding_formats.create("npz").read(path)


def test_an_encrypted_or_unknown_member_is_refused(tmp_path: Path) -> None:
    whole = zipped(tmp_path / "x.zip", {"a.pickle": pickle.dumps(content("lists"))}).read_bytes()
    at, central = whole.index(b"PK\x03\x04"), whole.index(b"PK\x01\x02")
    for offset_local, offset_central, value in ((6, 8, 1), (4, 6, 99), (8, 10, 93)):
        raw = bytearray(whole)
        raw[at + offset_local], raw[central + offset_central] = value, value
        (tmp_path / "x.zip").write_bytes(bytes(raw))
        assert not GenePTPickle().recognises(tmp_path / "x.zip")
        with pytest.raises(InputFileError):
            GenePTPickle().read(tmp_path / "x.zip")


def test_a_damaged_zip_is_refused(tmp_path: Path) -> None:
    path = zipped(tmp_path / "x.zip", {"a.pickle": pickle.dumps(content("lists"))}, zipfile.ZIP_STORED)
    raw = bytearray(path.read_bytes())
    raw[5_000] ^= 1
    path.write_bytes(bytes(raw))
    with pytest.raises(InputFileError, match="damaged"):
        GenePTPickle().read(path)


def test_many_names_of_one_vector_cost_no_memory(tmp_path: Path) -> None:
    """A million names would unfold to 6 GB, if each had a row of its own."""
    shared = RNG.normal(size=1536).tolist()
    path = write(tmp_path / "x.pickle", {f"GENE{i}": shared for i in range(300_000)})
    code = (
        "import sys\n"
        "from pathlib import Path\n"
        "from genept.embeddings.formats.genept_pickle import GenePTPickle\n"
        "read = GenePTPickle().read(Path(sys.argv[1]))\n"
        "print(len(read.names))\n" + PEAK
    )
    done = subprocess.run([sys.executable, "-c", code, path], capture_output=True, text=True, check=True)
    rows, megabytes = map(int, done.stdout.split())
    assert (rows, megabytes < 600) == (1, True)


@pytest.mark.slow
def test_a_file_of_the_authors_size(tmp_path: Path) -> None:
    """93,800 names of 34,000 vectors of 1,536 float64: 460 MB."""
    vectors = np.random.default_rng(1).normal(size=(34_000, 1536))
    lists = [row.tolist() for row in vectors]
    with (tmp_path / FIRST_RELEASE).open("wb") as file:
        pickle.dump({f"GENE{i}": lists[i % 34_000] for i in range(93_800)}, file)
    del lists
    code = (
        "import sys, time\n"
        "from genept import read_embeddings, write_embeddings\n"
        "start = time.perf_counter()\n"
        "genes = read_embeddings(sys.argv[1])\n"
        "write_embeddings(genes, sys.argv[2])\n"
        "print(len(genes.genes), round(time.perf_counter() - start))\n" + PEAK
    )
    args = [sys.executable, "-c", code, str(tmp_path / FIRST_RELEASE), str(tmp_path / "genes.h5ad")]
    done = subprocess.run(args, capture_output=True, text=True, check=True)
    rows, _seconds, megabytes = map(int, done.stdout.split())
    assert rows == 34_000
    assert megabytes < 2_000
