#!/bin/sh
# Installs what the tests need and this machine lacks: PostgreSQL, Chromium for the pages,
# poppler for paper, Python and curl for the JSON interface, a TPM. Where it may not install it
# says what to do.
set -eu

lacking=""
ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || command -v initdb >/dev/null 2>&1 || lacking="$lacking postgresql"
command -v chromium >/dev/null 2>&1 || command -v chromium-browser >/dev/null 2>&1 ||
	command -v google-chrome >/dev/null 2>&1 || lacking="$lacking chromium"
command -v swtpm >/dev/null 2>&1 || lacking="$lacking swtpm" # a TPM made of software
command -v pdftotext >/dev/null 2>&1 || lacking="$lacking poppler-utils" # reads the certificates back
command -v xmllint >/dev/null 2>&1 || lacking="$lacking libxml2-utils" # reads descriptions by their schema
command -v curl >/dev/null 2>&1 || lacking="$lacking curl" # runs the examples of docs/api.md
python3 -c "import ensurepip, venv" 2>/dev/null || lacking="$lacking python3-venv"
# R with its package survey, which reads our exports and is held against our figures: only
# where the system has it as a package.
standby=""
if apt-cache show r-cran-survey >/dev/null 2>&1; then
	# MASS is what survey's tests of ranks need and Debian only recommends.
	Rscript -e 'library(survey); library(MASS)' >/dev/null 2>&1 || standby="$standby r-cran-survey r-cran-mass"
fi
# The hub's database with a standby, whose leader a test kills. Where it cannot be had, because
# there is no apt-get or no such package or one may not install, that test is skipped and says so.
if command -v apt-get >/dev/null 2>&1; then
	command -v patroni >/dev/null 2>&1 || standby="$standby patroni python3-etcd"
	command -v etcd >/dev/null 2>&1 || standby="$standby etcd-server"
	[ -x /usr/sbin/haproxy ] || standby="$standby haproxy"
fi
[ -n "$lacking$standby" ] || exit 0

if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
	export DEBIAN_FRONTEND=noninteractive
	# No cluster of the system's own: each test starts one and takes it away.
	mkdir -p /etc/postgresql-common
	[ -e /etc/postgresql-common/createcluster.conf ] || echo 'create_main_cluster = false' >/etc/postgresql-common/createcluster.conf
	apt-get update -q >&2
	# shellcheck disable=SC2086
	[ -z "$lacking" ] || apt-get install -q -y --no-install-recommends $lacking >&2
	if [ -n "$standby" ]; then
		# None of them is to run by itself.
		quiet=""
		[ -e /usr/sbin/policy-rc.d ] || { quiet=/usr/sbin/policy-rc.d; printf '#!/bin/sh\nexit 101\n' >$quiet; chmod +x $quiet; }
		# shellcheck disable=SC2086
		apt-get install -q -y --no-install-recommends $standby >&2 ||
			echo "Not installed:$standby. The tests that need them are skipped and say so." >&2
		[ -z "$quiet" ] || rm -f "$quiet"
	fi
	exit 0
fi
[ -n "$lacking" ] || exit 0

{
	echo "The tests need:$lacking. Please install it, then run make test again:"
	echo "  Debian, Ubuntu   sudo apt-get install --no-install-recommends$lacking"
	echo "  Fedora           sudo dnf install$(echo "$lacking" | sed 's/postgresql/postgresql-server/; s/python3-venv/python3/; s/libxml2-utils/libxml2/')"
	echo "  macOS            brew install$(echo "$lacking" | sed 's/postgresql/postgresql@15/; s/poppler-utils/poppler/; s/python3-venv/python/; s/libxml2-utils/libxml2/')"
	echo "Without them: make quick, which skips the tests that would use them and says so."
} >&2
exit 1
