"""CellTypes: names of cell types, what is written about them, and how they are nested."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from genept.errors import ArgumentError, UnknownNameError, ValuesError, name_some

Describe = Literal["name", "definition", "name+definition"]
DESCRIBE: tuple[Describe, ...] = ("name", "definition", "name+definition")


@dataclass(frozen=True, eq=False)
class CellTypes:
    """Cell types, one row each.

    Parameters
    ----------
    ids
        An identifier of each, such as ``"CL:0000084"``, or its name where there is none; no two are the same.
    names
        Their names; no two are the same.
    definitions
        What a cell type is, in a sentence or two; empty where nothing is said. Leave it out where
        nothing is said of any.
    synonyms
        Other names of each that mean exactly the same.
    parents
        For each the ids of the types that it is a kind of; those that aren't among ``ids`` are dropped.
    provenance
        Where they come from: ``source``, ``file``, ``sha256`` and more, each a string.

    Raises
    ------
    ValuesError
        If there is no type, lengths differ, a name is empty, or an id or a name stands twice.

    Examples
    --------
    >>> CellTypes(("1", "2"), ("T cell", "regulatory T cell"), parents=((), ("1",)))
    CellTypes of 2 types, 0 of them with a definition
    """

    ids: tuple[str, ...]
    names: tuple[str, ...]
    definitions: tuple[str, ...] = ()
    synonyms: tuple[tuple[str, ...], ...] = ()
    parents: tuple[tuple[str, ...], ...] = ()
    provenance: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        n = len(self.ids)
        known = set(self.ids)
        object.__setattr__(self, "definitions", tuple(self.definitions) or ("",) * n)
        object.__setattr__(self, "synonyms", tuple(map(tuple, self.synonyms)) or ((),) * n)
        object.__setattr__(
            self,
            "parents",
            tuple(tuple(p for p in some if p in known) for some in self.parents) or ((),) * n,
        )
        object.__setattr__(self, "provenance", dict(self.provenance))
        lengths = {
            len(part) for part in (self.ids, self.names, self.definitions, self.synonyms, self.parents)
        }
        if lengths != {n} or not n:
            raise ValuesError(
                f"{n:,} ids and {len(self.names):,} names of cell types",
                expected="at least one type, and for each an id, a name and, if any, a definition",
                do="pass them in one order",
            )
        for what, values in (("ids", self.ids), ("names", self.names)):
            if twice := _repeated(values):
                raise ValuesError(
                    f"{what} of cell types that are empty or stand twice: {name_some(map(repr, twice))}",
                    expected="one of its own for each cell type",
                    do="drop or rename all but one of each",
                )

    def __len__(self) -> int:
        return len(self.ids)

    def __repr__(self) -> str:
        n_defined = sum(bool(text) for text in self.definitions)
        return f"CellTypes of {len(self):,} types, {n_defined:,} of them with a definition"

    @cached_property
    def _row_of(self) -> dict[str, int]:
        return {one: row for row, one in enumerate(self.ids)}

    def within(self, root: str) -> NDArray[np.bool_]:
        """Say which types are ``root`` or a kind of it, at any depth.

        Parameters
        ----------
        root
            An id.

        Returns
        -------
        (n,) bool
            One for each type.

        Raises
        ------
        UnknownNameError
            If no type has this id.
        """
        if root not in self._row_of:
            raise UnknownNameError(
                f"no cell type with the id {root!r}",
                expected=f"one of {len(self):,} ids: {name_some(self.ids, 3)}",
                do="look the type up in the ontology; CL:0000738 is the leukocyte, CL:0000988 the "
                "hematopoietic cell, CL:0000000 any cell",
            )
        children: dict[str, list[str]] = {}
        for one, parents in zip(self.ids, self.parents, strict=True):
            for parent in parents:
                children.setdefault(parent, []).append(one)
        # An ontology may name a parent twice, or go round in a circle by mistake.
        found, ahead = set[str](), [root]
        while ahead:
            one = ahead.pop()
            if one not in found:
                found.add(one)
                ahead += children.get(one, [])
        return np.array([one in found for one in self.ids])

    def take(self, chosen: NDArray[np.bool_]) -> "CellTypes":
        """Keep the chosen types, in their order; ties to types that go are cut.

        Parameters
        ----------
        chosen
            (n,) bool.

        Raises
        ------
        ValuesError
            If none is chosen.
        """
        rows = np.flatnonzero(chosen)
        return CellTypes(
            tuple(self.ids[row] for row in rows),
            tuple(self.names[row] for row in rows),
            tuple(self.definitions[row] for row in rows),
            tuple(self.synonyms[row] for row in rows),
            tuple(self.parents[row] for row in rows),
            self.provenance,
        )

    def texts(self, describe: Describe = "name+definition") -> tuple[str, ...]:
        """Write a text about each type, for a text encoder.

        Parameters
        ----------
        describe
            ``"name"``, ``"definition"`` or ``"name+definition"``, the default. Of a type without a
            definition only the name is written.

        Raises
        ------
        ArgumentError
            If it is none of these.

        Examples
        --------
        >>> CellTypes(("1",), ("B cell",), ("A cell that makes antibodies.",)).texts()
        ('B cell: A cell that makes antibodies.',)
        """
        if describe not in DESCRIBE:
            raise ArgumentError(
                f"describe={describe!r}", expected=f"one of {', '.join(DESCRIBE)}", do="choose one of them"
            )
        return tuple(
            name
            if describe == "name" or not definition
            else definition
            if describe == "definition"
            else f"{name}: {definition}"
            for name, definition in zip(self.names, self.definitions, strict=True)
        )


def _repeated(values: Sequence[str]) -> list[str]:
    seen, twice = {""}, []
    for value in values:
        if value in seen:
            twice.append(value)
        seen.add(value)
    return twice
