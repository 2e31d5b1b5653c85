#!/bin/sh
# Installs pyxform (BSD-2-Clause), the field's own converter of questionnaires, into a folder of
# its own and prints the Python that has it. A test compares our conversion with it; it is no part
# of the program. Where it cannot be installed this says so and prints nothing; with CI=true that
# is a failure.
#   QUIPU_PYXFORM=$(scripts/pyxform.sh) go test ./internal/survey/xform
set -eu
cd "$(dirname "$0")/.."
pins=scripts/pyxform.txt
venv=${PYXFORM_VENV:-${XDG_CACHE_HOME:-$HOME/.cache}/quipu/pyxform-$(cksum <$pins | cut -d' ' -f1)}
if [ ! -e "$venv/complete" ]; then
	rm -rf "$venv"
	if python3 -m venv "$venv" >&2 && "$venv/bin/pip" install -q --disable-pip-version-check --require-hashes -r $pins >&2; then
		touch "$venv/complete"
	else
		rm -rf "$venv"
		[ "${CI:-}" != true ] || { echo "pyxform cannot be installed" >&2; exit 1; }
		echo "pyxform: it cannot be installed here (Python 3.10 with venv and a way to PyPI); its test is skipped" >&2
		exit 0
	fi
fi
echo "$venv/bin/python"
