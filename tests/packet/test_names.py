"""Names for MAC addresses: only where they are wanted, well-known ones without any table."""

from pathlib import Path

import pytest

import wireproof
from wireproof.dissectors.schema import catalogue
from wireproof.engine import compile_query
from wireproof.grammar import compile_filter
from wireproof.packet import Preferences, names
from wireproof.packet.preferences import OUI_NAMES

from ..oracle.lower import ethernet, whole, write

NAMED = Preferences(frozenset({"nameres.mac_name"}))
TABLE = """\
# a comment

00:00:0C                \tCisco\tCisco Systems, Inc
00:1B:C5:00:10:00/36\tOpenRBco\tOpenRB.com, Direct SIA
08-00-27  PcsCompu
ZZ:00:00\tNobody\tNobody
00:00:5E\tICANNIAN\tICANN, IANA Department  # of a comment
00:11:22:33:44:55/99\tToo\tLong
"""


@pytest.fixture(autouse=True)
def table(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "manuf"
    path.write_text(TABLE)
    monkeypatch.setattr(names, "vendors", lambda: names.read_vendors(str(path)))
    monkeypatch.setattr(names, "groups", lambda: names.Vendors({}))
    monkeypatch.setattr(names, "_registry", lambda: None)
    monkeypatch.setattr(names, "_table", lambda: f"\n{TABLE}\n".encode())
    names.organization.cache_clear()


@pytest.mark.parametrize(
    ("address", "name"),
    [
        ("ffffffffffff", "Broadcast"),
        ("0180c2000000", "Spanning-tree-(for-bridges)_00"),
        ("0180c200000e", "LLDP_Multicast"),
        ("01005e000001", "IPv4mcast_01"),
        ("01005e7f0102", "IPv4mcast_7f:01:02"),
        ("3333ff123456", "IPv6mcast_ff:12:34:56"),
        ("00005e000105", "IETF-VRRP-VRID_05"),
        ("00000c07ac05", "All-HSRP-routers_05"),
        ("00000c123456", "Cisco_12:34:56"),
        ("00000c000001", "Cisco_00:00:01"),
        ("001bc5001234", "OpenRBco_02:34"),
        ("080027000000", "PcsCompu_00:00:00"),
        ("020000000001", "02:00:00:00:00:01"),
    ],
)
def test_an_address_resolves(address: str, name: str) -> None:
    assert names.resolve(bytes.fromhex(address)) == name
    packet = wireproof.dissect(ethernet("9999", destination=address), preferences=NAMED)
    assert packet["eth.dst_resolved"] == (name,)
    assert packet["eth.addr_resolved"] == (name, "02:00:00:00:00:01")


def test_organisations_have_fields_of_their_own() -> None:
    packet = wireproof.dissect(ethernet("9999", destination="00005e000105"), preferences=NAMED)
    assert packet["eth.dst.oui_resolved"] == ("ICANN, IANA Department",)
    assert packet["eth.addr.oui_resolved"] == ("ICANN, IANA Department",)
    assert packet["eth.src.oui_resolved"] == ()


def test_organisations_are_named_without_names() -> None:
    wish = Preferences(frozenset({OUI_NAMES}))
    packet = wireproof.dissect(ethernet("9999", destination="00005e000105"), preferences=wish)
    assert packet["eth.dst.oui_resolved"] == ("ICANN, IANA Department",)
    assert packet["eth.dst_resolved"] == ("00:00:5e:00:01:05",)


def test_without_the_wish_nothing_is_named() -> None:
    packet = wireproof.dissect(ethernet("9999", destination="00005e000105"))
    assert packet["eth.dst_resolved"] == ("00:00:5e:00:01:05",)
    assert packet["eth.addr.oui_resolved"] == ()
    assert packet.resolve is None


def test_filters_on_names_are_decided_by_the_reference(tmp_path: Path) -> None:
    path = write(tmp_path / "a.pcap", whole(ethernet("9999", destination="00005e000105"), ethernet("9999")))
    chosen = compile_filter('eth.dst_resolved == "IETF-VRRP-VRID_05"', catalogue())
    query = compile_query(chosen, preferences=NAMED)
    assert [record.number for record in query.match_records(path)] == [1]
    assert query.leaves.refused
    assert compile_query(chosen).is_exact


def test_no_table_is_no_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    monkeypatch.setattr(names, "PLACES", ("/nowhere/manuf",))
    monkeypatch.setattr(names, "_registry", lambda: None)
    names.vendors.cache_clear()
    names.groups.cache_clear()
    assert names.resolve(bytes.fromhex("00000c123456")) == "00:00:0c:12:34:56"
    names.vendors.cache_clear()
    names.groups.cache_clear()
