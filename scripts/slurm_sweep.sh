#!/usr/bin/env bash
# An experiment as one Slurm job array, and a job that puts its parts together.
set -euo pipefail

usage() {
  cat <<'END_USAGE'
usage: slurm_sweep.sh CONFIG OUT NTASKS [SBATCH OPTION...] [-- OPTION...]

Submits one job array of NTASKS tasks (1 to 1000); task I computes its share of the runs of CONFIG
into the folder OUT (cbsim run --shard I/NTASKS). When all have ended, a second job merges them into
OUT/regret.csv and summary.csv. OPTIONs after -- go to cbsim run. Logs are in OUT.slurm/.

A minute before its time limit a task is told to save what it has. The same command again, also with
another NTASKS, goes on from there. A task has one processor unless -c says otherwise.

  scripts/slurm_sweep.sh configs/cosine.json results/cosine 20 -p short -t 2:00:00 --mem 4G

The program is $CBSIM if that is set, else build/cbsim of this project, else the cbsim on PATH.
END_USAGE
}

fail() {
  echo "slurm_sweep.sh: $2" >&2
  exit "$1"
}

case ${1-} in -h | --help) usage && exit ;; esac
[[ $# -ge 3 ]] || fail 2 "expected CONFIG OUT NTASKS; see --help"
config=$1 out=$2 tasks=$3
shift 3
options=()
while [[ $# -gt 0 && $1 != -- ]]; do
  case $1 in
    -a* | --array | --array=*) fail 2 "$1: the array is 1 to NTASKS; give NTASKS instead" ;;
  esac
  options+=("$1")
  shift
done
[[ $# -eq 0 ]] || shift
[[ $tasks =~ ^[1-9][0-9]{0,3}$ && $tasks -le 1000 ]] ||
  fail 2 "NTASKS is $tasks; expected a number of tasks from 1 to 1000"
command -v sbatch >/dev/null ||
  fail 2 "no sbatch on PATH: this is no login node of a Slurm cluster; cbsim run does it here"
project=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cbsim=${CBSIM:-$project/build/cbsim}
[[ -n ${CBSIM-} || -x $cbsim ]] || cbsim=cbsim
cbsim=$(command -v "$cbsim") ||
  fail 2 "there is no program ${CBSIM:-cbsim}; build it, or set CBSIM to where it is"
"$cbsim" validate "$config" >&2 || fail $? "the config cannot be run (see above)"
out=$(realpath -m "$out")
{ mkdir -p "$out" "$out.slurm" && [[ -w $out && -w $out.slurm ]]; } ||
  fail 1 "cannot write into $out and $out.slurm"
cbsim=$(realpath "$cbsim") config=$(realpath "$config")

log=${out//%/%%}.slurm  # % is special in the names of sbatch's logs
sbatch=(sbatch --parsable --job-name="cbsim $(basename "$out")" --cpus-per-task=1)

# The task becomes the program, for sbatch signals the script's process and no child of it.
# SLURM_ARRAY_TASK_COUNT is no N: it counts the tasks of a submission.
array=$("${sbatch[@]}" --output="$log/%A_%a.log" --open-mode=append --requeue \
  --signal=B:TERM@60 "${options[@]}" --array="1-$tasks" <<END
#!/bin/bash
exec$(printf ' %q' "$cbsim" run "$config" -o "$out" --progress never --color never "$@") \
  --shard "\$SLURM_ARRAY_TASK_ID/$tasks"
END
) || fail 1 "sbatch refused the array (see above); nothing was submitted"
array=${array%%;*}  # a cluster's name may follow

# After any end, not after success: merge itself refuses while runs are missing, and says which.
merge=$("${sbatch[@]}" --output="$log/merge_%j.log" "${options[@]}" \
  --dependency="afterany:$array" <<END
#!/bin/bash
exec$(printf ' %q' "$cbsim" merge "$out")
END
) || fail 1 "sbatch refused the merge (see above); array $array was submitted. When it has ended,\
$(printf ' %q' "$cbsim" merge "$out") does it"
merge=${merge%%;*}

printf '%s\n' "array $array: $tasks tasks; merge $merge when they have ended" \
  "watch:  squeue -j $array,$merge" \
  "done:  $(printf ' %q' "$cbsim" status "$out")" \
  "logs:   $out.slurm/" \
  "The same command again, also with another NTASKS, goes on from where it stopped."
