"""`python -m batchtui`, the same as the console script."""

import sys

from batchtui.cli.main import main

sys.exit(main())
