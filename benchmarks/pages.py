"""Pages, called the way gunicorn calls them: one WSGI call through all middleware, signed in."""

from __future__ import annotations

import io
import sys
from typing import Any

from django.core.handlers.wsgi import WSGIHandler
from django.test import Client as Browser


class Caller:
    """A signed-in person who asks for pages. Nothing of a page is left out, nothing is cached."""

    def __init__(self, user: Any) -> None:
        browser = Browser()
        browser.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
        self._cookies = "; ".join(f"{name}={morsel.value}" for name, morsel in browser.cookies.items())
        self._handler = WSGIHandler()

    def __call__(self, path: str) -> bytes:
        """The page at `path`. Raises AssertionError for anything but 200."""
        path, _, query = path.partition("?")
        said: list[str] = []
        environ = {
            "REQUEST_METHOD": "GET",
            "PATH_INFO": path,
            "QUERY_STRING": query,
            "SCRIPT_NAME": "",
            "SERVER_NAME": "localhost",
            "SERVER_PORT": "80",
            "SERVER_PROTOCOL": "HTTP/1.1",
            "HTTP_HOST": "localhost",
            "HTTP_COOKIE": self._cookies,
            "REMOTE_ADDR": "127.0.0.1",
            "wsgi.url_scheme": "http",
            "wsgi.input": io.BytesIO(),
            "wsgi.errors": sys.stderr,
            "wsgi.multithread": False,
            "wsgi.multiprocess": True,
            "wsgi.run_once": False,
        }
        response = self._handler(environ, lambda status, headers: said.append(status))
        body = b"".join(response)
        response.close()
        assert said[0].startswith("200"), f"{path}: {said[0]}"
        return body
