"""How fast, and against what: measured on bytes that were rendered before."""
