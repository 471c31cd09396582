#include <cstdio>
#include <filesystem>
#include <map>
#include <memory>
#include <string>

#include "cbsim/core/error.hpp"
#include "cbsim/experiment/comparison.hpp"
#include "cbsim/experiment/result_folder.hpp"
#include "cbsim/experiment/seed_list.hpp"
#include "commands.hpp"
#include "compare_formats.hpp"
#include "folder_path.hpp"
#include "override_options.hpp"
#include "terminal.hpp"

namespace cbsim::app {
namespace {

struct CompareCommand {
  std::string folder, baseline, select_seeds, metric, format = "table";
};

using Format = std::string (*)(const Comparison&, const std::string&);

const std::map<std::string, Format> kFormats = {{"table", comparison_table},
                                                {"csv", comparison_csv},
                                                {"json", comparison_json},
                                                {"markdown", comparison_markdown}};

CompareOptions read_options(const CompareCommand& command) {
  CompareOptions options;
  options.baseline = command.baseline;
  if (!command.metric.empty()) {
    options.metric = find_metric(command.metric);
    if (!options.metric) {
      throw InputError("--metric " + command.metric +
                       ": expected cum_regret, cum_reward or optimal_rate");
    }
  }
  if (command.select_seeds.empty()) return options;
  try {
    options.select_seeds = parse_seeds(command.select_seeds);
  } catch (const InputError& error) {
    throw InputError("--select-seeds " + command.select_seeds + ": " + error.what());
  }
  return options;
}

void compare_results(const CompareCommand& command) {
  const auto format = kFormats.find(command.format);
  if (format == kFormats.end()) {
    throw InputError("--format " + command.format + ": expected table, csv, json or markdown");
  }
  const CompareOptions options = read_options(command);
  const std::filesystem::path folder = folder_path(command.folder);
  demand_results(folder, "summary.csv");
  const Comparison comparison = compare(read_summary(folder / "summary.csv"), options);
  std::fputs(format->second(comparison, options.baseline).c_str(), stdout);
  std::fflush(stdout);  // before the notes, where both are one terminal
  Terminal terminal({});
  for (const std::string& note : comparison.notes) terminal.print("cbsim: note: " + note);
}

}  // namespace

void add_compare(CLI::App& app, int& /*exit_code*/) {
  CLI::App* sub = app.add_subcommand("compare", "Compare policies by their figures at the end");
  const auto command = std::make_shared<CompareCommand>();
  const auto option = [&](const char* name, auto& value, const char* text) {
    return sub->add_option(name, value, text)->check(not_an_option());
  };
  sub->add_option("DIR", command->folder, "Folder of the results")
      ->required()
      ->check(not_an_option());
  option("--baseline", command->baseline,
         "A policy's label: also differences to it, paired by seed")
      ->option_text("LABEL");
  option("--select-seeds", command->select_seeds,
         "Choose the best setting of each policy on these seeds, and report it on the others")
      ->option_text("N|A:B|a,b,c");
  option("--metric", command->metric,
         "What to compare; default cum_regret, or cum_reward where the regret is unknown")
      ->option_text("cum_regret|cum_reward|optimal_rate");
  option("--format", command->format, "How to print it; default table")
      ->option_text("table|csv|json|markdown");
  sub->footer(
      "Means over seeds, with standard errors and 95 % confidence intervals by Student's t.\n"
      "Example:\n"
      "  cbsim compare results/sweep --baseline lin_ucb --select-seeds 0:5");
  sub->callback([command] { compare_results(*command); });
}

}  // namespace cbsim::app
