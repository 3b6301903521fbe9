"""What a local model runs on: the device, the precision, and all cores of a processor at once."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Literal, TypeVar, get_args

from genept.errors import ArgumentError, MissingDependencyError

if TYPE_CHECKING:
    from torch.nn import Module

Precision = Literal["float32", "bfloat16"]

T = TypeVar("T")
R = TypeVar("R")


def check_libraries(encoder: str) -> None:
    """Import torch and sentence-transformers, or say how to get them.

    Raises
    ------
    MissingDependencyError
        If one of them isn't installed.
    """
    try:
        import sentence_transformers  # noqa: F401
        import torch  # noqa: F401
    except ImportError as error:
        raise MissingDependencyError(
            f"the encoder {encoder!r} needs {error.name}, which isn't installed",
            expected="torch and sentence-transformers",
            do="pip install 'genept[local]', or use the encoder 'lsa', which needs neither",
        ) from error


def choose_device(asked: str | None) -> str:
    """Take the device asked for, else the graphics processor (CUDA, then Apple's), else the CPU.

    Raises
    ------
    ArgumentError
        If there is no such device here.
    """
    import torch

    there = {"cuda": torch.cuda.is_available(), "mps": torch.backends.mps.is_available(), "cpu": True}
    usable = [name for name, is_there in there.items() if is_there]
    if asked is None:
        return usable[0]
    if not there.get(asked.partition(":")[0], False):
        raise ArgumentError(
            f"device={asked!r}",
            expected=f"a device that torch {torch.__version__} finds here: {', '.join(usable)}",
            do="leave device out to take the quickest that is here",
        )
    return asked


def choose_precision(asked: Precision | None, device: str) -> Precision:
    """Take the precision asked for, else bfloat16 where the hardware computes in it.

    Raises
    ------
    ArgumentError
        If it is neither float32 nor bfloat16.
    """
    if asked is None:
        return "bfloat16" if _computes_in_bfloat16(device) else "float32"
    if asked not in get_args(Precision):
        raise ArgumentError(
            f"precision={asked!r}", expected="'float32' or 'bfloat16'", do="use one of the two"
        )
    return asked


def _computes_in_bfloat16(device: str) -> bool:
    import torch

    if device.startswith("cuda"):
        return bool(torch.cuda.is_bf16_supported(including_emulation=False))
    if device == "cpu":
        capabilities = torch.cpu.get_capabilities()
        return any(capabilities.get(name, False) for name in ("avx512_bf16", "amx_bf16", "bf16"))
    return False


def set_precision(model: "Module", precision: Precision) -> None:
    """Give the linear layers weights of this precision, and all else float32, in place.

    That is what autocast computes with; done here once, since autocast would do it again for every batch.
    """
    import torch

    for module in model.modules():
        is_low = precision == "bfloat16" and isinstance(module, torch.nn.Linear)
        wanted = torch.bfloat16 if is_low else torch.float32
        for tensor in (*module.parameters(recurse=False), *module.buffers(recurse=False)):
            if tensor.is_floating_point():
                tensor.data = tensor.data.to(wanted)


def map_on_cores(work: Callable[[T], R], items: Sequence[T]) -> list[R]:
    """Do independent pieces of torch work side by side, each on one core.

    The layers of a small model are so short that threads within a layer spend most of their time waiting
    for each other; pieces that never wait use all cores, also while other programs need some of them.
    """
    import torch

    threads = torch.get_num_threads()
    if threads == 1 or len(items) == 1:
        return [work(item) for item in items]
    try:
        with ThreadPoolExecutor(
            min(threads, len(items)), initializer=torch.set_num_threads, initargs=(1,)
        ) as pool:
            return list(pool.map(work, items))
    finally:
        # torch keeps the number for each thread, but gives the last one set to threads made later.
        torch.set_num_threads(threads)
