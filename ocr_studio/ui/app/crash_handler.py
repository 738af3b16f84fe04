"""Handling of unexpected errors: log them, save everything, and tell the user once."""

from __future__ import annotations

import logging
import sys
import threading
import traceback
from collections.abc import Callable
from types import TracebackType

from ocr_studio.core.help import bug_report
from ocr_studio.core.translation import tr
from ocr_studio.ui.job_thread import Trouble

log = logging.getLogger(__name__)


class BugCatcher:
    """Replaces ``sys.excepthook``: logs an unexpected exception, saves the page and tells the user once."""

    def __init__(self, save: Callable[[], bool], tell: Callable[[Trouble], None]) -> None:
        """Make a handler; ``install`` activates it.

        Args:
            save: Saves, and returns whether everything is saved.
            tell: Shows the error. It is called from any thread, so it should be a signal's ``emit``.
        """
        self._save, self._report = save, tell
        self._reported: set[str] = set()
        self._before = sys.excepthook, threading.excepthook

    def install(self) -> None:
        """Start handling exceptions."""
        sys.excepthook = self._catch
        threading.excepthook = lambda args: self._catch(args.exc_type, args.exc_value, args.exc_traceback)

    def remove(self) -> None:
        """Restore the hooks that were there before."""
        sys.excepthook, threading.excepthook = self._before

    def _catch(self, kind: type[BaseException], error: BaseException | None, where: TracebackType | None) -> None:
        if issubclass(kind, KeyboardInterrupt | SystemExit):
            self._before[0](kind, error or kind(), where)
            return
        text = "".join(traceback.format_exception(kind, error, where))
        log.error("a bug:\n%s", text)
        if text in self._reported:
            return
        self._reported.add(text)
        what = f"{kind.__name__}: {error}"
        self._report(
            Trouble(
                tr("An unexpected error occurred; your work is saved. ({what})", what=what)
                if self._save()
                else tr("An unexpected error occurred, and your last changes could not be saved. ({what})", what=what),
                bug_report.make(text),
            )
        )
