"""Cells from file to file."""

import logging
from contextlib import closing
from pathlib import Path
from time import monotonic
from typing import Any, Literal

import numpy as np
from tqdm.auto import tqdm

from genept.cells.coverage import coverage_of
from genept.cells.expression import Kind, check_values
from genept.cells.on_device import Device
from genept.cells.sentences import MAX_GENES
from genept.cells.zero_vectors import warn_of_zero_vectors
from genept.embeddings import GeneEmbeddings
from genept.encoders import CorpusEncoder, TextEncoder
from genept.encoders.sent_texts import TooLong
from genept.errors import ArgumentError, OutputError
from genept.stream.chunk_job import ChunkJob
from genept.stream.job_identity import job_identity
from genept.stream.on_dask import run_on_dask
from genept.stream.pipeline import run_here
from genept.stream.plan import MEMORY, bytes_of, cells_at_a_time
from genept.stream.prepare import HowToName, prepare_s, prepare_w
from genept.stream.reading.by_rows import by_rows
from genept.stream.reading.open_cells import open_cells
from genept.stream.result.folder import ROWS, partial_folder, taken
from genept.stream.result.partial import PartialOutput
from genept.stream.result.place import check_place
from genept.stream.survey import Survey, survey
from genept.stream.totals import Totals
from genept.tl.arguments import check_arguments, check_method
from genept.tl.coverage import refuse_low_coverage
from genept.tl.empty_cells import empty_cells_error
from genept.tl.identity import taxon_of
from genept.tl.record import record_of

log = logging.getLogger(__name__)

# Below this share of what is asked for, some cells say enough of all.
_HOPELESS = 0.5


def embed_file(
    source: str | Path,
    output: str | Path,
    genes: GeneEmbeddings | None = None,
    *,
    method: Literal["w", "s"] = "w",
    encoder: str | TextEncoder | CorpusEncoder | None = None,
    layer: str | None = None,
    use_raw: bool = False,
    values: Kind | Literal["auto"] = "auto",
    key_added: str | None = None,
    min_coverage: float = 0.1,
    max_genes: int = MAX_GENES,
    empty_cells: Literal["zero", "error"] = "zero",
    n_threads: int | None = None,
    resolve: bool = True,
    gene_column: str | None = None,
    taxon: int | None = None,
    too_long: TooLong = "cut",
    max_cost: float | None = None,
    memory: str | int = MEMORY,
    dtype: Literal["float32", "float16"] = "float32",
    only_embedding: bool = False,
    resume: bool = False,
    dask: str | None = None,
    device: Device = "auto",
) -> dict[str, Any]:
    """Embed every cell of a file, in memory that doesn't grow with their number.

    As :func:`genept.tl.embed_cells`, and with the same result; but cells are read, embedded and written
    chunk by chunk, one being read and one written while one is computed.

    Parameters
    ----------
    source
        Cells x genes: an ``.h5ad`` file or a folder of zarr that anndata wrote. It is only read.
    output
        ``.h5ad`` or ``.zarr``; it gets ``obs`` and the embedding, no ``X``. Until it is whole, it grows in
        the folder ``OUTPUT.partial``, which stays there if the run is interrupted. Cells that are stored by
        genes (CSC) are first sorted by cells there, which takes eight bytes a value.
    genes, method, encoder, layer, use_raw, values, key_added, min_coverage, max_genes, empty_cells, n_threads
        As for :func:`genept.tl.embed_cells`.
    resolve, gene_column, taxon, too_long, max_cost
        As for :func:`genept.tl.embed_cells`.
    memory
        What the process may take, such as ``"2 GB"``, the default: that of a small laptop beside a browser.
        On Dask, what each worker may take.
    dtype
        What vectors are stored as: ``"float32"``, or ``"float16"`` for half the size and three digits.
    only_embedding
        Leave the columns of ``obs`` out, and keep the names of the cells and the coverage.
    resume
        Go on with an interrupted run of the same job, if there is one.
    dask
        ``"local"`` for processes of this machine, or the address of a Dask scheduler whose workers see
        ``source`` and ``output`` under the same paths. Needs a ``.zarr`` output, and method ``"w"``. A worker
        then takes one thread unless ``n_threads`` says otherwise.
    device
        Where GenePT-w is computed: ``"cpu"``, ``"cuda"``, or ``"auto"``, the default: on a graphics processor
        where torch sees one, there are 20,000 cells or more, and no Dask.

    Returns
    -------
    dict
        Parameters, provenance and coverage, as in ``uns["genept"][key]`` of the output.

    Raises
    ------
    InputFileError
        If ``source`` can't be read, or is no AnnData.
    OutputError
        If ``output`` can't be written; what is done stays.
    GeneNamesError, CoverageError, ValuesError, UnknownNameError, ArgumentError
        As :func:`genept.tl.embed_cells`. Values and coverage are known for certain only when all cells were
        read; what is done stays, so that with another ``min_coverage``, say, ``resume`` ends it at once.
    EncoderError, FetchError, CostError, MissingDependencyError
        If the encoder or the cluster can't run.

    References
    ----------
    Chen & Zou, Nature Biomedical Engineering 2024.

    Examples
    --------
    >>> import tempfile, anndata, genept
    >>> folder = tempfile.mkdtemp()
    >>> genept.datasets.pbmc68k_reduced().write_h5ad(f"{folder}/data.h5ad")
    >>> genes = genept.embed_genes(texts="starter", encoder="lsa")
    >>> record = genept.embed_file(f"{folder}/data.h5ad", f"{folder}/out.zarr", genes)
    >>> anndata.read_zarr(f"{folder}/out.zarr").obsm["X_genept_w"].shape
    (700, 256)
    """
    # Whole paths: workers have other working folders.
    source, output = Path(source).absolute(), Path(output).resolve()
    key = key_added if key_added is not None else f"X_genept_{method}"
    check_arguments(
        method=method,
        key=key,
        min_coverage=min_coverage,
        max_genes=max_genes,
        empty_cells=empty_cells,
        n_threads=n_threads,
    )
    check_method(method, genes=genes, encoder=encoder)
    check_values(values)
    names = HowToName(
        resolve=resolve, gene_column=gene_column, taxon=taxon_of(genes) if taxon is None else taxon
    )
    _check_files(source, output, method=method, dask=dask, dtype=dtype)
    check_place(output)
    limit = bytes_of(memory)
    if dask is not None:
        n_threads = n_threads or 1
        device = "cpu" if device == "auto" else device
    opened = open_cells(source, layer=layer, use_raw=use_raw)
    # What cells that are stored by genes take to be sorted.
    sorting = limit // 4 if opened.form == "csc" else 0
    folder = partial_folder(output)
    with (
        taken(folder, resume=resume) as lock,
        closing(by_rows(opened, folder / ROWS, memory=sorting)) as cells,
    ):
        found = survey(cells, values=values)
        prepared = (
            prepare_s(
                cells,
                found,
                genes,
                encoder=encoder,
                names=names,
                max_genes=max_genes,
                too_long=too_long,
                max_cost=max_cost,
            )
            if genes is None or method == "s"
            else prepare_w(cells, found, genes, names=names, device=device, n_threads=n_threads)
        )
        # Where some cells lie far below the bound, all of them will.
        some = coverage_of(found.by_gene, prepared.match)
        refuse_low_coverage(some, min_coverage * _HOPELESS, have=prepared.have, do=prepared.do)
        with PartialOutput.begin(
            output,
            job=job_identity(cells, prepared.match, found, genes=genes, how=prepared.how),
            n_cells=cells.shape[0],
            width=prepared.method.width,
            key=key,
            chunk_rows=cells_at_a_time(
                cells, prepared.method, memory=limit, fixed=prepared.fixed_bytes + sorting
            ),
            dtype=dtype,
            with_coverage=method == "w",
            resume=resume,
            lock=lock,
        ) as partial:
            work = ChunkJob(cells, prepared.method, partial.writer, empty_cells)
            totals = _run(work, partial, found, dask=dask, memory=limit)
            coverage = coverage_of(totals.by_gene, prepared.match)
            log.info("%s", coverage.summary(prepared.have))
            refuse_low_coverage(coverage, min_coverage, have=prepared.have, do=prepared.do)
            warn_of_zero_vectors(int(totals["n_zero"]), cells.shape[0])
            record = {
                **record_of(method, cells.origin, (found.kind, found.log_base), prepared.identity),
                "dtype": dtype,
                "coverage": coverage.as_dict(),
                "min_coverage": min_coverage,
                **prepared.record(totals),
            }
            partial.finish(record, source, columns=not only_embedding)
            return record


