"""Every setting, read once at start from the environment and ``.env``, prefix ``BILIN_``."""

from __future__ import annotations

import os
import secrets
from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from kit.hosts import Hosts

ROOT = Path(__file__).resolve().parent.parent
MOST_THREADS = 4


def default_threads() -> int:
    """The processors that this process may use, or all where the system does not say; at most `MOST_THREADS`."""
    try:
        usable = len(os.sched_getaffinity(0))
    except AttributeError:  # macOS
        usable = os.cpu_count() or 1
    return min(usable, MOST_THREADS)


class Settings(BaseSettings):
    """Frozen; passed to whoever needs it. ``docs/settings.md`` explains each field to operators."""

    model_config = SettingsConfigDict(
        env_prefix="BILIN_",
        env_file=".env",
        frozen=True,
        extra="ignore",
        env_ignore_empty=True,
    )

    data_dir: Path = Field(
        ROOT / "var",
        description="Folder for the database, the encoder and the secrets.",
    )
    content_dir: Path = Field(
        ROOT / "kb" / "content",
        description="Knowledge-base YAML files loaded at start.",
    )
    checks_dir: Path = Field(
        ROOT / "kb" / "checks",
        description="Questions with known answers, by which the bot's confidence is measured.",
    )
    web_dist: Path = Field(ROOT / "web" / "dist", description="The built front ends.")

    host: str = Field("127.0.0.1", description="Address that web listens on.")
    port: int = Field(8000, ge=1, le=65535, description="Port that web listens on.")
    widget_origins: str = Field("*", description="Comma-separated origins whose pages may embed the widget.")
    cookie_secure: bool = Field(
        False,
        description="Send the staff cookie over HTTPS only. Set it in production.",
    )

    database_url: str = Field("", description="SQLAlchemy URL; empty means SQLite in data_dir.")
    database_busy_seconds: float = Field(5.0, gt=0, description="How long SQLite waits for a lock before giving up.")
    redis_url: str = Field(
        "",
        description="Redis URL for events between workers; empty means in-process events.",
    )

    bot_url: str = Field("", description="Rasa's address; empty means this machine and bot_port.")
    bot_port: int = Field(5005, ge=1, le=65535, description="Port of the Rasa server.")
    bot_token: SecretStr = Field(
        SecretStr(""),
        description="Token of Rasa's HTTP API; empty means one from data_dir.",
    )
    bot_timeout_seconds: float = Field(8.0, gt=0, description="A bot slower than this counts as unavailable.")
    actions_port: int = Field(5055, ge=1, le=65535, description="Port of the action server.")
    internal_token: SecretStr = Field(
        SecretStr(""),
        description="Token the bot's actions show to web; empty means one from data_dir.",
    )

    encoder: str = Field("bundled", description="'bundled', or any sentence-transformers name or path.")
    encoder_prefix: str = Field(
        "",
        description="Text put in front of everything that is encoded; empty means what the encoder is known to need.",
    )
    encoder_threads: int = Field(
        default_factory=default_threads,
        ge=1,
        description="Threads of one encoding call; default: the processors that this process may use, at most 4.",
    )
    encoder_precision: Literal["float32", "int8"] = Field(
        "float32", description="Weights of the encoder and its English companion as they are, or in 8 bits."
    )
    encoder_companions: bool = Field(True, description="Whether two small bundled encoders help the configured one.")
    answered_precision: float = Field(
        0.95, gt=0, lt=1, description="Share of the bot's answers that shall be right; sets when it answers."
    )
    learn_after_seconds: float = Field(
        5.0, ge=0, description="Seconds without a publication before the search learns from the newest one."
    )
    clarified_success: float = Field(
        0.5,
        gt=0,
        lt=1,
        description="Share of the bot's choices that shall hold the right one; sets when it offers them.",
    )
    webhook_urls: str = Field("", description="Comma-separated addresses that are told of each release.")
    webhook_secret: SecretStr = Field(
        SecretStr(""),
        description="Signs what webhooks are told; empty means one from data_dir.",
    )

    link_hosts: str = Field(
        "",
        description="Comma-separated hosts whose pages are asked for where an answer links them; empty asks none.",
    )

    shopper_secret: SecretStr = Field(
        SecretStr(""),
        description="Signs the marker of simulated customers and mystery shoppers; empty means one from data_dir.",
    )
    bridge_url: str = Field("", description="Webhook of another agent desk that takes the place of ours; or empty.")
    bridge_secret: SecretStr = Field(
        SecretStr(""),
        description="Signs what the other desk is told; empty means one from data_dir.",
    )
    bridge_token: SecretStr = Field(
        SecretStr(""),
        description="Token that the other desk shows to web; empty means one from data_dir.",
    )

    reranker: str = Field("", description="Cross-encoder that orders the first candidates, by path or name; or empty.")
    reranker_candidates: int = Field(5, ge=2, le=5, description="How many of the first candidates the reranker sees.")
    search_without: str = Field("", description="Comma-separated parts of the search to switch off.")
    time_zone: str = Field("Asia/Shanghai", description="Time zone in which an entry's first and last day are meant.")

    teams_file: str = Field("", description="YAML file of teams, read when there are none yet; empty means none.")
    agent_capacity: int = Field(4, ge=1, le=50, description="Conversations an agent may have at once.")
    agent_grace_seconds: float = Field(60.0, ge=5, description="How long an agent's desk may be away.")
    queue_head_starts: str = Field(
        "vulnerable=240,elder=15,complaint=10,vip=5",
        description="Minutes by which each class of customer counts as having waited longer.",
    )
    claim_secret: SecretStr = Field(
        SecretStr(""),
        description="Verifies what the bank's own pages claim of a customer; empty means nothing is believed.",
    )
    handoff_policy: Path = Field(ROOT / "handoff" / "policy.yml", description="Table of who gets a person, and why.")

    secret_key: SecretStr = Field(
        SecretStr(""),
        description="Signs staff sessions; empty means one from data_dir.",
    )
    session_hours: float = Field(10.0, gt=0, description="How long a staff sign-in lasts.")
    demo: bool = Field(False, description="Create the demonstration staff accounts at start.")

    log_level: Literal["debug", "info", "warning", "error"] = Field("info", description="Least level that is logged.")
    log_format: Literal["console", "json"] = Field("json", description="Log lines for people or for machines.")

    @field_validator("data_dir", "content_dir", "checks_dir", "web_dist", "handoff_policy")
    @classmethod
    def _absolute(cls, path: Path) -> Path:
        return path if path.is_absolute() else (ROOT / path).resolve()

    @field_validator("link_hosts")
    @classmethod
    def _hosts(cls, written: str) -> str:
        Hosts.parse(written)
        return written

    @property
    def resolved_database_url(self) -> str:
        """The database to open: the configured one, or SQLite in the data folder."""
        return self.database_url or f"sqlite+aiosqlite:///{self.data_dir / 'bilin.db'}"

    @property
    def webhook_addresses(self) -> list[str]:
        """Who is told of each release."""
        return [address.strip() for address in self.webhook_urls.split(",") if address.strip()]

    @property
    def resolved_bot_url(self) -> str:
        """Where Rasa answers."""
        return self.bot_url.rstrip("/") or f"http://127.0.0.1:{self.bot_port}"

    def secret(
        self,
        name: Literal[
            "secret_key",
            "bot_token",
            "internal_token",
            "webhook_secret",
            "shopper_secret",
            "bridge_secret",
            "bridge_token",
        ],
    ) -> str:
        """A configured secret, or one made at first need and kept in the data folder, readable by the owner only."""
        configured: SecretStr = getattr(self, name)
        if configured.get_secret_value():
            return configured.get_secret_value()
        return stored_secret(self.data_dir / "secrets" / name)


def stored_secret(path: Path) -> str:
    """Read the secret at ``path``; the first process to ask makes it, whoever else asks gets the same one."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    fresh = path.with_name(f".{path.name}-{secrets.token_hex(8)}")
    if not path.exists():
        fresh.touch(mode=0o600)
        fresh.write_text(secrets.token_urlsafe(32))
        try:
            path.hardlink_to(fresh)
        except FileExistsError:
            pass
        finally:
            fresh.unlink()
    return path.read_text().strip()
