"""The files fit their schemas and each other."""

import json
import re
from collections import Counter
from collections.abc import Callable
from importlib.resources import files
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from wireproof.vectors import Address, Parse, Reassemble, Update, Vector, load, load_flags, load_requirements, protocols

ROOT = files("wireproof.vectors")
SCHEMAS = {"requirements": "requirement-file", "flags": "flag-file", **dict.fromkeys(protocols(), "vector-file")}
FILES = [(folder, file.name) for folder in SCHEMAS for file in ROOT.joinpath(folder).iterdir()]
VECTOR_FILES = [(folder, name) for folder, name in FILES if SCHEMAS[folder] == "vector-file"]


def read(folder: str, name: str) -> Any:
    return json.loads(ROOT.joinpath(folder, name).read_text(encoding="utf-8"))


def validator(schema: str) -> Draft202012Validator:
    content = read("schemas", f"{schema}.json")
    Draft202012Validator.check_schema(content)
    return Draft202012Validator(content)


@pytest.mark.parametrize(("folder", "name"), FILES)
def test_file_fits_its_schema(folder: str, name: str) -> None:
    document = read(folder, name)
    errors = [f"{error.json_path}: {error.message}" for error in validator(SCHEMAS[folder]).iter_errors(document)]
    assert not errors
    assert document["$schema"] == f"../schemas/{SCHEMAS[folder]}.json"


@pytest.mark.parametrize(("folder", "name"), VECTOR_FILES)
def test_file_names_its_folder_and_ids_their_place(folder: str, name: str) -> None:
    document = read(folder, name)
    assert document["protocol"] == folder
    assert all(vector["id"].startswith(f"{folder}-{vector['op']}-") for vector in document["vectors"])


def test_ids_are_given_once_and_withdrawn_ids_never_again() -> None:
    """Numbers run without gaps, so a number that went missing without being listed as retired is noticed."""
    documents = [read(folder, name) for folder, name in VECTOR_FILES]
    ids = Counter(id for document in documents for id in document.get("retired", ()))
    ids.update(vector["id"] for document in documents for vector in document["vectors"])
    assert not [id for id, count in ids.items() if count > 1]
    series: dict[str, list[int]] = {}
    for id in ids:
        name, number = re.fullmatch(r"(.+)-(\d+)", id).groups()  # type: ignore[union-attr]
        series.setdefault(name, []).append(int(number))
    assert {name: sorted(numbers) for name, numbers in series.items()} == {
        name: list(range(1, len(numbers) + 1)) for name, numbers in series.items()
    }


def test_ids_of_requirements_and_flags_are_unique() -> None:
    for folder, key in (("requirements", "requirements"), ("flags", "flags")):
        items = [item["id"] for other, name in FILES if other == folder for item in read(folder, name)[key]]
        assert len(items) == len(set(items))


def test_every_vector_has_requirements_that_there_are() -> None:
    assert {id for vector in load() for id in vector.requirements} <= load_requirements().keys()


def test_every_requirement_on_octets_has_a_vector() -> None:
    """One that is about what a stack does, or when, can have none."""
    cited = {id for vector in load() for id in vector.requirements}
    requirements = load_requirements().values()
    on_octets = {each.id for each in requirements if {"parse", "build"} & set(each.kinds)}
    assert not on_octets - cited


# What nobody has to implement: their rules bind who does.
OPTIONAL = {"RFC 1027", "RFC 1868", "RFC 2018", "RFC 2131", "RFC 2390", "RFC 3021", "RFC 3168", "RFC 3927", "RFC 5227"}
OPTIONAL |= {"RFC 5961", "RFC 7323"}


def test_rules_of_optional_documents_say_whom_they_bind() -> None:
    for each in load_requirements().values():
        is_rule = each.level not in ("DEF", "ALG", "INFO")
        if is_rule and each.sources[0].document in OPTIONAL:
            assert each.condition, each.id


def outcome(vector: Vector) -> str:
    """Whether a vector is taken or not; "either" is for who may reject it."""
    match vector.task:
        case Parse(result=result):
            return "accept" if result == "accept" else "reject"
        case Reassemble(result="accept", datagrams=datagrams):
            return "accept" if datagrams else "reject"
        case Reassemble():
            return "reject"
    return "accept"


