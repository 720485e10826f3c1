"""Import and export of entries over REST."""

from __future__ import annotations

import asyncio
from typing import Annotated

from fastapi import APIRouter, File, Query, Response, UploadFile

from kb.content import EntryContent
from kb.endpoints import ERRORS, Editor, Knowledge, Reader
from kb.exchange.interchange import MAX_BYTES, format_named, write
from kb.schemas import ImportList, ImportSummary, ImportView

router = APIRouter(prefix="/api/kb", tags=["knowledge base"], responses=ERRORS)


@router.post("/imports", status_code=201)
async def check(file: Annotated[UploadFile, File()], knowledge: Knowledge, who: Editor) -> ImportView:
    """Read a file and say what would become of each row; nothing changes yet."""
    content = await file.read(MAX_BYTES + 1)
    return ImportView.of(await knowledge.imports.check(file.filename or "", content, who.login))


@router.get("/imports")
async def imports(knowledge: Knowledge, _: Reader, limit: Annotated[int, Query(ge=1, le=100)] = 20) -> ImportList:
    """The files that were read last, the newest first, and how far each has come."""
    return ImportList(imports=[ImportSummary.of(*found) for found in await knowledge.imports.recent(limit)])


@router.get("/imports/{import_id}")
async def imported(import_id: str, knowledge: Knowledge, _: Reader, rows: bool = True) -> ImportView:
    """A file and how far it has come; without ``rows``, no more than that."""
    return ImportView.of(await knowledge.imports.imported(import_id), rows=rows)


@router.post("/imports/{import_id}/apply")
async def apply(import_id: str, knowledge: Knowledge, who: Editor) -> ImportView:
    """Store what is new or changed in the background, in review."""
    return ImportView.of(await knowledge.imports.apply(import_id, who.login))


@router.get("/export", response_class=Response)
async def export(knowledge: Knowledge, _: Reader, format: str = "yaml") -> Response:
    """The newest revision of every entry but archived ones, as a file."""
    form = format_named(format)
    newest = (await knowledge.browsing.newest()).values()
    entries = [EntryContent.model_validate(each.content) for each in newest if each.status != "archived"]
    name = f"bilin-knowledge{form.suffixes[0]}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    content = await asyncio.to_thread(write, format, entries)
    return Response(content, media_type=form.media_type, headers=headers)
