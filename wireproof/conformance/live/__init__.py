"""Scenarios against a stack on a wire: frames sent, answers awaited, and verdicts by the requirements."""
