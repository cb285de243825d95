"""Attacks: hostile answers, damaged files, disks that are full or read-only, kills.

Bounded in `make test`; `make chaos` makes all of them and prints attempts, losses and leaks.
"""
