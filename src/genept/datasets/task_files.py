"""The upstream files of the gene benchmark's tasks."""

from genept.datasets.dataset import Dataset

_GENECORPUS = "https://huggingface.co/datasets/ctheodoris/Genecorpus-30M/resolve"
# The last revisions that hold them as text, and as pickles.
_AS_TEXT = "eab40d350be70ca6dff2d42555bacc44c8a71cc7/example_input_files"
_AS_PICKLES = "71fae97a141652584e0cf09e8ace306e9b9e6d8c/example_input_files/gene_classification"
_GENEFORMER = "Theodoris et al., Nature 2023, doi:10.1038/s41586-023-06139-9"


def _genecorpus(name: str, title: str, origin: str, path: str, sha256: str = "") -> Dataset:
    return Dataset(
        name=f"task_{name}",
        title=f"labels: {title}",
        origin=f"{_GENECORPUS}/{origin}",
        licence="Apache-2.0",
        citation=_GENEFORMER,
        form="plain",
        path=f"tasks/{path}",
        checksum=f"sha256:{sha256}" if sha256 else "",
    )


def _gene2vec(part: str, kind: str, sha256: str) -> Dataset:
    file = f"{part}_{kind}.txt"
    return Dataset(
        name=f"task_ggi_{part}_{kind}",
        title=f"gene-gene interactions, {part}: {'pairs' if kind == 'text' else 'labels'}",
        origin="https://raw.githubusercontent.com/jingcheng-du/Gene2vec/"
        f"6236e0b21fbc367bf8ff5695ed0cc1443861bd1e/predictionData/{file}",
        licence="MIT",
        citation="Du et al., BMC Genomics 2019, doi:10.1186/s12864-018-5370-x",
        form="plain",
        path=f"tasks/ggi/{file}",
        checksum=f"sha256:{sha256}",
    )


def _interactome(name: str, title: str, origin: str, file: str, header: str = "") -> Dataset:
    return Dataset(
        name=f"task_ppi_{name}",
        title=f"protein-protein interactions: {title}",
        origin=origin,
        licence="CC BY 4.0, as others say; the file names none",
        citation="Luck et al., Nature 2020, doi:10.1038/s41586-020-2188-x",
        form="text",
        path=f"tasks/ppi/{file}",
        header=header,
    )


_ATLAS = "https://interactome-atlas.org/data"
_HURI_PAPER = "https://raw.githubusercontent.com/CCSB-DFCI/HuRI_paper/16c57919f4e0c3d1a78edf90c105ed42d3022f8f/data/processed"
_LISTS = f"{_AS_TEXT}/gene_classification/bivalent_promoters"

