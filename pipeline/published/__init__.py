"""Snapshots: their writer, their manifest and their readers."""
