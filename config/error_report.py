"""Django's report of an error, on the page of a developer or in a mail: names and types, no value.

Read while logging is set up, before there are models: it imports none.
"""

from __future__ import annotations

from typing import Any

from django.views.debug import ExceptionReporter, SafeExceptionReporterFilter

from vault.errors import VaultError

HIDDEN = "********"
SPEAKS = (VaultError, SystemExit, KeyboardInterrupt)
"""Exceptions whose text holds ids and fixed words alone."""
SHOWN_META = ("REQUEST_METHOD", "PATH_INFO", "CONTENT_TYPE", "CONTENT_LENGTH", "SERVER_NAME", "SERVER_PORT")


class Filter(SafeExceptionReporterFilter):
    """Names of variables, fields and settings; their values never, with or without DEBUG."""

    def is_active(self, request: Any) -> bool:
        return True

    def get_safe_settings(self) -> dict[str, Any]:
        return {}

    def get_safe_request_meta(self, request: Any) -> dict[str, Any]:
        meta = getattr(request, "META", {})
        return {name: meta[name] for name in SHOWN_META if name in meta}

    def get_safe_cookies(self, request: Any) -> dict[str, Any]:
        return dict.fromkeys(getattr(request, "COOKIES", {}), HIDDEN)

    def get_post_parameters(self, request: Any) -> dict[str, Any]:
        return {} if request is None else dict.fromkeys(request.POST, HIDDEN)

    def get_traceback_frame_variables(self, request: Any, tb_frame: Any) -> Any:
        return [(name, f"<{type(value).__name__}>") for name, value in tb_frame.f_locals.items()]


class Reporter(ExceptionReporter):
    """Django's page and mail of an error, with types in place of values."""

    def get_traceback_data(self) -> dict[str, Any]:
        data: dict[str, Any] = super().get_traceback_data()
        said = str(self.exc_value) if isinstance(self.exc_value, SPEAKS) else HIDDEN
        if self.exc_value:
            data["exception_value"] = said
        data["unicode_hint"] = ""
        data.pop("exception_notes", None)
        if data["template_info"]:
            data["template_info"] = data["template_info"] | {"message": said}
        if self.request is not None:
            data["user_str"] = str(getattr(getattr(self.request, "user", None), "pk", ""))
            data["request_GET_items"] = [(name, HIDDEN) for name in self.request.GET]
            data["request_FILES_items"] = [(name, HIDDEN) for name in self.request.FILES]
            data["request_insecure_uri"] = self.request.path
        return data

    def get_traceback_frames(self) -> list[dict[str, Any]]:
        frames: list[dict[str, Any]] = super().get_traceback_frames()
        for frame in frames:
            if frame.get("exc_cause") is not None:
                frame["exc_cause"] = type(frame["exc_cause"]).__name__
        return frames
