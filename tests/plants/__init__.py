"""Every bug that a careless hand might write, a module an area, found by its `PLANTS`."""

from importlib import import_module
from pkgutil import iter_modules

from tests.plants.plant import Plant

AREAS: dict[str, tuple[Plant, ...]] = {
    name: import_module(f"{__name__}.{name}").PLANTS
    for name in sorted(found.name for found in iter_modules(__path__))
    if name != "plant"
}
PLANTS: tuple[Plant, ...] = tuple(bug for bugs in AREAS.values() for bug in bugs)
