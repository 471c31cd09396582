#!/usr/bin/env bash
# Brings data sets into a folder, ready for the environment "classification".
set -euo pipefail

project=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
readonly project
readonly uci=https://archive.ics.uci.edu/ml/machine-learning-databases
readonly mnist_mirror=https://ossci-datasets.s3.amazonaws.com/mnist
readonly offline_names=(fashion-mnist shuttle letter satellite)
readonly online_names=(adult covertype magic mnist mushroom)

usage() {
  cat <<'END'
usage: get_data.sh [DIR] [NAME...]
       get_data.sh --list | --help

Brings the data sets NAME (by default those of Debian packages) into DIR (by default data/ in the
project). In a CSV file the first line names the columns, and the last column is the class.
What is there already is kept; a file appears whole or not at all; its size is checked and its
SHA-256 noted in DIR/SHA256SUMS. Missing Debian packages are installed by apt-get (as root, or with
sudo). The data sets of the web need a network.
END
}

list() {
  cat <<'END'
From Debian packages:
  fashion-mnist  60000 + 10000 images 28 x 28, 10 classes (IDX)   dataset-fashion-mnist
  shuttle        58000 rows, 9 features, 7 classes                r-cran-mlbench
  letter         20000 rows, 16 features, 26 classes              r-cran-mlbench
  satellite      6435 rows, 36 features, 6 classes                r-cran-mlbench
From the web:
  adult          32561 rows, 14 features, 2 classes               archive.ics.uci.edu
  covertype      581012 rows, 54 features, 7 classes              archive.ics.uci.edu
  magic          19020 rows, 10 features, 2 classes               archive.ics.uci.edu
  mushroom       8124 rows, 22 features, 2 classes                archive.ics.uci.edu
  mnist          60000 + 10000 images 28 x 28, 10 classes (IDX)   ossci-datasets.s3.amazonaws.com
END
}

fail() {
  echo "get_data.sh: $*" >&2
  exit 1
}

is_name() {
  local name
  for name in "${offline_names[@]}" "${online_names[@]}"; do
    [[ $name == "$1" ]] && return 0
  done
  return 1
}

# --- Tools ---------------------------------------------------------------------------------------

# download URL FILE
download() {
  command -v curl >/dev/null || "$project"/scripts/install_packages.sh web
  echo "downloading $1" >&2
  curl --fail --location --silent --show-error --connect-timeout 10 \
    --speed-limit 1000 --speed-time 20 --output "$2" "$1" ||
    fail "cannot download $1; is there a network? ($0 --list says what needs none)"
}

# The number of lines that are not blank.
count_lines() { awk 'NF { n++ } END { print n + 0 }' "$1"; }

# check_rows FILE ROWS: whether FILE is a header and ROWS rows.
check_rows() {
  local rows=$(($(count_lines "$1") - 1))
  [[ $rows -eq $2 ]] || fail "$3 has $rows rows, not $2; ${4:-the source has changed}"
}

# check_bytes FILE.gz BYTES NAME [REMEDY]: whether FILE unpacks to BYTES.
check_bytes() {
  local bytes
  bytes=$(gzip -dc "$1" | wc -c) || fail "$3 is not a whole gzip file; ${4:-try again}"
  [[ $bytes -eq $2 ]] || fail "$3 unpacks to $bytes bytes, not $2; ${4:-the source has changed}"
}

# publish FILE NAME: moves a finished file to its place in DIR and notes its checksum.
publish() {
  mkdir -p "$(dirname "$dir/$2")"
  local sum
  sum=$(sha256sum "$1" | cut -d ' ' -f 1)
  chmod 644 "$1"
  mv "$1" "$dir/$2"
  {
    if [[ -f $dir/SHA256SUMS ]]; then
      awk -v name="$2" '$2 != name' "$dir/SHA256SUMS"
    fi
    echo "$sum  $2"
  } >"$work/SHA256SUMS"
  mv "$work/SHA256SUMS" "$dir/SHA256SUMS"
  echo "$dir/$2"
}

readonly remove_it="remove it and run this again"

# have_csv NAME ROWS: whether the file is there; wrong contents are an error.
have_csv() {
  [[ -f $dir/$1 ]] || return 1
  check_rows "$dir/$1" "$2" "$dir/$1" "$remove_it"
  echo "$dir/$1 (already there)"
}

# --- Data sets -----------------------------------------------------------------------------------

readonly idx_files=(train-images-idx3-ubyte.gz train-labels-idx1-ubyte.gz
  t10k-images-idx3-ubyte.gz t10k-labels-idx1-ubyte.gz)
readonly idx_bytes=(47040016 60008 7840016 10008)

# get_idx FOLDER FETCH: the four files of an MNIST-like set; FETCH FILE TARGET brings one.
get_idx() {
  local i name
  for i in "${!idx_files[@]}"; do
    name=$1/${idx_files[i]}
    if [[ -f $dir/$name ]]; then
      check_bytes "$dir/$name" "${idx_bytes[i]}" "$dir/$name" "$remove_it"
      echo "$dir/$name (already there)"
      continue
    fi
    "$2" "${idx_files[i]}" "$work/idx.gz"
    check_bytes "$work/idx.gz" "${idx_bytes[i]}" "${idx_files[i]}"
    publish "$work/idx.gz" "$name"
  done
}

