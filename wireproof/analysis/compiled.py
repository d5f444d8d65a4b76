"""The rules of the analyses in machine code, and the tables that they share with the packet reader."""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

from wireproof.analysis.ruled import rules
from wireproof.analysis.session import Analysis
from wireproof.engine.machine import Code, code_of
from wireproof.engine.ruling import Rule
from wireproof.engine.tables import Table
from wireproof.engine.translating import ENTRY, module_of, parameters_of
from wireproof.packet import Packet

LEVEL = 2  # of code generation: it is done once after an installation


@cache
def _code(protocol: str) -> Code:
    (rule,) = (rule for rule in rules() if rule.protocol == protocol)
    key = [b"rule", protocol.encode()]
    return code_of(lambda: module_of(rule.function), ENTRY, level=LEVEL, key=key)


@cache
def called(function: Callable[..., int]) -> Callable[..., int]:
    """Return a function of the subset as machine code, called as it is: by the names of its parameters."""
    key = [b"function", f"{function.__module__}.{function.__qualname__}".encode()]
    code = code_of(lambda: module_of(function), ENTRY, level=LEVEL, key=key)
    kinds = parameters_of(function)
    call = ctypes.CFUNCTYPE(ctypes.c_int64, *(ctypes.c_int64 for _ in kinds))(code.address)

    def run(**given: Any) -> int:
        found: int = call(
            *(given[each].words if issubclass(kind, Table) else given[each] for each, kind in kinds.items())
        )
        assert code.address
        assert all(each.is_sound for each in given.values() if isinstance(each, Table))
        return found

    return run


class CompiledAnalysis:
    """An analysis that machine code does for the protocols of a query; the reference goes on with the same tables."""

    def __init__(self, analysis: Analysis, protocols: Sequence[str]) -> None:
        self._analysis = analysis
        self._rules = {rule.protocol: rule for rule in rules() if rule.protocol in protocols}
        addresses: list[int] = []
        self._tables: list[Table] = []
        for protocol in protocols:
            rule, tables = self._rules[protocol], analysis.of(protocol).tables
            given = [tables[name] for name, kind in parameters_of(rule.function).items() if issubclass(kind, Table)]
            addresses += [_code(protocol).address, *(table.words for table in given)]
            self._tables += given
        self._addresses = (ctypes.c_int64 * len(addresses))(*addresses)

    @property
    def addresses(self) -> int:
        """Where machine code finds the rules and their tables."""
        return ctypes.addressof(self._addresses)

    def see(self, packet: Packet) -> None:
        """Take a packet in that the reference reads, unless machine code has taken it in."""
        taken = {protocol for protocol, rule in self._rules.items() if self._last(protocol, rule) == packet.number}
        self._analysis.see(packet, taken)

    def _last(self, protocol: str, rule: Rule) -> int:
        table, column = rule.frame.split(".")
        number: int = getattr(self._analysis.of(protocol).tables[table], column)[0]
        return number

    def check(self) -> None:
        """Raise AssertionError where machine code was about to leave a table."""
        assert all(table.is_sound for table in self._tables), "an index that a table of an analysis does not have"
