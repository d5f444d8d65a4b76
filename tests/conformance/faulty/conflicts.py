"""Addresses claimed and defended (RFC 5227, RFC 3927)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from .host import Host
from .octets import ANY

__all__ = ["Claim", "Claims"]

PROBE_WAIT, PROBE_NUM, PROBE_MIN, PROBE_MAX = 1.0, 3, 1.0, 2.0
ANNOUNCE_WAIT, ANNOUNCE_NUM, ANNOUNCE_INTERVAL = 2.0, 2, 2.0
MAX_CONFLICTS, RATE_LIMIT, DEFEND_INTERVAL = 10, 60.0, 10.0


@dataclass(slots=True)
class Claim:
    """An address on its way to be used, or in use."""

    address: bytes
    defend: str
    lost: Callable[[], None] | None = None
    state: str = "probing"
    conflict: float | None = None
    link_local: bool = False


class Claims:
    """All addresses that were claimed."""

    def __init__(self, host: Host, given_up: Callable[[bytes], None]) -> None:
        self.host, self.given_up = host, given_up
        self.claims: dict[bytes, Claim] = {}
        self.conflicts = 0
        self.last_try = -RATE_LIMIT
        host.arp_seen.append(self._see)
        self.claims[host.address] = Claim(host.address, "always", state="used")

    def claim(self, address: bytes, defend: str, lost: Callable[[], None] | None = None) -> None:
        """Begin to probe for an address; `defend` is never, once or always. `lost` is told where it is taken."""
        host = self.host
        claim = Claim(address, defend, lost, link_local=address[:2] == b"\xa9\xfe")
        delay = host.dice.uniform(0, PROBE_WAIT)
        if host.has("probe-late"):
            delay = 3.0
        if self.conflicts >= MAX_CONFLICTS and not host.has("no-rate-limit"):
            delay += max(self.last_try + RATE_LIMIT - host.time, 0)
        self.last_try = host.time + delay
        self.claims[address] = claim
        host.after(delay, lambda: self._probe(claim, PROBE_NUM - host.has("two-probes")))
        if host.has("used-while-probing"):
            host.own[address] = "active"

    def forget(self) -> None:
        """Give all addresses up, and begin anew."""
        for address in list(self.claims)[1:]:
            self.release(address)
        self.conflicts, self.last_try = 0, self.host.time - RATE_LIMIT

    def release(self, address: bytes) -> None:
        """Give an address up."""
        self.claims.pop(address, None)
        self.host.own.pop(address, None)

    def _probe(self, claim: Claim, left: int) -> None:
        host = self.host
        if self.claims.get(claim.address) is not claim or claim.state != "probing":
            return
        if left == 0 or host.has("no-probes"):
            self._win(claim, ANNOUNCE_NUM)
            return
        host.probe(claim.address)
        spacing = host.dice.uniform(PROBE_MIN, PROBE_MAX)
        if host.has("probes-fast"):
            spacing = 0.2
        if left == 1:
            spacing = 0.1 if host.has("no-announce-wait") else ANNOUNCE_WAIT
        host.after(spacing, lambda: self._probe(claim, left - 1))

    def _win(self, claim: Claim, left: int) -> None:
        host = self.host
        if self.claims.get(claim.address) is not claim or claim.state not in ("probing", "used"):
            return
        claim.state = "used"
        host.own[claim.address] = "active"
        if host.has("claimed-not-answered"):
            host.own[claim.address] = "silent"
        if host.has("no-announcement") or (host.has("one-announcement") and left < ANNOUNCE_NUM):
            return
        if host.has("announced-by-reply"):
            host._send_arp(2, host.mac, claim.address, bytes(6), claim.address, b"\xff" * 6)
        else:
            host.announce(claim.address)
        if left > 1:
            interval = 0.1 if host.has("announcements-fast") else ANNOUNCE_INTERVAL
            host.after(interval, lambda: self._win(claim, left - 1))
        if left == ANNOUNCE_NUM and host.has("probes-forever"):
            self._probe_again(claim)

    def _probe_again(self, claim: Claim) -> None:
        if self.claims.get(claim.address) is claim:
            if claim.state == "used" and self.host.time > self.last_try + 12:
                self.host.probe(claim.address)
            self.host.after(10, lambda: self._probe_again(claim))

    def _see(self, operation: int, sha: bytes, spa: bytes, tha: bytes, tpa: bytes) -> None:
        host = self.host
        if sha == host.mac and not host.has("own-probe-conflicts"):
            return
        claim = self.claims.get(spa)
        probed = self.claims.get(tpa)
        if claim is not None and claim.state == "probing":
            if not host.has("probing-conflict-ignored") and not (operation == 2 and host.has("reply-conflict-ignored")):
                self._lose(claim)
        elif probed is not None and probed.state == "probing" and spa == ANY and operation == 1:
            if not host.has("foreign-probe-ignored"):
                self._lose(probed)
        elif claim is not None and claim.state == "used":
            self._defend(claim, sha)

    def _lose(self, claim: Claim) -> None:
        self.conflicts += 1
        self.release(claim.address)
        if claim.lost is not None:
            claim.lost()
        if claim.link_local and not self.host.has("no-new-link-local"):
            number = self.host.dice.randrange(0xA9FE0100, 0xA9FEFF00)
            self.claim(number.to_bytes(4, "big"), claim.defend)

    def _defend(self, claim: Claim, sha: bytes) -> None:
        host = self.host
        if host.has("conflict-ignored"):
            return
        recent = claim.conflict is not None and host.time - claim.conflict < DEFEND_INTERVAL
        if claim.defend == "always":
            if not recent or host.has("defends-always-at-once"):
                claim.conflict = host.time
                for _ in range(3 if host.has("defends-thrice") else 1):
                    host.announce(claim.address)
            return
        if claim.defend == "once" and (not recent or host.has("second-conflict-defended")):
            claim.conflict = host.time
            if host.has("defence-unicast"):
                host._send_arp(1, host.mac, claim.address, bytes(6), claim.address, sha)
            elif not host.has("no-defence"):
                host.announce(claim.address)
            return
        if not host.has("no-reset-on-loss"):
            self.given_up(claim.address)
        if host.has("address-kept"):
            return
        self._lose(claim)
