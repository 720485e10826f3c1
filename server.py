"""The ``web`` process: every domain wired to the next, the pages, and health."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import structlog
import uvicorn
from fastapi import FastAPI, Request, Response
from fastapi.middleware.cors import CORSMiddleware
from fastapi.responses import FileResponse, JSONResponse
from fastapi.staticfiles import StaticFiles
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

import chat.bridge.endpoints
import chat.casework.endpoints
import chat.endpoints
import chat.internal
import chat.records.endpoints
import chat.socket
import handoff.canned.endpoints
import handoff.case_endpoints
import handoff.endpoints
import handoff.socket
import handoff.team_endpoints
import identity.endpoints
import kb.audit_endpoints
import kb.endpoints
import kb.file_endpoints
import kb.insight.endpoints
import kb.suggestions.endpoints
from chat.answering import Answering
from chat.assignment import QueueRunner
from chat.bot import RasaBot
from chat.bridge.incoming import BridgeDesk
from chat.bridge.outgoing import BridgeRunner
from chat.casework.afterwards import Afterwards
from chat.casework.drafting import EntryDrafts
from chat.casework.service import Casework
from chat.current_turn import TurnReading
from chat.customers import CustomerKeys
from chat.queueing import QueueRules
from chat.records.provider import ConversationRecords
from chat.records.tracing import Tracing
from chat.turn import TurnRunner
from chat.waiting import WaitingRoom
from handoff.canned.service import CannedReplies
from handoff.case_desk import CaseDesk
from handoff.desk import Desk
from handoff.policy import read_policy
from handoff.roster import Roster
from handoff.signals import SignalReader, fitted_reader
from handoff.teams import DEMO_TEAMS, read_teams
from identity.demo import create_demo_accounts
from identity.service import Identity
from kb.content import ContentError, Lang, questions_of, read_folder
from kb.encoder import TurnEncoder, load_encoder
from kb.examination.asking import LinkAsker
from kb.insight.service import Insight
from kb.reranking import available_reranker
from kb.service import KnowledgeBase, SearchOptions
from kb.suggestions.service import Suggestions
from kb.vectors import VectorCache
from kit import http, logs
from kit.clock import SystemClock
from kit.counters import count_degraded
from kit.database import Database
from kit.errors import BilinError, InvalidRequest, Unavailable
from kit.events import Events, events_from_settings
from kit.hosts import Hosts
from kit.settings import ROOT, Settings
from kit.threads import one_thread_for_matrices

log = structlog.get_logger(__name__)

TURN_MARGIN_SECONDS = 30.0


def create_app(settings: Settings, encoder: TurnEncoder | None = None) -> FastAPI:
    """The application. ``encoder`` stands in for the configured one where a test has loaded it already."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with running(app, settings, encoder):
            yield

    app = FastAPI(
        title="Bilin",
        lifespan=lifespan,
        openapi_url="/api/openapi.json",
        docs_url="/api/docs",
        redoc_url=None,
    )
    app.state.settings = settings
    app.add_middleware(
        CORSMiddleware,
        allow_origins=[origin.strip() for origin in settings.widget_origins.split(",") if origin.strip()],
        allow_methods=["GET", "POST"],
        allow_headers=["Authorization", "Content-Type"],
    )
    http.install(app)
    for router in (
        chat.endpoints.router,
        chat.casework.endpoints.router,
        chat.bridge.endpoints.router,
        chat.internal.router,
        chat.records.endpoints.router,
        chat.socket.router,
        handoff.endpoints.router,
        handoff.case_endpoints.router,
        handoff.canned.endpoints.router,
        handoff.socket.router,
        handoff.team_endpoints.router,
        identity.endpoints.router,
        kb.audit_endpoints.router,
        kb.endpoints.router,
        kb.file_endpoints.router,
        kb.insight.endpoints.router,
        kb.suggestions.endpoints.router,
    ):
        app.include_router(router, responses=http.ANY_CALL)
    _add_operations(app)
    _add_pages(app, settings)
    return app


