"""Charts as inline SVG: coloured by classes, described in words, the same bytes every time."""
