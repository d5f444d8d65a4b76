"""The protocols, one module each: data only, read by the packet reader, the filter language and the vectors.

A protocol module declares one `schema.Protocol` (see `schema/protocol.py`; its members: `schema/declaration.py`);
nothing lists the modules, they are found. Protocols from other distributions are found through the entry point group
``wireproof.dissectors``.
"""
