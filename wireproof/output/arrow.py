"""Tables as Arrow record batches, and as files of Arrow and Parquet. Needs pyarrow, the extra ``arrow``."""

from __future__ import annotations

from collections.abc import Iterable
from typing import BinaryIO

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as parquet

from wireproof.dissectors.schema import FieldInfo, FieldType, Kind
from wireproof.output.tables import FIXED, Column, Table
from wireproof.output.values import format_value
from wireproof.packet import Value

_UNSIGNED = {1: pa.uint8(), 2: pa.uint16(), 4: pa.uint32(), 8: pa.uint64()}
_SIGNED = {1: pa.int8(), 2: pa.int16(), 4: pa.int32(), 8: pa.int64()}


def record_batch(table: Table, *, readable: bool) -> pa.RecordBatch:
    """Return a table as a record batch; see `Table.to_arrow`."""
    arrays = {name: _array(column, readable) for name, column in table.items()}
    fields = [pa.field(name, array.type, metadata=_about(table[name].field)) for name, array in arrays.items()]
    return pa.RecordBatch.from_arrays(list(arrays.values()), schema=pa.schema(fields))


def write(tables: Iterable[Table], stream: BinaryIO, form: str) -> None:
    """Write tables of the same columns, at least one, as an Arrow file or a Parquet file: "arrow" or "parquet"."""
    writer: pa.ipc.RecordBatchFileWriter | parquet.ParquetWriter | None = None
    for table in tables:
        batch = record_batch(table, readable=True)
        if writer is None:
            opened = parquet.ParquetWriter if form == "parquet" else pa.ipc.new_file
            writer = opened(stream, batch.schema)
        writer.write_batch(batch)
    if writer is not None:
        writer.close()


def _about(info: FieldInfo) -> dict[str, str]:
    """Return what Wireshark says of a field."""
    return {"wireshark.type": info.type.wireshark, "title": info.title}


def _array(column: Column, readable: bool) -> pa.Array:
    count = column.offsets[column.rows] if column.offsets is not None else column.rows
    values = _values(column, count)
    if readable:
        values = _in_words(column.field, values)
    if column.offsets is None:
        return values
    offsets = pa.Array.from_buffers(pa.int32(), column.rows + 1, [None, pa.py_buffer(column.offsets)])
    return pa.ListArray.from_arrays(offsets, values)


def _values(column: Column, count: int) -> pa.Array:
    kind = column.field.type.kind
    marks = None if column.present is None else pa.py_buffer(column.present)
    if column.ends is not None:
        buffers = [marks, pa.py_buffer(column.ends), pa.py_buffer(column.values)]
        return pa.Array.from_buffers(pa.string() if kind is Kind.STRING else pa.binary(), count, buffers)
    return _fixed(column, kind, count, [marks, pa.py_buffer(column.values)])


def _fixed(column: Column, kind: Kind, count: int, buffers: list[pa.Buffer | None]) -> pa.Array:
    if kind in FIXED:
        return pa.Array.from_buffers(pa.binary(FIXED[kind]), count, buffers)
    types = _SIGNED if column.field.type.signed else _UNSIGNED
    array = pa.Array.from_buffers(types[column.values.itemsize], count, buffers)
    if kind in (Kind.BOOLEAN, Kind.LABEL):
        return array.cast(pa.bool_())
    if kind is Kind.ABSOLUTE_TIME:
        return array.view(pa.timestamp("ns", "UTC"))
    return array.view(pa.duration("ns")) if kind is Kind.RELATIVE_TIME else array


def _in_words(info: FieldInfo, values: pa.Array) -> pa.Array:
    """Return addresses as text, each different one made once."""
    if info.type.kind not in (Kind.IPV4, Kind.IPV6, Kind.ETHER) and info.type is not FieldType.AX25:
        return values
    found = pc.dictionary_encode(values)
    words = [format_value(Value(info, value, 0, 0)) for value in found.dictionary.to_pylist()]
    return pa.array(words, pa.string()).take(found.indices)
