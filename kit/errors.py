"""The one tree of errors, each with a stable code and an HTTP status.

BilinError
├── NotFound              404
├── Forbidden             403
├── NotSignedIn           401
├── Conflict              409
├── InvalidRequest        422
└── Unavailable           503   a part we stand on is missing; retrying may help
"""

from __future__ import annotations


class BilinError(Exception):
    """Base of every error that leaves a process.

    ``code`` is stable and part of the API; ``message`` tells the person what to do next; ``beside`` is JSON that the
    answer has beside the error, for whoever goes on from it.
    """

    code = "internal_error"
    status = 500

    def __init__(self, message: str, *, code: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.beside: dict[str, object] = {}
        if code is not None:
            self.code = code


class NotFound(BilinError):
    """There is no such thing, or it is not the caller's: both look alike from outside."""

    code = "not_found"
    status = 404


class Forbidden(BilinError):
    """The caller is known and may not do this."""

    code = "forbidden"
    status = 403


class NotSignedIn(BilinError):
    """The caller is not known, or no longer."""

    code = "not_signed_in"
    status = 401


class Conflict(BilinError):
    """The thing has changed under the caller's feet."""

    code = "conflict"
    status = 409


class InvalidRequest(BilinError):
    """The request cannot be understood."""

    code = "invalid_request"
    status = 422


class Unavailable(BilinError):
    """A part that this needs does not answer."""

    code = "unavailable"
    status = 503
