SHELL := /bin/bash
.PHONY: help setup run test check evaluate clean
.DEFAULT_GOAL := help
QUESTIONS := evaluation/datasets/demo

help: ## this list
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

setup: ## make both Python environments, the pages, the encoder and the bot's model
	@deploy/setup.sh

run: setup ## start the whole system and print its addresses
	@.venv/bin/python -m deploy.launch

test: setup ## every test that can run here; says what it skips
	@bot/.venv/bin/python -m pytest tests/bot -q
	@cd web && npm run --silent test
	@.venv/bin/python -m pytest -q -n auto --dist loadfile

check: setup ## ruff, mypy and the pages' types
	@.venv/bin/ruff check . && .venv/bin/ruff format --check .
	@.venv/bin/mypy server.py kit kb chat handoff identity evaluation deploy
	@.venv/bin/mypy --config-file bot/mypy.ini bot
	@cd web && npm run --silent check

evaluate: setup ## the shipped question sets against the shipped knowledge base
	@.venv/bin/python -m evaluation faq --queries $(QUESTIONS)/queries_zh.jsonl --queries $(QUESTIONS)/queries_en.jsonl
	@.venv/bin/python -m evaluation followups --cases $(QUESTIONS)/followups_zh.jsonl --cases $(QUESTIONS)/followups_en.jsonl
	@.venv/bin/python -m evaluation doubles --cases $(QUESTIONS)/doubles_zh.jsonl --cases $(QUESTIONS)/doubles_en.jsonl

clean: ## remove everything that was built; conversations and secrets in var/ stay
	rm -rf .venv bot/.venv bot/models web/node_modules web/dist var/encoder var/cache
	rm -rf .mypy_cache .ruff_cache .pytest_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
