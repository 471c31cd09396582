#!/usr/bin/env bash
# The one list of the Debian packages that the project needs, and how to get them.
set -euo pipefail

readonly build=(g++ cmake make ninja-build libeigen3-dev libcli11-dev nlohmann-json3-dev
  libspdlog-dev librandom123-dev zlib1g-dev libxxhash-dev liblbfgs-dev libboost-dev)
readonly plot=(python3 python3-numpy python3-matplotlib)
readonly fashion_mnist=(dataset-fashion-mnist)
readonly mlbench=(r-base-core r-cran-mlbench)
readonly web=(curl ca-certificates)
readonly test=(libgtest-dev libgmock-dev python3-scipy python3-jsonschema zsh shellcheck)
readonly slurm=(slurm-wlm munge)
readonly check=(clang libclang-rt-dev llvm clang-tidy valgrind gcovr)
readonly bench=(libbenchmark-dev python3 python3-numpy python3-torch libopenblas0)

usage() {
  cat <<'END_USAGE'
usage: install_packages.sh GROUP...

GROUP: build, plot, test, check, slurm, bench; for data sets fashion-mnist, mlbench, web

Installs what is missing of the Debian packages of the groups (as root, or with sudo). Where
nothing is missing nothing happens. With CBSIM_INSTALL=no in the environment nothing is looked for
and nothing installed: for systems that are no Debian, or have the libraries from elsewhere.
END_USAGE
}

fail() {
  echo "install_packages.sh: $*" >&2
  exit 1
}

is_installed() {
  [[ $(dpkg-query -W -f='${db:Status-Status}' "$1" 2>/dev/null) == installed ]]
}

case ${1-} in
  -h | --help) usage && exit ;;
  '') usage >&2 && exit 2 ;;
esac
wanted=()
for group in "$@"; do
  case $group in
    build) wanted+=("${build[@]}") ;;
    plot) wanted+=("${plot[@]}") ;;
    test) wanted+=("${test[@]}") ;;
    check) wanted+=("${check[@]}") ;;
    slurm) wanted+=("${slurm[@]}") ;;
    bench) wanted+=("${bench[@]}") ;;
    fashion-mnist) wanted+=("${fashion_mnist[@]}") ;;
    mlbench) wanted+=("${mlbench[@]}") ;;
    web) wanted+=("${web[@]}") ;;
    *)
      echo "install_packages.sh: no group '$group'; see --help" >&2
      exit 2
      ;;
  esac
done
[[ ${CBSIM_INSTALL-} != no ]] || exit 0

if ! command -v apt-get >/dev/null || ! command -v dpkg-query >/dev/null; then
  fail "this is no Debian system; install the counterparts of these packages yourself and set" \
    "CBSIM_INSTALL=no: ${wanted[*]}"
fi
missing=()
for package in "${wanted[@]}"; do
  is_installed "$package" || missing+=("$package")
done
[[ ${#missing[@]} -gt 0 ]] || exit 0

as_root=(env DEBIAN_FRONTEND=noninteractive)
if [[ $(id -u) -ne 0 ]]; then
  command -v sudo >/dev/null ||
    fail "packages are missing; as root run: apt-get install --no-install-recommends ${missing[*]}"
  # Without a terminal nobody could answer a question for a password.
  if [[ -t 0 ]]; then as_root=(sudo "${as_root[@]}"); else as_root=(sudo -n "${as_root[@]}"); fi
fi
echo "installing ${missing[*]}" >&2
get=("${as_root[@]}" apt-get -q -y -o DPkg::Lock::Timeout=600)
"${get[@]}" update >&2 || echo "install_packages.sh: apt-get update failed; going on" >&2
"${get[@]}" install --no-install-recommends "${missing[@]}" >&2 ||
  fail "apt-get could not install: ${missing[*]}; its message is above"
