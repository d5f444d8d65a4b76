"""Every field of every frame against the recorded answers."""

from collections.abc import Callable

from wireproof.packet import Preferences

from . import ours
from .agreement import Record, Tally, fingerprint, protocol
from .answers import Answers, cut
from .deviations import Deviations


def compare(
    answers: Answers,
    name: str,
    preferences: Preferences,
    deviations: Deviations,
    tally_of: Callable[[str], Tally],
    only: frozenset[str] | None = None,
) -> None:
    """Count every field of every frame as equal or not; what is on purpose is left out."""
    for capture, rows in answers.fields(name).items():
        packets = {packet.number: packet for packet in ours.packets(answers.capture(capture), preferences)}
        for number, theirs in rows.items():
            mine = ours.texts(packets[number]) if number in packets else {}
            mine = {field: [cut(text) for text in texts] for field, texts in mine.items()}
            for field in sorted(theirs.keys() | (mine.keys() if only is None else mine.keys() & only)):
                want, got = theirs.get(field), mine.get(field)
                if want == got or not deviations.explain(field, capture, number, got):
                    tally_of(field).add(field, f"{capture} frame {number}", want, got)


def test_fields_agree(answers: Answers, record: Callable[[str], Record], show: Callable[..., None]) -> None:
    deviations = Deviations("fields")
    tallies = {"fields": Tally(), "stateful": Tally()}

    def tally_of(field: str) -> Tally:
        return tallies["stateful" if answers.stateful.fullmatch(field) else "fields"]

    compare(answers, "fields", ours.CHECKSUMS, deviations, tally_of)
    show("recorded answers, fields of one frame", tallies["fields"], protocol)
    show("recorded answers, fields across frames", tallies["stateful"])
    source = fingerprint([answers.folder / "fields.jsonl", *answers.captures])
    on_file = record("fields")
    wrong = [line for section, tally in tallies.items() for line in on_file.hold(section, source, tally)]
    wrong += deviations.stale()
    assert not wrong, "\n".join(wrong)


def test_fields_agree_without_checksum_validation(
    answers: Answers, record: Callable[[str], Record], show: Callable[..., None]
) -> None:
    deviations = Deviations("default")
    rows = answers.fields("fields_default")
    only = frozenset(field for frames in rows.values() for fields in frames.values() for field in fields)
    tally = Tally()
    compare(answers, "fields_default", ours.DEFAULT, deviations, lambda field: tally, only)
    show("recorded answers, checksum fields with validation off", tally, protocol)
    source = fingerprint([answers.folder / "fields_default.jsonl", *answers.captures])
    wrong = [*record("fields").hold("default", source, tally), *deviations.stale()]
    assert not wrong, "\n".join(wrong)
