#!/bin/sh
# Asks the JSON interface of a running server, on a fresh register, what its OpenAPI
# document allows and does not allow, and fails when an answer breaks the document.
# The questions are the same each time. Schemathesis (MIT) goes into a folder of its own
# and is no part of the program. Where it cannot be installed this says so and does
# nothing; with CI=true that is a failure.
#   EXAMPLES=200 SEED=7 scripts/schemathesis.sh   asks more, and other things
set -eu
cd "$(dirname "$0")/.."
root=$PWD
pins=scripts/schemathesis.txt
venv=${SCHEMATHESIS_VENV:-${XDG_CACHE_HOME:-$HOME/.cache}/quipu/schemathesis-$(cksum <$pins | cut -d' ' -f1)}
tmp=$(mktemp -d)
server=
# A server that ends keeps its index for the next start: it is waited for before its folder goes.
trap 'test -z "$server" || { kill "$server" 2>/dev/null; wait "$server" 2>/dev/null || true; }; rm -rf "$tmp"' EXIT
trap 'exit 1' INT TERM

if [ ! -e "$venv/complete" ]; then
	rm -rf "$venv"
	if python3 -m venv "$venv" >&2 && "$venv/bin/pip" install -q --disable-pip-version-check --require-hashes -r $pins >&2; then
		touch "$venv/complete"
	else
		rm -rf "$venv"
		[ "${CI:-}" != true ] || { echo "schemathesis cannot be installed" >&2; exit 1; }
		echo "schemathesis: skipped, it cannot be installed here (Python 3.11 with venv and a way to PyPI)" >&2
		exit 0
	fi
fi

export QUIPU_DIR="$tmp/reg" QUIPU_LANG=en
quipu() { "$tmp/quipu" "$@" 2>"$tmp/said" || { cat "$tmp/said" >&2; exit 1; }; }
CGO_ENABLED=0 go build -o "$tmp/quipu" ./cmd/quipu
QUIPU_PASSWORD='three knots on one cord'
export QUIPU_PASSWORD
quipu account add checker --office ESMAD --role head --name Checker >/dev/null
for login in rosa julia; do quipu account add $login --office ESMAD --role window --name Somebody >/dev/null; done
token=$(quipu token add checker --days 1 --scope search,read,read_detail,read_sealed,register,edit,transfer,import,undo_import,read_log,review_reads,audit,accounts,sessions,offices,rights,rights_decide,disclose,breach,retention,review,merge,campaign,attend)
quipu account add sara --office ESMAD --role statistician --name Somebody >/dev/null
stat=$(quipu token add sara --days 1 --scope offices,analyse)

