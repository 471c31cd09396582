#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "cbsim/core/error.hpp"
#include "cbsim/experiment/experiment.hpp"
#include "experiment/temporary_folder.hpp"

namespace cbsim {

/// A test with a folder of its own.
class ConfigTest : public testing::Test {
 protected:
  std::string path(const std::string& name) const { return folder_ + '/' + name; }

  std::string write(const std::string& name, const std::string& text) const {
    std::filesystem::create_directories(std::filesystem::path(path(name)).parent_path());
    std::ofstream(path(name), std::ios::binary) << text;
    return path(name);
  }

  Experiment load(const std::string& text, const Overrides& overrides = {}) const {
    return load_experiment(write("f.json", text), overrides);
  }

  /// The message of the InputError, without the folder.
  std::string error(const std::string& text, const Overrides& overrides = {}) const {
    try {
      load(text, overrides);
    } catch (const InputError& e) {
      return without_folder(e.what());
    }
    return "no error";
  }

  std::string without_folder(std::string text) const {
    for (auto at = text.find(folder_); at != std::string::npos; at = text.find(folder_)) {
      text.erase(at, folder_.size() + 1);
    }
    return text;
  }

  const TemporaryFolder temporary_;
  const std::string folder_ = temporary_.path().string();
};

}  // namespace cbsim
