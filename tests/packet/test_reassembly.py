"""What puts fragments together: the datagram, or a word on why not; and never more memory than it says."""

from hypothesis import given, settings
from hypothesis import strategies as st

from wireproof.packet import Packet, Preferences, Source, dissect
from wireproof.packet.preferences import DEFAULT
from wireproof.packet.reassembly import AGE, PIECE_OCTETS, Fragment, Reassembler, Recall, Whole

from . import fragments

SECOND = 10**9


def put(pieces: list[tuple[int, bytes, bool]], reassembler: Reassembler | None = None) -> list[Whole | None]:
    """What comes of pieces, each a place, octets, and whether it is the last; one in each frame."""
    gathered = reassembler or Reassembler()
    return [
        gathered.take(b"key", Fragment(number, offset, octets), is_last=is_last, time=number)
        for number, (offset, octets, is_last) in enumerate(pieces, 1)
    ]


@st.composite
def cuts(draw: st.DrawFn) -> tuple[bytes, list[tuple[int, bytes, bool]]]:
    """A datagram, and pieces of it in any order: some twice, some that overlap, some of other octets."""
    data = draw(st.binary(min_size=8, max_size=120))
    places = sorted(draw(st.sets(st.integers(0, (len(data) - 1) // 8), max_size=6)) | {0})
    pieces = []
    for at, place in enumerate(places):
        end = places[at + 1] * 8 if at + 1 < len(places) else len(data)
        pieces.append((place * 8, data[place * 8 : end], end == len(data)))
    for _ in range(draw(st.integers(0, 4))):
        start = draw(st.integers(0, (len(data) - 1) // 8)) * 8
        end = draw(st.integers(start + 1, len(data)))
        octets = data[start:end]
        if draw(st.booleans()) and draw(st.booleans()):
            octets = draw(st.binary(min_size=1, max_size=40))
        is_last = draw(st.booleans()) if draw(st.booleans()) else start + len(octets) == len(data)
        pieces.append((start, octets, is_last))
    return data, draw(st.permutations(pieces))


@settings(max_examples=400, deadline=None)
@given(cuts())
def test_the_original_or_a_diagnosis(made: tuple[bytes, list[tuple[int, bytes, bool]]]) -> None:
    data, pieces = made
    is_true = all(
        data[offset : offset + len(octets)] == octets and is_last == (offset + len(octets) == len(data))
        for offset, octets, is_last in pieces
    )
    found = [whole for whole in put(pieces) if whole is not None]
    for whole in found:
        if is_true:
            assert whole.octets == data
            assert whole.is_sound
        elif whole.is_sound:  # then all its pieces say the same, and it is just that
            for piece in whole.pieces:
                assert whole.octets[piece.offset : piece.end] == piece.octets
            assert b"".join(whole.octets[p.offset : p.end] for p in whole.pieces[:1]) == whole.pieces[0].octets
    assert found or not is_true


def test_a_datagram_of_two_fragments() -> None:
    assert put([(8, b"b", True), (0, b"aaaaaaaa", False)])[1] == Whole(
        b"aaaaaaaab", (Fragment(2, 0, b"aaaaaaaa"), Fragment(1, 8, b"b"))
    )


def test_fragments_that_contradict_each_other_are_marked() -> None:
    whole = put([(0, b"a" * 16, False), (8, b"b" * 16, False), (24, b"c", True)])[2]
    assert whole is not None
    assert [piece.conflict for piece in whole.pieces] == [False, True, False]
    assert not whole.is_sound


def test_memory_is_bounded_and_what_goes_is_counted() -> None:
    gathered = Reassembler(most_octets=10 * (PIECE_OCTETS + 8))
    for number in range(1, 101):
        gathered.take(number, Fragment(number, 0, bytes(8)), is_last=False, time=None)
        assert gathered.weight <= 10 * (PIECE_OCTETS + 8)
    assert (len(gathered), gathered.dropped) == (10, 90)
    gathered.take(100, Fragment(101, 8, bytes(8)), is_last=True, time=None)
    assert len(gathered) == 9


def test_one_datagram_alone_does_not_take_more(  # of the same fragment, again and again
) -> None:
    gathered = Reassembler(most_octets=1 << 16)
    for number in range(1, 1000):
        gathered.take(b"", Fragment(number, 8, bytes(8)), is_last=False, time=None)
        assert gathered.weight <= 1 << 16
    assert gathered.dropped


def test_pieces_go_when_they_are_old() -> None:
    gathered = Reassembler()
    gathered.take(b"a", Fragment(1, 0, bytes(8)), is_last=False, time=0)
    gathered.take(b"b", Fragment(2, 0, bytes(8)), is_last=False, time=AGE)
    assert len(gathered) == 2
    assert gathered.take(b"a", Fragment(3, 8, b"x"), is_last=True, time=AGE + 1) is None
    assert gathered.expired == 1


def test_the_last_frame_is_remembered() -> None:
    gathered = Reassembler()
    first, last = Fragment(1, 0, bytes(8)), Fragment(2, 8, b"x")
    gathered.take(b"", first, is_last=False, time=None)
    whole = gathered.take(b"", last, is_last=True, time=None)
    assert whole is not None
    assert gathered.take(b"", last, is_last=True, time=None) is whole
    assert Recall(gathered).take(b"", last, is_last=True, time=None) is whole
    assert Recall(gathered).take(b"", first, is_last=False, time=None) is None
    assert len(gathered) == 0


def read(frames: list[bytes], preferences: Preferences = DEFAULT) -> list[Packet]:
    gathered = Reassembler()
    return [
        dissect(data, Source(number, time=number * SECOND), preferences, fragments=gathered)
        for number, data in enumerate(frames, 1)
    ]


def test_the_frame_that_makes_a_datagram_whole_shows_what_is_in_it() -> None:
    packets = read([fragments.ethernet(each) for each in fragments.cut(fragments.DATA, 32)])
    assert [packet["udp.dstport"] for packet in packets] == [(), (), (), (54,)]
    last = packets[3]
    assert last["udp.payload"] == (bytes(range(92)),)
    assert last["udp"] == (fragments.DATA[:8],)
    assert last["ip.fragment"] == (1, 2, 3, 4)
    assert (last["ip.fragment.count"], last["ip.reassembled.length"]) == ((4,), (100,))
    assert last["ip.reassembled.data"] == (fragments.DATA,)
    assert last["frame.protocols"] == ("eth:ethertype:ip:udp:data",)
    assert last["frame"] == (last.data,)


def test_nothing_is_put_together_where_it_is_switched_off() -> None:
    off = Preferences(switched_off=frozenset({"ip.defragment"}))
    packets = read([fragments.ethernet(each) for each in fragments.cut(fragments.DATA, 32)], off)
    assert not any("udp" in packet or packet["ip.fragments"] for packet in packets)


def test_a_wrong_checksum_keeps_a_fragment_out() -> None:
    frames = [fragments.ethernet(each) for each in fragments.odd()[7:9]]
    assert read(frames)[1]["udp"]
    assert not read(frames, Preferences(frozenset({"ip.check_checksum"})))[1]["udp"]


def test_a_contradiction_is_said() -> None:
    found = [packet for packet in read(fragments.frames()) if "ip.reassembled.doubtful" in packet]
    assert found
    for packet in found:
        assert any("contradict" in diagnosis.message for diagnosis in packet.diagnoses)
        assert packet["ip.fragment.error"]


def test_without_the_frames_before_a_fragment_is_data() -> None:
    for each in fragments.frames():
        assert "ip.fragments" not in dissect(each)
