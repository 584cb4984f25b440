"""The parts of the application that pages ask, as the composition root has put them together."""

from fastapi import Request

from app.rooms.hub import Hub
from app.web.templates import Templates


def hub_of(request: Request) -> Hub:
    hub: Hub = request.app.state.hub
    return hub


def templates_of(request: Request) -> Templates:
    templates: Templates = request.app.state.templates
    return templates
