#!/usr/bin/env bash
# The plain loop over the values of one setting: a folder of results for each.
set -euo pipefail

usage() {
  cat <<'END_USAGE'
usage: sweep.sh [-k] CONFIG OUT PATH VALUE... [-- OPTION...]

Runs the experiment CONFIG once for each VALUE of the setting PATH, into OUT/PATH=VALUE/. OPTIONs
go to cbsim run. It stops where cbsim run fails, with its exit code; with -k it goes on to the next
value. The same command again continues: what is finished is kept.

  scripts/sweep.sh configs/cosine.json results/widths policies.NeuralUCB.network.width 10 20 40
  scripts/sweep.sh configs/cosine.json results/noise environment.noise 0.1 1 10 -- --seeds 5 -j 2

The program is $CBSIM if that is set, else build/cbsim of this project, else the cbsim on PATH.
END_USAGE
}

refuse() {
  echo "sweep.sh: $*; see --help" >&2
  exit 2
}

keep_going=no
case ${1-} in
  -h | --help) usage && exit ;;
  -k) keep_going=yes && shift ;;
esac
case ${1-} in -*) refuse "$1: no such option" ;; esac
[[ $# -ge 4 ]] || refuse "expected CONFIG OUT PATH VALUE..."
config=$1 out=${2%/} path=$3
shift 3
values=()
while [[ $# -gt 0 && $1 != -- ]]; do
  values+=("$1")
  shift
done
[[ ${#values[@]} -gt 0 ]] || refuse "no VALUE for $path"
[[ $# -eq 0 ]] || shift

project=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cbsim=${CBSIM:-$project/build/cbsim}
[[ -n ${CBSIM-} || -x $cbsim ]] || cbsim=cbsim
command -v "$cbsim" >/dev/null ||
  refuse "there is no program $cbsim; build it, or set CBSIM to where it is"

failure=0
for value in "${values[@]}"; do
  echo "$path=$value" >&2
  status=0
  # A grid of one value is --set with a column in regret.csv: figures tell the folders apart by it.
  "$cbsim" run "$config" -o "$out/$path=${value//\//_}" --grid "$path=$value" "$@" || status=$?
  [[ $status -ne 0 ]] || continue
  [[ $failure -ne 0 ]] || failure=$status
  if [[ $keep_going == no || $status -ge 128 ]]; then
    echo "sweep.sh: stopped at $path=$value; the same command again goes on from there" >&2
    exit "$status"
  fi
done
if [[ $failure -ne 0 ]]; then
  echo "sweep.sh: not all values are done (see above); the same command again runs the rest" >&2
fi
folders="$(printf '%q' "$out/$path")=*/"
printf 'plot:    %q %s --against %q -o %q\n' \
  "$project/scripts/plot_regret.py" "$folders" "$path" "$out.png" >&2
echo "compare: for folder in $folders; do $(printf '%q' "$cbsim") compare \"\$folder\"; done" >&2
exit "$failure"
