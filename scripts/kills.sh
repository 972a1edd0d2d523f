#!/usr/bin/env bash
# Kills the daemon with SIGKILL 1,000 times and more, at random moments under load: on SQLite, PostgreSQL and MariaDB side by side
# (400, 300 and 300 times, or as the arguments say), and prints what each loop counted. Every life must leave an exact ledger.
# Builds the end-to-end tests; BURSAR_E2E names a binary of them that is built already, BURSAR_E2E_SEED other moments.
set -euo pipefail
cd "$(dirname "$0")/.."

export BURSAR_REQUIRE_SERVICES=1
export BURSAR_TEST_MARIADB_URL=${BURSAR_TEST_MARIADB_URL:-mysql://root@127.0.0.1:3306/test}
e2e=${BURSAR_E2E:-}
if [ -z "$e2e" ]; then
  e2e=$(cargo test --test e2e --no-run 2>&1 | sed -n 's/.*Executable.*(\(.*\))$/\1/p')
fi
[ -x "$e2e" ] || { echo "no built end-to-end tests: cargo test --test e2e --no-run"; exit 2; }

told=$(mktemp -d)
loops=()
finish() {
  local loop
  for loop in "${loops[@]}"; do kill "$loop" 2>/dev/null || true; done
  rm -rf "$told"
}
trap finish EXIT

begin() {
  BURSAR_E2E_KILLS=$2 "$e2e" --exact --nocapture \
    "kill::killed_at_random_moments_on_${1}_it_charges_no_position_twice_and_forgets_none" >"$told/$1" 2>&1 &
  loops+=($!)
}

started=$SECONDS
names=(sqlite postgres mariadb)
begin sqlite "${1:-400}"
begin postgres "${2:-300}"
begin mariadb "${3:-300}"
failed=0
for index in "${!names[@]}"; do
  name=${names[$index]}
  if wait "${loops[$index]}"; then
    grep ' kills, ' "$told/$name"
  else
    failed=1
    echo "$name FAILED"
    tail -60 "$told/$name"
  fi
done
echo "$((SECONDS - started)) s"
exit "$failed"
