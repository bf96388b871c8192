#!/bin/sh
# Runs clients that others wrote, unchanged, against the imitated portal. Installs pinned versions
# into target/ and needs the network only for that, once.
#
#   tests/clients/run.sh [path of the shtat binary]
set -eu
cd "$(dirname "$0")/../.."
shtat=${1:-target/debug/shtat}
[ -x "$shtat" ] || cargo build --locked
venv=target/venv
work=$(mktemp -d)
portal=
stop() {
    [ -z "$portal" ] || kill "$portal" 2>/dev/null || true
    rm -rf "$work"
}
trap stop EXIT INT TERM

[ -x $venv/bin/python ] || python3 -m venv $venv
$venv/bin/pip install --quiet --disable-pip-version-check -r tests/clients/requirements.txt
if command -v npm >/dev/null; then
    mkdir -p target/node
    cp tests/clients/package.json tests/clients/b24jssdk_check.mjs target/node/
    (cd target/node && npm install --silent --no-audit --no-fund)
fi

# Each client gets a portal of its own: 5,000 people, fresh.
check() {
    $venv/bin/python tests/clients/company.py >"$work/portal.json"
    rm -f "$work/url"
    "$shtat" sandbox --portal "$work/portal.json" --rate "$rate" >"$work/url" &
    portal=$!
    tries=0
    until [ -s "$work/url" ] || [ $tries -ge 60 ]; do
        tries=$((tries + 1))
        sleep 0.5
    done
    "$@" "$(head -n 1 "$work/url")"
    kill "$portal"
    portal=
}

rate=on
check $venv/bin/python tests/clients/fast_bitrix24_check.py
check $venv/bin/python tests/clients/b24pysdk_check.py
if command -v npm >/dev/null; then
    check node target/node/b24jssdk_check.mjs
fi
