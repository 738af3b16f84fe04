"""Long-running work: plain generators over core and engine that yield events.

May import: ``core``, and ``engine`` inside functions only. No Qt, no TensorFlow by name. To cancel a job, stop asking
for its next event.
"""
