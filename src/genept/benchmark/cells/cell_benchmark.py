"""The cell benchmark: vectors of labelled cells, beside baselines and controls, to tables and a report."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import pandas as pd
from anndata import AnnData

from genept.atomic import writing
from genept.benchmark.cells.keys import Key, Keys, keys_by_data_set
from genept.benchmark.cells.labelled_cells import LabelledCells, label_cells
from genept.benchmark.cells.provenance import write_cell_provenance
from genept.benchmark.cells.request import check_request, check_stored
from genept.benchmark.cells.score_cells import make_sets, score_cells
from genept.benchmark.cells.settings import CellSettings
from genept.benchmark.cells.transfer import Transfer, check_transfer
from genept.benchmark.cells.vectors import Requested
from genept.benchmark.jobs import Protocol
from genept.benchmark.output_folder import need_figures, open_output
from genept.embeddings import GeneEmbeddings
from genept.h5ad import read_h5ad


def benchmark_cells(
    data: Mapping[str, AnnData | str | Path],
    output: str | Path,
    *,
    label_key: Key = None,
    batch_key: Key = None,
    sample_key: Key = None,
    condition_key: Key = None,
    patient_key: Key = None,
    genes: Mapping[str, GeneEmbeddings] | None = None,
    stored: Sequence[str] = (),
    methods: Sequence[str] | None = None,
    protocol: Protocol = "rigorous",
    transfers: Sequence[tuple[str, str]] = (),
    leiden: bool = False,
    layer: str | None = None,
    use_raw: bool = False,
    max_cost: float | None = None,
    rng: int = 2023,
    n_jobs: int | None = None,
    resume: bool = False,
) -> pd.DataFrame:
    """Score representations of labelled cells, beside baselines and controls, and write tables and a report.

    Every representation is scored on the same cells: GenePT-w and GenePT-s, PCA of highly variable genes as
    they are and scaled, the same weighting of random gene vectors and of vectors of the bare gene names, and
    whatever ``obsm`` holds.

    Parameters
    ----------
    data
        Data sets by name: AnnData, or paths of ``.h5ad`` files.
    output
        The folder to write to: ``results.csv`` (a row for each fold), ``summary.csv`` (means and 95 %
        intervals), ``differences.csv``, ``labels.csv``, ``coverage.csv``, ``provenance.json``,
        ``predictions``, ``clusters``, figures and ``report.html``.
    label_key
        The column of ``obs`` that says what a cell is; one for all data sets, or by data set.
    batch_key
        The column of what was measured together: labels are also found across batches, and it is told how
        well batches are mixed.
    sample_key, condition_key
        The columns of samples and of their phenotype, which is found by cell, by vote of a sample's cells,
        and by their mean. Without a condition, labels are found across samples.
    patient_key
        Who samples are from: never on both sides of a split. By default each sample is its own patient.
    genes
        Gene embeddings by name.
    stored
        Keys of ``obsm``: representations that came with the data (scGPT, Geneformer, UCE, scVI, ...).
    methods
        ``"w"`` and ``"s"``. By default both, but GenePT-s only where its encoder runs on this machine, since
        a server's costs money.
    protocol
        ``"rigorous"``: repeated stratified folds, cells of labels with fewer cells than folds left out, the
        penalty of the logistic regression chosen within what is learned from. ``"paper"``: one split 80/20.
    transfers
        Pairs of names: labels are learned on the first data set and found in the second, whose genes may be
        others.
    leiden
        Whether Leiden clusters are scored as well, at the resolution that suits the labels best.
    layer, use_raw
        Which matrix of the data sets, as for :func:`genept.tl.embed_cells`.
    max_cost
        US dollars that sentences may cost at most.
    rng
        Seed of everything that is drawn; 2023 is the paper's.
    n_jobs
        Jobs at a time; by default one for each processor. Results don't depend on it.
    resume
        Go on in a folder where a run was broken off: what was scored from the same input is kept.

    Returns
    -------
    pandas.DataFrame
        What ``summary.csv`` holds: one row for each data set, representation, analysis, method, target, split
        and metric. Intervals are by bootstrap over cells, over patients for phenotypes, models and clusters
        staying as they are.

    Raises
    ------
    ArgumentError
        If arguments don't go together.
    UnknownNameError
        If there is no such column, layer, key or data set.
    ValuesError
        If a column tells nothing apart, a sample has two conditions or two patients, two data sets of a
        transfer have fewer than two labels in common, or a matrix can't be used.
    InputFileError
        If a file can't be read.
    OutputError
        If the folder can't be written to, or holds something else.
    MissingDependencyError
        If a library for the figures or the report isn't installed.

    References
    ----------
    Chen & Zou, Nature Biomedical Engineering 2024; Luecken et al., Nature Methods 19:41 (2022).
    """
    settings = CellSettings(
        protocol=protocol,
        leiden=leiden,
        layer=layer,
        use_raw=use_raw,
        methods=None if methods is None else tuple(methods),
        rng=rng,
    )
    keys = keys_by_data_set(
        data,
        label=label_key,
        batch=batch_key,
        sample=sample_key,
        condition=condition_key,
        patient=patient_key,
    )
    pairs = [Transfer(*pair) for pair in transfers]
    embeddings = dict(genes or {})
    check_request(data, embeddings, settings=settings, transfers=pairs)
    need_figures()
    # Whatever can't be read or used fails now, before anything is written.
    cells = {name: _cells(name, one, keys[name], settings) for name, one in data.items()}
    for pair in pairs:
        check_transfer(cells[pair.train], cells[pair.test])
    check_stored(list(cells.values()), stored)
    folder = open_output(Path(output), resume=resume)
    with writing(folder):
        # It comes last: a folder with a page is whole, and that of a run before would tell of other tables.
        (folder / "report.html").unlink(missing_ok=True)
    requested = Requested(embeddings, tuple(stored), settings.methods, max_cost, rng)
    scored = make_sets(list(cells.values()), requested)
    summary = score_cells(folder, scored, transfers=pairs, settings=settings, n_jobs=n_jobs)
    files = {name: Path(one) for name, one in data.items() if not isinstance(one, AnnData)}
    write_cell_provenance(
        folder / "provenance.json",
        list(cells.values()),
        embeddings,
        files=files,
        transfers=pairs,
        settings=settings,
    )
    # Figures load matplotlib, which whoever is told of a bad request does without.
    from genept.benchmark.cells.cell_maps import draw_cell_maps
    from genept.benchmark.report import write_cell_report

    draw_cell_maps(folder, scored, rng=rng)
    write_cell_report(folder)
    return summary


def _cells(name: str, data: AnnData | str | Path, keys: Keys, settings: CellSettings) -> LabelledCells:
    return label_cells(
        name,
        data if isinstance(data, AnnData) else read_h5ad(data),
        keys,
        drop_rare=settings.protocol == "rigorous",
        layer=settings.layer,
        use_raw=settings.use_raw,
    )
