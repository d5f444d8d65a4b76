"""Fields that a capture tells beside the packet: which frames can have them, by what is known of a record."""

from __future__ import annotations

from collections.abc import Mapping

from wireproof.dissectors.frame import (
    COMMENT,
    COMMENT_EXPERT,
    DIRECTION,
    DROP_COUNT,
    FLAGS,
    FLAGS_FIELDS,
    INTERFACE_DESCRIPTION,
    INTERFACE_QUEUE,
    PACKET_ID,
    VERDICT,
    VERDICTS,
    comments,
)
from wireproof.engine.form import HAS_COMMENT, HAS_DESCRIPTION, HAS_OPTIONS, Value

_OF_OPTIONS = (INTERFACE_QUEUE, FLAGS, PACKET_ID, DROP_COUNT, DIRECTION, VERDICT, *VERDICTS.values())
TOLD_BY: Mapping[str, Value] = {
    INTERFACE_DESCRIPTION.name: HAS_DESCRIPTION,
    **dict.fromkeys((COMMENT.name, COMMENT_EXPERT.name, comments.name), HAS_COMMENT),
    **dict.fromkeys((info.name for info in (*_OF_OPTIONS, *(part for part, _ in FLAGS_FIELDS))), HAS_OPTIONS),
}
"""What has to hold of a record, by the names of fields; the rest the reference reads in its options."""
