"""Lazy registries: the built-ins by name, and those that other packages bring as entry points."""

from collections.abc import Callable, Mapping
from functools import cached_property
from importlib import import_module
from importlib.metadata import EntryPoint, entry_points
from inspect import Parameter, Signature, signature
from typing import Generic, TypeVar, cast, get_type_hints

from genept.errors import ArgumentError, UnknownNameError, name_some

T = TypeVar("T")


class Registry(Generic[T]):
    """Factories by name; nothing is imported before it is asked for.

    Parameters
    ----------
    kind
        What is registered, in words for error messages, such as ``"text encoder"``.
    group
        Entry-point group through which other packages add theirs.
    builtins
        Name to ``"module:factory"``, or to a factory.
    """

    def __init__(self, kind: str, *, group: str, builtins: Mapping[str, str | Callable[..., object]]) -> None:
        self.kind = kind
        self.group = group
        self._builtins = dict(builtins)

    @cached_property
    def _entry_points(self) -> dict[str, EntryPoint]:
        found: dict[str, EntryPoint] = {}
        for point in entry_points(group=self.group):
            other = self._builtins.get(point.name) or (
                found[point.name].value if point.name in found else None
            )
            if other is not None:
                raise UnknownNameError(
                    f"two {self.kind}s named {point.name!r}: {other} and {point.value}",
                    expected="every name to be registered once",
                    do="uninstall one of the packages, or ask its authors to rename it",
                )
            found[point.name] = point
        return found

    def names(self) -> list[str]:
        """All registered names, sorted.

        Raises
        ------
        UnknownNameError
            If a name is registered twice.
        """
        return sorted([*self._builtins, *self._entry_points])

    def create(self, spec: str, **options: object) -> T:
        """Import the factory that ``spec`` names, call it, and return what it makes.

        Parameters
        ----------
        spec
            A registered name, or ``name:argument`` for a factory that takes an argument.
        options
            Further arguments of the factory, by keyword.

        Raises
        ------
        UnknownNameError
            If no such name is registered, or one is registered twice.
        ArgumentError
            If the factory takes no argument, or must have one, or takes no such option.
        """
        name, colon, argument = spec.partition(":")
        factory = self._factory(name)
        arguments = (argument,) if colon else ()
        takes = signature(factory)
        if unknown := sorted(options.keys() - _options_of(takes)):
            raise ArgumentError(
                f"the {self.kind} {name!r} with {', '.join(unknown)}",
                expected=f"options that it takes: {', '.join(_options_of(takes)) or 'none'}",
                do="leave it out, or correct its name",
            )
        try:
            takes.bind(*arguments, **options)
        except TypeError:
            fits = f"{name}" if colon else f"{name}:ARGUMENT"
            raise ArgumentError(f"the {self.kind} {spec!r}", expected=f"{fits!r}", do=f"use {fits}") from None
        return cast("T", factory(*arguments, **options))

    def options(self, spec: str) -> dict[str, object]:
        """Say which options the factory that ``spec`` names takes, and of which type.

        Raises
        ------
        UnknownNameError
            If no such name is registered.
        """
        factory = self._factory(spec.partition(":")[0])
        try:
            hints = get_type_hints(
                getattr(factory, "__init__", factory) if isinstance(factory, type) else factory
            )
        except (NameError, TypeError):
            # Of another package's factory: names that only a type checker knows, or nothing to ask.
            hints = {}
        return {name: hints.get(name, str) for name in _options_of(signature(factory))}

    def _factory(self, name: str) -> Callable[..., object]:
        if name in self._entry_points:
            factory = self._entry_points[name].load()
        elif name in self._builtins:
            builtin = self._builtins[name]
            if callable(builtin):
                return builtin
            module, _, attribute = builtin.partition(":")
            factory = getattr(import_module(module), attribute)
        else:
            raise UnknownNameError(
                f"no {self.kind} named {name!r}",
                expected=f"one of {name_some(self.names(), limit=20)}",
                do=f"use one of these names, or install the package that brings {name!r}",
            )
        return cast("Callable[..., object]", factory)


def _options_of(takes: Signature) -> list[str]:
    return [p.name for p in takes.parameters.values() if p.kind is Parameter.KEYWORD_ONLY]