def test_requirements_have_vectors_for_both_sides_or_say_why_not() -> None:
    found: dict[str, set[str]] = {}
    for vector in load():
        for id in vector.requirements:
            found.setdefault(id, set()).add(outcome(vector))
    on_octets = [each for each in load_requirements().values() if {"parse", "build"} & set(each.kinds)]
    for each in on_octets:
        expected = {"accept", "reject"} if each.one_sided is None else {each.one_sided.side}
        assert found[each.id] == expected, each.id
    assert sum(each.one_sided is None for each in on_octets) > len(on_octets) / 2


def test_what_is_sent_without_a_vector_says_why() -> None:
    for each in load_requirements().values():
        assert each.beyond is None or set(each.kinds) <= {"behaviour", "timing"}, each.id


def test_every_flag_is_described_and_used() -> None:
    assert {id for vector in load() for id in vector.flags} == load_flags().keys()


def test_either_has_a_flag_with_a_policy() -> None:
    flags = load_flags()
    for vector in load():
        policies = [id for id in vector.flags if flags[id].policy]
        is_either = isinstance(vector.task, Parse) and vector.task.result == "either"
        assert not is_either or policies, vector.id


def test_a_vector_is_provisional_where_the_text_of_a_requirement_was_not_read() -> None:
    requirements = load_requirements()
    for vector in load():
        was_read = {requirements[id].checked for id in vector.requirements} == {"text"}
        assert was_read == (vector.provenance.basis != "unread"), vector.id
        assert vector.is_provisional == (vector.provenance.basis != "text")


def test_packets_differ() -> None:
    """Two vectors of one operation with the same octets would be one vector."""
    packets = Counter(
        (type(vector.task), vector.link, vector.data, changes(vector)) for vector in load() if vector.data
    )
    assert not [data.hex(" ") for (_, _, data, _), count in packets.items() if count > 1]
    tasks = [vector.task for vector in load() if isinstance(vector.task, Address)]
    asked = Counter((task.address, task.prefix, task.sites, task.hosts) for task in tasks)
    assert not [each for each, count in asked.items() if count > 1]


def changes(vector: Vector) -> bytes:
    return vector.task.after if isinstance(vector.task, Update) else b""


Change = Callable[[dict[str, Any]], Any]


def accepted() -> dict[str, Any]:
    return {
        "id": "arp-parse-0001",
        "op": "parse",
        "sentence": "One.",
        "requirements": ["ARP-001"],
        "provenance": {"basis": "text", "how": "By hand."},
        "link": "ethernet",
        "hex": "00 01",
        "result": "accept",
        "fields": {"arp.opcode": [1]},
    }


@pytest.mark.parametrize(
    "change",
    [
        lambda vector: vector.update(id="arp-1"),
        lambda vector: vector.update(hex="0"),
        lambda vector: vector.update(hex="AB"),
        lambda vector: vector.update(link="token ring"),
        lambda vector: vector.update(result="maybe"),
        lambda vector: vector.update(requirements=[]),
        lambda vector: vector.update(sentence="no full stop"),
        lambda vector: vector.update(colour="red"),
        lambda vector: vector.update(layer="arp", reason="malformed"),
        lambda vector: vector.update(result="reject", layer="arp", reason="malformed"),
        lambda vector: vector.update(result="either", layer="arp", reason="refused"),
        lambda vector: vector.update(fields={"arp.opcode": 1}),
        lambda vector: vector.update(fields={"opcode": [1]}),
        lambda vector: vector.update(layers=[{"octets": "00"}]),
        lambda vector: vector.update(op="build"),
        lambda vector: vector.pop("fields"),
        lambda vector: vector.pop("provenance"),
    ],
)
def test_schema_refuses(change: Change) -> None:
    check = validator("vector-file")
    vector = accepted()
    document = {"format": 1, "protocol": "arp", "vectors": [vector]}
    assert check.is_valid(document)
    change(vector)
    assert not check.is_valid(document)
