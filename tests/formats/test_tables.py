"""Tables, word2vec text, npz and AnnData as formats of gene embeddings."""

import gzip
import zipfile
from contextlib import suppress
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from anndata import AnnData

import genept
from genept.embeddings.export import export_embeddings
from genept.embeddings.formats import NamedVectors, embedding_formats
from genept.embeddings.formats.anndata_file import AnnDataFile
from genept.embeddings.formats.npz import Npz
from genept.embeddings.formats.table import TableFile
from genept.embeddings.formats.word2vec import Word2VecText
from genept.errors import EmbeddingsError, GeneptError, InputFileError, UnknownNameError
from genept.testing import EmbeddingFormatConformance

NAMES = ("CD3E", "LYZ", "NA", "1-Mar", "H2AFY")
VECTORS = np.random.default_rng(7).normal(size=(5, 6)).astype(np.float32)
OURS = ("anndata", "gene2vec", "npz", "table")


def rows(between: str, after: str = "\n") -> str:
    """The example's rows as text: name, then numbers parted by ``between``."""
    return "".join(
        name + "{}" + between.join(repr(float(x)) for x in row) + after
        for name, row in zip(NAMES, VECTORS, strict=True)
    )


def released(folder: Path) -> Path:
    """The layout of gene2vec_dim_200_iter_9.txt: a tab after the name, a space after every number."""
    path = folder / "gene2vec_dim_200_iter_9.txt"
    path.write_text(rows(" ", " \n").format(*["\t"] * 5))
    return path


def with_header(folder: Path) -> Path:
    """The layout of gene2vec_dim_200_iter_9_w2v.txt."""
    path = folder / "gene2vec_dim_200_iter_9_w2v.txt"
    path.write_text("5 6\n" + rows(" ", " \n").format(*[" "] * 5))
    return path


def csv_file(folder: Path, sep: str = ",", name: str = "vectors.csv") -> Path:
    path = folder / name
    path.write_text(sep.join(["symbol", *map(str, range(6))]) + "\n" + rows(sep).format(*[sep] * 5))
    return path


def packed(path: Path) -> Path:
    target = path.with_name(path.name + ".gz")
    target.write_bytes(gzip.compress(path.read_bytes()))
    return target


def npz_file(folder: Path) -> Path:
    path = folder / "vectors.npz"
    np.savez_compressed(path, genes=np.array(NAMES), vectors=VECTORS)
    return path


def h5ad(folder: Path, adata: AnnData, name: str = "theirs.h5ad") -> Path:
    path = folder / name
    adata.write_h5ad(path)
    return path


def genes_in_x(folder: Path) -> Path:
    return h5ad(folder, AnnData(VECTORS, obs=pd.DataFrame(index=list(NAMES))))


def check_example(read: NamedVectors) -> None:
    assert read.names == NAMES
    np.testing.assert_array_equal(read.vectors.astype(np.float32), VECTORS)


class TestWord2VecConforms(EmbeddingFormatConformance):
    def make(self) -> Word2VecText:
        return Word2VecText()

    def example(self, folder: Path) -> Path:
        return with_header(folder)


class TestTableConforms(EmbeddingFormatConformance):
    def make(self) -> TableFile:
        return TableFile()

    def example(self, folder: Path) -> Path:
        return packed(csv_file(folder))


class TestParquetConforms(TestTableConforms):
    def example(self, folder: Path) -> Path:
        pd.DataFrame(VECTORS, index=list(NAMES)).rename(columns=str).to_parquet(folder / "v.parquet")
        return folder / "v.parquet"


class TestNpzConforms(EmbeddingFormatConformance):
    def make(self) -> Npz:
        return Npz()

    def example(self, folder: Path) -> Path:
        return npz_file(folder)


class TestAnnDataConforms(EmbeddingFormatConformance):
    def make(self) -> AnnDataFile:
        return AnnDataFile()

    def example(self, folder: Path) -> Path:
        return genes_in_x(folder)


EXAMPLES = {
    "released": (released, "gene2vec"),
    "with_header": (with_header, "gene2vec"),
    "released_gz": (lambda folder: packed(released(folder)), "gene2vec"),
    "with_header_gz": (lambda folder: packed(with_header(folder)), "gene2vec"),
    "csv": (csv_file, "table"),
    "csv_gz": (lambda folder: packed(csv_file(folder)), "table"),
    "tsv": (lambda folder: csv_file(folder, "\t", "v.tsv"), "table"),
    "tsv_gz": (lambda folder: packed(csv_file(folder, "\t", "v.tsv")), "table"),
    "npz": (npz_file, "npz"),
    "anndata": (genes_in_x, "anndata"),
}


