"""``python -m ocr_studio`` and the command ``ocr-studio``: loads the command line, which takes a moment."""

from __future__ import annotations

import os
import sys


def main() -> int:
    """The command, as a shell starts it. Returns the exit status."""
    if getattr(sys, "frozen", False):
        # Children of the packaged program are the program itself, and end here.
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
        return 130
    except (ImportError, OSError, MemoryError) as error:
        # A limit of memory or open files, or a library of the system that is missing.
        reason = " ".join(str(error).split()) or "there is not enough memory"
        if sys.stderr is not None:
            sys.stderr.write(f"ocr-studio: the program cannot be loaded: {reason}.\n")
        return 1
    return cli.main()


def _use_utf8() -> None:
    """Start Python again, where the locale makes it read and write the names of files in another encoding than UTF-8.

    Names that photos have in a project are UTF-8, whoever opens it, and in ASCII most cannot even be asked for.
    """
    if os.name == "posix" and sys.getfilesystemencoding() != "utf-8" and not sys.flags.utf8_mode:
        os.environ["PYTHONUTF8"] = "1"  # for the processes that this one starts
        os.execv(sys.executable, [sys.executable, "-X", "utf8", *sys.orig_argv[1:]])


if __name__ == "__main__":
    sys.exit(main())
