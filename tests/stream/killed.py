"""A run that is killed at one of its steps, and one that goes on with it; in a process that tests start."""

import itertools
import os
import signal
import sys
import traceback
from collections.abc import Callable
from functools import partial
from pathlib import Path

from tests.stream.small_result import check, make, run_of

# What changes something on the disk, beside opening a file to write.
_STEPS = {"os.rename", "os.remove", "os.rmdir", "os.mkdir"}


def at_some_steps(folder: Path, cells: Path) -> None:
    """Kill runs here and there."""
    _at_steps(folder / "zarr" / "x.zarr", cells, stride=263)
    _at_steps(folder / "h5ad" / "x.h5ad", cells, stride=37)


def at_every_step(folder: Path, cells: Path) -> None:
    """Kill runs everywhere; takes minutes."""
    _at_steps(folder / "zarr" / "x.zarr", cells, stride=1)
    _at_steps(folder / "h5ad" / "x.h5ad", cells, stride=1)


def _at_steps(output: Path, cells: Path, *, stride: int) -> None:
    """Kill a run at its first step, have another go on with it; and so at later steps, until none is killed.

    From the second run on, the output of the one before is there, to be replaced.
    """
    output.parent.mkdir(exist_ok=True)
    for step in itertools.count(1, stride):
        killed = _in_a_child(partial(_killed_at, step, output, cells)) == -signal.SIGKILL
        assert _in_a_child(partial(_go_on, step, output, cells)) == 0, f"not gone on with after step {step}"
        if not killed:
            return


def _killed_at(step: int, output: Path, cells: Path) -> None:
    steps = itertools.count(1)

    def hook(event: str, args: tuple[object, ...]) -> None:
        writes = event == "open" and isinstance(args[1], str) and set(args[1]) & set("wax+")
        if (writes or event in _STEPS) and next(steps) == step:
            os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(hook)
    make(output, cells, resume=False, run=step)


def _go_on(step: int, output: Path, cells: Path) -> None:
    is_there = output.with_name(output.name + ".partial").exists()
    if is_there or not output.exists() or run_of(output) != step:
        make(output, cells, resume=is_there, run=step)
    check(output, run=step)


def _in_a_child(work: Callable[[], None]) -> int:
    """Do some work in a child of this process, which has no threads yet; return how it ended."""
    child = os.fork()
    if child:
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    try:
        work()
        os._exit(0)
    except BaseException:
        traceback.print_exc()
        os._exit(1)
