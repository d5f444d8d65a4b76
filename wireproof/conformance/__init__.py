"""Vectors against other parsers: an adapter is asked line by line, its answers judged by the requirements."""
