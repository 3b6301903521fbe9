"""Resolving names: the rules on small tables, and real names on the real files."""

import gzip
import json
import re
import shutil
from pathlib import Path

import anndata
import numpy as np
import pytest
from anndata import AnnData

from genept import GeneTable
from genept.datasets import DATASETS
from genept.datasets.cache import cache_folder
from genept.errors import ArgumentError, InputFileError, MissingDataError
from genept.genes import Resolution, Resolver, gene_table, species
from genept.genes.upstream import ncbi_genes, with_hgnc
from tests.conftest import RunGenept

TABLE = GeneTable(
    symbols=("MACROH2A1", "LYZ", "EPRS1", "QARS1", "MARCHF1", "NA", "TRN", "TRN", "lyz2"),
    previous=(("H2AFY",), (), ("QARS",), ("QARS",), ("MARCH1",), (), (), (), ()),
    aliases=((), ("LZM",), (), ("LYZ",), ("1-Mar",), (), (), (), ("Lzm",)),
    entrez_ids=("9555", "4069", "2058", "5859", "55016", "1", "2", "3", ""),
    ensembl_ids=(("ENSG00000113648",), ("ENSG00000090382", "ENSG00000999999"), (), (), (), (), (), (), ()),
)


@pytest.mark.parametrize(
    ("query", "symbol", "rule", "candidates"),
    [
        ("LYZ", "LYZ", "symbol", ""),  # though it is QARS1's alias
        ("ENSG00000090382", "LYZ", "ensembl", ""),
        ("ENSG00000999999.12", "LYZ", "ensembl", ""),
        ("LYZ_ENSG00000090382.3", "LYZ", "ensembl", ""),
        ("ENSG00000090382.3.1", "", "unknown", ""),
        ("ENSG00000090382.3_PAR_Y", "LYZ", "ensembl", ""),
        ("9555", "MACROH2A1", "entrez", ""),
        ("9555.0", "MACROH2A1", "entrez", ""),
        ("nan", "", "unknown", ""),
        ("Na", "", "unknown", ""),
        ("H2AFY", "MACROH2A1", "previous", ""),
        ("LZM", "LYZ", "alias", ""),
        ("h2afy", "MACROH2A1", "case", ""),
        ("1-Mar", "MARCHF1", "alias", ""),
        ("NA", "NA", "symbol", ""),
        ("QARS", "", "ambiguous", "EPRS1|QARS1"),
        ("TRN", "", "ambiguous", "TRN (2)|TRN (3)"),
        ("lzm", "", "ambiguous", "LYZ|lyz2"),
        ("NAN", "", "unknown", ""),
        ("", "", "unknown", ""),
        ("nothing", "", "unknown", ""),
        ("ENSG00000090383", "", "unknown", ""),
    ],
)
def test_rules(query: str, symbol: str, rule: str, candidates: str) -> None:
    row = Resolver(TABLE).resolve([query]).table.iloc[0]
    assert (row["query"], row["symbol"], row["matched_by"], row["candidates"]) == (
        query,
        symbol,
        rule,
        candidates,
    )


def test_a_resolution_keeps_order_and_counts() -> None:
    resolution = Resolver(TABLE).resolve(["QARS", "LYZ", "LYZ", "x"])
    assert resolution.rows.tolist() == [-1, 1, 1, -1]
    summary = resolution.summary()
    assert {k: v for k, v in summary.items() if v} == {"symbol": 2, "ambiguous": 1, "unknown": 1}
    assert resolution.table.columns.tolist() == [
        "query",
        "symbol",
        "entrez_id",
        "ensembl_id",
        "matched_by",
        "candidates",
    ]


def test_names_that_do_not_decide_in_the_whole_table_are_left_behind() -> None:
    genes = Resolver(TABLE).own_names([3, 1, 2])
    assert genes.symbols == ("QARS1", "LYZ", "EPRS1")
    # LYZ is another gene's symbol, QARS two genes' previous one.
    assert (genes.aliases, genes.previous) == (((), ("LZM",), ()), ((), (), ()))
    assert genes.entrez_ids == ("5859", "4069", "2058")


def test_genes_of_another_table_are_found_by_id_then_by_symbol() -> None:
    other = GeneTable(("RENAMED", "H2AFY", "QARS", "new", "LYZ"), entrez_ids=("4069", "", "", "99", "99999"))
    assert Resolver(TABLE).locate_genes(other).tolist() == [1, 0, -1, -1, 1]


