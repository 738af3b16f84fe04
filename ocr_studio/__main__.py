"""``python -m ocr_studio`` and the command ``ocr-studio``: loads the command line, which takes a moment."""

from __future__ import annotations

import sys


def main() -> int:
    """The command, as a shell starts it. Returns the exit status."""
    if getattr(sys, "frozen", False):
        # Children of the packaged program are the program itself, and end here.
        import multiprocessing  # noqa: PLC0415

        multiprocessing.freeze_support()
        if sys.argv[1:] == ["--child-process"]:
            from ocr_studio.core import child_process  # noqa: PLC0415

            child_process.serve()
            return 0
    try:
        from ocr_studio import cli  # noqa: PLC0415  (Ctrl+C may come while it is loading)
    except KeyboardInterrupt:
        return 130
    return cli.main()


if __name__ == "__main__":
    sys.exit(main())
