"""`python -m pipeline.cli` is the command `posture`."""

import sys

from pipeline.cli import main

sys.exit(main())