fetch_fashion() {
  local source=/usr/share/datasets/fashion-mnist
  [[ -f $source/$1 ]] || "$project"/scripts/install_packages.sh fashion-mnist
  cp "$source/$1" "$2"
}
get_fashion-mnist() { get_idx fashion-mnist fetch_fashion; }

fetch_mnist() { download "$mnist_mirror/$1" "$2"; }
get_mnist() { get_idx mnist fetch_mnist; }

# get_mlbench NAME ROWS DATASET: a data frame of R's mlbench as CSV, its class (a factor) last.
get_mlbench() {
  have_csv "$1.csv" "$2" && return
  if ! command -v Rscript >/dev/null ||
    ! Rscript --vanilla -e 'library(mlbench)' >/dev/null 2>&1; then
    "$project"/scripts/install_packages.sh mlbench
  fi
  Rscript --vanilla - "$3" "$work/out.csv" <<'END' || fail "R cannot write the data set $3"
arguments <- commandArgs(trailingOnly = TRUE)
data(list = arguments[1], package = "mlbench")
frame <- get(arguments[1])
frame <- frame[order(sapply(frame, is.factor))]
write.csv(frame, arguments[2], row.names = FALSE, quote = FALSE)
END
  check_rows "$work/out.csv" "$2" "$3"
  publish "$work/out.csv" "$1.csv"
}
get_shuttle() { get_mlbench shuttle 58000 Shuttle; }
get_letter() { get_mlbench letter 20000 LetterRecognition; }
get_satellite() { get_mlbench satellite 6435 Satellite; }

# get_uci NAME ROWS PATH HEADER [first]: a CSV file without a header. Blank lines are taken out;
# with `first` the class is the first column and moves to the end.
get_uci() {
  have_csv "$1.csv" "$2" && return
  download "$uci/$3" "$work/raw"
  if [[ $3 == *.gz ]]; then
    gzip -dc "$work/raw" >"$work/plain" || fail "$uci/$3 is not a whole gzip file; try again"
  else
    mv "$work/raw" "$work/plain"
  fi
  {
    echo "$4"
    awk -v first="${5-}" 'NF && first { class = $0; sub(/,.*/, "", class)
        sub(/^[^,]*,/, ""); $0 = $0 "," class } NF' "$work/plain"
  } >"$work/out.csv"
  check_rows "$work/out.csv" "$2" "$uci/$3"
  publish "$work/out.csv" "$1.csv"
}

get_adult() {
  get_uci adult 32561 adult/adult.data \
    age,workclass,fnlwgt,education,education_num,marital_status,occupation,relationship,race,sex,capital_gain,capital_loss,hours_per_week,native_country,income
}

get_covertype() {
  local names=elevation,aspect,slope,hydrology_horizontal,hydrology_vertical,roadways
  names+=,hillshade_9am,hillshade_noon,hillshade_3pm,fire_points
  names+=$(printf ',wilderness_%d' {1..4})$(printf ',soil_%d' {1..40}),cover_type
  get_uci covertype 581012 covtype/covtype.data.gz "$names"
}

get_magic() {
  get_uci magic 19020 magic/magic04.data \
    length,width,size,conc,conc1,asym,m3_long,m3_trans,alpha,dist,class
}

get_mushroom() {
  local names=cap_shape,cap_surface,cap_color,bruises,odor,gill_attachment,gill_spacing
  names+=,gill_size,gill_color,stalk_shape,stalk_root,stalk_surface_above_ring
  names+=,stalk_surface_below_ring,stalk_color_above_ring,stalk_color_below_ring,veil_type
  names+=,veil_color,ring_number,ring_type,spore_print_color,population,habitat,class
  get_uci mushroom 8124 mushroom/agaricus-lepiota.data "$names" first
}

# --- Main ----------------------------------------------------------------------------------------

case ${1-} in
  -h | --help) usage && exit ;;
  --list) list && exit ;;
  -*) usage >&2 && exit 2 ;;
esac

dir=$project/data
if [[ $# -gt 0 ]] && ! is_name "$1"; then
  # A lone word that is no folder is more likely a data set's name, misspelt.
  if [[ $# -eq 1 && $1 != */* && ! -d $1 ]]; then
    echo "get_data.sh: '$1' is neither a folder nor a data set; names: ${offline_names[*]}" \
      "${online_names[*]}; a new folder is written with a slash, as ./$1" >&2
    exit 2
  fi
  dir=${1%/}
  shift
fi
names=("$@")
[[ $# -gt 0 ]] || names=("${offline_names[@]}")
for name in "${names[@]}"; do
  is_name "$name" || {
    echo "get_data.sh: no data set '$name'; names: ${offline_names[*]} ${online_names[*]}" >&2
    exit 2
  }
done

mkdir -p "$dir"
work=$(mktemp -d "$dir/.get_data.XXXXXX")
trap 'rm -rf "$work"' EXIT
for name in "${names[@]}"; do
  "get_$name"
done
