"""One network for many short trainings: tracing its functions takes most of the time of each."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import keras


class TracedOnce:
    """A network, and what is made of it: traced at first, later only set back to how it began."""

    def __init__(self, net: keras.Model) -> None:
        self._net, self._weights = net, net.get_weights()
        self._made: dict[str, Any] = {}
        self._begun: dict[int, Any] = {}

    def net(self) -> keras.Model:
        """Return the network with its first weights."""
        self._net.set_weights(self._weights)
        return self._net

    def reader(self, make: Callable[..., Any]) -> Callable[..., Any]:
        """Return a function that makes a Recognizer or Detector once."""
        return self._once(make, lambda _: None)

    def trainer(self, make: Callable[..., Any]) -> Callable[..., Any]:
        """Return a function that makes a RecognizerTrainer or DetectorTrainer once."""

        def begin(trainer: Any) -> None:
            # Also in later tests: an optimizer that has done all steps of its schedule changes nothing any more.
            trainer.resume(self._begun.setdefault(id(trainer), trainer.state()))

        return self._once(make, begin)

    def _once(self, make: Callable[..., Any], begin: Callable[[Any], None]) -> Callable[..., Any]:
        def made(net: keras.Model, *how: Any, **named: Any) -> Any:
            if net is not self._net:
                return make(net, *how, **named)
            key = repr((make, how, named))
            if key not in self._made:
                self._made[key] = make(net, *how, **named)
            begin(self._made[key])
            return self._made[key]

        return made
