"""`python -m pipeline.sandbox`: serve the sandbox from the command line."""

import argparse
import sys
from datetime import date
from pathlib import Path

from pipeline.errors import PostureError
from pipeline.sandbox.server.serve import serve


def main(arguments: list[str] | None = None) -> int:
    """Exit code 0 once stopped, 1 if it could not be served."""
    parser = argparse.ArgumentParser(prog="python -m pipeline.sandbox", description=__doc__)
    parser.add_argument("--tenants", type=int, default=3)
    parser.add_argument("--days", type=int, default=90, help="days of life up to today")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--port", type=int, default=0, help="0 takes a free one")
    parser.add_argument("--today", type=date.fromisoformat, help="the sandbox's date (YYYY-MM-DD)")
    parser.add_argument("--write-config", type=Path, metavar="FILE")
    options = parser.parse_args(arguments)
    try:
        serve(**vars(options))
    except PostureError as error:
        print(error, file=sys.stderr)
        return error.exit_code
    return 0


if __name__ == "__main__":
    sys.exit(main())
