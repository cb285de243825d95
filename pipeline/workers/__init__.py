"""Processes beside this one that do a part of its work, each with pipes of its own.

A pool of the standard library shares its pipes among its workers: one that is killed while it
writes can leave the others, and whoever waits for them, waiting for ever.
"""
