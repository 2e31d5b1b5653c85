#!/bin/bash
# The steps of wine.sh, inside its Debian, as one of its users; see there.
set -euo pipefail
umask 077 # Wine shows these rights as Windows' access lists
export WINEPREFIX=$HOME/wine QUIPU_LANG=en QUIPU_PASSWORD='three knots on one cord'
old='tres nudos en un cordel' bound='otros nudos en otro cordel'
drive=$WINEPREFIX/drive_c/quipu # C:\quipu
copy=/quipu/shared/copy
cd "$HOME"

say() { echo "== $USER: $*" >&2; }
fail() { echo "wine.sh: $*" >&2; [ ! -e said ] || cat said >&2; exit 1; }
# q runs the program and must end well; not WORDS must not, and say these words.
q() { wine /quipu/quipu.exe "$@" >said 2>&1 || fail "quipu $* fails"; }
not() {
	local words=$1
	shift
	if wine /quipu/quipu.exe "$@" >said 2>&1; then fail "quipu $* ends well"; fi
	grep -qF "$words" said || fail "quipu $* does not say: $words"
}
says() { grep -qF "$1" said || fail "it does not say: $1"; }
begin() { # a register is served; url is where
	printf 'dir = "%s"\naddr = "127.0.0.1:0"\n[metrics]\naddr = ""\n' "$1" >"$drive/node.toml"
	wine /quipu/quipu.exe serve --config 'C:\quipu\node.toml' 2>serve.log &
	for _ in $(seq 300); do
		url=$(grep -o 'http://127.0.0.1:[0-9]*' serve.log | head -n 1 || true)
		[ -z "$url" ] || return 0
		sleep 0.1
	done
	cat serve.log >&2
	fail "serve does not begin"
}
stop() { # as the Task Scheduler does it: at once
	wine taskkill /f /im quipu.exe >/dev/null
	wait
}
answers() { # the page of the door, from the program that serves
	exec 3<>"/dev/tcp/127.0.0.1/${url##*:}"
	printf 'GET /entrar HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n\r\n' "${url#http://}" >&3
	cat <&3 >said
	exec 3>&-
	says 'HTTP/1.1 200 OK'
	says '<form'
}

if [ ! -e "$WINEPREFIX" ]; then
	say "a Windows of one's own"
	wine wineboot --init >said 2>&1 || fail "wineboot fails"
fi
rm -rf said
mkdir -p "$drive"

case $1 in
tests)
	rm -rf src
	cp -r /quipu/src .
	for p in $PACKAGES; do
		say "tests of internal/$p"
		some=. # of the store what the engine of laptops does: the rest is no matter of the system
		[ $p != store ] || some='^Test(Conformance|SameEverywhere|Reopen|Encrypted.*|WrongKey)$/^encrypted$'
		(cd "$HOME/src/internal/$p" && wine "/quipu/$(echo "$p" | tr / -).exe" -test.timeout 5m -test.run "$some") || fail "the tests of internal/$p fail"
	done
	;;

program)
	rm -rf "${drive:?}"/*
	say "an office's register: made, served, written to beside it, stopped, opened again"
	q account add checker --office ESMAD --role head --name Checker --dir 'C:\quipu\office'
	begin office
	answers
	printf 'DNI;Apellido paterno;Nombres;Sexo\n40000201;Condori;Ana;F\n' >"$drive/list.csv"
	q import 'C:\quipu\list.csv' --office ESMAD --dir 'C:\quipu\office'
	stop
	q search condori --dir 'C:\quipu\office'
	says Condori

	say "a laptop: enrolled at the hub, encrypted, bound to DPAPI"
	export QUIPU_PASSPHRASE=$old
	q node enrol --hub "$HUB" --code "$CODE" --passphrase --dir 'C:\quipu\laptop'
	! head -c 15 "$drive/laptop/quipu.db" | grep -q 'SQLite format' || fail "the database is not encrypted"
	export QUIPU_NEW_PASSPHRASE=$bound
	q passphrase --device --dir 'C:\quipu\laptop'
	says dpapi
	grep -q '^quipu-master-device-1 .* dpapi ' "$drive/laptop/keys/master.key" || fail "the key is not bound"
	not 'The passphrase of the master key is not right' search condori --dir 'C:\quipu\laptop'

	say "served, written to, stopped, opened again"
	export QUIPU_PASSPHRASE=$bound
	begin laptop
	answers
	stop
	q import 'C:\quipu\list.csv' --office ESMAD --dir 'C:\quipu\laptop'
	q search condori --dir 'C:\quipu\laptop'
	says Condori
	q doctor --dir 'C:\quipu\laptop'
	says 'only their owner reads them'
	q sync now --dir 'C:\quipu\laptop'

	say "keys that Windows lets others read"
	chmod 644 "$drive/laptop/keys/master.key"
	not 'Everyone *S-1-1-0' doctor --dir 'C:\quipu\laptop'
	chmod 600 "$drive/laptop/keys/master.key"

	say "a blob that is not right"
	cp "$drive/laptop/keys/master.key" key
	sed 's/\(.*\)....$/\1AAAA/' key >"$drive/laptop/keys/master.key"
	not 'The security chip (dpapi) did not give its half of the key back' search condori --dir 'C:\quipu\laptop'
	cp key "$drive/laptop/keys/master.key"
	q search condori --dir 'C:\quipu\laptop'
	rm -rf $copy
	cp -r "$drive/laptop" $copy
	chmod -R a+rwX $copy
	;;

unbind)
	say "without the device"
	export QUIPU_PASSPHRASE=$bound QUIPU_NEW_PASSPHRASE=$old
	q passphrase --dir 'C:\quipu\laptop'
	rm -rf $copy
	cp -r "$drive/laptop" $copy
	chmod -R a+rwX $copy
	;;

another | unbound)
	rm -rf "$drive/copy"
	cp -r $copy "$drive/copy"
	chmod -R go= "$drive/copy"
	if [ "$1" = another ]; then
		say "a copy of what is bound to another account does not open with the passphrase"
		export QUIPU_PASSPHRASE=$bound
		not 'The security chip (dpapi) did not give its half of the key back' search condori --dir 'C:\quipu\copy'
	else
		say "a copy of what is not bound opens"
		export QUIPU_PASSPHRASE=$old
		q search condori --dir 'C:\quipu\copy'
		says Condori
	fi
	;;
esac
