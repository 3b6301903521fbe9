"""Data sets and upstream files that genept knows, as data."""

from genept.datasets.dataset import Dataset
from genept.datasets.task_files import TASK_FILES

_NCBI = "https://ftp.ncbi.nlm.nih.gov"
_NCBI_LICENCE = "public domain (work of the US government)"
_NCBI_CITATION = "Brown et al., Nucleic Acids Research 2015, doi:10.1093/nar/gku1055"


def _gene_info(name: str, species: str, file: str) -> Dataset:
    return Dataset(
        name=name,
        title=f"NCBI Gene: identifiers, symbols and synonyms of {species} genes",
        origin=f"{_NCBI}/gene/DATA/GENE_INFO/Mammalia/{file}",
        licence=_NCBI_LICENCE,
        citation=_NCBI_CITATION,
        form="gzip",
        path=f"ncbi/gene/DATA/GENE_INFO/Mammalia/{file}",
        header="GeneID",
    )


def _uniprot(name: str, species: str, taxon: int) -> Dataset:
    return Dataset(
        name=name,
        title=f"UniProtKB: function comments of reviewed {species} proteins",
        # The stream endpoint sends all in one answer; there are no pages to follow.
        origin="https://rest.uniprot.org/uniprotkb/stream?format=tsv&fields=accession,gene_primary,cc_function"
        f"&query=(organism_id:{taxon})%20AND%20(reviewed:true)",
        licence="CC BY 4.0",
        citation="The UniProt Consortium, Nucleic Acids Research 2025, doi:10.1093/nar/gkae1010",
        form="text",
        path=f"uniprot/function_{taxon}.tsv",
        header="Entry",
    )


DATASETS = {
    dataset.name: dataset
    for dataset in (
        Dataset(
            name="pbmc68k_reduced",
            title="700 peripheral blood mononuclear cells x 765 genes, labelled, log-normalised",
            origin="the file datasets/10x_pbmc68k_reduced.h5ad of the scanpy package",
            licence="CC BY 4.0 (10x Genomics data); BSD-3-Clause (scanpy's processing)",
            citation="Zheng et al., Nature Communications 2017, doi:10.1038/ncomms14049",
            form="h5ad",
            checksum="sha256:e71d41e737c941559b7c57c9243bdb3d2c889c2adfdf00e3422ac6b46783676f",
        ),
        _gene_info("ncbi_gene_info_human", "human", "Homo_sapiens.gene_info.gz"),
        _gene_info("ncbi_gene_info_mouse", "mouse", "Mus_musculus.gene_info.gz"),
        Dataset(
            name="ncbi_gene_summary",
            title="NCBI Gene: summaries of genes (RefSeq and Alliance of Genome Resources), all species",
            origin=f"{_NCBI}/gene/DATA/gene_summary.gz",
            licence=_NCBI_LICENCE,
            citation=_NCBI_CITATION,
            form="gzip",
            path="ncbi/gene/DATA/gene_summary.gz",
            header="GeneID",
        ),
        Dataset(
            name="hgnc_complete_set",
            title="HGNC: approved, previous and alias symbols of human genes, with other identifiers",
            origin="https://storage.googleapis.com/public-download-files/hgnc/tsv/tsv/hgnc_complete_set.txt",
            licence="CC0",
            citation="Seal et al., Nucleic Acids Research 2023, doi:10.1093/nar/gkac888",
            form="text",
            path="hgnc/hgnc_complete_set.txt",
            header="hgnc_id",
        ),
        _uniprot("uniprot_function_human", "human", 9606),
        _uniprot("uniprot_function_mouse", "mouse", 10090),
        Dataset(
            name="cell_ontology",
            title="Cell Ontology: names and definitions of cell types, and what is a kind of what",
            origin="https://purl.obolibrary.org/obo/cl/cl-basic.obo",
            licence="CC BY 4.0",
            citation="Diehl et al., Journal of Biomedical Semantics 2016, doi:10.1186/s13326-016-0088-7",
            form="plain",
            path="obo/cl/cl-basic.obo",
            header="format-version",
        ),
        Dataset(
            name="genept_zenodo",
            title="GenePT: the authors' gene texts and embeddings",
            origin="https://zenodo.org/records/10833191/files/GenePT_emebdding_v2.zip",
            licence="CC BY 4.0",
            citation="Chen & Zou, Nature Biomedical Engineering 2024; doi:10.5281/zenodo.10833191",
            form="zip",
            path="zenodo/10833191/GenePT_emebdding_v2.zip",
            checksum="md5:3f6ce4317e3a0091978ae5cb8fbf05a3",
        ),
        *TASK_FILES,
    )
}
