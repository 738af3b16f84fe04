"""Errors a person can act on. Anything else that is raised is a bug."""


class StudioError(Exception):
    """Something a person can mend. Built from facts: what happened, to which file, what to do about it.

    ``str(error)`` is one line, fit for a message bar; ``typed`` is the one for standard error. They differ where what
    is to be done is a button in the window and an option on the command line.
    """

    def __init__(self, what: str, *, file: object = None, remedy: str = "", command: str = "") -> None:
        """command: the remedy for who typed a command, in English; empty where it is the same."""
        self.what = what
        self.file = None if file is None else str(file)
        self.remedy = remedy
        self.command = command
        super().__init__(self._line(remedy))

    @property
    def typed(self) -> str:
        """As ``str``, for who typed a command."""
        return self._line(self.command) if self.command else str(self)

    def _line(self, remedy: str) -> str:
        place = f"{self.file}: " if self.file else ""
        return " ".join(f"{place}{self.what.rstrip('.')}. {remedy}".split())
