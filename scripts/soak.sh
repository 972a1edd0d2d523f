#!/usr/bin/env bash
# Lets robots trade for so many minutes (15) in the SQLite demo, kills the daemon with SIGKILL once a minute, samples its
# memory and open files every five seconds, verifies the ledger after each life, and at the end tells how steeply memory grew
# within each life once it was warm, and from life to life. Needs a built `bursar` (BURSAR names it). LIFE_SECONDS (60) is the
# length of a life, WARM_SECONDS (20) how much of it counts as warming up, SPEED (60) how much faster than life the market runs:
# `LIFE_SECONDS=900 WARM_SECONDS=300 scripts/soak.sh 1` is one long life.
set -euo pipefail
cd "$(dirname "$0")/.."

minutes=${1:-15}
bursar=${BURSAR:-target/release/bursar}
life=${LIFE_SECONDS:-60}
warm=${WARM_SECONDS:-20}
speed=${SPEED:-60}
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
  "$bursar" demo --json --for 86400s --speed "$speed" --robots 40 --seed "$minute" --dir "$state" \
    >"$state/out" 2>"$state/err" &
  daemon=$!
  for ((second = 5; second <= life; second += 5)); do
    sleep 5
    kill -0 "$daemon" 2>/dev/null || { echo "it ended by itself in minute $minute"; tail -20 "$state/err"; exit 1; }
    rss=$(awk '/^VmRSS/ { print $2 }' "/proc/$daemon/status")
    printf '%s\t%s\t%s\t%s\n' "$minute" "$second" "$rss" "$(find "/proc/$daemon/fd" -mindepth 1 | wc -l)" |
      tee -a "$state/samples"
  done
  kill -9 "$daemon"
  wait "$daemon" 2>/dev/null || true
  daemon=
  "$bursar" ledger verify --json
done

# Least squares over the samples of warm lives, in KiB per minute.
awk -v warm="$warm" '
  function slope(n, x, y, xx, xy) { return n > 1 && n * xx > x * x ? (n * xy - x * y) / (n * xx - x * x) : 0 }
  {
    if (NR == 1 || $4 < least) least = $4
    if ($4 > most) most = $4
    if ($2 < warm) next
    if ($1 > lives) lives = $1
    t = $2 / 60
    n[$1]++; x[$1] += t; y[$1] += $3; xx[$1] += t * t; xy[$1] += t * $3
  }
  END {
    for (i = 1; i <= lives; i++) {
      if (!n[i]) continue
      mean = y[i] / n[i]
      printf "life %d: %d samples, %.0f KiB on average, %+.0f KiB per minute\n", i, n[i], mean, slope(n[i], x[i], y[i], xx[i], xy[i])
      k++; lx += i; ly += mean; lxx += i * i; lxy += i * mean
    }
    printf "open files: %d to %d; from life to life %+.0f KiB\n", least, most, slope(k, lx, ly, lxx, lxy)
  }' "$state/samples"
