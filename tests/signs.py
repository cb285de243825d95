"""Folder names that mean something to whoever does not take a path for data."""

# To a shell, SQL, YAML, Jinja, a URL, a pattern or a spreadsheet.
SIGNS = (
    "O'Brien & Söhne #1",
    'say "x"',
    "[a] [!b]",
    "$HOME ${HOME} ~",
    "100% %2",
    "{b} {{ c }} {% d %}",
    "a*b **",
    "x;y=z,@!^|<>:`()",
    "日本 שלום e\u0301 \U0001f600",
    "-o --home",
)