@pytest.mark.parametrize("example", EXAMPLES)
def test_every_layout_gives_what_went_in_and_belongs_to_one_format(example: str, tmp_path: Path) -> None:
    write, name = EXAMPLES[example]
    path = write(tmp_path)
    assert [made for made in OURS if embedding_formats.create(made).recognises(path)] == [name]
    check_example(embedding_formats.create(name).read(path))


def test_texts_and_other_files_are_not_recognised(tmp_path: Path) -> None:
    """Texts of genes, a gene table, a bare matrix, text with commas and a sparse matrix are no embeddings."""
    (tmp_path / "texts.csv").write_text("symbol,text\nCD3E,A part of the receptor.\nLYZ,\n")
    (tmp_path / "texts.tsv").write_text("CD3E\tA part of the receptor.\nLYZ\tLysozyme.\n")
    (tmp_path / "info.tsv").write_text(
        "tax_id\tGeneID\tSymbol\tchr\ttype\tdesc\n9606\t1\tA1BG\t19q\tp\tglyco\n"
    )
    (tmp_path / "matrix.txt").write_text("0.1 0.2 0.3\n0.4 0.5 0.6\n")
    (tmp_path / "prose.txt").write_text("5 6\nwords, and more words\n")
    genept.texts.write_texts(genept.texts.get_texts("starter"), tmp_path / "texts.parquet")
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("a.txt", "a")
    for path in tmp_path.iterdir():
        assert not [name for name in OURS if embedding_formats.create(name).recognises(path)], path


class TestWord2Vec:
    @pytest.mark.parametrize(
        ("text", "said"),
        [
            ("2 3\nCD3E 1 2 3\nLYZ 1 2\n", "2 numbers for LYZ in line 3"),
            ("2 3\nCD3E 1 2 3\n", "1 genes in .*first line says 2"),
            ("1 3\nCD3E 1 2 3\nLYZ 1 2 3\n", "2 genes in .*first line says 1"),
            ("2 2\nCD3E 1 2 3\nLYZ 1 2 3\n", "3 numbers for CD3E in line 2"),
            ("CD3E\t1 2 3\nLYZ\t1 2 3 4\n", "4 numbers for LYZ in line 2"),
            ("CD3E\t1 2 x\n", r"line 1 of .*\(CD3E\)"),
            ("CD3E\t1 2_0 3\n", "_ among the numbers"),
            ("CD3E\t1 2\nCD3E\t1 2\n", "more than once .*CD3E"),
            ("\t1 2\nCD3E\t1 2\n", "without a name: 1"),
            ("2 2\n 1 2\nCD3E 1 2\n", "without a name: 1"),
            ("CD3E\nLYZ\n", "0 numbers for CD3E"),
            ("0 3\n", "no genes"),
            ("", "no genes"),
            ("999999999 999999\nCD3E 1\n", "1 numbers for CD3E"),
        ],
    )
    def test_what_is_wrong_is_said(self, text: str, said: str, tmp_path: Path) -> None:
        (tmp_path / "a.txt").write_text(text)
        with pytest.raises(EmbeddingsError, match=said):
            Word2VecText().read(tmp_path / "a.txt")

    def test_words_for_numbers_that_are_not_finite_are_left_in(self, tmp_path: Path) -> None:
        (tmp_path / "a.txt").write_text("NAN\tnan inf -inf 1e300 \nB C\t1 2 3 4\r\n\n")
        read = Word2VecText().read(tmp_path / "a.txt")
        assert read.names == ("NAN", "B C")
        np.testing.assert_array_equal(read.vectors[0], np.array([np.nan, np.inf, -np.inf, np.inf], "f4"))

    def test_no_line_is_longer_than_a_gene_can_be(self, tmp_path: Path) -> None:
        (tmp_path / "a.txt").write_bytes(b"CD3E " + b"1 " * (1 << 23))
        with pytest.raises(InputFileError, match="16 MB"):
            Word2VecText().read(tmp_path / "a.txt")


