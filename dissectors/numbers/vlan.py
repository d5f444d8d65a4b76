"""Names of VLAN priorities as Wireshark shows them by default (IEEE 802.1Q-2005 table G-2)."""

PRIORITIES = {
    0: "Best Effort (default)",
    1: "Background",
    2: "Excellent Effort",
    3: "Critical Applications",
    4: "Video, < 100ms latency and jitter",
    5: "Voice, < 10ms latency and jitter",
    6: "Internetwork Control",
    7: "Network Control",
}
