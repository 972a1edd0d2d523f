#!/usr/bin/env bash
# Looks for bytes that make a venue's parser panic: so many seconds for each venue (300 when none are told), or for those that are named:
# scripts/fuzz.sh 60 okx gate. Needs cargo-fuzz. Builds, grows its corpus and leaves what it finds in BURSAR_FUZZ, outside of the repository;
# BURSAR_FUZZ_SEEDS names a folder with further seeds, in a folder for each venue. Ends with an error at the first venue that panics.
set -euo pipefail
cd "$(dirname "$0")/.."

place=${BURSAR_FUZZ:-${TMPDIR:-/tmp}/bursar-fuzz}
seconds=${1:-300}
shift || true
venues=("$@")
[ "${#venues[@]}" -gt 0 ] || venues=(binance bitget bybit gate okx)

# A stable compiler has what is needed, and has to be told that it may. Without `unsafe` a sanitizer for memory finds little; overflow is checked.
export RUSTC_BOOTSTRAP=1
for venue in "${venues[@]}"; do
  mkdir -p "$place/corpus/$venue" "$place/found/$venue"
  seeds=("fuzz/seeds/$venue")
  [ -d "${BURSAR_FUZZ_SEEDS:-}/$venue" ] && seeds+=("$BURSAR_FUZZ_SEEDS/$venue")
  printf '== %s\n' "$venue"
  cargo fuzz run "$venue" "$place/corpus/$venue" "${seeds[@]}" --sanitizer none --target-dir "$place/target" -- \
    -dict=fuzz/venue.dict -max_len=4096 -timeout=5 -artifact_prefix="$place/found/$venue/" -print_final_stats=1 \
    -max_total_time="$seconds"
done