GENE_INFO = (
    "Symbol\tGeneID\t#tax_id\tdbXrefs\tSynonyms\ttype_of_gene\tdescription\n"
    "LYZ\t4069\t9606\tHGNC:HGNC:6740|Ensembl:ENSG00000090382\tLYZF1|LZM\tprotein-coding\tlysozyme\n"
    "H2AFY\t9555\t9606\tEnsembl:ENSG00000113648\t-\tprotein-coding\t-\n"
    "NA\t7\t9606\t-\tNAN\tncRNA\t-\n"
    "TEC\t7006\t9606\tHGNC:HGNC:11719\t-\tprotein-coding\t-\n"
    "TEC\t100124696\t9606\tMIM:227050\t-\tunknown\t-\n"
    "LOC9\t9\t9606\t-\t-\tbiological-region\t-\n"
    "LYZ\t8\t741158\t-\t-\tprotein-coding\t-\n"
    "LOC5\t5\t9606\tEnsembl:ENSG00000113648\t-\tncRNA\t-\n"
)
HGNC = (
    "hgnc_id\tsymbol\tname\talias_symbol\tprev_symbol\tentrez_id\tensembl_gene_id\n"
    'HGNC:1\tMACROH2A1\tmacroH2A.1 histone\t"mH2A1|LZM"\tH2AF12M\t9555\tENSG00000113648\n'
    "HGNC:11719\tTEC\ttec protein tyrosine kinase\t\t\t70060\tENSG00000135605\n"
    "HGNC:2\tONLYHGNC\t\t\t\t\tENSG00000000001\n"
)


def test_ncbi_columns_in_any_order_and_no_missing_values(tmp_path: Path) -> None:
    path = tmp_path / "gene_info.gz"
    path.write_bytes(gzip.compress(GENE_INFO.encode()))
    genes, hgnc_ids = ncbi_genes(path, 9606)
    assert hgnc_ids == ("HGNC:6740", "", "", "HGNC:11719", "")
    assert genes.symbols == ("LYZ", "H2AFY", "NA", "TEC", "LOC5")
    assert genes.aliases == (("LYZF1", "LZM"), (), ("NAN",), (), ())
    assert genes.ensembl_ids[0] == ("ENSG00000090382",)
    assert genes.full_names == ("lysozyme", "", "", "", "")


def test_hgnc_renames_adds_and_owns(tmp_path: Path) -> None:
    (tmp_path / "gene_info").write_text(GENE_INFO)
    (tmp_path / "hgnc.txt").write_text(HGNC)
    genes = with_hgnc(*ncbi_genes(tmp_path / "gene_info", 9606), tmp_path / "hgnc.txt")
    assert genes.symbols == ("LYZ", "MACROH2A1", "NA", "TEC", "LOC5", "ONLYHGNC")
    assert genes.previous[1] == ("H2AF12M", "H2AFY")
    assert genes.aliases[1] == ("mH2A1", "LZM")
    assert genes.full_names[:2] == ("lysozyme", "macroH2A.1 histone")
    # NCBI knows TEC under another number: the HGNC id says that it is the same gene.
    assert (genes.entrez_ids[3], genes.ensembl_ids[3]) == ("7006", ("ENSG00000135605",))
    resolver = Resolver(genes)
    found = resolver.resolve(["ENSG00000113648", "H2AFY", "LZM", "ENSG00000000001"]).table
    assert found["symbol"].tolist() == ["MACROH2A1", "MACROH2A1", "", "ONLYHGNC"]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"a\tb\n1\t2\n", "can't be read"),
        (b"", "can't be read"),
        (GENE_INFO.replace("9606", "7").encode(), "no gene of taxon 9606"),
    ],
)
def test_broken_files(tmp_path: Path, content: bytes, message: str) -> None:
    (tmp_path / "gene_info").write_bytes(content)
    with pytest.raises(InputFileError, match=message):
        ncbi_genes(tmp_path / "gene_info", 9606)


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("GENEPT_CACHE", str(tmp_path / "cache"))
    return cache_folder()


def put(cache: Path, name: str, content: bytes) -> None:
    path = cache / DATASETS[name].path
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)


def test_the_parsed_table_is_kept_until_a_source_changes(cache: Path) -> None:
    put(cache, "ncbi_gene_info_human", gzip.compress(GENE_INFO.encode()))
    without = gene_table()
    species._resolver.cache_clear()
    assert gene_table() == without
    put(cache, "hgnc_complete_set", HGNC.encode())
    assert "MACROH2A1" in gene_table().symbols
    assert len(list((cache / "parsed").iterdir())) == 1
    assert gene_table() is gene_table()


def test_a_damaged_parsed_table_is_made_again(cache: Path) -> None:
    put(cache, "ncbi_gene_info_human", gzip.compress(GENE_INFO.encode()))
    before = gene_table()
    (kept,) = (cache / "parsed").iterdir()
    kept.write_bytes(kept.read_bytes()[:100])
    species._resolver.cache_clear()
    assert gene_table() == before
    species._resolver.cache_clear()
    assert gene_table() == before


