"""Uploads stay in memory until they are sealed."""

from __future__ import annotations

from django.conf import settings
from django.core.files.uploadhandler import MemoryFileUploadHandler, StopUpload

SLACK = 1024 * 1024  # what a form holds beside its file


class MemoryOnlyUploadHandler(MemoryFileUploadHandler):
    """Holds an upload in memory whatever its announced size, and stops it past the limit.

    Django's default would spool a large upload into the temporary folder in the clear.
    """

    def handle_raw_input(self, input_data, META, content_length, boundary, encoding=None):  # noqa: N803
        self.activated = True
        self._received = 0
        self._announced = content_length

    def new_file(self, *args, **kwargs):
        # Only here, and not before the parser starts: what stands before the file (the form's token)
        # is still read, and the refusal is a sentence on the page instead of an error.
        if self._announced > settings.MAX_UPLOAD_BYTES + SLACK:
            self._stop()
        super().new_file(*args, **kwargs)

    def receive_data_chunk(self, raw_data, start):
        self._received += len(raw_data)
        if self._received > settings.MAX_UPLOAD_BYTES:
            self._stop()
        return super().receive_data_chunk(raw_data, start)

    def _stop(self):
        # Django hands the request to every handler that it makes (HttpRequest._initialize_handlers).
        self.request.upload_too_large = True  # type: ignore[union-attr]
        raise StopUpload(connection_reset=False)
