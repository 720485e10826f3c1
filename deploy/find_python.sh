#!/usr/bin/env bash
# Prints the path of a Python interpreter: `find_python.sh 3.10` or `find_python.sh 3.11+`.
# Looks at BILIN_PYTHON310 / BILIN_PYTHON, then PATH, pyenv, uv and the usual folders. A shim that does not run is passed over.
set -u
want=$1
case $want in
  3.10) minors="10"; chosen=${BILIN_PYTHON310:-}; variable=BILIN_PYTHON310 ;;
  3.11+) minors="11 12 13"; chosen=${BILIN_PYTHON:-}; variable=BILIN_PYTHON ;;
  *) echo "find_python.sh: say 3.10 or 3.11+" >&2; exit 2 ;;
esac

runs() { # path, minor
  [ -x "$1" ] && "$1" -c "import sys, venv, ensurepip; sys.exit(sys.version_info[:2] != (3, $2))" >/dev/null 2>&1
}

if [ -n "$chosen" ]; then
  for minor in $minors; do runs "$chosen" "$minor" && { echo "$chosen"; exit 0; }; done
  echo "$variable=$chosen is not a working Python $want." >&2
  exit 1
fi

pyenv_root=${PYENV_ROOT:-$(command -v pyenv >/dev/null 2>&1 && pyenv root || echo "$HOME/.pyenv")}
for minor in $minors; do
  name=python3.$minor
  for candidate in "$(command -v "$name" 2>/dev/null)" \
      "$pyenv_root"/versions/3."$minor".*/bin/"$name" \
      "$HOME"/.local/share/uv/python/cpython-3."$minor"*/bin/"$name" \
      /usr/local/bin/"$name" /opt/homebrew/bin/"$name" /usr/bin/"$name" \
      "$(command -v python3 2>/dev/null)"; do
    [ -n "$candidate" ] && runs "$candidate" "$minor" && { echo "$candidate"; exit 0; }
  done
done
echo "Python $want was not found. Install it (for example 'pyenv install ${want%+}' or 'uv python install ${want%+}')," \
     "or set $variable to its path." >&2
exit 1
