#!/bin/sh
# Installs Splink (MIT), which `quipu bench link` measures beside `quipu link`, into a folder
# of its own and prints the folder. It is no part of the program and no test needs it.
#   QUIPU_SPLINK=DIR scripts/splink.sh   installs it there; set it for the benchmark too
set -eu
cd "$(dirname "$0")/.."
pins=scripts/splink.txt
venv=${QUIPU_SPLINK:-${XDG_CACHE_HOME:-$HOME/.cache}/quipu/splink}

if [ "$(cat "$venv/complete" 2>/dev/null || true)" != "$(cksum <$pins)" ]; then
	# Only a folder that this script has made is taken away.
	if [ -e "$venv" ] && [ ! -e "$venv/pyvenv.cfg" ]; then
		echo "splink: $venv exists and is no environment of Python; choose another with QUIPU_SPLINK" >&2
		exit 1
	fi
	rm -rf "$venv"
	if ! { python3 -m venv "$venv" >&2 && "$venv/bin/pip" install -q --disable-pip-version-check --require-hashes -r $pins >&2; }; then
		rm -rf "$venv"
		echo "splink: it cannot be installed here; it needs Python 3.11 or later with venv and a way to PyPI" >&2
		exit 1
	fi
	cksum <$pins >"$venv/complete"
fi
echo "$venv"
