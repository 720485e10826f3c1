#!/usr/bin/env bash
# Makes everything that `make run` and `make test` need. Each step is skipped while what it is made from is unchanged.
set -euo pipefail
cd "$(dirname "$0")/.."
export PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_INPUT=1 RASA_TELEMETRY_ENABLED=false

steps=7
say() { printf '\033[1m[%s/%s]\033[0m %s\n' "$1" "$steps" "$2"; }
fail() { printf '\033[31mset-up stopped:\033[0m %s\n' "$1" >&2; exit 1; }
digest() { cat "$@" | python3 -c 'import hashlib, sys; print(hashlib.sha256(sys.stdin.buffer.read()).hexdigest())'; }
fresh() { [ -f "$1" ] && [ "$(cat "$1")" = "$2" ]; }
command -v python3 >/dev/null || fail "Python 3 was not found. Install Python 3.10 and Python 3.11 or newer."

environment() { # number, title, folder, wanted Python, requirements
  local number=$1 title=$2 folder=$3 wanted=$4 requirements=$5 python stamp log
  stamp=$(digest "$requirements" deploy/setup.sh)
  fresh "$folder/.made" "$stamp" && return
  python=$(deploy/find_python.sh "$wanted") || exit 1
  say "$number" "$title ($python; some minutes the first time)"
  log=$(mktemp)
  "$python" -m venv --clear "$folder"
  "$folder/bin/python" -m pip install --quiet -r "$requirements" >"$log" 2>&1 &
  local pip=$! seconds=0
  while kill -0 "$pip" 2>/dev/null; do
    sleep 1
    seconds=$((seconds + 1))
    if [ -t 1 ]; then
      printf '\r      %s s, %s installed ' "$seconds" "$(du -sh "$folder" 2>/dev/null | cut -f1)"
    elif [ $((seconds % 30)) = 0 ]; then
      echo "      $seconds s, $(du -sh "$folder" 2>/dev/null | cut -f1) installed"
    fi
  done
  [ -t 1 ] && printf '\r\033[K'
  wait "$pip" || { grep -v 'is ignored' "$log" | tail -n 20 >&2; fail "pip could not install $requirements; see above."; }
  rm -f "$log"
  echo "$stamp" >"$folder/.made"
}

pages() {
  local version stamp
  command -v node >/dev/null && command -v npm >/dev/null || fail "Node was not found. Install Node 20 or newer, with npm."
  version=$(node -p 'const [a, b] = process.versions.node.split(".").map(Number); a * 100 + b')
  [ "$version" -ge 2019 ] || fail "Node $(node --version) is too old. Install Node 20.19 or newer."
  stamp=$(digest web/package.json web/package-lock.json)
  if ! fresh web/node_modules/.made "$stamp"; then
    say 3 "packages of the pages"
    (cd web && npm ci --no-audit --no-fund --loglevel=error) || fail "npm could not install the pages' packages; see above."
    echo "$stamp" >web/node_modules/.made
  fi
  stamp=$(find web -path web/node_modules -prune -o -path web/dist -prune -o -type f -print0 | LC_ALL=C sort -z |
    xargs -0 cat | digest -)
  if ! fresh web/dist/.made "$stamp"; then
    say 4 "pages: widget, desk, demonstration"
    (cd web && npm run --silent build) || fail "the pages could not be built; see above."
    echo "$stamp" >web/dist/.made
  fi
}

encoder() {
  local folder=${BILIN_DATA_DIR:-var}/encoder stamp
  stamp=$(digest requirements.txt kb/bundled_encoder.py kb/packed_vocabulary.py kb/companions.py)
  fresh "$folder/.made" "$stamp" || rm -rf "$folder/multilingual-e5-small" "$folder/all-MiniLM-L6-v2"
  if [ -z "${BILIN_ENCODER:-}" ] && [ ! -f "$folder/multilingual-e5-small/bilin_complete.json" ]; then
    say 5 "encoder (about half a minute)"
    .venv/bin/python -m kb.bundled_encoder "$folder/multilingual-e5-small" >/dev/null || fail "the encoder could not be built."
  fi
  case "${BILIN_ENCODER_COMPANIONS:-true}" in
    0 | [Ff]alse | [Nn]o | [Oo]ff) ;;
    *)
      if [ ! -f "$folder/all-MiniLM-L6-v2/bilin_complete.json" ]; then
        say 5 "encoder's companion for English (about a quarter of a minute)"
        .venv/bin/python -m kb.companions "$folder/all-MiniLM-L6-v2" >/dev/null || fail "the English companion could not be prepared."
      fi
      ;;
  esac
  mkdir -p "$folder"
  echo "$stamp" >"$folder/.made"
}

knowledge() {
  local stamp made=${BILIN_DATA_DIR:-var}/cache/.made
  stamp=$(find kb handoff/data requirements.txt -name '__pycache__' -prune -o -type f -print0 | LC_ALL=C sort -z | xargs -0 cat | digest -)
  fresh "$made" "$stamp" && return
  say 6 "what the shipped knowledge base teaches (two to five minutes, only when it has changed)"
  .venv/bin/python -m deploy.prepare 2>/dev/null || fail "the knowledge base could not be prepared; run '.venv/bin/python -m deploy.prepare' to see why."
  echo "$stamp" >"$made"
}

bot() {
  local stamp
  stamp=$(find bot -path bot/.venv -prune -o -path bot/models -prune -o -name '__pycache__' -prune -o -type f -print0 |
    LC_ALL=C sort -z | xargs -0 cat | digest -)
  fresh bot/models/.made "$stamp" && return
  say 7 "the bot's model (about half a minute, only when what it is trained from has changed)"
  bot/.venv/bin/python bot/train.py || fail "the bot could not be trained; see above."
  echo "$stamp" >bot/models/.made
}

environment 1 "environment of web, evaluation and tests" .venv 3.11+ requirements.txt
environment 2 "environment of the bot" bot/.venv 3.10 bot/requirements.txt
pages
encoder
knowledge
bot
