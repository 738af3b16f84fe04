"""``python -m ocr_studio`` is the command ``ocr-studio``."""

import sys

from ocr_studio.cli import main

sys.exit(main())