@asynccontextmanager
async def running(app: FastAPI, settings: Settings, encoder: TurnEncoder | None) -> AsyncIterator[None]:
    """Everything that lives as long as the process: opened in order, closed in reverse."""
    clock = SystemClock()
    database = Database.from_settings(settings)
    await database.migrate()
    events = events_from_settings(settings)
    await events.start()
    encoder = encoder or await _load_encoder(settings)
    policy = read_policy(settings.handoff_policy)
    link_hosts = Hosts.parse(settings.link_hosts)

    secret_key = settings.secret("secret_key")
    identity_service = Identity(database, clock, secret_key=secret_key, session_hours=settings.session_hours)
    if settings.demo:
        await create_demo_accounts(identity_service, secret_key)

    knowledge = KnowledgeBase(
        database,
        events,
        clock,
        encoder,
        cache=settings.data_dir / "cache" / "knowledge",
        options=SearchOptions.from_settings(settings),
        reranker=await asyncio.to_thread(available_reranker, settings),
        audit=identity_service,
        webhook_urls=settings.webhook_addresses,
        webhook_secret=settings.secret("webhook_secret"),
        links=LinkAsker(link_hosts, clock) if link_hosts else None,
    )
    await _load_content(knowledge, settings)
    await knowledge.start()

    signals = SignalReader(knowledge.encode)
    if encoder is not None:
        examples = VectorCache(encoder.encoder, settings.data_dir / "cache" / "signals.db")
        signals = await fitted_reader(
            knowledge.encode, examples, _ordinary_questions(settings), settings.data_dir / "cache" / "signals.npz"
        )

    queue_rules = QueueRules.from_settings(settings, knowledge.scenario_of)
    offers = EntryDrafts(knowledge.browsing, knowledge.editing, identity_service.login_of)
    conversations = Casework(database, events, clock, queue_rules, offers)
    roster = Roster(database, events, clock, conversations, queue_rules.roster)
    await _load_teams(roster, settings)
    bot = RasaBot(settings.resolved_bot_url, settings.secret("bot_token"), timeout_seconds=settings.bot_timeout_seconds)
    reading = TurnReading(signals, policy)
    answering = Answering(conversations, knowledge, policy, reading)
    turns = TurnRunner(
        conversations,
        answering,
        bot,
        reading,
        policy,
        claim_seconds=settings.bot_timeout_seconds + TURN_MARGIN_SECONDS,
    )
    await turns.start()
    bridge = _bridge(app, settings, database, events, conversations)
    queue = QueueRunner(conversations, roster)
    if bridge is None:
        await queue.start()
    else:
        await bridge.start()

    records = ConversationRecords(database)
    suggestions = Suggestions(database, clock, knowledge, records, identity_service)
    await suggestions.collector.start()

    app.state.internal_token = settings.secret("internal_token")
    app.state.shopper_secret = settings.secret("shopper_secret")
    app.state.database, app.state.events, app.state.bot = database, events, bot
    app.state.identity, app.state.knowledge = identity_service, knowledge
    app.state.chat, app.state.desk = conversations, Desk(conversations, elsewhere=bridge is not None)
    app.state.case_desk = CaseDesk(app.state.desk, conversations, identity_service.member, roster, clock)
    app.state.canned = CannedReplies(database, clock)
    app.state.afterwards = Afterwards(database, events, clock, queue_rules)
    app.state.afterwards.queue_changed = queue.wake
    app.state.customer_keys = CustomerKeys(secret_key)
    app.state.roster = roster
    app.state.waiting_room = WaitingRoom(database, clock, queue_rules.roster)
    app.state.answering, app.state.turns = answering, turns
    app.state.suggestions, app.state.insight = suggestions, Insight(database, records)
    app.state.tracing = Tracing(database, app.state.desk, knowledge.browsing, suggestions.origins)
    gc.freeze()  # or each full collection, of which a publication causes some, walks the whole knowledge base
    try:
        yield
    finally:
        await queue.close()
        if bridge is not None:
            await bridge.close()
        await turns.close()
        await suggestions.collector.close()
        await knowledge.close()
        await events.close()
        await bot.close()
        await database.close()


