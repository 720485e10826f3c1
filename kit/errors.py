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

from kit.sentences import Bilingual, alike


class BilinError(Exception):
    """Base of every error that leaves a process.

    ``code`` is stable and part of the API; ``messages`` tell the person what to do next, in each language;
    ``message`` is the English one; ``beside`` is JSON that the answer has beside the error, for whoever goes on from
    it.

    Args:
        message: in both languages, or in English alone where no page shows it.
        code: where it is not the one of the class.
    """

    code = "internal_error"
    status = 500

    def __init__(self, message: str | Bilingual, *, code: str | None = None) -> None:
        self.messages = alike(message) if isinstance(message, str) else message
        self.message = self.messages["en"]
        super().__init__(self.message)
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
