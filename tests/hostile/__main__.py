"""``python -m tests.hostile``: broken and hostile inputs by the thousand, each in a process with limits.

    python -m tests.hostile --many 5000 --seed 7
    python -m tests.hostile --many 200 --kind pictures,projects --keep /tmp/failed
    python -m tests.hostile --seed 7 --only pictures:41 --keep /tmp/one

Exit status: 0 each was answered or refused as it should be, 1 some were not, 2 it was called wrongly.
"""

from __future__ import annotations

import os
import sys

if __name__ == "__main__":
    # Before anything is imported that would start threads, which a forked process does not have.
    for name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ[name] = "1"
    import sqlite3  # before TensorFlow, which brings another

    from tests.hostile import command

    assert sqlite3
    sys.exit(command.main(__doc__))
