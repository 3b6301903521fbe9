"""The loops of GenePT-w, compiled. Import where they are about to run: Numba takes a while to load.

What makes the product quick is where its operands are. A tile of the gene vectors, ``GENES`` rows of
``LANES`` floats, is a quarter of a megabyte and stays in a core's second-level cache while some hundred
cells pass over it; the entries of these cells are laid out tile by tile, so that they are read in order; and
the sum of a cell over a tile stays in registers, which LLVM does not manage for an array of Numba's: hence
the vectors written out below. benchmarks/weighted_kernel.py measures it.
"""

from typing import Any

import numpy as np
from llvmlite import binding, ir
from numba.core import cgutils, types
from numba.extending import intrinsic
from numpy.typing import NDArray

from genept.cells.compiled import compiled

# Sums of 128 columns fill eight of AVX-512's 32 registers; shorter ones hold 64 columns.
LANES = 128 if binding.get_host_cpu_features().get("avx512f") else 64
GENES = 512
# Floats in a vector of the code that is written out; LLVM splits it where registers are shorter.
_VECTOR = 16

Floats = NDArray[np.float32]
Doubles = NDArray[np.float64]
Ints = NDArray[np.int32]


@compiled
def tally(
    starts: Ints, genes: Ints, counts: Any, covered: NDArray[np.bool_], by_gene: Doubles, sums: Doubles
) -> None:
    """Add up counts by gene, and by cell: all of them (``sums[:, 0]``), and those in covered genes."""
    for row in range(len(starts) - 1):
        everything = 0.0
        found = 0.0
        for i in range(starts[row], starts[row + 1]):
            gene = genes[i]
            value = np.float64(counts[i])
            by_gene[gene] += value
            everything += value
            if covered[gene]:
                found += value
        sums[row, 0] = everything
        sums[row, 1] = found


@compiled
def lay_out(
    starts: Ints,
    genes: Ints,
    values: Floats,
    scale: Doubles,
    place: Ints,
    tiles: NDArray[np.int64],
    positions: Ints,
    weights: Floats,
) -> None:
    """Put scaled values of covered genes in order of tile, cell, gene.

    ``place`` is a gene's row among the vectors, ascending, or -1. ``tiles[t, row]`` becomes where the entries
    of a row in tile ``t`` begin in ``positions`` (rows within the tile) and ``weights``, and
    ``tiles[t, row + 1]`` where they end.
    """
    n_rows = len(starts) - 1
    tiles[:] = 0
    for row in range(n_rows):
        t, beyond, n = 0, GENES, 0
        for i in range(starts[row], starts[row + 1]):
            at = place[genes[i]]
            if at >= 0:
                while at >= beyond:
                    tiles[t, row + 1] = n
                    t, beyond, n = t + 1, beyond + GENES, 0
                n += 1
        tiles[t, row + 1] = n
    end = 0
    for t in range(len(tiles)):
        tiles[t, 0] = end
        for row in range(n_rows):
            end += tiles[t, row + 1]
            tiles[t, row + 1] = end
    for row in range(n_rows):
        t, beyond = 0, GENES
        free = tiles[0, row]
        for i in range(starts[row], starts[row + 1]):
            at = place[genes[i]]
            if at >= 0:
                while at >= beyond:
                    t, beyond = t + 1, beyond + GENES
                    free = tiles[t, row]
                positions[free] = at - beyond + GENES
                weights[free] = values[i] * scale[row]
                free += 1


@intrinsic  # type: ignore[untyped-decorator]
def _add_weighted(
    _typing: Any, _out: Any, _vectors: Any, _rows: Any, _weights: Any, _first: Any, _last: Any
) -> Any:
    """``out[:LANES] += sum(weights[i] * vectors[rows[i]] for i in range(first, last))``, by addresses."""
    signature = types.void(*[types.intp] * 6)

    def generate(context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        out, vectors, rows, weights, first, last = arguments
        real, whole, long = ir.FloatType(), ir.IntType(32), ir.IntType(64)
        lane = ir.VectorType(real, _VECTOR)
        parts = range(0, LANES, _VECTOR)
        out = builder.inttoptr(out, real.as_pointer())
        vectors = builder.inttoptr(vectors, real.as_pointer())
        rows = builder.inttoptr(rows, whole.as_pointer())
        weights = builder.inttoptr(weights, real.as_pointer())
        multiply_add = cgutils.get_or_insert_function(
            builder.module, ir.FunctionType(lane, [lane] * 3), f"llvm.fma.v{_VECTOR}f32"
        )

        def at(base: Any, part: int) -> Any:
            return builder.bitcast(builder.gep(base, [long(part)]), lane.as_pointer())

        def load(base: Any, part: int) -> Any:
            loaded = builder.load(at(base, part))
            loaded.align = 4
            return loaded

        begun = [load(out, part) for part in parts]
        before = builder.block
        head, body, end = (builder.append_basic_block(name) for name in ("head", "body", "end"))
        builder.branch(head)
        builder.position_at_end(head)
        i = builder.phi(long)
        sums = [builder.phi(lane) for _ in parts]
        builder.cbranch(builder.icmp_signed("<", i, last), body, end)
        builder.position_at_end(body)
        row = builder.sext(builder.load(builder.gep(rows, [i])), long)
        vector = builder.gep(vectors, [builder.mul(row, long(LANES))])
        weight = builder.load(builder.gep(weights, [i]))
        unset = ir.Constant(lane, ir.Undefined)
        spread = builder.shuffle_vector(
            builder.insert_element(unset, weight, whole(0)),
            unset,
            ir.Constant(ir.VectorType(whole, _VECTOR), [0] * _VECTOR),
        )
        grown = [
            builder.call(multiply_add, [spread, load(vector, part), total])
            for part, total in zip(parts, sums, strict=True)
        ]
        following = builder.add(i, long(1))
        builder.branch(head)
        for phi, start, again in zip([i, *sums], [first, *begun], [following, *grown], strict=True):
            phi.add_incoming(start, before)
            phi.add_incoming(again, body)
        builder.position_at_end(end)
        for part, total in zip(parts, sums, strict=True):
            stored = builder.store(total, at(out, part))
            stored.align = 4
        return context.get_dummy_value()

    return signature, generate


@compiled
def multiply(
    tiles: NDArray[np.int64], positions: Ints, weights: Floats, vectors: Floats, sums: Floats
) -> None:
    """Weighted sums of vectors, laid out as (column blocks, genes, LANES), in ``sums`` (cells, columns)."""
    sums[:] = np.float32(0)
    at, weight = positions.ctypes.data, weights.ctypes.data
    for block in range(len(vectors)):
        for t in range(len(tiles)):
            tile = vectors[block, t * GENES :].ctypes.data
            for row in range(tiles.shape[1] - 1):
                out = sums[row, block * LANES :].ctypes.data
                _add_weighted(out, tile, at, weight, tiles[t, row], tiles[t, row + 1])


@compiled
def unit(sums: Floats, out: Floats) -> None:
    """Rows of ``sums`` brought to unit l2 norm, in ``out``; columns beyond its width are padding."""
    for row in range(len(out)):
        square = 0.0
        for column in range(out.shape[1]):
            square += np.float64(sums[row, column]) * sums[row, column]
        factor = 1 / np.sqrt(square) if square > 0 else 0.0
        for column in range(out.shape[1]):
            out[row, column] = sums[row, column] * factor
