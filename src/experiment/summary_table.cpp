#include "cbsim/experiment/summary_table.hpp"

#include <algorithm>
#include <span>

#include "cbsim/core/error.hpp"
#include "cbsim/core/text.hpp"
#include "cbsim/environment/csv_reader.hpp"
#include "cbsim/environment/data_text.hpp"
#include "cbsim/experiment/input_file.hpp"
#include "cbsim/experiment/seed_list.hpp"
#include "cbsim/experiment/sweep.hpp"

namespace cbsim {
namespace {

using Names = std::array<std::string_view, kMetrics>;

constexpr Names kMetricNames = {"cum_regret", "cum_reward", "optimal_rate"};
// The swept paths stand between these, and may have the name of one of them.
constexpr std::array<std::string_view, 3> kHead = {"experiment", "environment", "policy"};
constexpr std::array<std::string_view, 7> kTail = {
    "seed", "horizon", kMetricNames[0], kMetricNames[1], kMetricNames[2], "status", "key"};
constexpr std::size_t kKeyDigits = 32;

class SummaryReader {
 public:
  SummaryReader(const std::string& path, const std::string& content)
      : reader_(path, content, Delimiter::comma) {}

  SummaryTable read() {
    SummaryTable table{read_header(), {}};
    while (reader_.next()) table.rows.push_back(read_row());
    if (table.rows.empty()) {
      throw InputError(std::string(reader_.path()) +
                       ": no rows below the header; no run has finished yet");
    }
    return table;
  }

 private:
  /// As they can be printed.
  static std::vector<std::string> texts(std::span<const std::string_view> fields) {
    std::vector<std::string> texts;
    for (const std::string_view field : fields) texts.push_back(one_line(field));
    return texts;
  }

  std::vector<std::string> read_header() {
    const bool is_there = reader_.next();
    const auto fields = reader_.fields();
    width_ = fields.size();
    const bool fits = is_there && width_ >= kHead.size() + kTail.size() &&
                      width_ <= kHead.size() + kMostSweptPaths + kTail.size() &&
                      std::ranges::equal(fields.first(kHead.size()), kHead) &&
                      std::ranges::equal(fields.last(kTail.size()), kTail);
    if (!fits) {
      throw InputError(std::string(reader_.path()) +
                       ":1: not the header of a summary.csv of cbsim; expected the columns "
                       "experiment,environment,policy, swept paths, seed,horizon,cum_regret,"
                       "cum_reward,optimal_rate,status,key");
    }
    const auto swept = fields.subspan(kHead.size(), width_ - kHead.size() - kTail.size());
    return texts(swept);
  }

  SummaryRow read_row() {
    const auto fields = reader_.fields();
    if (fields.size() != width_) {
      fail(std::to_string(fields.size()) + " fields, but the header has " + std::to_string(width_) +
           "; is the file cut short?");
    }
    const auto swept = fields.subspan(kHead.size(), width_ - kHead.size() - kTail.size());
    SummaryRow row;
    row.experiment = one_line(fields[0]);
    row.environment = one_line(fields[1]);
    row.policy = one_line(fields[2]);
    row.swept_values = texts(swept);

    const auto tail = fields.last(kTail.size());
    if (!parse_seed(tail[0], row.seed)) refuse("seed", tail[0], "a whole number from 0");
    Seed horizon = 0;
    if (!parse_seed(tail[1], horizon)) refuse("horizon", tail[1], "a whole number from 0");
    row.horizon = static_cast<Index>(horizon);
    row.done = tail[5] == "done";
    if (!row.done && tail[5] != "failed") refuse("status", tail[5], "done or failed");
    for (std::size_t m = 0; m < kMetrics; ++m)
      row.figures[m] = figure(kMetricNames[m], tail[2 + m]);
    if (row.done && !row.figures[static_cast<std::size_t>(Metric::cum_reward)]) {
      refuse("cum_reward", "", "a number, as the run is done");
    }
    row.key = tail[6];
    if (row.key.size() != kKeyDigits) {
      refuse("key", row.key, std::to_string(kKeyDigits) + " digits; is the file cut short?");
    }
    return row;
  }

  std::optional<double> figure(std::string_view column, std::string_view text) const {
    if (text.empty()) return {};
    const Field field = parse_field(text);
    if (field.kind != FieldKind::number) refuse(column, text, "a number, or nothing");
    return field.value;
  }

  [[noreturn]] void refuse(std::string_view column, std::string_view text,
                           const std::string& expected) const {
    fail("column " + in_quotes(column) + ": " + in_quotes(text) + "; expected " + expected);
  }
  [[noreturn]] void fail(const std::string& message) const {
    fail_at_line(reader_.path(), reader_.line(), message);
  }

  CsvReader reader_;
  std::size_t width_ = 0;
};

}  // namespace

std::string_view metric_name(Metric metric) {
  return kMetricNames[static_cast<std::size_t>(metric)];
}

std::optional<Metric> find_metric(std::string_view name) {
  const auto found = std::ranges::find(kMetricNames, name);
  if (found == kMetricNames.end()) return {};
  return static_cast<Metric>(found - kMetricNames.begin());
}

SummaryTable read_summary(const std::filesystem::path& path) {
  const std::string content = read_input(path.string());
  return SummaryReader(path.string(), content).read();
}

}  // namespace cbsim
