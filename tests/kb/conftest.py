"""A small bank that the knowledge-base tests write about, and the real parts it is put on."""

import asyncio
import zlib
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import pytest

from chat.records.provider import ConversationRecords
from identity.service import Identity, Role
from kb import vector_index
from kb.content import EntryContent
from kb.encoder import TurnEncoder, Vectors
from kb.examination.links import LinkInquiry
from kb.insight.service import Insight
from kb.learning import Learner
from kb.models import Revision
from kb.service import KnowledgeBase, SearchOptions
from kb.space import single
from kb.suggestions.service import Suggestions
from kit.clock import ManualClock
from kit.database import Database
from kit.events import Events, MemoryEvents
from kit.settings import Settings
from server import create_app

BANK = [
    {
        "id": "lost-card",
        "scenario": "cards",
        "featured": True,
        "variants": {
            "zh": {
                "question": "银行卡丢了怎么办？",
                "similar": ["卡不见了要挂失", "怎么挂失银行卡", "我的卡被偷了", "钱包丢了里面有你们的卡"],
                "answer": "请马上在手机银行里挂失，或致电客服。\n\n挂失后可在任一网点补办新卡。",
            },
            "en": {
                "question": "I have lost my card, what should I do?",
                "similar": ["report a stolen card", "my card is missing", "block my card please", "it was stolen"],
                "answer": "Block the card in the app or call us.\n\nA new card can be made at any branch.",
            },
        },
    },
    {
        "id": "transfer-limit",
        "scenario": "transfers",
        "featured": True,
        "variants": {
            "zh": {
                "question": "手机银行每天最多能转多少钱？",
                "similar": ["转账限额是多少", "怎么提高转账额度", "一天能转几万", "为什么提示超过当日限额"],
                "answer": "默认每日限额为五万元。\n\n可在设置里调整限额。",
            },
            "en": {
                "question": "How much can I transfer in a day?",
                "similar": ["daily transfer limit", "raise my transfer limit", "the app says I am over the limit"],
                "answer": "The daily limit is 50,000 yuan unless you change it in the settings.",
            },
        },
    },
    {
        "id": "open-account",
        "scenario": "accounts",
        "variants": {
            "zh": {
                "question": "开户需要带什么材料？",
                "similar": ["办储蓄卡要什么证件", "想开个账户", "没有身份证能开户吗", "第一次办卡流程"],
                "answer": "请带本人有效身份证件和手机到网点办理。",
            },
            "en": {
                "question": "What do I need to open an account?",
                "similar": ["documents for a new account", "I want to become a customer", "which ID do you accept"],
                "answer": "Bring a valid identity document and your phone to a branch.",
            },
        },
    },
    {
        "id": "foreign-cash",
        "scenario": "foreign-exchange",
        "variants": {
            "zh": {
                "question": "怎么预约取外币现钞？",
                "similar": ["想换点美元现金", "出国前换外汇", "网点有日元吗", "兑换欧元要提前几天"],
                "answer": "请提前两个工作日预约，到约定网点领取。",
            },
            "en": {
                "question": "How do I order foreign currency in cash?",
                "similar": ["I need some dollars in cash", "get euros before my trip", "does the branch have yen"],
                "answer": "Order it two working days ahead and collect it at the branch.",
            },
        },
    },
    {
        "id": "repay-mortgage-early",
        "scenario": "mortgages",
        "variants": {
            "zh": {
                "question": "房贷可以提前还款吗？",
                "similar": ["按揭提前还清", "提前还一部分房贷", "提前还贷要违约金吗", "想把房子贷款结清"],
                "answer": "还款满一年后可以申请提前还款，具体以合同为准。",
            },
            "en": {
                "question": "Can I repay my mortgage early?",
                "similar": ["pay off the home loan ahead of time", "is there a penalty for early mortgage repayment"],
                "answer": "Yes, after the first year; your contract has the details.",
            },
        },
    },
    {
        "id": "wealth-loss",
        "scenario": "wealth",
        "risk_class": "product",
        "variants": {
            "zh": {
                "question": "理财产品会亏本金吗？",
                "similar": ["买理财有风险吗", "理财跌了怎么办", "理财和存款有啥区别"],
                "answer": "理财产品不是存款，本金可能亏损。",
                "risk": "理财不是存款，可能亏损本金。",
            },
            "en": {
                "question": "Can I lose money on wealth products?",
                "similar": ["are wealth management products risky", "my investment product went down"],
                "answer": "Yes. They are not deposits and you can lose principal.",
                "risk": "Wealth products are not deposits. You can lose money.",
            },
        },
    },
    {
        "id": "sms-fee",
        "scenario": "fees",
        "variants": {
            "zh": {
                "question": "短信提醒每个月收多少钱？",
                "similar": ["取消短信通知收费", "余额变动短信要钱吗", "怎么关掉动账短信"],
                "answer": "短信提醒每月两元，可随时在手机银行取消。",
            },
        },
    },
    {
        "id": "safe-deposit-box",
        "scenario": "branches",
        "variants": {
            "en": {
                "question": "How do I rent a safe deposit box?",
                "similar": ["keep my jewellery in the bank's vault", "price of a safe deposit box"],
                "answer": "Safe deposit boxes are let by the year at our main branch.",
            },
        },
    },
]


