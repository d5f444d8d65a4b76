"""The loader."""

import json
from dataclasses import FrozenInstanceError
from pathlib import Path

import pytest

from wireproof.vectors import LINK_TYPES, Build, Header, Parse, Rejection, load, load_requirements, loader, protocols


def test_all_or_one_protocol() -> None:
    everything = load()
    assert (
        {vector.protocol for vector in everything}
        == set(protocols())
        == {"arp", "eth", "icmp", "ip", "tcp", "udp", "vlan"}
    )
    assert sum((load(name) for name in protocols()), ()) == everything
    assert [vector.id for vector in load("udp")] == sorted(vector.id for vector in load("udp"))


def test_unknown_protocol_names_the_known_ones() -> None:
    with pytest.raises(ValueError, match="'schemas'; there are vectors for arp, eth, icmp, ip, tcp, udp, vlan"):
        load("schemas")


def test_links_have_numbers() -> None:
    assert {vector.link for vector in load() if vector.data} == LINK_TYPES.keys()


def test_a_vector_to_parse() -> None:
    vectors = {vector.id: vector for vector in load()}
    unarp = vectors["arp-parse-0011"].task
    assert isinstance(unarp, Parse)
    assert (unarp.result, unarp.rejection) == ("either", Rejection("arp", "refused"))
    assert unarp.fields["arp.dst.proto_ipv4"] == ("255.255.255.255",)
    assert "arp.src.hw_mac" in unarp.absent


def test_a_vector_to_build() -> None:
    odd = next(vector.task for vector in load("udp") if isinstance(vector.task, Build) and vector.data[-5:] == b"hello")
    *headers, payload = odd.layers
    assert payload == b"hello"
    assert [header.layer for header in headers if isinstance(header, Header)] == ["eth", "ip", "udp"]


def test_values_cannot_be_changed() -> None:
    vector = load("arp")[-1]
    assert isinstance(vector.task, Parse)
    with pytest.raises(FrozenInstanceError):
        vector.link = "ipv4"  # type: ignore[misc]
    with pytest.raises(TypeError):
        vector.task.fields["arp.opcode"] = (1,)  # type: ignore[index]
    with pytest.raises(TypeError):
        load_requirements()["ARP-001"] = load_requirements()["ARP-002"]  # type: ignore[index]


def test_another_format_is_refused_by_name(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "arp").mkdir()
    (tmp_path / "arp" / "later.json").write_text(json.dumps({"format": 2}))
    monkeypatch.setattr(loader, "files", lambda package: tmp_path)
    with pytest.raises(ValueError, match=r"arp/later\.json has format 2; this version reads format 1"):
        load()
