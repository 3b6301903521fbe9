"""Text sources from upstream files on a real server, templates, sums, and texts as files."""

import gzip
import json
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest

import genept
from genept import GeneTable, GeneTexts
from genept.datasets import download as download_module
from genept.errors import (
    ArgumentError,
    EmbeddingsError,
    FetchError,
    GeneNamesError,
    InputFileError,
    UnknownNameError,
)
from genept.testing import TextSourceConformance
from genept.texts import (
    NCBITexts,
    StarterTexts,
    TableTexts,
    TextSource,
    UniProtTexts,
    build_texts,
    get_template,
    get_texts,
    write_texts,
)
from genept.texts.names import NameTexts
from tests.conftest import RunGenept
from tests.file_server import FileServer, serving
from tests.upstream import FILES


@pytest.fixture(scope="module")
def server() -> Iterator[FileServer]:
    with serving(dict(FILES)) as running:
        yield running


@pytest.fixture
def mirror(server: FileServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> FileServer:
    """An empty cache, and a mirror to fill it from."""
    monkeypatch.setenv("GENEPT_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("GENEPT_MIRROR", server.url)
    monkeypatch.setattr(download_module, "FIRST_WAIT", 0.01)
    server.faults.clear()
    return server


def as_dict(texts: GeneTexts) -> dict[str, str]:
    return dict(zip(texts.genes.symbols, texts.texts, strict=True))


@pytest.mark.usefixtures("mirror")
class TestNCBI(TextSourceConformance):
    def make(self) -> TextSource:
        return NCBITexts()


@pytest.mark.usefixtures("mirror")
class TestUniProt(TextSourceConformance):
    def make(self) -> TextSource:
        return UniProtTexts()


@pytest.mark.usefixtures("mirror")
class TestNames(TextSourceConformance):
    def make(self) -> TextSource:
        return NameTexts()


class TestTable(TextSourceConformance):
    @pytest.fixture(autouse=True)
    def _file(self, tmp_path: Path) -> None:
        self.path = tmp_path / "texts.csv"
        self.path.write_text('symbol,text\nLYZ,"An enzyme, which\ncuts\tsugars"\nNA,A gene.\n')

    def make(self) -> TextSource:
        return TableTexts(str(self.path))


NCBI = {
    "LYZ": "Gene Symbol LYZ It cuts the walls of bacteria.",
    "MACROH2A1": "Gene Symbol MACROH2A1 Predicted to bind DNA.",
    "NA": "Gene Symbol NA A gene whose name isn't a missing value.",
}


def test_ncbi(mirror: FileServer) -> None:
    texts = get_texts("ncbi")
    # Without text, unknown, or of a symbol that two genes share: left out.
    assert as_dict(texts) == NCBI
    assert texts.genes.entrez_ids == ("4069", "9555", "7")
    assert texts.genes.full_names == ("lysozyme", "macroH2A.1 histone", "")
    # LZM is an alias of two genes, and decides for neither.
    assert texts.genes.aliases == (("LYZF1",), (), ("NAN",))
    assert texts.genes.previous == ((), ("H2AFY",), ())
    for name in ("ncbi_gene_summary", "ncbi_gene_info_human", "hgnc_complete_set"):
        assert texts.provenance[f"{name}.origin"].startswith(mirror.url)
        assert len(texts.provenance[f"{name}.sha256"]) == 64
        assert texts.provenance[f"{name}.date"].startswith("20")
    assert texts.provenance["template"] == "Gene Symbol {symbol}[ {summary}][ Protein summary: {function}]"


@pytest.mark.parametrize(
    ("spec", "symbols"),
    [
        ("ncbi:refseq", ("LYZ", "NA")),
        ("ncbi:alliance", ("MACROH2A1",)),
        ("uniprot", ("LYZ", "H4C1", "H4C2")),
        ("names", ("LYZ", "MACROH2A1", "NA", "QUIET1", "H4C1", "H4C2")),
        ("ncbi+uniprot", ("LYZ", "MACROH2A1", "NA", "H4C1", "H4C2")),
    ],
)
def test_whose_texts_there_are(mirror: FileServer, spec: str, symbols: tuple[str, ...]) -> None:
    assert get_texts(spec).genes.symbols == symbols


def test_uniprot_joins_entries_and_shares_those_of_several_genes(mirror: FileServer) -> None:
    assert as_dict(get_texts("uniprot")) == {
        "LYZ": "Gene Symbol LYZ Protein summary: Has a bacteriolytic function.",
        "H4C1": "Gene Symbol H4C1 Protein summary: A core part of the nucleosome. "
        "Another entry of the same gene.",
        "H4C2": "Gene Symbol H4C2 Protein summary: A core part of the nucleosome.",
    }


def test_a_sum_says_of_each_source_what_they_do_not_share(mirror: FileServer, tmp_path: Path) -> None:
    for name in "abc":
        (tmp_path / f"{name}.csv").write_text(f"symbol,text\nGENE{name},Text {name}.\n")
    said = build_texts([NCBITexts(), UniProtTexts()]).provenance
    assert (said["ncbi.licence"], said["uniprot.licence"]) == (
        "public domain (work of the US government)",
        "CC BY 4.0",
    )
    assert said["taxon"] == "9606"
    three = "+".join(f"table:{tmp_path}/{name}.csv" for name in "abc")
    said = get_texts(three).provenance
    assert [said[f"{label}.file"] for label in ("table", "table.2", "table.3")] == ["a.csv", "b.csv", "c.csv"]


def test_the_full_name_is_known_for_genes_of_any_source(mirror: FileServer) -> None:
    get_texts("names")
    texts = build_texts("starter", template="{symbol} ({name})", only=["LYZ"])
    assert texts.texts == ("LYZ (lysozyme)",)


def test_a_sum_has_what_both_say_as_the_second_release_writes_it(mirror: FileServer) -> None:
    texts = as_dict(get_texts("ncbi+uniprot"))
    assert texts["LYZ"] == NCBI["LYZ"] + " Protein summary: Has a bacteriolytic function."
    assert texts["NA"] == NCBI["NA"]
    assert texts["H4C2"].startswith("Gene Symbol H4C2 Protein summary:")


def test_of_two_summaries_the_first_source_has_the_gene(mirror: FileServer, tmp_path: Path) -> None:
    (tmp_path / "mine.tsv").write_text("gene\tsummary\nH2AFY\tMine.\nQUIET1\tMine too.\n")
    texts = build_texts(f"ncbi+table:{tmp_path}/mine.tsv", template="summary")
    # The old symbol in the table is the same gene as the new one.
    assert as_dict(texts)["MACROH2A1"] == "Predicted to bind DNA."
    assert as_dict(texts)["QUIET1"] == "Mine too."
    turned = build_texts([TableTexts(f"{tmp_path}/mine.tsv"), NCBITexts()], template="summary")
    assert as_dict(turned)["H2AFY"] == "Mine."
    assert "MACROH2A1" not in as_dict(turned)
    assert turned.provenance["source"] == "table+ncbi"


@pytest.mark.parametrize(
    ("template", "lyz", "n"),
    [
        ("name", "LYZ", 3),
        ("name-summary", "LYZ It cuts the walls of bacteria.", 3),
        ("summary", "It cuts the walls of bacteria.", 3),
        ("release-2", NCBI["LYZ"], 3),
        ("{symbol} ({name})[: {summary}]", "LYZ (lysozyme): It cuts the walls of bacteria.", 2),
    ],
)
def test_templates(mirror: FileServer, template: str, lyz: str, n: int) -> None:
    texts = build_texts("ncbi", template=template)
    assert as_dict(texts)["LYZ"] == lyz
    # A gene of which the template asks what isn't known has no text.
    assert len(texts.texts) == n


@pytest.mark.parametrize("pattern", ["no placeholder", "{sumary}", "[{summary}", "a ] {symbol}", "", "{}"])
def test_templates_that_mean_nothing(pattern: str) -> None:
    with pytest.raises(ArgumentError, match="release-2"):
        get_template(pattern)


def test_genes_without_a_text_are_left_out_or_get_the_bare_symbol(mirror: FileServer) -> None:
    texts = build_texts("ncbi", bare_symbols=True)
    bare = {s: f"Gene Symbol {s}" for s in ("QUIET1", "H4C1", "H4C2")}
    assert as_dict(texts) == NCBI | bare
    assert texts.provenance["genes_without_text"] == "Gene Symbol {symbol}"


@pytest.mark.parametrize("bare", [False, True])
def test_only_some_genes(mirror: FileServer, caplog: pytest.LogCaptureFixture, bare: bool) -> None:
    wanted = ["ENSG00000113648.5", "LYZF1", "QUIET1", "nothing", "LZM"]
    texts = build_texts("ncbi", only=wanted, bare_symbols=bare)
    assert set(texts.genes.symbols) == {"LYZ", "MACROH2A1"} | ({"QUIET1"} if bare else set())
    assert "LZM" in caplog.text
    left_out = "1 unknown: nothing; 1 ambiguous: LZM"
    assert texts.provenance["left_out"] == (left_out if bare else f"1 without a text: QUIET1; {left_out}")
    with pytest.raises(GeneNamesError, match="no text for any"):
        build_texts("ncbi", only=["nothing"], bare_symbols=bare)


def test_mouse(mirror: FileServer) -> None:
    texts = build_texts("ncbi", taxon=10090)
    assert as_dict(texts) == {"Lyz2": "Gene Symbol Lyz2 Enables lysozyme activity."}
    assert texts.provenance["taxon"] == "10090"
    with pytest.raises(ArgumentError, match="taxon 7227"):
        build_texts("uniprot", taxon=7227)
    with pytest.raises(ArgumentError, match="starter texts for taxon 10090"):
        build_texts("starter", taxon=10090)


@pytest.mark.parametrize(
    ("spec", "error", "message"),
    [
        ("nbci", UnknownNameError, "generated, names, ncbi, starter, table, uniprot"),
        ("generated:gpt", ArgumentError, "--source generated:gpt --only"),
        ("generated", ArgumentError, "--source generated:MODEL --only"),
        ("ncbi:omim", ArgumentError, "ncbi:refseq"),
        ("starter:x", ArgumentError, "use starter"),
        ("table", ArgumentError, "table:ARGUMENT"),
        ("table:x.docx", ArgumentError, r"\.parquet"),
        ("nothing.csv", InputFileError, "No such file"),
        ("ncbi+", UnknownNameError, "no text source named ''"),
    ],
)
def test_sources_that_are_none(mirror: FileServer, spec: str, error: type, message: str) -> None:
    with pytest.raises(error, match=message):
        get_texts(spec)


def test_offline_it_says_what_to_put_where(
    mirror: FileServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    get_texts("ncbi")
    monkeypatch.setenv("GENEPT_MIRROR", "http://127.0.0.1:9")
    # What is cached needs no network, and isn't doubted.
    assert as_dict(get_texts("ncbi")) == NCBI
    with pytest.raises(FetchError, match=r"rest\.uniprot\.org.*put it at .*function_9606\.tsv"):
        get_texts("uniprot")


class TestTables:
    """Files of the user's."""

    def load(self, path: Path, content: str | bytes) -> GeneTexts:
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return get_texts(str(path))

    @pytest.mark.parametrize(
        ("name", "content"),
        [
            ("a.csv", "symbol,text\nLYZ,one\nNA,two\nNAN,three\n"),
            ("a.csv", "\ufeffGene,Note\r\nLYZ,one\r\nNA,two\r\nNAN,three\r\n"),
            ("a.csv", "id,description,gene_symbol,text\n1,x,LYZ,one\n2,y,NA,two\n3,z,NAN,three\n"),
            ("a.tsv", "gene\tsummary\nLYZ\tone\nNA\ttwo\nNAN\tthree\nEMPTY\t\n"),
            ("a.csv.gz", gzip.compress(b"symbol,text\nLYZ,one\nNA,two\nNAN,three\n", mtime=0)),
            ("a.json", '{"LYZ": "one", "NA": " two ", "NAN": "three", "EMPTY": null}'),
            ("a.json.gz", gzip.compress(b'{"LYZ": "one", "NA": "two", "NAN": "three"}', mtime=0)),
        ],
    )
    def test_layouts(self, tmp_path: Path, name: str, content: str | bytes) -> None:
        texts = self.load(tmp_path / name, content)
        assert as_dict(texts) == {"LYZ": "one", "NA": "two", "NAN": "three"}
        assert texts.provenance["file"] == name
        assert len(texts.provenance["sha256"]) == 64

    def test_the_known_column_stays_whatever_the_order(self, tmp_path: Path) -> None:
        texts = self.load(tmp_path / "a.csv", "summary,name_of_gene\nAn enzyme.,LYZ\n")
        assert as_dict(texts) == {"LYZ": "An enzyme."}
        texts = self.load(tmp_path / "b.csv", "Symbol,symbol,text\nLYZ,x,An enzyme.\n")
        assert as_dict(texts) == {"LYZ": "An enzyme."}

    def test_quotation_marks_in_tables_with_tabs(self, tmp_path: Path) -> None:
        content = 'symbol\ttext\nLYZ\t"An" enzyme\nTP53\tx"y\n"CD3E"\t"A ""chain"" of CD3"\n'
        texts = self.load(tmp_path / "a.tsv", content)
        assert as_dict(texts) == {"LYZ": '"An" enzyme', "TP53": 'x"y', "CD3E": 'A "chain" of CD3'}

    def test_parquet_of_any_types(self, tmp_path: Path) -> None:
        frame = pd.DataFrame(
            {
                "symbol": pd.Categorical(["TP53", "LYZ", "CD3E"]),
                "text": ["a", "b", None],
                "entrez_id": [7157, None, 916],
                "n": pd.array([1, None, 3], dtype="Int64"),
            }
        )
        frame.to_parquet(tmp_path / "a.parquet")
        texts = get_texts(str(tmp_path / "a.parquet"))
        assert as_dict(texts) == {"TP53": "a", "LYZ": "b"}
        assert texts.genes.entrez_ids == ("7157", "")

    def test_tabs_and_lines_in_a_text_become_spaces(self, tmp_path: Path) -> None:
        texts = self.load(tmp_path / "a.csv", 'symbol,text\nLYZ,"one\n two\tthree"\n')
        assert texts.texts == ("one two three",)

    def test_the_authors_layout_gathers_names(self, tmp_path: Path) -> None:
        content = {
            "AARS": "Gene Symbol AARS1 Joins an amino acid to its tRNA.",
            "AARS1": "Gene Symbol AARS1 Joins an amino acid to its tRNA.",
            "OLD": "Gene Symbol NEW Something.",
            "BARE1": "Gene Symbol BARE1",
            "LYZ": "Gene Symbol LYZ Cuts. Protein summary: Cuts sugars.",
        }
        texts = self.load(tmp_path / "NCBI_UniProt_summary_of_genes.json", json.dumps(content))
        assert texts.genes.symbols == ("AARS1", "NEW", "LYZ")
        assert texts.genes.aliases == (("AARS",), ("OLD",), ())
        assert texts.texts[0] == content["AARS"]
        # Their head is the template's, so that it doesn't come twice in a sum.
        path = tmp_path / "NCBI_UniProt_summary_of_genes.json"
        both = build_texts([TableTexts(str(path)), StarterTexts()], only=["NEW"])
        assert both.texts == ("Gene Symbol NEW Something.",)

    @pytest.mark.parametrize(
        ("name", "content", "error", "message"),
        [
            ("a.csv", "symbol,text\nLYZ,one\nLYZ,two\n", GeneNamesError, "more than one text in .*LYZ"),
            ("a.csv", "symbol,note,more\nLYZ,one,1\n", InputFileError, "columns symbol, note, more"),
            ("a.csv", "", InputFileError, "with the columns"),
            ("a.csv", "symbol,text\nLYZ,An enzyme, in saliva\n", InputFileError, "row 2 .*LYZ.* 3 fields"),
            ("a.csv", 'symbol,text\nLYZ,"An enzyme\n', InputFileError, "unexpected end of data"),
            ("a.csv", 'symbol,text\nLYZ,"An" enzyme\n', InputFileError, "can't be read"),
            (
                "a.csv.gz",
                gzip.compress(b"symbol,text", mtime=0)[:-9] + b"\0" * 9,
                InputFileError,
                "can't be read",
            ),
            ("a.json", "[" * 100_000, InputFileError, "can't be read"),
            ("a.json", '{"LYZ": "one", "LYZ": "two"}', GeneNamesError, "more than one text in .*LYZ"),
            ("a.json", '{"LYZ": {"text": "one"}}', InputFileError, "no object of strings"),
            ("a.csv", "symbol,text\n", GeneNamesError, "no text for any"),
            ("a.csv", b"symbol,text\nLYZ,\xff\xfe\n", InputFileError, "can't be read"),
            ("a.json", "[1, 2]", InputFileError, "no object of strings"),
            ("a.json", '{"LYZ": 1}', InputFileError, "object of gene symbols"),
            ("a.json", '{"LYZ": ', InputFileError, "can't be read"),
            ("a.parquet", b"PAR1 no PAR1", InputFileError, "can't be read"),
            ("a.csv.gz", b"no gzip", InputFileError, "can't be read"),
            ("a.csv", "symbol,text\n ,one\n", GeneNamesError, "empty gene symbol"),
        ],
    )
    def test_broken(self, tmp_path: Path, name: str, content: str | bytes, error: type, message: str) -> None:
        with pytest.raises(error, match=message):
            self.load(tmp_path / name, content)

    def test_symbols_that_became_dates_are_noticed(
        self, tmp_path: Path, caplog: pytest.LogCaptureFixture
    ) -> None:
        texts = self.load(tmp_path / "a.csv", "symbol,text\n1-Mar,one\nLYZ,two\n")
        assert "made dates of: 1-Mar" in caplog.text
        assert texts.genes.symbols == ("1-Mar", "LYZ")


TEXTS = GeneTexts(
    GeneTable(
        ("LYZ", "NA"),
        aliases=(("LZM", "LYZF1"), ()),
        entrez_ids=("4069", "7"),
        ensembl_ids=(("ENSG00000090382",), ()),
        full_names=("lysozyme", ""),
    ),
    ('It cuts, "as one says", walls; then\u2014rests.', "NAN"),
    {"source": "test", "template": "{summary}", "release": "1"},
)


@pytest.mark.parametrize("name", ["t.parquet", "t.csv", "t.tsv"])
def test_a_corpus_comes_back_as_it_was(tmp_path: Path, name: str) -> None:
    write_texts(TEXTS, tmp_path / name)
    again = get_texts(str(tmp_path / name))
    assert (again.genes, again.texts) == (TEXTS.genes, TEXTS.texts)
    kept = {
        k: again.provenance.get(k) for k in ("source", "sources", "sources_template", "release", "edited")
    }
    built = ["test", "{summary}", "1"] if name == "t.parquet" else [None, None, None]
    assert list(kept.values()) == ["table", *built, None]


def test_an_edited_corpus_says_so(tmp_path: Path) -> None:
    import pyarrow.parquet as pq

    path = tmp_path / "t.parquet"
    write_texts(TEXTS, path)
    table = pq.read_table(path)
    edited = table.set_column(table.schema.get_field_index("text"), "text", [["Mine.", "NAN"]])
    pq.write_table(edited, path)
    texts = get_texts(str(path))
    assert texts.texts[0] == "Mine."
    assert (texts.provenance["sources"], texts.provenance["edited"]) == ("test", "since it was built")
    swapped = table.set_column(table.schema.get_field_index("symbol"), "symbol", [["NA", "LYZ"]])
    pq.write_table(swapped, path)
    assert get_texts(str(path)).provenance["edited"] == "since it was built"
    pd.read_parquet(path).assign(text=["Theirs.", "NAN"]).to_parquet(path)
    texts = get_texts(str(path))
    assert set(texts.texts) == {"Theirs.", "NAN"}
    assert "sources" not in texts.provenance


def test_texts_given_in_python_stay_as_they_are() -> None:
    assert get_texts(TEXTS) is TEXTS
    with pytest.raises(EmbeddingsError, match="empty text"):
        GeneTexts(GeneTable(("A",)), (" ",))


def test_from_source_to_file_to_vectors_on_the_command_line(
    mirror: FileServer, call_genept: RunGenept, tmp_path: Path
) -> None:
    done = call_genept("texts", "build", "--source", "ncbi+uniprot", "-o", "texts.parquet", "--json")
    assert done.returncode == 0, done.stderr
    report = json.loads(done.stdout)
    assert (report["n_genes"], report["provenance"]["source"]) == (5, "ncbi+uniprot")
    done = call_genept("genes", "embed", "--texts", "texts.parquet", "--encoder", "random", "-o", "a.h5ad")
    assert done.returncode == 0, done.stderr
    done = call_genept("genes", "embed", "--texts", "ncbi+uniprot", "--encoder", "random", "-o", "b.h5ad")
    assert done.returncode == 0, done.stderr
    a, b = (genept.read_embeddings(tmp_path / name) for name in ("a.h5ad", "b.h5ad"))
    assert (a.vectors == b.vectors).all()
    assert a.genes == b.genes
    assert a.text_sha256 == b.text_sha256
    assert a.provenance["texts"]["sources"] == "ncbi+uniprot"
    for genes in (a, b):
        assert len(genes.provenance["texts"]["ncbi_gene_summary.sha256"]) == 64
    (tmp_path / "genes.txt").write_text("H2AFY\n\nQUIET1\n")
    args = ("--only", "genes.txt", "--bare-symbols", "--template", "name", "--encoder", "random")
    done = call_genept("genes", "embed", "--texts", "ncbi", *args, "-o", "c.h5ad")
    assert done.returncode == 0, done.stderr
    assert genept.read_embeddings(tmp_path / "c.h5ad").genes.symbols == ("MACROH2A1", "QUIET1")


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (["--source", "nbci", "-o", "t.parquet"], "no text source named 'nbci'"),
        (["--source", "starter"], "no output"),
        (["--source", "starter", "-o", "t.xlsx"], "doesn't end in .parquet or .csv or .tsv"),
        (["--source", "starter", "-o", "no/t.csv"], "No such file or directory"),
        (["--source", "starter", "-o", "t.csv", "--template", "{x}"], "the template '{x}'"),
        (["--source", "mine.csv", "-o", "mine.csv"], "also an input"),
        (["--source", "starter+table:mine.csv", "-o", "mine.csv"], "also an input"),
        (["--source", "starter", "-o", "t.csv", "--dry-run"], "asks no model"),
        (["--source", "starter", "-o", "t.csv", "--only", "nothing.txt"], "can't be read"),
        (["--source", "starter", "-o", "t.csv", "--only", "empty.txt"], "names no gene"),
        (["--source", "generated:m", "-o", "t.csv"], "no genes to write about"),
        (["--source", "ncbi+generated:m", "-o", "t.csv"], "generated:MODEL alone"),
        (["--source", "generated", "-o", "t.csv"], "generated:MODEL alone"),
    ],
)
def test_bad_input_on_the_command_line(
    args: list[str], message: str, call_genept: RunGenept, tmp_path: Path
) -> None:
    (tmp_path / "empty.txt").write_text("\n")
    (tmp_path / "mine.csv").write_text("symbol,text,my notes\nLYZ,An enzyme,mine\n")
    before = (tmp_path / "mine.csv").read_bytes()
    done = call_genept("texts", "build", *args)
    assert (done.returncode, done.stdout) == (1, "")
    assert message in done.stderr
    assert "Traceback" not in done.stderr
    assert sorted(path.name for path in tmp_path.iterdir()) == ["empty.txt", "mine.csv"]
    assert (tmp_path / "mine.csv").read_bytes() == before


def test_templates_are_listed(call_genept: RunGenept) -> None:
    listed = json.loads(call_genept("texts", "templates", "--json").stdout)["templates"]
    assert [template["name"] for template in listed] == ["release-2", "name", "name-summary", "summary"]
    assert "{summary}" in call_genept("texts", "templates").stdout
