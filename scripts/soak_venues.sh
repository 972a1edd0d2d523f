#!/usr/bin/env bash
# Lets 200 robots trade for so many minutes (10) on five served venues at once, 40 on eight accounts of each, in one daemon: with
# faults on all five all the time (lost requests and answers, errors, delays, limits, old answers, silent, cut and disordered streams),
# people who close what robots opened, and two kills with SIGKILL. Then the faults end, everything is closed, and both sides are compared:
# every order, what is held, and every cent that was earned, account by account; every close with a profit is charged or owed once,
# nobody was banned, and the ledger is exact. Prints a table, memory and open files, and what was warned of.
#
# A market is told a price every 20 ms instead of every second, with the same move from one to the next, so a minute holds as many prices,
# breakouts and exits as fifty minutes of the usual generator: four minutes are more than three hours. Clocks run as always, because
# limits, deadlines, signatures and streams are held against the time of day.
#
#   scripts/soak_venues.sh MINUTES SEED     BURSAR_E2E names built end-to-end tests; BURSAR_E2E_SOAK_ACCOUNTS (8 at each venue),
#                                           BURSAR_E2E_SOAK_ROBOTS (5 on each account), BURSAR_E2E_SOAK_TICK_MS (20)
set -euo pipefail
cd "$(dirname "$0")/.."

export BURSAR_E2E_SOAK_SECONDS=$((${1:-10} * 60)) BURSAR_E2E_SEED=${2:-1}
export BURSAR_E2E_SOAK_ACCOUNTS=${BURSAR_E2E_SOAK_ACCOUNTS:-8} BURSAR_E2E_SOAK_ROBOTS=${BURSAR_E2E_SOAK_ROBOTS:-5}
e2e=${BURSAR_E2E:-}
if [ -z "$e2e" ]; then
  e2e=$(cargo test --test e2e --no-run 2>&1 | sed -n 's/.*Executable.*(\(.*\))$/\1/p')
fi
[ -x "$e2e" ] || { echo "no built end-to-end tests: cargo test --test e2e --no-run"; exit 2; }
exec "$e2e" --exact --nocapture venues_soak::on_five_venues_at_once_with_faults_kills_and_people_nothing_is_lost_or_doubled
