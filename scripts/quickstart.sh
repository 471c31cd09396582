#!/usr/bin/env bash
# From a clone to a figure: installs what is missing, builds, runs one experiment, draws its regret.
set -euo pipefail

usage() {
  cat <<'END_USAGE'
usage: quickstart.sh [CONFIG]

Runs the experiment CONFIG (by default configs/quickstart.json) into results/<name of the file>/ and
draws regret.png there. Missing Debian packages are installed and the program is built first, if
need be. The same command again continues: what is finished is kept.
END_USAGE
}

fail() {
  echo "quickstart.sh: $1" >&2
  exit "${2:-1}"
}

case ${1-} in
  -h | --help) usage && exit ;;
  -*) usage >&2 && exit 2 ;;
esac
[[ $# -le 1 ]] || { usage >&2 && exit 2; }

project=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
config=$(realpath -m -- "${1:-$project/configs/quickstart.json}")
[[ -f $config ]] || fail "there is no config $config" 2
cd "$project"
name=$(basename "$config")
results=results/${name%.*}

"$project/scripts/install_packages.sh" build plot ||
  fail "packages are missing (see above); nothing was built"

if [[ ! -f build/build.ninja && ! -f build/Makefile ]]; then
  generator=()
  if [[ ! -f build/CMakeCache.txt ]] && command -v ninja >/dev/null; then generator=(-G Ninja); fi
  cmake -S . -B build "${generator[@]}" -DCMAKE_BUILD_TYPE=Release -DBUILD_TESTING=OFF ||
    fail "cmake could not prepare the build (see above); a fresh start: rm -r $project/build"
fi
cmake --build build --target cbsim --parallel "$(nproc)" ||
  fail "the build failed (see above); a fresh start: rm -r $project/build"

status=0
build/cbsim run "$config" -o "$results" || status=$?
case $status in
  0) ;;
  130 | 143) fail "stopped; the same command goes on from here" "$status" ;;
  *) fail "the experiment did not finish (see above)" "$status" ;;
esac

scripts/plot_regret.py "$results/regret.csv" -o "$results/regret.png" >/dev/null ||
  fail "the figure could not be drawn; the results are in $project/$results"

cat <<END

The figure:   $project/$results/regret.png
The numbers:  $project/$results/regret.csv (curves) and summary.csv (a row a run)
The config:   $config
The program:  $project/build/cbsim (--help says what else it does)
END
