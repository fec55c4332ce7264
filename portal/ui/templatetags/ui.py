"""`{% load ui %}`: every component of the kit. The style guide shows each in every state."""

from django.template import Library

from portal.ui.components import (
    actions,
    billing,
    copying,
    feedback,
    figures,
    findings,
    formats,
    forms,
    icons,
    identity,
    layout,
    live,
    shell,
    steps,
    tables,
    thread,
)

register = Library()

for module in (
    actions,
    billing,
    copying,
    feedback,
    figures,
    findings,
    formats,
    forms,
    icons,
    identity,
    layout,
    live,
    shell,
    steps,
    tables,
    thread,
):
    register.tags.update(module.register.tags)
    register.filters.update(module.register.filters)
