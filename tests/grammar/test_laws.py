"""Laws of the filter language, on generated filters, texts and subjects."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.grammar.stub import FIELDS, Subject
from wireproof.dissectors.schema.types import FieldType, Kind
from wireproof.grammar import FilterError, compile_filter

PIECES = (
    *FIELDS.fields, "nosuch", "tcp.prot", "==", "!=", "===", "!==", "~=", "<", ">=", "eq", "and", "&&", "or", "||",
    "xor", "not", "!", "any", "all", "in", "contains", "matches", "~", "(", ")", "{", "}", "[", "]", "[0:2]", "[-1]",
    "[5-2]", "#", "#1", "#[1-2]", "@", "$", "${", "${ip.src}", "&", "+", "-", "*", "/", "%", "..", ",", ".", ":", ";",
    "1", "-1", "0x10", "08", "70000", "1.5", "1e3", "10ms", "192.0.2.1", "192.0.2.0/24", "02:00:00:00:00:01", "ff",
    ":ff", "2023-11-14", '"request"', '"\\x00"', '"\\q"', 'r"^a"', '"(?=a)"', "'a'", "''", '"', "'", "\\",
    "len(", "count(", "max(", "string(", "vals(", "upper(", "abs(", "nofunction(",
)  # fmt: skip


def compiles(text: str) -> bool:
    """Return whether a text is a filter; where it is none, the error has to be well made."""
    try:
        compile_filter(text, FIELDS)
    except FilterError as error:
        diagnoses, shown = error.diagnoses, str(error)
    else:
        return True
    assert diagnoses
    assert shown
    for found in diagnoses:
        assert 0 <= found.column <= len(text)
        assert found.length >= 1
    return False


VALUES: dict[Kind, st.SearchStrategy[object]] = {
    Kind.INTEGER: st.integers(0, 255),
    Kind.FLOAT: st.floats(allow_nan=False, width=32),
    Kind.BOOLEAN: st.booleans(),
    Kind.BYTES: st.binary(max_size=8),
    Kind.PROTOCOL: st.binary(max_size=30),
    Kind.ETHER: st.binary(min_size=6, max_size=6),
    Kind.IPV4: st.integers(0, 0xFFFFFFFF),
    Kind.IPV6: st.binary(min_size=16, max_size=16),
    Kind.STRING: st.text(max_size=8),
    Kind.ABSOLUTE_TIME: st.integers(0, 2**61),
    Kind.RELATIVE_TIME: st.integers(-(2**61), 2**61),
    Kind.LABEL: st.just(True),
}
subjects = st.fixed_dictionaries(
    {}, optional={info.name: st.lists(VALUES[info.type.kind], max_size=3) for info in FIELDS.fields.values()}
).map(Subject)


def of_kind(*kinds: Kind) -> st.SearchStrategy[str]:
    return st.sampled_from([info.name for info in FIELDS.fields.values() if info.type.kind in kinds])


numbers = of_kind(Kind.INTEGER)
small = st.integers(0, 255).map(str)
address = st.integers(0, 0xFFFFFFFF).map(lambda value: ".".join(map(str, value.to_bytes(4, "big"))))
octets = st.binary(min_size=1, max_size=3).map(lambda value: value.hex(":"))
sign = st.sampled_from(["==", "!=", "===", "!==", "<", "<=", ">", ">="])
quantifier = st.sampled_from(["", "any ", "all "])
terms = st.one_of(
    numbers,
    st.tuples(numbers, st.sampled_from("+-*/%&"), small).map(" ".join),
    st.tuples(st.sampled_from(["max", "min", "abs", "len", "count"]), numbers).map(
        lambda parts: f"{parts[0]}({parts[1]})"
    ),
    numbers.map(lambda name: f"{name}#[-1]"),
)
tests = st.one_of(
    st.sampled_from(list(FIELDS.fields)),
    terms,
    st.tuples(quantifier, terms, sign, small).map(lambda parts: f"{parts[0]}{parts[1]} {parts[2]} {parts[3]}"),
    st.tuples(quantifier, terms, sign, numbers).map(lambda parts: f"{parts[0]}{parts[1]} {parts[2]} {parts[3]}"),
    st.tuples(quantifier, of_kind(Kind.IPV4), sign, address, st.sampled_from(["", "/8", "/0"])).map(
        lambda parts: f"{parts[0]}{parts[1]} {parts[2]} {parts[3]}{parts[4]}"
    ),
    st.tuples(of_kind(Kind.BYTES, Kind.PROTOCOL, Kind.ETHER), st.sampled_from(["", "[0:2]", "[-1]"]), octets).map(
        lambda parts: f"{parts[0]}{parts[1]} contains {parts[2]}"
    ),
    st.tuples(of_kind(Kind.STRING, Kind.BYTES), st.sampled_from(["a", "^.", "[0-9]+$"])).map(
        lambda parts: f'{parts[0]} matches "{parts[1]}"'
    ),
    st.tuples(quantifier, numbers, st.sampled_from(["in", "not in"]), small, small).map(
        lambda parts: f"{parts[0]}{parts[1]} {parts[2]} {{{parts[3]} .. {parts[4]}, 1}}"
    ),
)
filters = st.recursive(
    tests,
    lambda inner: st.one_of(
        inner.map(lambda text: f"not ({text})"),
        st.tuples(inner, st.sampled_from(["and", "or", "xor"]), inner).map(lambda parts: f"({' '.join(parts)})"),
    ),
    max_leaves=6,
)


@given(filters, subjects)
def test_not_is_the_complement(text: str, subject: Subject) -> None:
    assert compile_filter(f"not ({text})", FIELDS).matches(subject) != compile_filter(text, FIELDS).matches(subject)


@given(filters, filters, subjects)
def test_logic(left: str, right: str, subject: Subject) -> None:
    def holds(text: str) -> bool:
        return compile_filter(text, FIELDS).matches(subject)

    assert holds(f"({left}) and ({right})") == (holds(left) and holds(right))
    assert holds(f"({left}) or ({right})") == (holds(left) or holds(right))
    assert holds(f"({left}) xor ({right})") == (holds(left) != holds(right))


@given(numbers, st.integers(0, 255), subjects)
def test_comparisons_of_one_value_divide_what_is_there(name: str, value: int, subject: Subject) -> None:
    def holds(sign: str) -> bool:
        return compile_filter(f"{name} {sign} {value}", FIELDS).matches(subject)

    present = bool(subject.occurrences(name))
    assert (holds("==") != holds("!=")) == present
    assert (holds("===") != holds("!==")) == present
    assert holds(">=") == (holds(">") or holds("=="))


@given(numbers, st.lists(st.integers(0, 255), min_size=1, max_size=4), subjects)
def test_membership_is_a_choice_of_comparisons(name: str, values: list[int], subject: Subject) -> None:
    members = compile_filter(f"{name} in {{{', '.join(map(str, values))}}}", FIELDS)
    choice = compile_filter(" or ".join(f"{name} == {value}" for value in values), FIELDS)
    assert members.matches(subject) == choice.matches(subject)


@given(st.text())
def test_any_text_is_a_filter_or_an_error(text: str) -> None:
    compiles(text)


@given(st.lists(st.sampled_from(PIECES), max_size=12), st.sampled_from(["", " "]), subjects)
def test_any_pieces_are_a_filter_or_an_error(pieces: list[str], space: str, subject: Subject) -> None:
    text = space.join(pieces)
    if compiles(text):
        assert compile_filter(text, FIELDS).matches(subject) in (True, False)


@pytest.mark.parametrize(
    "text",
    [
        "(" * 10_000 + "tcp" + ")" * 10_000,
        "(" * 10_000,
        ")" * 10_000,
        "{" * 10_000,
        "not " * 10_000 + "tcp",
        "-" * 10_000 + "tcp.port",
        "frame" + "[0]" * 10_000,
        "max(" * 10_000 + "tcp.port" + ")" * 10_000,
        "tcp.port" + " + 1" * 10_000,
        "tcp.port" + " < 1" * 10_000,
        "tcp or " * 10_000 + "tcp",
        "tcp.prot or " * 10_000 + "tcp",
        "arp.opcode in {" + ", ".join(f'"x{number}"' for number in range(10_000)) + "}",
        "a" * 1_000_000,
        "tcp.port == " + "9" * 200_000,
        'frame matches "' + "(a*)*" * 1_000 + '"',
        'frame matches "' + "(" * 10_000 + '"',
        '"' + "\\" * 100_000,
        "${" * 100_000,
        "".join(map(chr, range(32))),
        "\ud800\udcff\x00",
    ],
    ids=lambda text: text[:12].encode("unicode_escape").decode() + "…",
)
def test_hostile_texts(text: str) -> None:
    compiles(text)


def test_hostile_pattern_is_searched_for_in_linear_time() -> None:
    found = compile_filter('tcp.payload matches "(a+)+$"', FIELDS)
    assert not found.matches(Subject({"tcp.payload": [b"a" * 100_000 + b"b"]}))


def test_every_kind_of_value_is_generated() -> None:
    assert {type.kind for type in FieldType} == set(VALUES)
