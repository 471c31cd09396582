#pragma once

#include <string>
#include <vector>

#include "cbsim/core/settings.hpp"
#include "cbsim/environment/labelled_csv.hpp"
#include "cbsim/environment/labelled_data.hpp"

namespace cbsim {

/// A file of labelled data, in a format that is read: the settings that say which and how.
class LabelledFile {
 public:
  Settings settings();
  std::vector<Violation> check() const;

  /// Throws InputError naming file, place, value and rule.
  LabelledData read() const;

  const std::string& path() const { return path_.path; }

 private:
  enum class Format { automatic, csv, idx, libsvm, arff };
  enum class LabelsKind { none, file };
  enum class LabelKind { name, position };

  Format format() const;
  LabelledCsvOptions options() const;

  File path_, labels_;
  LabelsKind labels_kind_ = LabelsKind::none;
  Format format_ = Format::automatic;
  LabelKind label_kind_ = LabelKind::position;
  std::string label_name_;
  std::int64_t label_position_ = -1;
  LabelledCsvOptions csv_;
};

}  // namespace cbsim