@pytest.fixture
def bank() -> list[EntryContent]:
    """Six entries in both languages, one in Chinese only, one in English only."""
    return [EntryContent.model_validate(entry) for entry in BANK]


class Spelled:
    """An encoder by spelling alone: texts that share characters are near. Instant, and it counts what it was asked."""

    def __init__(self, name: str = "spelled", dimensions: int = 96) -> None:
        self.name = name
        self.space = single(dimensions)
        self.asked = 0
        self.is_broken = False

    @property
    def primary(self) -> "Spelled":
        return self

    def encode(self, texts: Sequence[str]) -> Vectors:
        if self.is_broken and len(texts) > 1:
            raise RuntimeError("out of memory")
        self.asked += len(texts)
        vectors = np.full((len(texts), self.space.width), 1e-3, np.float32)
        for vector, text in zip(vectors, texts, strict=True):
            for first, second in pairwise(text):
                vector[zlib.crc32((first + second).encode("utf-8", "replace")) % self.space.width] += 1
        return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


@pytest.fixture
def spelled() -> Spelled:
    return Spelled()


@pytest.fixture
def _graph_from_the_start(monkeypatch: pytest.MonkeyPatch) -> None:
    """The index of a large knowledge base, for a small one."""
    monkeypatch.setattr(vector_index, "FLAT_LIMIT", 4)


@pytest.fixture(scope="session")
def cache_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Vectors and fits kept between tests, so that only the first of them waits for the everyday sentences."""
    return tmp_path_factory.mktemp("cache")


MakeKnowledgeBase = Callable[..., KnowledgeBase]


@pytest.fixture
def knowledge_base(database: Database, encoder: TurnEncoder, cache_folder: Path) -> MakeKnowledgeBase:
    """Makes one worker's knowledge base; workers made by one test share its database."""

    def make(events: Events | None = None, encoder: TurnEncoder | None = encoder) -> KnowledgeBase:
        return KnowledgeBase(database, events or MemoryEvents(), ManualClock(), encoder, cache=cache_folder)

    return make


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def worker(database: Database, clock: ManualClock, tmp_path: Path) -> MakeKnowledgeBase:
    """As ``knowledge_base``, on an encoder that takes no time: for what does not depend on how well it reads."""

    def make(
        events: Events | None = None,
        encoder: Spelled | None = None,
        cache: Path | None = tmp_path,
        options: SearchOptions | None = None,
        links: LinkInquiry | None = None,
    ) -> KnowledgeBase:
        turn_encoder = TurnEncoder(encoder or Spelled())
        return KnowledgeBase(
            database, events or MemoryEvents(), clock, turn_encoder, cache=cache, options=options, links=links
        )

    return make


@pytest.fixture(scope="session")
def published(encoder: TurnEncoder, cache_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> KnowledgeBase:
    """The small bank, published once for every test that only searches."""

    async def publish() -> KnowledgeBase:
        database = Database(f"sqlite+aiosqlite:///{tmp_path_factory.mktemp('published') / 'kb.db'}")
        await database.migrate()
        knowledge = KnowledgeBase(database, MemoryEvents(), ManualClock(), encoder, cache=cache_folder)
        await knowledge.load([EntryContent.model_validate(entry) for entry in BANK])
        await database.close()
        return knowledge

    return asyncio.run(publish())


Write = Callable[[KnowledgeBase, EntryContent], Awaitable[Revision]]


@pytest.fixture
def write() -> Write:
    """Store a draft of an editor and ask for its review."""

    async def written(knowledge: KnowledgeBase, content: EntryContent) -> Revision:
        draft = await knowledge.editing.save(content, "editor")
        return await knowledge.editing.submit(content.id, draft.number, "editor")

    return written


@pytest.fixture(autouse=True)
def _learns_here(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """A process for each small lesson would take seconds; ``real_learner`` wants one all the same."""
    if "real_learner" not in request.keywords:
        monkeypatch.setattr(Learner, "learn", lambda _, release: release.learn())


@pytest.fixture
def knowledge(worker: Callable[..., KnowledgeBase]) -> KnowledgeBase:
    return worker()


@pytest.fixture
async def sign_in(
    knowledge: KnowledgeBase, database: Database, clock: ManualClock
) -> AsyncIterator[Callable[..., Any]]:
    """A browser in which somebody of these roles is signed in; without one, nobody is."""
    app = create_app(Settings(_env_file=None))
    app.state.knowledge = knowledge
    app.state.identity = Identity(database, clock, secret_key="a secret key of this test", session_hours=1)
    records = ConversationRecords(database)
    app.state.suggestions = Suggestions(database, clock, knowledge, records, app.state.identity)
    app.state.insight = Insight(database, records)
    opened: list[httpx.AsyncClient] = []

    async def sign_in_as(*roles: Role) -> httpx.AsyncClient:
        client = httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://bank")
        opened.append(client)
        if roles:
            account = {"login": f"{roles[0]}-{len(opened)}", "password": "a long password"}
            await app.state.identity.create_staff(account["login"], "何静", account["password"], roles)
            client.headers["X-CSRF-Token"] = (await client.post("/api/staff/login", json=account)).json()["csrf"]
        return client

    sign_in_as.app = app  # type: ignore[attr-defined]  # for tests that look behind the calls
    yield sign_in_as
    for client in opened:
        await client.aclose()
