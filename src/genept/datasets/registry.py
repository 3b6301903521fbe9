"""Data sets that genept knows, as data."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Dataset:
    """A data set: what it is, where it comes from, and what one may do with it.

    Parameters
    ----------
    name
        Its name here.
    title
        What it is, in a line.
    origin
        Where it comes from.
    licence
        On what terms.
    citation
        What to cite.
    sha256
        Checksum of the file that this version of genept was tested with.
    """

    name: str
    title: str
    origin: str
    licence: str
    citation: str
    sha256: str


DATASETS = {
    dataset.name: dataset
    for dataset in (
        Dataset(
            name="pbmc68k_reduced",
            title="700 peripheral blood mononuclear cells x 765 genes, labelled, log-normalised",
            origin="the file datasets/10x_pbmc68k_reduced.h5ad of the scanpy package",
            licence="CC BY 4.0 (10x Genomics data); BSD-3-Clause (scanpy's processing)",
            citation="Zheng et al., Nature Communications 2017, doi:10.1038/ncomms14049",
            sha256="e71d41e737c941559b7c57c9243bdb3d2c889c2adfdf00e3422ac6b46783676f",
        ),
    )
}