class TestTable:
    def read(self, text: str, folder: Path, column: str = "") -> NamedVectors:
        (folder / "a.csv").write_text(text)
        return TableFile(column).read(folder / "a.csv")

    @pytest.mark.parametrize("label", ["symbol", "Gene", "gene_name", "", "Unnamed: 0", "anything"])
    def test_finds_the_names(self, label: str, tmp_path: Path) -> None:
        read = self.read(f"{label},a,b\nNA,1,2\nNAN,3,4\nnull,5,6\n", tmp_path)
        assert read.names == ("NA", "NAN", "null")
        np.testing.assert_array_equal(read.vectors, [[1, 2], [3, 4], [5, 6]])

    def test_names_that_are_all_numbers_to_a_computer(self, tmp_path: Path) -> None:
        assert self.read("symbol,a\nNAN,1\nINF,2\n", tmp_path).names == ("NAN", "INF")
        assert self.read(",a\n7157,1\n1017,2\n", tmp_path).names == ("7157", "1017")

    def test_columns_of_ours_are_no_dimensions(self, tmp_path: Path) -> None:
        labels = "symbol,aliases,entrez_id,ensembl_id,0,note,1\n"
        read = self.read(labels + "MACROH2A1,H2AFY|mH2A1,9555,ENSG1,1,x,2\nLYZ,,4069,,3,,4\n", tmp_path)
        assert read.aliases == (("H2AFY", "mH2A1"), ())
        np.testing.assert_array_equal(read.vectors, [[1, 2], [3, 4]])
        assert read.known == {"entrez_id": ("9555", "4069"), "ensembl_id": ("ENSG1", "")}
        assert read.provenance == {"columns_not_read": "note"}

    def test_the_column_asked_for(self, tmp_path: Path) -> None:
        text = "id,label,0,1\nx,CD3E,1,2\ny,LYZ,3,4\n"
        with pytest.raises(EmbeddingsError, match=r"2 columns of text: 'id', 'label'.*table:COLUMN"):
            self.read(text, tmp_path)
        assert self.read(text, tmp_path, "label").names == ("CD3E", "LYZ")
        with pytest.raises(UnknownNameError, match="no column 'gene'"):
            self.read(text, tmp_path, "gene")

    @pytest.mark.parametrize(
        ("text", "said"),
        [
            ("symbol,0,1\nCD3E,1,2\nLYZ,,4\n", "'' for LYZ in the column '0'"),
            ("symbol,0,1\nCD3E,1,2\nLYZ,3,NA\n", "'NA' for LYZ in the column '1'"),
            ("symbol,0,1\nCD3E,1,2\nLYZ,3\n", r"2 cells in row 2 .*\(LYZ\)"),
            ("symbol,0,1\nCD3E,1,2\nLYZ,3,4,5\n", r"4 cells in row 2 .*\(LYZ\)"),
            ("V1,V2\nCD3E,1,2\nLYZ,3,4\n", r"3 cells in row 1 .*in R, write it with write.csv"),
            ("symbol,0\nCD3E,1\nCD3E,2\n", "more than once .*CD3E"),
            ("symbol,0\nCD3E,1\n,2\n ,3\n", "2 rows .*without a name: 2, 3"),
            ("symbol,0,1\n", "no genes"),
            ("symbol\nCD3E\n", "none of them of numbers"),
            ("symbol;0;1\nCD3E;1;2\n", "semicolon"),
            ("symbol,0,0\nCD3E,1,2\n", "same label: '0'"),
            ("CD3E,0.5,0.25\nLYZ,1.5,2\n", "numbers in place of labels"),
            ("CD3E,3,1\nLYZ,1,2\n", "numbers in place of labels"),
            (",CD3E,LYZ\n0,1,2\n1,3,4\n", "genes look to be its columns.*transpose"),
            ("symbol,CD3E,LYZ\nPC1,1,2\nPC2,3,4\n", "genes look to be its columns.*transpose"),
            ("CD3E,LYZ\n1,2\n3,4\n", "0 columns of text.*transpose"),
        ],
    )
    def test_what_is_wrong_is_said(self, text: str, said: str, tmp_path: Path) -> None:
        with pytest.raises(EmbeddingsError, match=said):
            self.read(text, tmp_path)

    def test_quotes_line_breaks_and_a_mark_at_the_beginning(self, tmp_path: Path) -> None:
        read = self.read('\ufeffsymbol,0\n"a,b",1\n"c ""d""",nan\n"e\nf",inf\n', tmp_path)
        assert read.names == ("a,b", 'c "d"', "e\nf")
        np.testing.assert_array_equal(read.vectors.ravel(), np.array([1, np.nan, np.inf], "f4"))

    def test_what_is_no_text_is_refused(self, tmp_path: Path) -> None:
        for content in (b"", b"symbol,0\nCD3E\0,1\n", b"symbol,0\n\xff\xfe,1\n"):
            (tmp_path / "a.csv").write_bytes(content)
            with pytest.raises(InputFileError):
                TableFile().read(tmp_path / "a.csv")

    def test_parquet_with_missing_cells_or_other_things(self, tmp_path: Path) -> None:
        frame = pd.DataFrame({"symbol": ["CD3E", "LYZ"], "0": [1.0, None], "seen": [True, False]})
        frame.to_parquet(tmp_path / "a.parquet")
        with pytest.raises(EmbeddingsError, match="nothing for LYZ in the column '0'"):
            TableFile().read(tmp_path / "a.parquet")
        frame.fillna(2.0).to_parquet(tmp_path / "a.parquet")
        assert TableFile().read(tmp_path / "a.parquet").provenance["columns_not_read"] == "seen"

    def test_parquet_whose_names_are_no_utf8(self, tmp_path: Path) -> None:
        path = tmp_path / "a.parquet"
        pd.DataFrame({"symbol": ["QQQQ", "LYZ"], "0": [1.0, 2.0]}).to_parquet(path, use_dictionary=False)
        path.write_bytes(path.read_bytes().replace(b"QQQQ", b"Q\xff\xffQ"))
        with pytest.raises(InputFileError):
            TableFile().read(path)

    @pytest.mark.realdata
    def test_the_authors_vectors(self, realdata: Path) -> None:
        """86 genes by 1,536 dimensions from ada-002, of unit length, and the row of zeros ``ctrl``."""
        path = realdata / "embeddings" / "genept_subset" / "Embedding_small.csv.gz"
        assert [name for name in OURS if embedding_formats.create(name).recognises(path)] == ["table"]
        read = TableFile().read(path)
        assert read.vectors.shape == (87, 1536)
        assert read.names[:2] == ("ctrl", "AMIGO3")
        assert read.vectors[1, 0] == np.float32(-0.036370888352394104)
        lengths = np.linalg.norm(read.vectors, axis=1)
        assert lengths[0] == 0
        np.testing.assert_allclose(lengths[1:], 1, rtol=1e-4)


