#!/usr/bin/env bash
# The long round of checks, after scripts/test.sh: sanitizers, valgrind, other compilers, lint, fuzzing,
# coverage.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

usage() {
  cat <<'END_USAGE'
usage: check.sh [STAGE...]

STAGE (by default all, 55 minutes on two cores):
  sanitizers  clang, no warnings; all tests under the address and undefined-behaviour sanitizers
  coverage    of the lines by those tests: at least 90 % of the library, 80 % of the program
  fuzz        each fuzz target for CBSIM_FUZZ_SECONDS (default 10)
  lint        clang-tidy on all sources
  threads     clang, portable build; a refit and whole experiments on threads under the thread sanitizer
  memory      g++, portable build; tests of the core under valgrind
  install     cmake --install, and a project elsewhere that finds and uses the libraries

Builds go to build-check/. Missing Debian packages are installed first.
END_USAGE
}

readonly all=(sanitizers coverage fuzz lint threads memory install)
readonly clang=build-check/clang thread=build-check/thread portable=build-check/portable
jobs=$(nproc)
readonly jobs

# configure DIR OPTION...
configure() {
  local folder=$1 generator=()
  shift
  if [[ ! -f $folder/CMakeCache.txt ]]; then generator=(-G Ninja); fi
  cmake -S . -B "$folder" "${generator[@]}" -DCMAKE_BUILD_TYPE=RelWithDebInfo -DCBSIM_WERROR=ON \
    -DBUILD_TESTING=ON "$@" >"$folder.log" 2>&1 || { cat "$folder.log" >&2 && exit 1; }
}

build() { cmake --build "$1" --parallel "$jobs" "${@:2}"; }

# One tree serves the sanitizers, the coverage, the fuzz targets and clang-tidy. Each source is
# compiled alone, so that none lives on what another includes.
clang_tree() {
  configure "$clang" -DCMAKE_CXX_COMPILER=clang++ -DCBSIM_FUZZ=ON -DCBSIM_UNITY=OFF \
    "-DCMAKE_CXX_FLAGS_RELWITHDEBINFO=-O1 -gline-tables-only --coverage"
}

# Without the tests that run little of cbsim, or start it hundreds of times, and those of threads,
# which have a stage of their own.
sanitizers() {
  clang_tree
  build "$clang"
  find "$clang" -name '*.gcda' -delete
  ctest --test-dir "$clang" --parallel "$jobs" --output-on-failure --no-tests=error -LE slurm \
    -E '^(docs|scripts\.(completion|layers|plot_regret|resume|shell_scripts|shellcheck)|ObjectiveOnThreads\..*)$'
}

# Counts what the tests of the stage before have run.
coverage() {
  local show=(gcovr --root . --gcov-executable "llvm-cov gcov" -j "$jobs" --print-summary "$clang")
  echo "library:"
  "${show[@]}" --filter src/ --filter include/ --exclude src/app/ --fail-under-line 90 -o "$clang/library.txt"
  echo "program:"
  "${show[@]}" --filter src/app/ --fail-under-line 80 -o "$clang/program.txt"
}

fuzz() {
  clang_tree
  CBSIM_FUZZ_BUILD=$clang scripts/fuzz.sh "${CBSIM_FUZZ_SECONDS:-10}"
}

lint() {
  clang_tree
  build "$clang" --target cbsim
  run-clang-tidy -p "$clang" -quiet -j "$jobs" "$PWD/src/.*" >"$clang/tidy.txt" 2>&1 ||
    { grep -E 'warning:|error:' -A3 "$clang/tidy.txt" >&2 && exit 1; }
}

threads() {
  configure "$thread" -DCMAKE_CXX_COMPILER=clang++ -DCBSIM_SANITIZE=thread -DCBSIM_NATIVE=OFF \
    "-DCMAKE_CXX_FLAGS_RELWITHDEBINFO=-O1 -gline-tables-only"
  build "$thread" --target cbsim training_tests
  ctest --test-dir "$thread" --parallel "$jobs" --output-on-failure --no-tests=error \
    -R 'Thread|^golden$|^scripts\.resume$'
}

memory() {
  configure "$portable" -DCMAKE_CXX_COMPILER=g++ -DCBSIM_NATIVE=OFF \
    "-DCMAKE_CXX_FLAGS_RELWITHDEBINFO=-O2 -g1"
  build "$portable" --target cbsim {training,confidence,environment,core}_tests
  # Each suite in halves, the longest first. Without what valgrind takes too long for: threads that
  # wait for each other, and 100000 updates.
  # shellcheck disable=SC2016
  printf '%s\n' {training,confidence,environment,core}\ {0,1} | GTEST_TOTAL_SHARDS=2 xargs -P "$jobs" -L 1 \
    sh -c 'GTEST_SHARD_INDEX=$2 exec \
      valgrind -q --error-exitcode=1 --suppressions=tests/memory.supp \
      --leak-check=full --errors-for-leak-kinds=definite,indirect \
      "$0/tests/$1_tests" --gtest_brief=1 --gtest_filter="-ObjectiveOnThreads.*:*Over100000*"' "$portable"
  ctest --test-dir "$portable" --output-on-failure --no-tests=error -R golden
}

# Of the build of scripts/test.sh where there is one.
install() {
  local tree=build prefix
  if [[ ! -x build/cbsim ]]; then tree=$portable && configure "$tree" && build "$tree" --target cbsim; fi
  prefix=$(mktemp -d)
  cmake --install "$tree" --prefix "$prefix" >/dev/null
  tests/install/install_test.sh "$prefix"
  rm -rf "$prefix"
}

stages=("$@")
case ${1-} in
  -h | --help) usage && exit ;;
  '') stages=("${all[@]}") ;;
esac
for stage in "${stages[@]}"; do
  if [[ " ${all[*]} " != *" $stage "* ]]; then
    echo "check.sh: no stage '$stage'; see --help" >&2
    exit 2
  fi
done
groups=(build test plot)
if [[ ${stages[*]} != install ]]; then groups+=(check); fi
scripts/install_packages.sh "${groups[@]}"
mkdir -p build-check
failed=()
for stage in "${stages[@]}"; do
  SECONDS=0
  echo "== $stage"
  # In a subshell of its own, and not as a condition, so that it ends at its first error.
  set +e
  (set -e && "$stage")
  code=$?
  set -e
  if [[ $code == 0 ]]; then
    echo "== $stage: ok, $SECONDS s"
  else
    echo "== $stage: FAILED, $SECONDS s"
    failed+=("$stage")
  fi
done
if [[ ${#failed[@]} != 0 ]]; then
  echo "check.sh: failed: ${failed[*]}" >&2
  exit 1
fi