def test_what_is_missing_is_said(cache: Path) -> None:
    with pytest.raises(MissingDataError, match="genept data fetch ncbi_gene_info_mouse"):
        gene_table(10090)
    with pytest.raises(ArgumentError, match="taxon 7227"):
        gene_table(7227)


def test_command_line(cache: Path, call_genept: RunGenept, tmp_path: Path) -> None:
    put(cache, "ncbi_gene_info_human", gzip.compress(GENE_INFO.encode()))
    done = call_genept("genes", "resolve", "LYZ", "lzm", "what", "--json")
    report = json.loads(done.stdout)
    assert [row["matched_by"] for row in report["genes"]] == ["symbol", "case", "unknown"]
    assert report["summary"]["case"] == 1
    adata = AnnData(np.ones((1, 2)))
    adata.var_names = ["4069", "NA"]
    adata.var["name"] = ["LYZF1", "x"]
    adata.write_h5ad(tmp_path / "data.h5ad")
    lines = call_genept("genes", "resolve", "--from", "data.h5ad").stdout.splitlines()
    assert [line.split("\t")[4] for line in lines] == ["matched_by", "entrez", "symbol"]
    lines = call_genept(
        "genes", "resolve", "--from", "data.h5ad", "--gene-column", "name"
    ).stdout.splitlines()
    assert [line.split("\t")[4] for line in lines] == ["matched_by", "alias", "unknown"]
    for args in (
        ["LYZ", "--from", "data.h5ad"],
        [],
        ["LYZ", "--gene-column", "x"],
        ["--from", "data.h5ad", "--gene-column", "no"],
    ):
        failed = call_genept("genes", "resolve", *args)
        assert failed.returncode == 1
        assert "Traceback" not in failed.stderr


@pytest.fixture(scope="module")
def real(realdata: Path, tmp_path_factory: pytest.TempPathFactory) -> Resolver:
    folder = tmp_path_factory.mktemp("cache")
    shutil.copytree(realdata / "mirror", folder / "data", copy_function=shutil.copyfile)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GENEPT_CACHE", str(folder))
        return Resolver(gene_table())


def shares(adata: AnnData, resolution: Resolution) -> dict[str, float]:
    """Share of the counts that each rule brought."""
    counts = np.asarray(adata.X.sum(axis=0)).ravel()
    rules = resolution.table["matched_by"].to_numpy()
    return {str(rule): float(counts[rules == rule].sum() / counts.sum()) for rule in np.unique(rules)}


@pytest.mark.realdata
@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "rule", "genes", "counts"),
    [
        # Symbols of 2016: a twelfth of the genes has another one today.
        ("pbmc3k_clustifyrdata", "previous", 900, 0.03),
        ("zheng_facs_pbmc_fastTopics", "previous", 1_000, 0.03),
        ("onek1k_40donors_scDesignPop", "ensembl", 950, 0.99),
        ("gbm_panobinostat_lemur", "ensembl", 295, 0.98),
    ],
)
def test_real_data_sets(
    realdata: Path, real: Resolver, name: str, rule: str, genes: int, counts: float
) -> None:
    adata = anndata.read_h5ad(realdata / "cells" / f"{name}.h5ad")
    resolution = real.resolve(list(adata.var_names))
    assert resolution.summary()[rule] >= genes
    found = shares(adata, resolution)
    assert found[rule] >= counts
    assert found.get("unknown", 0) + found.get("ambiguous", 0) <= 0.012


@pytest.mark.realdata
@pytest.mark.slow
def test_every_task_label_that_ncbi_or_hgnc_knows_is_found(realdata: Path, real: Resolver) -> None:
    labels = set()
    for path in (realdata / "tasks" / "gene_property").rglob("*.[ct][sx][vt]"):
        labels |= set(re.findall(r"ENSG\d{11}", path.read_text(errors="replace")))
    info = gzip.decompress(
        (realdata / "mirror" / DATASETS["ncbi_gene_info_human"].path).read_bytes()
    ).decode()
    hgnc = (realdata / "mirror" / DATASETS["hgnc_complete_set"].path).read_text()
    upstream = set(re.findall(r"ENSG\d{11}", info)) | set(re.findall(r"ENSG\d{11}", hgnc))
    known = sorted(labels & upstream)
    assert len(known) > 10_000
    assert set(real.resolve(known).table["matched_by"]) == {"ensembl"}
    assert set(real.resolve(sorted(labels - upstream)).table["matched_by"]) <= {"unknown"}


def test_a_cache_that_is_closed_to_us_can_be_read(cache: Path, caplog: pytest.LogCaptureFixture) -> None:
    put(cache, "ncbi_gene_info_human", gzip.compress(GENE_INFO.encode()))
    (cache / "parsed").write_text("a file in the place of the folder")
    species._resolver.cache_clear()
    with caplog.at_level("INFO", logger="genept"):
        assert "LYZ" in gene_table().symbols
    assert "can't be kept" in caplog.text
