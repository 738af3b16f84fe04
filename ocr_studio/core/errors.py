"""Errors a person can act on. Anything else that is raised is a bug."""


class StudioError(Exception):
    """Something a person can mend. Built from facts: what happened, to which file, what to do about it.

    ``str(error)`` is one line, fit for standard error and for a message bar.
    """

    def __init__(self, what: str, *, file: object = None, remedy: str = "") -> None:
        self.what = what
        self.file = None if file is None else str(file)
        self.remedy = remedy
        place = f"{self.file}: " if self.file else ""
        after = f" {remedy}" if remedy else ""
        line = f"{place}{what.rstrip('.')}.{after}"
        super().__init__(" ".join(line.split()))
