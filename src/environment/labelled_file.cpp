#include "cbsim/environment/labelled_file.hpp"

#include <array>

#include "cbsim/core/error.hpp"
#include "cbsim/environment/arff_reader.hpp"
#include "cbsim/environment/idx_reader.hpp"
#include "cbsim/environment/labelled_arff.hpp"
#include "cbsim/environment/labelled_libsvm.hpp"

namespace cbsim {
namespace {

constexpr std::array<const char*, 5> kNames{"", "a CSV", "an IDX", "a LibSVM", "an ARFF"};

}  // namespace

Settings LabelledFile::settings() {
  return {
      required(file("path", &path_,
                    {"the data: a CSV, LibSVM or ARFF file, or the images of an IDX pair; may be "
                     "gzipped"})),
      one_of("labels", &labels_kind_, {WordSlot{"none"}, FileSlot{&labels_}},
             {"IDX only: the file of labels that belongs to the images"}),
      choice("format", &format_, {"auto", "csv", "idx", "libsvm", "arff"},
             {"format of the file; auto looks at its beginning"}),
      one_of("label", &label_kind_,
             {TextSlot{&label_name_}, IntegerSlot{&label_position_, between(-1e5, 1e5)}},
             {"CSV, ARFF: the column of the classes, by name or by position, which counts from 0, "
              "or from -1 at the end"}),
      boolean("header", &csv_.header, {"CSV: the first row names the columns"}),
      choice("delimiter", &csv_.delimiter, {",", ";", "tab", "space"},
             {"CSV: what separates the fields; space is one or more blanks"}),
      {"missing",
       {"CSV: the values that stand for a missing one; it becomes the column's mean, or a category "
        "of its own in a categorical column"},
       {TextListSlot{&csv_.missing}}},
      {"categorical",
       {"CSV, ARFF: columns of numbers to take as categories, by name or position; a column with "
        "any value that is not a number is categorical anyway"},
       {TextListSlot{&csv_.categorical}}},
      {"ignore",
       {"CSV, ARFF: columns to leave out, by name or position"},
       {TextListSlot{&csv_.ignore}}},
  };
}

std::vector<Violation> LabelledFile::check() const {
  const bool has_labels = labels_kind_ == LabelsKind::file;
  if (format_ == Format::idx && !has_labels) {
    return {{"labels", "missing; format idx needs the file of labels beside the images"}};
  }
  if (format_ != Format::idx && format_ != Format::automatic && has_labels) {
    return {{"labels",
             "a file of labels goes with format idx; other formats hold the classes themselves"}};
  }
  return {};
}

LabelledData LabelledFile::read() const {
  const std::string_view content = *path_.content;
  const Format format = this->format();
  const bool has_labels = labels_kind_ == LabelsKind::file;
  const auto fail = [&](const std::string& message) {
    throw InputError(path_.path + ": " + kNames[static_cast<std::size_t>(format)] + message);
  };
  if (format == Format::idx && !has_labels) {
    fail(" file; name its file of labels by the setting \"labels\"");
  }
  if (format != Format::idx && has_labels) {
    fail(" file; \"labels\" is for IDX, other formats hold the classes themselves");
  }
  const bool has_columns = format == Format::csv || format == Format::arff;
  if (!has_columns && (!csv_.categorical.empty() || !csv_.ignore.empty())) {
    fail(" file; the settings \"categorical\" and \"ignore\" are for CSV and ARFF");
  }
  switch (format) {
    case Format::idx:
      return read_labelled_idx(path_.path, content, labels_.path, *labels_.content);
    case Format::libsvm:
      return read_labelled_libsvm(path_.path, content);
    case Format::arff:
      return read_labelled_arff(path_.path, content, options());
    default:
      return read_labelled_csv(path_.path, content, options());
  }
}

LabelledFile::Format LabelledFile::format() const {
  const std::string_view content = *path_.content;
  if (format_ != Format::automatic) return format_;
  if (looks_like_idx(content)) return Format::idx;
  if (looks_like_arff(content)) return Format::arff;
  if (looks_like_libsvm(content)) return Format::libsvm;
  return Format::csv;
}

LabelledCsvOptions LabelledFile::options() const {
  LabelledCsvOptions options = csv_;
  if (label_kind_ == LabelKind::name) {
    options.label = label_name_;
  } else {
    options.label = static_cast<Index>(label_position_);
  }
  return options;
}

}  // namespace cbsim
