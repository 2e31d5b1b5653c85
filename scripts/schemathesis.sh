#!/bin/sh
# Asks the JSON interface of a running server, on a fresh register, what its OpenAPI
# document allows and does not allow, and fails when an answer breaks the document.
# Schemathesis (MIT) goes into a folder of its own and is no part of the program.
# Without Python 3 or a way to the package index it says so and does nothing.
set -eu
cd "$(dirname "$0")/.."
version=4.32.5
venv=${SCHEMATHESIS_VENV:-${XDG_CACHE_HOME:-$HOME/.cache}/quipu/schemathesis-$version}
tmp=$(mktemp -d)
server=
trap 'test -z "$server" || kill "$server" 2>/dev/null; rm -rf "$tmp"' EXIT INT TERM

if [ ! -x "$venv/bin/st" ]; then
	if ! python3 -m venv "$venv" || ! "$venv/bin/pip" install -q "schemathesis==$version"; then
		rm -rf "$venv"
		echo "schemathesis: skipped, it cannot be installed here" >&2
		exit 0
	fi
fi

export QUIPU_DIR="$tmp/reg" QUIPU_LANG=en
CGO_ENABLED=0 go build -o "$tmp/quipu" ./cmd/quipu
QUIPU_PASSWORD='three knots on one cord' "$tmp/quipu" account add checker --office ESMAD --role head --name Checker
token=$("$tmp/quipu" token add checker --days 1 --scope \
	search,read,read_detail,read_sealed,register,edit,transfer,import,undo_import,read_log,audit,offices)
# A person to open and an import to take back, so that not every path ends in a 404.
printf 'DNI;Apellido paterno;Nombres;Sexo\n10117410;Quispe;Juan;M\n' >"$tmp/one.csv"
printf 'Apellido paterno;Nombres;Sexo\nCondori;Ana;F\n' >"$tmp/two.csv"
"$tmp/quipu" import "$tmp/one.csv" --office ESMAD --json >/dev/null
batch=$("$tmp/quipu" import "$tmp/two.csv" --office ESMAD --json | sed 's/.*"batch":"\([^"]*\)".*/\1/')
person=$("$tmp/quipu" search 10117410 --json | sed 's/.*"person":"\([^"]*\)".*/\1/')
printf '[parameters]\n"path.id" = "%s"\n"path.batch" = "%s"\n' "$person" "$batch" >"$tmp/schemathesis.toml"

"$tmp/quipu" serve --addr 127.0.0.1:0 2>"$tmp/log" &
server=$!
url=
for _ in $(seq 100); do
	url=$(grep -o 'http://127.0.0.1:[0-9]*' "$tmp/log" || true)
	[ -z "$url" ] || break
	sleep 0.1
done
[ -n "$url" ] || { cat "$tmp/log" >&2; exit 1; }

# The document cannot say which fields, codes and dates the register takes, so a refusal of
# what it allows (positive_data_acceptance) is no fault.
status=0
"$venv/bin/st" --config-file "$tmp/schemathesis.toml" run internal/api/openapi.yaml --url "$url/api/v1" --header "Authorization: Bearer $token" \
	--max-examples "${EXAMPLES:-20}" --rate-limit 15/s --seed 1 --workers 1 --suppress-health-check all \
	--checks all --exclude-checks positive_data_acceptance --request-timeout 10 --max-time "${SECONDS_MAX:-110}" >"$tmp/report" 2>&1 || status=$?
tail -n "${LINES_SHOWN:-60}" "$tmp/report"
if grep -q '"msg":"panic"' "$tmp/log"; then
	grep '"msg":"panic"' "$tmp/log" >&2
	status=1
fi
exit "$status"