def _run(job: ChunkJob, partial: PartialOutput, found: Survey, *, dask: str | None, memory: int) -> Totals:
    """Do the chunks that aren't done, and add up what is counted in all of them."""
    n_cells, n_genes = job.cells.shape
    totals = Totals.restored(partial.tally, n_genes)
    rows = job.writer.chunk_rows
    todo = np.flatnonzero(~partial.done).tolist()
    before = min(n_cells, int(partial.done.sum()) * rows)
    if job.empty_cells == "error" and totals["n_empty"]:
        raise empty_cells_error(
            [],
            n_empty=int(totals["n_empty"]),
            among=f"the {int(totals['n_cells']):,} cells that an earlier run embedded",
            origin=job.cells.origin,
        )
    started = monotonic()
    with tqdm(total=n_cells, initial=before, unit="cell", desc="GenePT", disable=None) as progress:

        def note(chunk: int, more: Totals) -> None:
            if not partial.rewritten[chunk]:
                totals.add(more)
                found.check(totals)
            partial.commit([chunk], totals.arrays())
            progress.update(min(rows, n_cells - chunk * rows))

        if dask is None:
            run_here(job, todo, note)
        else:
            run_on_dask(job, todo, note, where=dask, memory=memory)
    seconds = monotonic() - started
    log.info(
        "%s cells in %.1f s, %s cells/s",
        f"{n_cells - before:,}",
        seconds,
        f"{(n_cells - before) / seconds:,.0f}",
    )
    return totals


def _check_files(source: Path, output: Path, *, method: str, dask: str | None, dtype: str) -> None:
    inside = {source.resolve(), *source.resolve().parents}
    if {output, partial_folder(output)} & inside or source.resolve() in output.parents:
        raise OutputError(
            f"the output {output} is also the input {source}, or one lies in the other",
            expected="another file",
            do="name another one",
        )
    if dtype not in ("float32", "float16"):
        raise ArgumentError(f"dtype={dtype!r}", expected="'float32' or 'float16'", do="choose one of them")
    if dask is not None and output.suffix != ".zarr":
        raise ArgumentError(
            f"the output {output} of a run on Dask",
            expected="a .zarr, of which several processes can write parts",
            do=f"use {output.with_suffix('.zarr')}, or leave dask out",
        )
    if dask is not None and method != "w":
        raise ArgumentError(
            "method 's' on Dask", expected="method 'w'", do="leave dask out: the encoder runs in this process"
        )
