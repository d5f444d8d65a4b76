"""The rules of the analyses, in a part of Python that can be compiled.

Every module here holds functions over tables of machine numbers (wireproof/engine/tables.py), and nothing else but
constants. They are written in this subset, so that one definition serves one packet in Python and millions in machine
code; tests/analysis/test_rules.py holds it:

- parameters are tables and numbers, annotated; numbers are signed and of 64 bits, truth values among them. Where a
  product may need more it is masked to at most 63 bits at once, which is the same with and without wrapping around;
- statements: assignment to a name or to ``table.column[index]``, also augmented; ``if``, ``while``, ``for`` over a
  ``range``, ``break``, ``continue``, ``return`` and calls;
- expressions: integers, constants of modules, members of IntEnum and IntFlag, ``+ - * // % & | ^ << >> ~``,
  comparisons, ``and``, ``or`` and ``not`` as truth values, ``x if c else y``, ``min``, ``max``, ``abs``,
  ``table.column[index]``, and calls of other functions of rules, without recursion.
"""
