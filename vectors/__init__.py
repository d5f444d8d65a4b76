"""The test vectors and the requirements that they come from: data in JSON, and its loader.

A folder a protocol holds vector files. Beside them stand ``requirements/`` (what each document asks),
``flags/`` (what vectors have in common) and ``schemas/`` (JSON Schemas of the three kinds of file).
"""

from wireproof.vectors.loader import load, load_flags, load_requirements, protocols
from wireproof.vectors.model import (
    FCS_LENGTHS,
    LINK_TYPES,
    OWN_NAMES,
    Address,
    Build,
    Flag,
    Header,
    Parse,
    Policy,
    Provenance,
    Reassemble,
    Rejection,
    Requirement,
    Source,
    Task,
    Update,
    Value,
    Vector,
)

__all__ = [
    "FCS_LENGTHS",
    "LINK_TYPES",
    "OWN_NAMES",
    "Address",
    "Build",
    "Flag",
    "Header",
    "Parse",
    "Policy",
    "Provenance",
    "Reassemble",
    "Rejection",
    "Requirement",
    "Source",
    "Task",
    "Update",
    "Value",
    "Vector",
    "load",
    "load_flags",
    "load_requirements",
    "protocols",
]
