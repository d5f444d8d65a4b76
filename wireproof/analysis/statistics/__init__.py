"""Summaries of a capture as a whole: what ``-z`` asks for. Each takes packets in, one by one, and is then asked."""
