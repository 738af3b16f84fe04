"""Reviewed photos → a detector that finds such writing better.

For ``jobs``:

    finetune_detector(data: DetectorData, recipe: Recipe, *, folder: Path, name: str, stop: Callable[[], bool],
                      options: ReaderOptions = ReaderOptions()) -> Iterator[DetectorEvent]

with DetectorData, the events that are not those of ``core.training``, and RECIPE, the recipe chosen well, from
``core.detector_training``. data: photos with all their words; folder: where to keep how far it has come, to go on from
there when called again with the same data and recipe; name: of the model to be. Events in their order: Preparing …,
Started (counts words), then StepDone and, now and then, LinesChecked, Preparing …, DetectorTrained, whose folder is a
candidate for ``models.install`` or ``models.discard``. Closing the generator leaves the checkpoint and no candidate;
``stop`` is asked after each step.
"""
