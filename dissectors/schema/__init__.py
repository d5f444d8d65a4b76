"""How a protocol is declared: the vocabulary of the schemas and the catalogue made of them."""

from wireproof.dissectors.schema.catalogue import Catalogue, CatalogueError, UnknownFieldError, catalogue
from wireproof.dissectors.schema.declaration import (
    AllZero,
    AnySet,
    Bits,
    BrokenRuleError,
    Carry,
    Crc32,
    Field,
    InTable,
    Part,
    Payload,
    Piece,
    Protocol,
    Rule,
    Summary,
    Text,
    never,
    parts,
)
from wireproof.dissectors.schema.info import SET, TRUE, FieldInfo, Severity
from wireproof.dissectors.schema.networks import InNetwork, IsNoBroadcast
from wireproof.dissectors.schema.options import Option, Options, Repeat
from wireproof.dissectors.schema.rules import noted
from wireproof.dissectors.schema.steps import STATUS, InternetChecksum, LengthOf, PseudoHeader, Trailer
from wireproof.dissectors.schema.types import Base, FieldType, Kind

__all__ = [
    "SET",
    "STATUS",
    "TRUE",
    "AllZero",
    "AnySet",
    "Base",
    "Bits",
    "BrokenRuleError",
    "Carry",
    "Catalogue",
    "CatalogueError",
    "Crc32",
    "Field",
    "FieldInfo",
    "FieldType",
    "InNetwork",
    "InTable",
    "InternetChecksum",
    "IsNoBroadcast",
    "Kind",
    "LengthOf",
    "Option",
    "Options",
    "Part",
    "Payload",
    "Piece",
    "Protocol",
    "PseudoHeader",
    "Repeat",
    "Rule",
    "Severity",
    "Summary",
    "Text",
    "Trailer",
    "UnknownFieldError",
    "catalogue",
    "never",
    "noted",
    "parts",
]