TASK_FILES = (
    _genecorpus(
        "dosage_sensitivity",
        "dosage-sensitive and insensitive transcription factors",
        f"{_AS_TEXT}/gene_classification/dosage_sensitive_tfs/dosage_sens_tf_labels.csv",
        "gene_property/dosage_sens_tf_labels.csv",
        "6a3db1b9bd2c4bd1ddf9ed09152722f05cb1def24624d4badf7e559d9a4ba46d",
    ),
    _genecorpus(
        "bivalent",
        "genes with bivalent promoters",
        f"{_LISTS}/bivalent_gene_labels.txt",
        "gene_property/bivalent_gene_labels.txt",
        "c8c2c7a4b71317d70b00a3f0bcb41727912521076f0644b5c5855a28de930266",
    ),
    _genecorpus(
        "no_methylation",
        "genes with unmethylated promoters",
        f"{_LISTS}/no_methylation_gene_labels.txt",
        "gene_property/no_methylation_gene_labels.txt",
        "c71a82b53e07539cbed78988cd8b78daa038661f15a98d46bc6b6c1a79433fe9",
    ),
    _genecorpus(
        "lys4_only",
        "genes with Lys4-only methylated promoters",
        f"{_LISTS}/lys4_only_gene_labels.txt",
        "gene_property/lys4_only_gene_labels.txt",
        "8f65a830ce094f1c84d05273e390347bf69b90da9503d23e2e67362737022343",
    ),
    _genecorpus(
        "bivalent_genomewide",
        "bivalent and Lys4-only promoters, genome-wide",
        f"{_AS_PICKLES}/bivalent_promoters/bivalent_vs_lys4_only_genomewide.pickle",
        "gene_property/bivalent_vs_lys4_only_genomewide.pickle",
    ),
    _genecorpus(
        "tf_range",
        "long-range and short-range transcription factors",
        f"{_AS_PICKLES}/tf_regulatory_range/tf_regulatory_range.pickle",
        "gene_property/tf_regulatory_range.pickle",
    ),
    _genecorpus(
        "n1_network",
        "central and peripheral genes of the NOTCH1 network",
        f"{_AS_PICKLES}/notch1_network/n1_network.pickle",
        "gene_property/n1_network.pickle",
    ),
    _genecorpus(
        "n1_targets",
        "genes that NOTCH1 activates",
        f"{_AS_PICKLES}/notch1_network/n1_target.pickle",
        "gene_property/n1_target.pickle",
    ),
    _genecorpus(
        "gene_info_table",
        "names and biotypes of 80,529 Ensembl genes",
        f"{_AS_TEXT}/gene_info_table.csv",
        "gene_class/gene_info_table.csv",
        "c1148b2311460c2cb540abde3a6cddeaad54ed436b9a7f22025ddffb4e4db0bc",
    ),
    Dataset(
        name="task_tf_range_chen",
        title="labels: regulatory range of transcription factors",
        origin="https://static-content.springer.com/esm/art%3A10.1038%2Fs41467-020-16106-x/MediaObjects/"
        "41467_2020_16106_MOESM4_ESM.csv",
        licence="CC BY 4.0",
        citation="Chen et al., Nature Communications 2020, doi:10.1038/s41467-020-16106-x",
        form="plain",
        path="tasks/gene_property/41467_2020_16106_MOESM4_ESM.csv",
        checksum="sha256:d0f095bbdbe2e07b0e8c654831a531a8f40b4f4d63b74ad53b81efb583cda6ae",
    ),
    _gene2vec("train", "text", "5d7808130c0b337c15b927545cbff9552b754610a29c89dfe2a6c54c91299e96"),
    _gene2vec("train", "label", "d8f5631b3e4ac8eb60bca80ef5f73a9d521c017d2bafee3a6fc65659789b3434"),
    _gene2vec("valid", "text", "aa34b4e3894d5339100b9d255fbc6325f96327f4e2a61f634d11ce2154614c51"),
    _gene2vec("valid", "label", "df038f9ca8937ec0c501058c4a6ec4624bbcc73824c79003058652c844acbb6d"),
    _gene2vec("test", "text", "c03f4b276bb9ddbb60b3e82eba32391578c95b4c353479a369e16066a04d5360"),
    _gene2vec("test", "label", "1e9ffeba8c927e3b12565c37ff5bc8fd9300d6500f67152687eeee198c7ccdb1"),
    _interactome("huri", "HuRI", f"{_ATLAS}/HuRI.tsv", "HuRI.tsv", "ENSG"),
    _interactome("hi_union", "HI-union", f"{_ATLAS}/HI-union.tsv", "HI-union.tsv", "ENSG"),
    _interactome("lit_bm", "Lit-BM", f"{_ATLAS}/Lit-BM.tsv", "Lit-BM.tsv", "ENSG"),
    _interactome(
        "screened",
        "the genes that were screened",
        f"{_HURI_PAPER}/Supplementary%20Table%201.txt",
        "Supplementary Table 1.txt",
        "in_space_3",
    ),
    _interactome(
        "lit_bm_dated",
        "Lit-BM with dates of publication",
        f"{_HURI_PAPER}/lit_bm_17_with_date.tsv",
        "lit_bm_17_with_date.tsv",
        "date",
    ),
)
