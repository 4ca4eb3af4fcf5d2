"""The overview of one client's file: where everything stands, what comes next, what happened."""

from reports.overview.file import File, read
from reports.overview.path import path, path_title
from reports.overview.rail import clock, details, documents, team
from reports.overview.steps import next_steps
from reports.overview.timeline import SHOWS, timeline

__all__ = [
    "SHOWS",
    "File",
    "clock",
    "details",
    "documents",
    "next_steps",
    "path",
    "path_title",
    "read",
    "team",
    "timeline",
]
