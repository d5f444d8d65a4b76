"""What pyproject.toml cannot say: a wheel has the tables of the filter language's parser, made when it is built."""

import runpy
from pathlib import Path

from setuptools import setup
from setuptools.command.build_py import build_py

ROOM = Path("grammar")
TABLES = runpy.run_path(str(ROOM / "tables.py"))


class BuildWithTables(build_py):
    """Lays the tables beside the grammar in the build. The tree has none, nor has an installation that refers to it."""

    def run(self) -> None:
        super().run()
        for file in self._generated():
            grammar = (ROOM / TABLES["GRAMMAR"]).read_text(encoding="utf-8")
            file.write_text(TABLES["generate"](grammar), encoding="utf-8")

    def get_outputs(self, include_bytecode: bool = True) -> list[str]:
        return [*super().get_outputs(include_bytecode), *map(str, self._generated())]

    def _generated(self) -> list[Path]:
        return [] if self.editable_mode else [Path(self.build_lib, "wireproof", ROOM, TABLES["TABLES"])]


setup(cmdclass={"build_py": BuildWithTables})
