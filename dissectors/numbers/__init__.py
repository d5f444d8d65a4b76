"""Registries of numbers and their names: data that several schemas share or that would bury one."""
