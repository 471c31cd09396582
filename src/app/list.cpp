#include <algorithm>
#include <cstdio>
#include <iterator>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "cbsim/core/error.hpp"
#include "cbsim/experiment/problems.hpp"
#include "cbsim/experiment/registry.hpp"
#include "cbsim/experiment/settings_table.hpp"
#include "commands.hpp"

namespace cbsim::app {
namespace {

using Row = std::vector<std::string>;

void print(const std::string& text) { std::fputs(text.c_str(), stdout); }

void list_policies() {
  std::vector<Row> rows;
  for (const auto& type : policy_types()) {
    rows.push_back({std::string(type.name), std::string(type.rule), std::string(type.model),
                    std::string(type.summary), std::string(type.source)});
  }
  print(text_table({"POLICY", "RULE", "MODEL", "WHAT IT DOES", "SOURCE"}, rows));
}

template <class Type>
void list_types(const char* kind, const char* what, std::span<const Type> types) {
  std::vector<Row> rows;
  for (const Type& type : types) {
    rows.push_back({std::string(type.name), std::string(type.summary), std::string(type.source)});
  }
  print(text_table({kind, what, "SOURCE"}, rows));
}

void list_wrappers() { list_types("WRAPPER", "WHAT IT CHANGES", wrapper_types()); }

void list_worlds() {
  list_types("ENVIRONMENT", "WHAT IT DEALS", environment_types());
  print("\n");
  list_wrappers();
}

void list_settings(const Settings& settings) {
  std::vector<Row> rows;
  for (const auto& row : setting_rows(settings)) {
    rows.push_back({row.key, row.values, row.standard, row.symbol, row.meaning, row.source});
  }
  if (rows.empty()) return print("It has no settings.\n");
  print(text_table({"SETTING", "VALUES", "DEFAULT", "SYMBOL", "MEANING", "SOURCE"}, rows));
}

void print_title(std::string_view kind, std::string_view name, std::string_view summary,
                 std::string_view source) {
  print(std::string(kind) + ' ' + std::string(name) + ": " + std::string(summary) + '\n');
  if (!source.empty()) print("Source: " + std::string(source) + '\n');
  print("\n");
}

bool list_policy(const std::string& name) {
  const auto* type = find_policy_type(name);
  if (!type) return false;
  print_title("policy", type->title, type->summary, type->source);
  list_settings(type->make()->settings());
  return true;
}

template <class Type>
bool list_type(std::string_view kind, const Type* type) {
  if (!type) return false;
  print_title(kind, type->name, type->summary, type->source);
  list_settings(type->make()->settings());
  return true;
}

bool list_wrapper(const std::string& name) { return list_type("wrapper", find_wrapper_type(name)); }

/// An environment or a wrapper.
bool list_world(const std::string& name) {
  return list_type("environment", find_environment_type(name)) || list_wrapper(name);
}

template <class... Type>
std::vector<std::string_view> names(std::span<const Type>... types) {
  std::vector<std::string_view> names;
  (std::ranges::transform(types, std::back_inserter(names), &Type::name), ...);
  return names;
}

[[noreturn]] void refuse(const std::string& what, const std::string& name,
                         const std::vector<std::string_view>& candidates) {
  const auto near = suggestion(name, candidates);
  throw InputError("no " + what + ' ' + json_quoted(name) +
                   (near.empty() ? "; cbsim list names them all" : near));
}

void list(const std::string& kind, const std::string& name) {
  if (kind == "policies") {
    if (name.empty()) return list_policies();
    if (!list_policy(name)) refuse("policy", name, names(policy_types()));
  } else if (kind == "environments") {
    if (name.empty()) return list_worlds();
    if (!list_world(name)) refuse("environment", name, names(environment_types(), wrapper_types()));
  } else if (kind == "wrappers") {
    if (name.empty()) return list_wrappers();
    if (!list_wrapper(name)) refuse("wrapper", name, names(wrapper_types()));
  } else if (kind.empty()) {
    list_policies();
    print("\n");
    list_worlds();
    print("\ncbsim list NAME prints the settings of one of them.\n");
  } else {
    // The first word may be a NAME itself.
    if (!name.empty()) {
      throw InputError("no list of " + json_quoted(kind) +
                       "; expected cbsim list [policies|environments|wrappers] [NAME]");
    }
    const bool policy = list_policy(kind);
    if (policy && (find_environment_type(kind) || find_wrapper_type(kind))) print("\n");
    const bool world = list_world(kind);
    if (!policy && !world) {
      auto candidates = names(policy_types(), environment_types(), wrapper_types());
      candidates.insert(candidates.begin(), {"policies", "environments", "wrappers"});
      refuse("policy or environment", kind, candidates);
    }
  }
}

}  // namespace

void add_list(CLI::App& app, int& /*exit_code*/) {
  struct Options {
    std::string kind, name;
  };
  auto* command = app.add_subcommand(
      "list", "Print the policies, environments and wrappers, or the settings of one");
  const auto options = std::make_shared<Options>();
  command->add_option("KIND", options->kind,
                      "policies, environments (wrappers too) or wrappers, or a NAME");
  command->add_option("NAME", options->name, "The one whose settings are wanted");
  command->footer(
      "Examples:\n"
      "  cbsim list policies\n"
      "  cbsim list neural_ucb");
  command->callback([options] { list(options->kind, options->name); });
}

}  // namespace cbsim::app