class TestNpz:
    def read(self, folder: Path, **arrays: object) -> NamedVectors:
        np.savez(folder / "a.npz", **arrays)  # type: ignore[arg-type]
        return Npz().read(folder / "a.npz")

    @pytest.mark.parametrize("keys", [("names", "X"), ("gene_names", "embeddings"), ("any", "thing")])
    def test_finds_names_and_vectors(self, keys: tuple[str, str], tmp_path: Path) -> None:
        check_example(self.read(tmp_path, **{keys[0]: np.array(NAMES), keys[1]: VECTORS}))

    def test_aliases_and_other_arrays(self, tmp_path: Path) -> None:
        aliases = np.array(["", "LZM|LYZF1", "", "", ""])
        read = self.read(tmp_path, genes=np.array(NAMES), X=VECTORS, aliases=aliases, more=np.eye(3))
        assert read.aliases[1] == ("LZM", "LYZF1")
        assert read.provenance == {"arrays_not_read": "more"}
        with pytest.raises(EmbeddingsError, match="4 aliases for 5 names"):
            self.read(tmp_path, genes=np.array(NAMES), X=VECTORS, aliases=aliases[:4])

    @pytest.mark.parametrize(
        "arrays",
        [
            {"a": np.array(NAMES), "b": np.array(NAMES), "X": VECTORS},
            {"genes": np.array(NAMES), "a": VECTORS, "b": VECTORS},
            {"genes": np.array(NAMES), "X": VECTORS.astype(int)},
            {"genes": np.array([NAMES]), "X": VECTORS},
            {"genes": np.array(NAMES[:4]), "X": VECTORS},
            {"genes": np.array(["CD3E"] * 5), "X": VECTORS},
            {"genes": np.array(["", *NAMES[1:]]), "X": VECTORS},
            {"genes": np.array([], dtype=str), "X": VECTORS[:0]},
        ],
    )
    def test_what_is_wrong_is_said(self, arrays: dict[str, object], tmp_path: Path) -> None:
        with pytest.raises(EmbeddingsError):
            self.read(tmp_path, **arrays)

    def test_pickles_are_refused_by_name(self, tmp_path: Path) -> None:
        with pytest.raises(InputFileError, match="'genes' of Python objects"):
            self.read(tmp_path, genes=np.array(NAMES, dtype=object), X=VECTORS)

    def test_bombs_are_refused_unread(self, tmp_path: Path) -> None:
        """Thirty million zeros pack to a thousandth; a header may say more or less than its member."""
        np.savez_compressed(tmp_path / "a.npz", genes=np.array(NAMES), X=np.zeros((5, 6_000_000), "f4"))
        with pytest.raises(InputFileError, match="unpacks to"):
            Npz().read(tmp_path / "a.npz")
        self.read(tmp_path, genes=np.array(NAMES), X=VECTORS)
        with zipfile.ZipFile(tmp_path / "a.npz") as archive:
            content = {name: archive.read(name) for name in archive.namelist()}
        for said in (b"(9, 6)", b"(1, 6)", b"(-5, 6)"):
            with zipfile.ZipFile(tmp_path / "b.npz", "w") as archive:
                archive.writestr("genes.npy", content["genes.npy"])
                archive.writestr("X.npy", content["X.npy"].replace(b"(5, 6)", said))
            with pytest.raises(InputFileError):
                Npz().read(tmp_path / "b.npz")

    def test_the_same_array_twice(self, tmp_path: Path) -> None:
        path = npz_file(tmp_path)
        with zipfile.ZipFile(path) as archive:
            genes = archive.read("genes.npy")
        with zipfile.ZipFile(path, "a") as archive, pytest.warns(UserWarning, match="Duplicate"):
            archive.writestr("genes.npy", genes)
        with pytest.raises(InputFileError, match="twice"):
            Npz().read(path)


