"""``python -m ocr_studio`` and the command ``ocr-studio``: load the command line, which takes a moment."""

from __future__ import annotations

import os
import sys


def main() -> int:
    """Run the command with the arguments of the process. Returns the exit status."""
    if getattr(sys, "frozen", False):
        # Child processes of the packaged program start the program itself, and end here.
        import multiprocessing  # noqa: PLC0415

        multiprocessing.freeze_support()
        if sys.argv[1:] == ["--child-process"]:
            from ocr_studio.core.files import child_process  # noqa: PLC0415

            child_process.serve()
            return 0
    else:
        _use_utf8()
    try:
        from ocr_studio.cli import main as cli  # noqa: PLC0415  (Ctrl+C may come while it is loading)
    except KeyboardInterrupt:
        if sys.stderr is not None:
            sys.stderr.write("ocr-studio: Stopped.\n")
        return 130
    except (ImportError, SyntaxError, EOFError, OSError, MemoryError) as error:
        # A limit of memory or open files, or a missing system library.
        reason = " ".join(str(error).split()) or "not enough memory"
        if sys.stderr is not None:
            sys.stderr.write(f"ocr-studio: can’t load the program: {reason}.\n")
        return 1
    return cli.main()


def _use_utf8() -> None:
    """Restart Python in UTF-8 mode if the locale uses another encoding for file names.

    Projects store the names of photos as UTF-8, and ASCII can't represent most of them.
    """
    if os.name == "posix" and sys.getfilesystemencoding() != "utf-8" and not sys.flags.utf8_mode:
        os.environ["PYTHONUTF8"] = "1"  # for child processes
        os.execv(sys.executable, [sys.executable, "-X", "utf8", *sys.orig_argv[1:]])


if __name__ == "__main__":
    sys.exit(main())
