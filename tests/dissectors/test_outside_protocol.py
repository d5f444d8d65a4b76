"""A protocol that another distribution brings along: found by its entry point, and no file of ours knows it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import textwrap

import pytest
from construct import BitsInteger, BitStruct, Bytes, Default, Flag, GreedyBytes, Int8ub, Int16ub, Struct, this

from wireproof.dissectors.schema import (
    Carry,
    Catalogue,
    Field,
    FieldInfo,
    FieldType,
    LengthOf,
    Protocol,
    Rule,
    Summary,
    catalogue,
)
from wireproof.packet import build, dissect

TOY = """
from construct import Bytes, Int8ub, Int16ub, Struct, this
from wireproof.dissectors.schema import Carry, Field, FieldType, LengthOf, Protocol, Summary

toy = Protocol(
    "toy",
    "Toy Protocol",
    parts=(
        Struct(
            "kind" / Field("toy.type", Int8ub, title="Type", labels={1: "hello", 2: "goodbye"}),
            "size" / Field("toy.size", Int8ub, title="Size"),
        ),
        Struct("name" / Field("toy.name", Bytes(this.size), FieldType.BYTES, "Name")),
    ),
    under={"eth.type": (0x88B5,)},
    computed={"toy.size": LengthOf("name")},
    summary=Summary(tree="Toy, {toy.type}", protocol="TOY", info="{toy.type} from {toy.name}"),
    reference="nobody's standard",
)
"""


@pytest.fixture
def distribution(tmp_path):
    """A folder as pip would leave it: a module, and metadata with an entry point."""
    (tmp_path / "toy_dissector.py").write_text(TOY)
    metadata = tmp_path / "toy_dissector-1.0.dist-info"
    metadata.mkdir()
    (metadata / "METADATA").write_text("Metadata-Version: 2.1\nName: toy-dissector\nVersion: 1.0\n")
    (metadata / "entry_points.txt").write_text("[wireproof.dissectors]\ntoy = toy_dissector\n")
    return tmp_path


def run(distribution, code):
    paths = [str(distribution), *(path for path in sys.path if path)]
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(code)],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(paths)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_it_is_dissected_filtered_and_built_like_any_other(distribution):
    answer = run(
        distribution,
        """
        import json, wireproof
        frame = wireproof.build([
            ("eth", {"eth.src": "02:00:00:00:00:01"}), ("vlan", {"vlan.id": 9}),
            ("toy", {"toy.type": "goodbye", "toy.name": b"bob"}), b"rest",
        ])
        packet = wireproof.dissect(frame)
        print(json.dumps({
            "frame": frame.hex(),
            "type": packet["toy.type"], "label": packet.label("toy.kind"), "name": packet["toy.name"][0].hex(),
            "size": packet["toy.size"], "protocols": packet["frame.protocols"], "rest": packet["data.data"],
            "matches": [text for text in ("toy", "toy.type == 2", "toy.kind == 1", 'toy.name == "bob"', "vlan && toy")
                        if wireproof.Filter(text).matches(packet)],
        }, default=repr))
        """,
    )
    assert answer["frame"].endswith("810000" + "09" + "88b5" + "0203" + b"bobrest".hex())
    assert answer["type"] == [2]
    assert answer["label"] == "goodbye"
    assert bytes.fromhex(answer["name"]) == b"bob"
    assert answer["size"] == [3]
    assert answer["protocols"] == ["eth:ethertype:vlan:ethertype:toy"]
    assert answer["matches"] == ["toy", "toy.type == 2", 'toy.name == "bob"', "vlan && toy"]


def test_the_example_of_the_contributing_page_works(distribution, checkout):
    page = (checkout / "CONTRIBUTING.md").read_text(encoding="utf-8")
    (distribution / "toy_dissector.py").write_text(page.split("```python\n")[1].split("```")[0], encoding="utf-8")
    answer = run(
        distribution,
        """
        import json, wireproof
        frame = wireproof.build([("eth", {}), ("wol", {"wol.mac": "02:00:00:00:00:01"})])
        packet, broken = wireproof.dissect(frame), wireproof.dissect(frame[:14] + bytes(12))
        print(json.dumps([frame[14:].hex(), packet["wol.mac"], broken["wol.mac"], list(map(str, broken.diagnoses))]))
        """,
    )
    assert answer[:3] == ["ff" * 6 + "020000000001", ["02:00:00:00:00:01"], []]
    assert answer[3][0].startswith("wol: wol.sync is not as the protocol has it")


def test_a_distribution_that_cannot_be_loaded_is_named(distribution):
    (distribution / "toy_dissector.py").write_text("import nothing_of_that_name\n")
    answer = run(
        distribution,
        """
        import json, wireproof
        from wireproof.cli import main
        status = main(["fields", "arp"])
        try:
            wireproof.dissect(b"")
        except ValueError as error:
            print(json.dumps([status, str(error)]))
        """,
    )
    assert answer[0] == 1
    assert "toy" in answer[1]
    assert "nothing_of_that_name" in answer[1]


def test_a_place_that_is_taken_is_an_error_that_names_both(distribution):
    text = (distribution / "toy_dissector.py").read_text().replace("0x88B5", "0x0806")
    (distribution / "toy_dissector.py").write_text(text)
    answer = run(
        distribution,
        """
        import json, wireproof
        try:
            wireproof.dissect(b"")
        except ValueError as error:
            print(json.dumps(str(error)))
        """,
    )
    assert "arp" in answer
    assert "toy" in answer
    assert "0x806" in answer


def with_protocol(protocol: Protocol) -> Catalogue:
    return Catalogue([*catalogue().protocols.values(), protocol])


def test_a_bit_struct_knows_where_its_bits_are():
    bits = Protocol(
        "bits",
        "Bits",
        parts=(
            Struct(
                "first" / Field("bits.first", Int8ub),
                "word"
                / BitStruct(
                    "high" / Field("bits.high", BitsInteger(3), FieldType.UINT8),
                    "flag" / Field("bits.flag", Flag, FieldType.BOOLEAN),
                    "low" / Field("bits.low", BitsInteger(12), FieldType.UINT16),
                ),
            ),
        ),
        under={"eth.type": (0x88B6,)},
    )
    packet = dissect(bytes(12) + bytes.fromhex("88b6 aa b123"), protocols=with_protocol(bits))
    places = {value.info.name: (value.value, value.start, value.bits) for value in packet.layers[-1].values}
    assert places == {
        "bits.first": (0xAA, 112, 8),
        "bits.high": (5, 120, 3),
        "bits.flag": (True, 123, 1),
        "bits.low": (0x123, 124, 12),
    }


def test_a_carrier_and_its_payload_may_both_come_from_outside():
    inner = Protocol("inner", "Inner", parts=(Struct("x" / Field("inner.x", Int16ub)),), under={"outer.kind": (7,)})
    outer = Protocol(
        "outer",
        "Outer",
        parts=(
            Struct(
                "kind" / Field("outer.kind", Int8ub),
                "length" / Field("outer.length", Int8ub),
            ),
        ),
        under={"ip.proto": (253,)},
        carries=(Carry("outer.kind", "kind"),),
        extent=this.length,
        computed={"outer.length": LengthOf("layer")},
    )
    known = Catalogue([*catalogue().protocols.values(), inner, outer])
    frame = build([("eth", {}), ("ip", {}), ("outer", {}), ("inner", {"inner.x": 5})], known)
    assert frame[23] == 253
    assert frame[34:].hex() == "0704" + "0005"
    octets = bytes.fromhex("4500 001b 0000 0000 40fd 0000 0a000001 0a000002" + "07 04 0102" + "aabbcc")
    packet = dissect(bytes(12) + b"\x08\x00" + octets, protocols=known)
    assert packet["inner.x"] == (0x0102,)
    assert packet["frame.protocols"] == ("eth:ethertype:ip:outer:inner",)


def test_a_schema_that_fails_in_its_own_way_stops_the_layer_and_not_the_program():
    broken = Protocol(
        "broken",
        "Broken",
        parts=(
            Struct("n" / Field("broken.n", Int8ub)),
            Struct("x" / Field("broken.x", Bytes(10 // this.n), FieldType.BYTES)),
            Struct("rest" / Field("broken.rest", GreedyBytes, FieldType.BYTES)),
        ),
        under={"eth.type": (0x88B6,)},
        summary=Summary(protocol="BROKEN"),
    )
    packet = dissect(bytes(12) + b"\x88\xb6\x00", protocols=with_protocol(broken))
    (diagnosis,) = packet.diagnoses
    assert packet["broken.n"] == (0,)
    assert "schema of broken failed" in diagnosis.message
    assert packet["_ws.malformed.dissector_bug"] == (True,)


@pytest.mark.parametrize(
    "fault",
    [
        {"extent": 10 // this.n},
        {"carries": (Carry("eth.type", "n", when=this.missing == 1),)},
        {"carries": (Carry("eth.type", "n", length=this.n % this.n),)},
        {"carries": (Carry("eth.type", "missing"),)},
    ],
    ids=["extent", "condition", "length", "key"],
)
def test_a_schema_that_fails_behind_its_parts_stops_there_as_well(fault):
    part = Struct("n" / Field("broken.n", Int8ub))
    broken = Protocol("broken", "Broken", parts=(part,), under={"eth.type": (0x88B6,)}, **fault)
    packet = dissect(bytes(12) + b"\x88\xb6\x00rest", protocols=with_protocol(broken))
    (diagnosis,) = packet.diagnoses
    assert packet["broken.n"] == (0,)
    assert "schema of broken failed" in diagnosis.message


def test_a_rule_whose_message_names_what_is_not_there_stops_the_layer_only():
    nowhere = FieldInfo("broken.rule", FieldType.NONE, "Rule")
    part = Struct("n" / Field("broken.n", Int8ub), Rule(this.n == 1, nowhere, "{missing} is wrong"))
    broken = Protocol("broken", "Broken", parts=(part,), under={"eth.type": (0x88B6,)})
    packet = dissect(bytes(12) + b"\x88\xb6\x00", protocols=with_protocol(broken))
    (diagnosis,) = packet.diagnoses
    assert "schema of broken failed" in diagnosis.message


def test_two_protocols_of_one_name_are_refused():
    twin = Protocol("arp", "Another", parts=(Struct("x" / Default(Int8ub, 0)),))
    with pytest.raises(ValueError, match="two protocols are called arp"):
        with_protocol(twin)


def test_a_field_of_two_kinds_is_refused():
    clash = Protocol("clash", "Clash", parts=(Struct(Field("arp.opcode", Bytes(2), FieldType.BYTES)),))
    with pytest.raises(ValueError, match=r"arp\.opcode"):
        with_protocol(clash)
