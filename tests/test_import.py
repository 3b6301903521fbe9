"""Importing genept is quick and touches nothing."""

import os
import subprocess
import sys

import pytest

LAZY = (
    "torch",
    "scanpy",
    "umap",
    "matplotlib",
    "sentence_transformers",
    "numba",
    "openai",
    "igraph",
    "leidenalg",
)


def run(code: str) -> str:
    return subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout


def test_import_touches_neither_disk_nor_network() -> None:
    """Nothing but Python's own modules is opened, and no socket, while importing genept."""
    code = (
        "import sys\n"
        "seen = []\n"
        "def hook(event, args):\n"
        "    if event.startswith(('socket.', 'os.mkdir', 'os.remove', 'os.rename', 'subprocess.')):\n"
        "        seen.append((event, args))\n"
        "    elif event == 'open' and isinstance(args[0], str):\n"
        "        written = args[1] is not None and any(m in str(args[1]) for m in 'wax+')\n"
        "        module = args[0].endswith(('.py', '.pyc', '.so', '.pyi')) or '.pyc.' in args[0]\n"
        "        if written and '__pycache__' not in args[0] or not module:\n"
        "            seen.append((event, args))\n"
        "sys.addaudithook(hook)\n"
        "import genept\n"
        "assert genept.__version__\n"
        "print(seen)\n"
    )
    assert run(code).strip() == "[]"


@pytest.mark.parametrize("module", ["genept", "genept.tl", "genept.pl", "genept.cli"])
def test_heavy_libraries_wait_until_they_are_used(module: str) -> None:
    code = f"import sys, {module}; print([name for name in {LAZY!r} if name in sys.modules])"
    assert run(code).strip() == "[]"


def test_scikit_learn_waits_for_the_transformer() -> None:
    code = (
        "import sys, genept.cells; print('sklearn' in sys.modules); "
        "print(genept.cells.GenePTWTransformer.__name__)"
    )
    assert run(code).split() == ["False", "GenePTWTransformer"]


def test_import_and_help_are_quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """By the processor's time and the best of five, so that a busy machine doesn't fail it: half a second is
    the promise of the help."""

    # As it is for whoever runs it twice: compiled once.
    monkeypatch.delenv("PYTHONDONTWRITEBYTECODE", raising=False)

    def best(code: str) -> float:
        times = []
        for _ in range(5):
            before = os.times()
            run(code)
            after = os.times()
            times.append(sum(after[2:4]) - sum(before[2:4]))
        return min(times)

    bare = best("pass")
    assert best("import genept") - bare < 0.2
    assert best("import sys; sys.argv = ['genept', '--help']; from genept.cli import main; main()") < 0.5


def test_every_public_name_is_there() -> None:
    import genept

    for name in genept.__all__:
        assert getattr(genept, name) is not None
    with pytest.raises(AttributeError):
        genept.no_such_name  # noqa: B018
