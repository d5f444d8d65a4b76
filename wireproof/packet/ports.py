"""Names of the services that ports are assigned to, where a table of them is installed.

That is the file that Wireshark and tshark bring along, or the system's own: a name, and ``80/tcp/udp``, a line (IANA
service-names-port-numbers; RFC 6335).
"""

from __future__ import annotations

import os
import re
from functools import cache

PLACES = ("/usr/share/wireshark/services", "/usr/local/share/wireshark/services", "/etc/services")


@cache
def service(transport: str, port: int) -> str | None:
    """Return the name that a port of ``tcp`` or ``udp`` has, None where nobody knows one."""
    entry = rb"^([!\"$-~][!-~]*)[ \t]+%d/(?:[a-z]+/)*%s\b" % (port, transport.encode())
    found = re.search(entry, _table(), re.MULTILINE)
    return found[1].decode("ascii") if found else None


@cache
def _table() -> bytes:
    """Return the table as it is, of which an entry is found sooner than all of it is taken apart."""
    for place in PLACES:
        if os.path.isfile(place):
            with open(place, "rb") as file:
                return file.read()
    return b""
