"""The rules of the analyses, in the part of Python that machine code is made of, beside the tables that they work on.

One definition serves one packet in Python and millions in machine code: wireproof/engine/translating.py says what the
functions here may be made of, and tests/analysis/test_rules.py holds them to it. Where a product may need more than 64
bits it is masked to at most 63, which gives the same with and without wrapping around.
"""
