#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "cbsim/experiment/experiment.hpp"

namespace cbsim {

/// What a manifest in a results folder says: which experiment its session ran, and on what.
struct StoredManifest {
  struct StoredCell {
    std::string title;  ///< "uniform (linear, horizon 100)"
    std::string identity;
  };
  std::filesystem::path path;
  std::string name;  ///< of the experiment
  std::vector<StoredCell> cells;
  std::vector<Seed> seeds;
  int result_version = 0;
  /// All that may change the bytes of results, by name: "cpu", "simd", "libraries/Eigen", ...
  std::map<std::string, std::string> machine;
};

/// Throws IoError; InputError where the file is no manifest of cbsim.
StoredManifest read_manifest(const std::filesystem::path& path);

/// Those of a results folder: manifest.json and, of the shards of a job, manifest.I-of-N.json.
std::vector<StoredManifest> read_manifests(const std::filesystem::path& folder);

/// What a session on the experiment would write, of this build and on this machine.
StoredManifest manifest_here(const Experiment& experiment);

/// The cells and seeds of the manifest that the experiment does not repeat; empty if there are
/// none.
std::string what_is_lost(const StoredManifest& manifest, const Experiment& experiment);

/// In what the machines of two manifests differ: "simd (AVX2+FMA and AVX-512), cpu (...)"; empty
/// where results have the same bytes.
std::string difference(const StoredManifest& one, const StoredManifest& other);

}  // namespace cbsim
