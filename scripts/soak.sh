#!/usr/bin/env bash
# Lets robots trade for so many minutes (15) in the SQLite demo, kills the daemon with SIGKILL once a minute, samples its
# memory and open files every five seconds, and verifies the ledger at the end. Needs a built `bursar` (BURSAR names it).
set -euo pipefail
cd "$(dirname "$0")/.."

minutes=${1:-15}
bursar=${BURSAR:-target/release/bursar}
life=${LIFE_SECONDS:-60}
state=$(mktemp -d)
daemon=
finish() {
  if [ -n "$daemon" ]; then kill -9 "$daemon" 2>/dev/null || true; fi
  rm -rf "$state"
}
trap finish EXIT
# The robots' debts do not stop them: the last minute trades as much as the first.
export BURSAR__SETTLEMENT__DEBT_LIMIT=1000000000 BURSAR__DAEMON__STATE_DIRECTORY=$state
export BURSAR__HTTP__LISTEN=127.0.0.1:0

[ -x "$bursar" ] || { echo "no bursar at $bursar: cargo build --release"; exit 2; }
printf 'minute\tsecond\trss_kib\tfds\n'
for ((minute = 1; minute <= minutes; minute++)); do
  "$bursar" demo --json --for 86400s --speed 60 --robots 40 --seed "$minute" --dir "$state" \
    >"$state/out" 2>"$state/err" &
  daemon=$!
  for ((second = 5; second <= life; second += 5)); do
    sleep 5
    kill -0 "$daemon" 2>/dev/null || { echo "it ended by itself in minute $minute"; tail -20 "$state/err"; exit 1; }
    rss=$(awk '/^VmRSS/ { print $2 }' "/proc/$daemon/status")
    printf '%s\t%s\t%s\t%s\n' "$minute" "$second" "$rss" "$(find "/proc/$daemon/fd" -mindepth 1 | wc -l)"
  done
  kill -9 "$daemon"
  wait "$daemon" 2>/dev/null || true
  daemon=
  "$bursar" ledger verify --json
done
