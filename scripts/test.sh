#!/usr/bin/env bash
# Builds cbsim and runs all its tests. Missing Debian packages are installed first.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

scripts/install_packages.sh build test plot slurm

generator=()
if [[ ! -f build/CMakeCache.txt ]] && command -v ninja >/dev/null; then generator=(-G Ninja); fi
cmake -S . -B build "${generator[@]}" -DCMAKE_BUILD_TYPE=Release -DCBSIM_NATIVE=ON \
  -DCBSIM_WERROR=ON -DCBSIM_SANITIZE= -DBUILD_TESTING=ON
cmake --build build --parallel "$(nproc)"
ctest --test-dir build --parallel "$(nproc)" --output-on-failure --no-tests=error
