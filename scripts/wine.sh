#!/bin/sh
# Runs under Wine what is particular to Windows: the packages that ask the system, and the whole
# program with a register whose key DPAPI keeps for one account, enrolled at a hub of this
# computer. For a developer's machine; no part of `make test`. It needs Debian or Ubuntu, root
# (it mounts in a namespace of its own), mmdebstrap, and a way to Debian's packages the first
# time: Go needs Wine 10 (that of Debian 12 lacks ProcessPrng and FileDispositionInformationEx),
# so it comes with a Debian 13 of its own in a folder, 1.1 GB, nothing of which is installed here.
# What it says of Windows is what Wine does; docs/operation.md tells what it cannot show.
#   scripts/wine.sh [tests|program]             one half of it
#   QUIPU_WINE=/var/tmp/wine scripts/wine.sh    the folder of that Debian
set -eu
cd "$(dirname "$0")/.."
guest=${QUIPU_WINE:-${XDG_CACHE_HOME:-$HOME/.cache}/quipu/wine}
packages="host seal store app/node operation"
what=${1:-all}
case $what in all | tests | program) ;; *) echo "wine.sh: say tests, program or nothing" >&2; exit 2 ;; esac

[ "$(id -u)" = 0 ] || { echo "wine.sh: it needs root, for it mounts and changes root in a namespace of its own" >&2; exit 1; }
if [ ! -e "$guest/complete" ]; then
	command -v mmdebstrap >/dev/null || { echo "wine.sh: it needs mmdebstrap: apt-get install mmdebstrap" >&2; exit 1; }
	rm -rf "$guest"
	mkdir -p "$guest"
	mmdebstrap --variant=minbase --include=wine,wine64 --aptopt='APT::Install-Recommends "false"' trixie "$guest" http://deb.debian.org/debian >&2
	for login in rosa julia; do chroot "$guest" useradd --create-home $login; done
	touch "$guest/complete"
fi

server=
trap 'test -z "$server" || { kill "$server" 2>/dev/null; wait "$server" 2>/dev/null || true; }; rm -rf "$guest/quipu"' EXIT
trap 'exit 1' INT TERM
at=$guest/quipu
rm -rf "$at"
mkdir "$at"
echo "== build" >&2
export CGO_ENABLED=0
[ $what != program ] || packages=
for p in $packages; do
	GOOS=windows go test -c -o "$at/$(echo "$p" | tr / -).exe" "./internal/$p"
	mkdir -p "$at/src/internal/$p"
	[ ! -d "internal/$p/testdata" ] || cp -r "internal/$p/testdata" "$at/src/internal/$p/"
done
cp -r packaging "$at/src/"
mkdir "$at/src/docs"
cp docs/*.md "$at/src/docs/"
[ $what = tests ] || GOOS=windows go build -o "$at/quipu.exe" ./cmd/quipu
go build -o "$at/quipu" ./cmd/quipu
cp scripts/wine/inside.sh "$at/"

# A hub, of this system: the laptop of the check is enrolled there.
hub="$at/quipu"
export QUIPU_LANG=en
"$hub" account add checker --office ESMAD --role head --name Checker --dir "$at/hub" >/dev/null 2>&1 <<END
three knots on one cord
three knots on one cord
END
code=$("$hub" node code --office ESMAD --laptop --dir "$at/hub" 2>/dev/null)
[ -n "$code" ]
printf 'dir = "%s/hub"\naddr = "127.0.0.1:0"\n[hub]\nserve = true\n[metrics]\naddr = ""\n' "$at" >"$at/hub.toml"
"$hub" serve --config "$at/hub.toml" 2>"$at/hub.log" &
server=$!
for _ in $(seq 100); do
	url=$(grep -o 'http://127.0.0.1:[0-9]*' "$at/hub.log" || true)
	[ -z "$url" ] || break
	sleep 0.1
done
[ -n "$url" ] || { cat "$at/hub.log" >&2; exit 1; }
chmod 755 "$at"
chmod 700 "$at/hub"

# inside.sh LOGIN STEP runs in the guest as one of its two users, each with a Windows of their own.
inside() {
	guest=$guest unshare --mount sh -eu -c 'mount -t proc proc "$guest/proc" && mount --rbind /dev "$guest/dev"
		exec chroot --userspec="$1:$1" "$guest" /usr/bin/env -i "HOME=/home/$1" "USER=$1" "LOGNAME=$1" PATH=/usr/bin:/bin LANG=C.UTF-8 WINEDEBUG=-all XDG_RUNTIME_DIR=/tmp \
			"PACKAGES=$2" "HUB=$3" "CODE=$4" bash /quipu/inside.sh "$5"' sh "$1" "$packages" "$url" "$code" "$2"
}
mkdir "$at/shared"
chmod 777 "$at/shared" # where the one account leaves a copy for the other
[ $what = program ] || inside rosa tests
if [ $what != tests ]; then
	inside rosa program
	inside julia another
	inside rosa unbind
	inside julia unbound
fi
echo "wine.sh: all of it holds under $(chroot "$guest" dpkg-query -f 'Wine ${Version}' -W wine)" >&2
