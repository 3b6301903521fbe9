"""Requests that mean nothing, refused before any work."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from genept.benchmark.cells.labelled_cells import LabelledCells
from genept.benchmark.cells.settings import CellSettings
from genept.benchmark.cells.transfer import Transfer
from genept.embeddings import GeneEmbeddings
from genept.errors import ArgumentError, UnknownNameError, name_some


def check_request(
    data: Mapping[str, object],
    embeddings: Mapping[str, GeneEmbeddings],
    *,
    settings: CellSettings,
    transfers: Sequence[Transfer],
) -> None:
    """Raise for the first argument that can't be meant.

    Raises
    ------
    ArgumentError
        If there is no data set, a protocol, seed or method is none, methods lack gene embeddings, or a
        transfer is from a data set to itself, under whatever name.
    UnknownNameError
        If a transfer is between data sets that there aren't.
    """
    if not data:
        raise ArgumentError("no data set", expected="one or more", do="give some")
    if settings.protocol not in ("rigorous", "paper"):
        raise ArgumentError(
            f"the protocol {settings.protocol!r}", expected="'rigorous' or 'paper'", do="choose one"
        )
    # Repeats add to it, and scikit-learn's seeds end here.
    if not 0 <= settings.rng < 2**32 - 10:
        raise ArgumentError(
            f"rng={settings.rng}", expected="a seed, from 0 to 4294967285", do="leave it out for the paper's"
        )
    strange = sorted(set(settings.methods or ()) - {"w", "s"})
    if strange or settings.methods == ():
        raise ArgumentError(
            f"the methods {name_some(strange) or '(none)'}",
            expected="'w' (weighted average), 's' (sentence) or both",
            do="choose of these, or leave them out",
        )
    if settings.methods and not embeddings:
        raise ArgumentError(
            f"the methods {name_some(settings.methods)} without gene embeddings",
            expected="gene embeddings, of which cells are made",
            do="give some (in Python: genes={'minilm': ...}, on the command line: --genes genes.h5ad)",
        )
    for pair in transfers:
        _check_pair(pair, data)


def check_stored(cells: Sequence[LabelledCells], stored: Sequence[str]) -> None:
    """Raise for a key of ``obsm`` that no data set has.

    Raises
    ------
    UnknownNameError
        Naming the keys that there are.
    """
    there = sorted({str(key) for one in cells for key in one.obsm})
    for key in stored:
        if key not in there:
            raise UnknownNameError(
                f"no obsm[{key!r}] in any data set",
                expected=f"one of: {name_some(there, 20) or 'none, there is nothing in obsm'}",
                do="name one of these, or leave it out",
            )


def _check_pair(pair: Transfer, data: Mapping[str, object]) -> None:
    for name in (pair.train, pair.test):
        if name not in data:
            raise UnknownNameError(
                f"a transfer with the data set {name!r}",
                expected=f"one of: {name_some(data, 20)}",
                do="name data sets that are given",
            )
    if pair.train == pair.test:
        raise ArgumentError(
            f"a transfer from {pair.train!r} to itself",
            expected="two data sets",
            do="leave it out: within a data set labels are found anyway",
        )
    if _is_same(data[pair.train], data[pair.test]):
        raise ArgumentError(
            f"a transfer from {pair.train!r} to {pair.test!r}, which are the same cells",
            expected="cells that weren't learned from",
            do="name another data set; within one labels are found anyway",
        )


def _is_same(one: object, other: object) -> bool:
    if isinstance(one, str | Path) and isinstance(other, str | Path):
        return Path(one).resolve() == Path(other).resolve()
    return one is other
