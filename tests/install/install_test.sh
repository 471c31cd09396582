#!/usr/bin/env bash
# Builds examples/embedding against an installation and holds its regrets against those of the
# installed program.
# usage: install_test.sh PREFIX
set -euo pipefail
readonly prefix=$1
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

cmake -S "$root/examples/embedding" -B "$work/build" -DCMAKE_PREFIX_PATH="$prefix" \
  -DCMAKE_BUILD_TYPE=Release >/dev/null
cmake --build "$work/build" >/dev/null
cat >"$work/config.json" <<'END_CONFIG'
{
  "name": "embedded", "horizon": 60, "seeds": 2,
  "environment": { "type": "cosine", "dim": 5 },
  "policies": [{ "type": "neural_ucb", "network": { "width": 6 }, "training": { "steps": 20 } }, { "type": "uniform" }]
}
END_CONFIG
"$work/build/embedding" "$work/config.json" >"$work/mine"
"$prefix/bin/cbsim" run "$work/config.json" -o "$work/results" -q >/dev/null

python3 - "$work/mine" "$work/results/summary.csv" <<'END_PYTHON'
import csv, sys
mine = [(p, s, float(r)) for p, s, r in csv.reader(open(sys.argv[1]))]
theirs = [(r["policy"], r["seed"], float(r["cum_regret"])) for r in csv.DictReader(open(sys.argv[2]))]
if len(mine) != 4 or mine != theirs:
    sys.exit(f"the embedded runs differ from those of cbsim: {mine} and {theirs}")
END_PYTHON
"$prefix/bin/cbsim" --version >/dev/null
echo "installed, found by find_package, and the same regrets: ok"
