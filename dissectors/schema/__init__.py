"""How a protocol is declared: the vocabulary of the schemas and the catalogue made of them."""

from wireproof.dissectors.schema.ahead import Ahead, At, Reaches, SourceRoute, There
from wireproof.dissectors.schema.catalogue import Catalogue, CatalogueError, UnknownFieldError, catalogue
from wireproof.dissectors.schema.conditions import AllZero, AnySet, Crc32, InTable, OneOf, never
from wireproof.dissectors.schema.declaration import BrokenRuleError, Field, Part, Payload, Rule, Tail, parts
from wireproof.dissectors.schema.info import SET, TRUE, FieldInfo, Severity
from wireproof.dissectors.schema.members import Bits, Piece, Text
from wireproof.dissectors.schema.networks import AddressBlock, InNetwork, IsNoBroadcast, KindOfAddress, narrowest
from wireproof.dissectors.schema.objects import Objects
from wireproof.dissectors.schema.options import Missing, Option, Options, Repeat, Several
from wireproof.dissectors.schema.protocol import BY_TYPE, Carry, Protocol, Summary
from wireproof.dissectors.schema.rules import bad_checksum, malformed, noted
from wireproof.dissectors.schema.steps import STATUS, InternetChecksum, LengthOf, PseudoHeader, Reassembly, Trailer
from wireproof.dissectors.schema.types import Base, FieldType, Kind

__all__ = [
    "BY_TYPE",
    "SET",
    "STATUS",
    "TRUE",
    "AddressBlock",
    "Ahead",
    "AllZero",
    "AnySet",
    "At",
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
    "KindOfAddress",
    "LengthOf",
    "Missing",
    "Objects",
    "OneOf",
    "Option",
    "Options",
    "Part",
    "Payload",
    "Piece",
    "Protocol",
    "PseudoHeader",
    "Reaches",
    "Reassembly",
    "Repeat",
    "Rule",
    "Several",
    "Severity",
    "SourceRoute",
    "Summary",
    "Tail",
    "Text",
    "There",
    "Trailer",
    "UnknownFieldError",
    "bad_checksum",
    "catalogue",
    "malformed",
    "narrowest",
    "never",
    "noted",
    "parts",
]
