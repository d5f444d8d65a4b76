"""A small stack of our own whose faults can be switched on one by one, to prove that each scenario can fail.

It packs and unpacks octets by itself, so that a mistake of the project's own reader or builder is not its own too.
"""