# What there is to ask about, so that not every path ends in a 404: people, certificates of
# some, imports to take back.
{
	echo 'DNI;Apellido paterno;Nombres;Sexo;Fecha de nacimiento'
	for n in $(seq 101 140); do echo "40000$n;Quispe;Juan;M;1980-05-0$((n % 9 + 1))"; done
} >"$tmp/list.csv"
quipu import "$tmp/list.csv" --office ESMAD --json >/dev/null
values() { grep -o "\"$1\":\"[^\"]*\"" | cut -d: -f2 | paste -sd, -; }
quipu search quispe --limit 100 --json >"$tmp/people.json"
people=$(values person <"$tmp/people.json")
numbers=$(values number <"$tmp/people.json")
serials=$(for number in $(values number <"$tmp/people.json" | tr -d '"' | tr , '\n' | head -n 4); do
	quipu constancy issue "$number" --kind registration --out "$tmp/$number.pdf" --json
done | values serial)
batches=$(for n in 1 2 3 4 5 6; do
	printf 'DNI;Apellido paterno;Nombres;Sexo\n4000020%s;Condori;Ana;F\n' "$n" >"$tmp/list.csv"
	quipu import "$tmp/list.csv" --office ESMAD --json
done | values batch)
[ -n "$people" ] && [ -n "$serials" ] && [ -n "$batches" ]
# Mobile consulates, requests, what two offices wrote apart, surveys: no command makes them.
QUIPU_FURNISH="$QUIPU_DIR" CGO_ENABLED=0 go test -count=1 -run '^TestFurnish$' ./internal/api >"$tmp/said" 2>&1 || { cat "$tmp/said" >&2; exit 1; }
cat >"$tmp/schemathesis.toml" <<END
[dictionaries]
$(cat "$QUIPU_DIR.toml")
people = { values = [$people] }
serials = { values = [$serials] }
batches = { values = [$batches] }
pairs = { values = [@pairs@] }
verdicts = { values = ["same", "different", "unsure", "kept", "taken", "other"] }
thens = { values = ["different", "unsure", "open"] }
sides = { values = ["a", "b"] }
logins = { values = ["rosa", "julia"] }
consents = { values = ["alerts", "research", "events", "photo"] }
relations = { values = ["spouse", "mother", "father", "child", "sibling", "other_relative", "guardian"] }
statuses = { values = ["missing", "presumed_dead", "alive"] }
reasons = { values = ["returned", "moved", "lost", "damaged", "in_error"] }
offices = { values = ["ESMAD", "USPAT", "ARBUE"] }
kinds = { values = ["resident", "transient", "registration", "removal", "card", "access", "rectification", "cancellation"] }
channels = { values = ["window", "portal", "mobile", "letter"] }
states = { values = ["granted", "partly", "refused", "planned", "open", "under_way", "closed"] }
contestkinds = { values = ["person", "person", "person", "held", "campaign"] }
decisions = { values = ["let_in", "sent_back"] }
whys = { values = ["no_capacity", "papers_missing", "other"] }
offers = { values = ["next_day", "call_back", "nothing"] }
numbers = { values = [$numbers] }
seen = { values = ["*"] }
askers = { values = ["court", "family", "press"] }
aims = { values = ["civil", "trade", "enforcement"] }
certainties = { values = ["counted", "estimated", "unknown"] }
moments = { values = ["2026-01-02T03:04:05Z", "2020-02-29T23:59:59.5-05:00"] }
roles = { values = ["window", "supervisor"] }
sources = { values = ["declared", "document_seen"] }
dates = { values = ["1968", "1968-04", "1968-04-07", "2026-11-23", "198X", "XXXX", "1970~"] }
[parameters]
"path.id" = { dictionary = "people", probability = 0.9 }
"path.batch" = { dictionary = "batches", probability = 0.9 }
"path.serial" = { dictionary = "serials", probability = 0.9 }
"path.login" = { dictionary = "logins", probability = 0.9 }
"path.pair" = { dictionary = "pairs", probability = 0.9 }
"body.verdict" = { dictionary = "verdicts", probability = 0.9 }
"body.then" = { dictionary = "thens", probability = 0.9 }
"body.survivor" = { dictionary = "sides", probability = 0.9 }
"path.campaign" = { dictionary = "campaigns", probability = 0.9 }
"path.turn" = { dictionary = "turns", probability = 0.9 }
"path.kind" = { dictionary = "contestkinds", probability = 0.9 }
"path.entity" = { dictionary = "contested", probability = 0.9 }
"path.conflict" = { dictionary = "conflicts", probability = 0.9 }
"path.change" = { dictionary = "apart", probability = 0.9 }
"path.request" = { dictionary = "request", probability = 0.9 }
"path.disclosure" = { dictionary = "disclosure", probability = 0.9 }
"path.breach" = { dictionary = "breach", probability = 0.9 }
"path.proposal" = { dictionary = "proposal", probability = 0.9 }
"path.survey" = { dictionary = "surveys", probability = 0.9 }
"path.format" = { dictionary = "formats", probability = 0.9 }
"header.If-Match" = { dictionary = "seen", probability = 0.7 }
"body.decision" = { dictionary = "decisions", probability = 0.9 }
"body.why" = { dictionary = "whys", probability = 0.9 }
"body.offer" = { dictionary = "offers", probability = 0.9 }
"body.number" = { dictionary = "numbers", probability = 0.7 }
"path.purpose" = { dictionary = "consents", probability = 0.9 }
"path.code" = { dictionary = "offices", probability = 0.7 }
"body.person" = { dictionary = "people", probability = 0.9 }
"body.relation" = { dictionary = "relations", probability = 0.9 }
"body.status" = { dictionary = "statuses", probability = 0.9 }
"body.reason" = { dictionary = "reasons", probability = 0.9 }
"body.office" = { dictionary = "offices", probability = 0.7 }
"body.kind" = { dictionary = "kinds", probability = 0.9 }
"body.channel" = { dictionary = "channels", probability = 0.9 }
"body.state" = { dictionary = "states", probability = 0.9 }
"body.asker" = { dictionary = "askers", probability = 0.9 }
"body.aim" = { dictionary = "aims", probability = 0.9 }
"body.certainty" = { dictionary = "certainties", probability = 0.9 }
"body.noticed" = { dictionary = "moments", probability = 0.9 }
"body.at" = { dictionary = "moments", probability = 0.9 }
"body.role" = { dictionary = "roles", probability = 0.9 }
"body.date" = { dictionary = "dates", probability = 0.7 }
"body.provenance.source" = { dictionary = "sources", probability = 0.9 }
[checks.missing_required_header]
expected-statuses = [400, 401, 403, 415, 422, 428] # without If-Match: RFC 6585
END

printf 'dir = "reg"\naddr = "127.0.0.1:0"\n[api]\nper_second = 2000\nburst = 2000\n[metrics]\naddr = ""\n' >"$tmp/node.toml"
: >"$tmp/log"
"$tmp/quipu" serve --config "$tmp/node.toml" 2>"$tmp/log" &
server=$!
url=
for _ in $(seq 100); do
	url=$(grep -o 'http://127.0.0.1:[0-9]*' "$tmp/log" || true)
	[ -z "$url" ] || break
	sleep 0.1
done
[ -n "$url" ] || { cat "$tmp/log" >&2; exit 1; }

# Pairs come up when the list goes in, and have names that only the register knows.
pairs=$(curl -sf "$url/api/v1/pairs?limit=50" -H "Authorization: Bearer $token" | values pair)
[ -n "$pairs" ]
sed -i "s/@pairs@/$pairs/" "$tmp/schemathesis.toml"

# The document cannot say which fields, codes and dates the register takes, so a refusal of
# what it allows (positive_data_acceptance) is no fault. Two operations are left out: they
# would end the token that asks, and the rest would be 401.
# Surveys are for another token: who manages a register analyses none.
status=0
cd "$tmp" # its own files go there
ask() {
	bearer=$1
	shift
	"$venv/bin/st" --no-color --config-file schemathesis.toml run "$root/internal/api/openapi.yaml" --url "$url/api/v1" \
		--header "Authorization: Bearer $bearer" --max-examples "${EXAMPLES:-12}" --seed "${SEED:-1}" --generation-database none \
		--workers 1 --suppress-health-check all --checks all --exclude-checks positive_data_acceptance \
		--request-timeout 10 "$@" >report 2>&1 || { status=1; cat report >&2; return; }
	grep -A 1 "^Test cases" report >&2
}
ask "$token" --exclude-operation-id revokeMyToken --exclude-operation-id revokeToken --exclude-tag surveys
ask "$stat" --include-tag surveys
if grep '"msg":"panic"' log >&2; then status=1; fi
exit $status