def _bridge(
    app: FastAPI, settings: Settings, database: Database, events: Events, conversations: Casework
) -> BridgeRunner | None:
    """The bridge to another desk, where one takes the place of ours."""
    app.state.bridge_desk, app.state.bridge_token = None, ""
    if not settings.bridge_url:
        return None
    app.state.bridge_desk, app.state.bridge_token = BridgeDesk(conversations), settings.secret("bridge_token")
    return BridgeRunner(database, events, SystemClock(), settings.bridge_url, settings.secret("bridge_secret"))


async def _load_content(knowledge: KnowledgeBase, settings: Settings) -> None:
    """Publish what changed in the content files. Broken files change nothing: the last release goes on."""
    try:
        await knowledge.load(read_folder(settings.content_dir))
    except ContentError as error:
        count_degraded("content_invalid")
        log.error("content_not_loaded", effect="the last release stays live", reason=error.message)


async def _load_teams(roster: Roster, settings: Settings) -> None:
    """Store the configured teams, or the demonstration's, where there are none. A broken file changes nothing."""
    path = ROOT / settings.teams_file if settings.teams_file else DEMO_TEAMS if settings.demo else None
    if path is None:
        return
    try:
        await roster.load(read_teams(path))
    except InvalidRequest as error:
        count_degraded("teams_invalid")
        log.error("teams_not_loaded", effect="everybody is in the built-in team", reason=error.message)


def _ordinary_questions(settings: Settings) -> dict[Lang, list[str]]:
    """What nobody should take for a feeling; nothing where the files are broken, which was counted before."""
    try:
        return questions_of(read_folder(settings.content_dir))
    except ContentError:
        return {}


async def _load_encoder(settings: Settings) -> TurnEncoder | None:
    """The configured encoder. Without one the service runs, and every question goes to a person."""
    try:
        return TurnEncoder(await asyncio.to_thread(load_encoder, settings))
    except (BilinError, OSError, ImportError) as error:
        count_degraded("encoder_failed")
        log.error("encoder_not_loaded", effect="every question goes to a person", reason=str(error))
        return None


def _add_operations(app: FastAPI) -> None:
    @app.get("/health", tags=["operations"])
    async def health(request: Request) -> JSONResponse:
        """Which parts answer. 200 while customers are served, if need be by people alone; 503 without a database."""
        state = request.app.state
        try:
            await state.database.ping()
            database = True
        except Unavailable:
            database = False
        parts = {
            "database": database,
            "knowledge": state.knowledge.release_id is not None,
            "bot": await state.bot.healthy(),
        }
        status = "ok" if all(parts.values()) else "degraded" if database else "down"
        body = {"status": status, "parts": parts, "release_id": state.knowledge.release_id}
        return JSONResponse(body, status_code=200 if database else 503)

    @app.get("/metrics", tags=["operations"])
    async def metrics() -> Response:
        """Counters in Prometheus' text format."""
        return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)


def _add_pages(app: FastAPI, settings: Settings) -> None:
    pages = settings.web_dist

    @app.get("/", include_in_schema=False)
    async def demonstration() -> FileResponse:
        return FileResponse(pages / "demo" / "index.html")

    @app.get("/widget.js", include_in_schema=False)
    async def widget() -> FileResponse:
        return FileResponse(pages / "widget.js", headers={"Cache-Control": "no-cache"})

    for page in ("demo", "desk", "editor"):
        app.mount(f"/{page}", StaticFiles(directory=pages / page, html=True, check_dir=False), name=page)


def main() -> None:
    """Serve with the settings of the environment."""
    settings = Settings()
    logs.configure(settings)
    one_thread_for_matrices()
    app = create_app(settings)
    uvicorn.run(
        app,
        host=settings.host,
        port=settings.port,
        log_config=None,
        access_log=False,
        ws="websockets-sansio",
        ws_per_message_deflate=False,  # frames are short, and compressing them costs each connection its own memory
    )


if __name__ == "__main__":
    main()
