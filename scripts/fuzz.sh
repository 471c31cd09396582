#!/usr/bin/env bash
# Feeds the readers of cbsim with hostile input.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

usage() {
  cat <<'END_USAGE'
usage: fuzz.sh SECONDS [TARGET...]

Builds the fuzz targets of tests/fuzz (by default all: config, csv, ...) with clang, sanitizers and
libFuzzer and runs each for that long, starting from its corpus in tests/fuzz/corpus. An input that
crashes, takes more than 5 s of the processor or more than 1 GiB, or ends in another way than accepted or refused by
a clear error is a finding: it is kept in a folder, and the exit code is 1.

CBSIM_FUZZ_BUILD=DIR  the build folder; default build-fuzz. One that is configured already keeps
                      its configuration, which must have CBSIM_FUZZ=ON.
CBSIM_FUZZ_KEEP=DIR   a folder for the inputs that are found to reach new code, one below it a
                      target; by default they are thrown away.
END_USAGE
}

case ${1-} in
  -h | --help) usage && exit ;;
esac
[[ ${1-} =~ ^[1-9][0-9]*$ ]] || { usage >&2 && exit 2; }
readonly seconds=$1
shift
readonly source=$PWD build=${CBSIM_FUZZ_BUILD:-build-fuzz}

scripts/install_packages.sh build check
if [[ ! -f $build/CMakeCache.txt ]]; then
  generator=()
  if command -v ninja >/dev/null; then generator=(-G Ninja); fi
  cmake -S . -B "$build" "${generator[@]}" -DCMAKE_CXX_COMPILER=clang++ \
    -DCMAKE_BUILD_TYPE=RelWithDebInfo "-DCMAKE_CXX_FLAGS_RELWITHDEBINFO=-O1 -gline-tables-only" \
    -DCBSIM_FUZZ=ON -DCBSIM_WERROR=ON -DBUILD_TESTING=OFF
fi

targets=("$@")
if [[ $# -eq 0 ]]; then
  for file in tests/fuzz/*_fuzz.cpp; do
    name=${file##*/}
    targets+=("${name%_fuzz.cpp}")
  done
fi
for name in "${targets[@]}"; do
  if [[ ! -f tests/fuzz/${name}_fuzz.cpp ]]; then
    echo "fuzz.sh: no target '$name'; there is no tests/fuzz/${name}_fuzz.cpp" >&2
    exit 2
  fi
done
cmake --build "$build" --parallel "$(nproc)" --target "${targets[@]/#/fuzz_}"
executables=$(cd "$build" && pwd)/tests/fuzz

# Targets write their files in memory where they can.
shm=/dev/shm
[[ -w $shm ]] || shm=${TMPDIR:-/tmp}
work=$(mktemp -d "$shm/cbsim-fuzz.XXXXXX")
found=${TMPDIR:-/tmp}/cbsim-fuzz-findings
trap 'rm -rf "$work"' EXIT

# stat NAME LOG: a number of libFuzzer's -print_final_stats.
stat() { sed -n "s/^stat::$1: *//p" "$2" | tail -1; }

status=0
printf '%-12s %12s %10s %8s  %s\n' target executions 'per s' edges findings
for name in "${targets[@]}"; do
  log=$work/$name.log
  corpus=${CBSIM_FUZZ_KEEP:-$work}/$name
  mkdir -p "$corpus" "$work/tmp" "$found"
  options=(-max_total_time="$seconds" -timeout=100 -rss_limit_mb=1536 -malloc_limit_mb=1024
    -max_len=4096 -print_final_stats=1 -artifact_prefix="$found/$name-")
  dictionary=tests/fuzz/dict/$name.dict
  if [[ -f $dictionary ]]; then options+=("-dict=$source/$dictionary"); fi
  finding=none
  if ! TMPDIR=$work/tmp UBSAN_OPTIONS=print_stacktrace=1 "$executables/fuzz_$name" \
    "${options[@]}" "$corpus" "$source/tests/fuzz/corpus/$name" >"$log" 2>&1; then
    status=1
    finding=$(sed -n 's/^.*Test unit written to //p' "$log" | tail -1)
    grep -E '^(finding:|==[0-9]+==|SUMMARY|terminate|  what\(\))|runtime error' "$log" >&2 || tail -5 "$log" >&2
    echo "fuzz.sh: replay it with TMPDIR=/tmp $executables/fuzz_$name ${finding:-INPUT}" >&2
  fi
  executions=$(stat number_of_executed_units "$log")
  printf '%-12s %12s %10s %8s  %s\n' "$name" "${executions:-?}" \
    "$(stat average_exec_per_sec "$log")" \
    "$(sed -n 's/.* cov: \([0-9]*\).*/\1/p' "$log" | tail -1)" "${finding:-none saved}"
done
exit "$status"
