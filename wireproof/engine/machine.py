"""LLVM text to machine code in this process, by way of an object file, which is kept for the next time.

llvmlite is imported when something is compiled: what else the engine has does without.
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

SIGNATURE = ctypes.CFUNCTYPE(ctypes.c_int64, ctypes.c_void_p, ctypes.c_int64, ctypes.c_void_p, ctypes.c_void_p)
NAME = "match"


@cache
def _llvm() -> Any:
    import llvmlite.binding as llvm  # type: ignore[import-untyped]

    llvm.initialize_native_target()
    llvm.initialize_native_asmprinter()
    return llvm


@cache
def _host() -> tuple[str, str]:
    llvm = _llvm()
    return llvm.get_host_cpu_name(), llvm.get_host_cpu_features().flatten()


def _target_machine(level: int) -> Any:
    cpu, features = _host()
    return _llvm().Target.from_default_triple().create_target_machine(cpu=cpu, features=features, opt=level, jit=True)


@cache
def _compiling_machine(level: int) -> Any:
    """Return what emits objects; an engine needs one of its own, which it takes over and frees."""
    return _target_machine(level)


def compile_object(text: str, level: int = 1) -> bytes:
    """Return the object file of a module. Raises RuntimeError where the text is no valid LLVM.

    `level` is that of code generation. At 0 it takes a quarter of the time that it takes at 1, for a loop that is a
    tenth slower, and a third where octets are searched; passes in front of it would not make that faster.
    """
    llvm = _llvm()
    machine = _compiling_machine(level)
    module = llvm.parse_assembly(text)
    module.verify()
    if level:
        # Little is worth its time: more passes take three to seven times as long for the same loop.
        options = llvm.create_pipeline_tuning_options(speed_level=1)
        passes = llvm.create_new_module_pass_manager()
        passes.add_sroa_pass()
        passes.add_simplify_cfg_pass()
        passes.run(module, llvm.create_pass_builder(machine, options))
    found: bytes = machine.emit_object(module)
    return found


def code_of(
    module: Callable[[], str], name: str | None = None, *, level: int = 1, key: Sequence[bytes] | None = None
) -> Code:
    """Return a function of a module, from the object that is kept of it if there is one.

    Without a `key`, the text of the module is the key.
    """
    from wireproof.engine.cache import cached_object

    made = module() if key is None else None
    parts = [made.encode()] if made is not None else key or ()
    return Code(cached_object(parts, level, lambda: compile_object(made or module(), level)), name or NAME)


class Code:
    """A loaded object file. Its function, and the `address` of that, are valid as long as this lives."""

    def __init__(self, data: bytes, name: str = NAME) -> None:
        llvm = _llvm()
        self._engine = llvm.create_mcjit_compiler(llvm.parse_assembly(""), _target_machine(0))
        self._engine.add_object_file(llvm.ObjectFileRef.from_data(data))
        self._engine.finalize_object()
        self.address: int = self._engine.get_function_address(name)
        self._function = SIGNATURE(self.address)

    def __call__(self, first: int, size: int, second: int, third: int) -> int:
        """Run it on addresses and a size; what these are, and what it returns, is the function's own."""
        found: int = self._function(first, size, second, third)
        return found
