"""Every address that is answered, by the module that answers it."""

from app.web import (
    actions,
    classes,
    experiments,
    find_bad,
    judging,
    lessons,
    live,
    pages,
    promises,
    scene_files,
    systems,
)

PARTS = (
    scene_files, pages, live, actions, systems, lessons, classes, judging, promises, find_bad,
    experiments,
)  # fmt: skip
ROUTERS = tuple(part.router for part in PARTS)
"""Of two that could answer, the first does."""
