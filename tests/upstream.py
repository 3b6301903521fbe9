"""Small upstream files in the real layouts, in words of our own, on a loopback server."""

import gzip

from genept.datasets import DATASETS

GENE_INFO = (
    # The columns in another order than upstream's, and fewer.
    "Symbol\tGeneID\t#tax_id\tdescription\tdbXrefs\tSynonyms\ttype_of_gene\n"
    "LYZ\t4069\t9606\tlysozyme\tHGNC:HGNC:6740|Ensembl:ENSG00000090382\tLYZF1|LZM\tprotein-coding\n"
    "H2AFY\t9555\t9606\tH2A histone family Y\tEnsembl:ENSG00000113648\t-\tprotein-coding\n"
    "NA\t7\t9606\t-\t-\tNAN\tncRNA\n"
    "QUIET1\t10\t9606\ta gene with an empty summary\t-\t-\tprotein-coding\n"
    "H4C1\t8359\t9606\tH4 clustered histone 1\t-\t-\tprotein-coding\n"
    "H4C2\t8366\t9606\tH4 clustered histone 2\t-\t-\tprotein-coding\n"
    "TWIN\t21\t9606\tfirst of two\t-\t-\ttRNA\n"
    "TWIN\t22\t9606\tsecond of two\t-\t-\ttRNA\n"
)
HGNC = (
    "hgnc_id\tsymbol\tname\talias_symbol\tprev_symbol\tentrez_id\tensembl_gene_id\n"
    "HGNC:4740\tMACROH2A1\tmacroH2A.1 histone\tLZM\tH2AFY\t9555\tENSG00000113648\n"
)
MOUSE_INFO = (
    "#tax_id\tGeneID\tSymbol\tSynonyms\tdbXrefs\tdescription\ttype_of_gene\n"
    "10090\t17105\tLyz2\tLysm\tEnsembl:ENSMUSG00000069516\tlysozyme 2\tprotein-coding\n"
)
SUMMARIES = (
    "#tax_id\tGeneID\tSource\tSummary\n"
    "9606\t4069\tRefSeq\tIt cuts the walls of bacteria (PMID:123456). [provided by RefSeq, Nov 2012]\n"
    "9606\t9555\tAlliance of Genome Resources\tPredicted to bind DNA. "
    "[provided by Alliance of Genome Resources, Apr 2022]\n"
    "9606\t7\tRefSeq\tA gene whose name isn't a missing value.\n"
    "9606\t10\tRefSeq\t\n"
    "9606\t99999\tRefSeq\tA locus that no list knows.\n"
    "9606\t21\tRefSeq\tA twin.\n"
    "9606\t22\tRefSeq\tAnother twin.\n"
    "10090\t17105\tAlliance of Genome Resources\tEnables lysozyme activity.\n"
)
FUNCTIONS = (
    "Entry\tGene Names (primary)\tFunction [CC]\n"
    "P61626\tLYZ\tFUNCTION: Has a bacteriolytic function (PubMed:123). {ECO:0000269|PubMed:123}.\n"
    "P62805\tH4C1; H4C2\tFUNCTION: A core part of the nucleosome.\n"
    "P00000\tH4C1\tFUNCTION: Another entry of the same gene.\n"
    "P00001\t\tFUNCTION: An entry without a gene.\n"
    "P00002\tQUIET1\t\n"
)
FILES = {
    "/" + DATASETS[name].path: gzip.compress(text.encode())
    if DATASETS[name].form == "gzip"
    else text.encode()
    for name, text in {
        "ncbi_gene_info_human": GENE_INFO,
        "ncbi_gene_info_mouse": MOUSE_INFO,
        "ncbi_gene_summary": SUMMARIES,
        "hgnc_complete_set": HGNC,
        "uniprot_function_human": FUNCTIONS,
    }.items()
}