@pytest.mark.parametrize("name", ["gene2vec", "table"])
def test_gzip_bombs_are_refused(name: str, tmp_path: Path) -> None:
    """What packs to a thousandth is stopped on the way, not when the memory is full."""
    long = b"CD3E" + b" " * 100_000
    content = b"symbol\t0\t1\n" + (long + b"\t0\t0\n") * 1000 if name == "table" else (long + b"0 0\n") * 1000
    (tmp_path / "a.gz").write_bytes(gzip.compress(content))
    with pytest.raises(InputFileError, match="unpacks to"):
        embedding_formats.create(name).read(tmp_path / "a.gz")


@pytest.mark.parametrize("example", ["with_header", "csv", "csv_gz", "npz", "anndata", "parquet"])
def test_flipped_and_missing_bytes_give_an_error_of_ours_or_numbers(
    example: str, tmp_path: Path, genes: genept.GeneEmbeddings
) -> None:
    """A damaged file is read, or refused in our words; nothing else is raised."""
    if example == "parquet":
        path, name = tmp_path / "a.parquet", "table"
        export_embeddings(genes, path)
    else:
        write, name = EXAMPLES[example]
        path = write(tmp_path)
    whole = path.read_bytes()
    rng = np.random.default_rng(3)
    made = embedding_formats.create(name)
    for turn in range(40):
        content = bytearray(whole)
        # A flipped bit in the list of strings of an HDF5 file can make libhdf5 itself turn for ever.
        if turn % 3 and example != "anndata":
            for place in rng.integers(0, len(whole), size=1 + turn % 4):
                content[place] ^= 1 << int(rng.integers(8))
        else:
            del content[int(rng.integers(len(whole))) :]
        path.write_bytes(content)
        made.recognises(path)
        with suppress(GeneptError):
            assert len(made.read(path).names) > 0


def test_a_long_name_in_every_row_is_refused_before_it_is_unpacked(tmp_path: Path) -> None:
    """A few kilobytes: Parquet keeps the name once."""
    one = pa.array(["x" * 20_000])
    names = pa.DictionaryArray.from_arrays(np.zeros(100_000, dtype=np.int32), one)
    pq.write_table(pa.table({"gene": names, "a": np.zeros(100_000)}), tmp_path / "x.parquet")
    assert (tmp_path / "x.parquet").stat().st_size < 100_000
    with pytest.raises(InputFileError, match="unpacks to"):
        TableFile().read(tmp_path / "x.parquet")
