#include "cbsim/experiment/problems.hpp"

#include <algorithm>
#include <cctype>
#include <map>
#include <numeric>
#include <set>
#include <tuple>

#include "cbsim/core/error.hpp"
#include "cbsim/core/text.hpp"

namespace cbsim {
namespace {

/// Comparisons of characters for one suggestion.
constexpr std::size_t kMostEffort = 10'000'000;

char lower(char c) { return static_cast<char>(std::tolower(static_cast<unsigned char>(c))); }

/// Insertions, deletions, replacements and swaps of neighbours that turn a into b, case ignored.
std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> two_up(b.size() + 1), up(b.size() + 1), row(b.size() + 1);
  std::iota(up.begin(), up.end(), 0u);
  for (std::size_t i = 1; i <= a.size(); ++i) {
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const bool same = lower(a[i - 1]) == lower(b[j - 1]);
      row[j] = std::min({up[j] + 1, row[j - 1] + 1, up[j - 1] + (same ? 0 : 1)});
      if (i > 1 && j > 1 && lower(a[i - 1]) == lower(b[j - 2]) &&
          lower(a[i - 2]) == lower(b[j - 1])) {
        row[j] = std::min(row[j], two_up[j - 2] + 1);
      }
    }
    two_up.swap(up);
    up.swap(row);
  }
  return up[b.size()];
}

}  // namespace

std::string Problem::text() const {
  // The name of a file, which the message may hold, may have any character.
  return one_line(position.text() + (pointer.empty() ? "" : ": " + pointer) + ": " + message);
}

void Problems::add(const Position& position, std::string pointer, std::string message) {
  add({position, std::move(pointer), std::move(message)});
}

void Problems::add(Problem problem) {
  if (++size_ <= kMostKept) list_.push_back(std::move(problem));
}

void Problems::add_grid(std::span<const Problems> points, std::span<const std::string> names) {
  struct Seen {
    const Problem* problem;
    std::set<std::size_t> points;
  };
  std::vector<Seen> seen;  // in the order found
  std::map<std::string, std::size_t> numbers;
  for (std::size_t i = 0; i < points.size(); ++i) {
    for (const auto& problem : points[i].list_) {
      const auto [found, is_new] = numbers.emplace(problem.text(), seen.size());
      if (is_new) seen.push_back({&problem, {}});
      seen[found->second].points.insert(i);
    }
  }
  for (const auto& entry : seen) {
    Problem problem = *entry.problem;
    if (entry.points.size() < points.size()) {
      problem.message += " (with " + names[*entry.points.begin()] + ")";
    }
    add(std::move(problem));
  }
}

void Problems::raise() const {
  if (list_.empty()) return;
  std::vector<const Problem*> order;
  for (const auto& problem : list_) order.push_back(&problem);
  // Flags first, then the file from top to bottom.
  std::ranges::stable_sort(
      order, {}, [](const Problem* p) { return std::tuple(p->position.line, p->position.column); });
  std::set<std::string> seen;
  std::string lines;
  for (const auto* problem : order) {
    std::string line = problem->text();
    if (!seen.insert(line).second) continue;
    lines += (lines.empty() ? "" : "\n") + line;
  }
  if (size_ > kMostKept) {
    lines += "\n... and " + std::to_string(size_ - kMostKept) + " errors more";
  }
  if (std::ranges::all_of(list_, &Problem::io)) throw IoError(lines);
  throw InputError(lines);
}

std::string child_pointer(const std::string& pointer, std::string_view key) {
  std::string out = pointer + '/';
  const std::string escaped = json_quoted(cut(key, 200));  // no control characters in a message
  for (const char c : std::string_view(escaped).substr(1, escaped.size() - 2)) {
    if (c == '~') {
      out += "~0";
    } else if (c == '/') {
      out += "~1";
    } else {
      out += c;
    }
  }
  return out;
}

std::string item_pointer(const std::string& pointer, std::size_t index) {
  return pointer + '/' + std::to_string(index);
}

std::string cut(std::string_view text, std::size_t most) {
  if (text.size() <= most) return std::string(text);
  return std::string(beginning(text, most - 3)) + "...";
}

std::string_view nearest(std::string_view name, std::span<const std::string_view> candidates) {
  if (name.size() > 100) return {};  // nobody means a name by that
  std::size_t least = (name.size() + 2) / 3;
  std::string_view best;
  std::size_t effort = 0;
  for (const auto candidate : candidates) {
    if (candidate.size() > name.size() + least) continue;
    effort += (name.size() + 1) * (candidate.size() + 1);
    if (effort > kMostEffort) break;
    const std::size_t distance = edit_distance(name, candidate);
    if (distance < least || (distance == least && best.empty() && distance < candidate.size())) {
      least = distance;
      best = candidate;
    }
  }
  if (!best.empty() || name.size() < 3) return best;
  const auto longer = std::ranges::find_if(
      candidates, [&](std::string_view candidate) { return candidate.starts_with(name); });
  return longer == candidates.end() ? best : *longer;
}

std::string suggestion(std::string_view name, std::span<const std::string_view> candidates) {
  const auto best = nearest(name, candidates);
  return best.empty() ? "" : "; did you mean " + json_quoted(best) + "?";
}

std::string alternatives(std::span<const std::string> words) {
  constexpr std::size_t kShown = 50;
  std::string out;
  for (std::size_t i = 0; i < std::min(words.size(), kShown); ++i) {
    if (i > 0) out += i + 1 == words.size() ? " or " : ", ";
    out += words[i];
  }
  if (words.size() > kShown) out += " or " + std::to_string(words.size() - kShown) + " more";
  return out;
}

std::string some_of(std::span<const std::string> list) {
  std::string out;
  for (std::size_t i = 0; i < std::min(list.size(), kMostNamed); ++i) {
    out += (i > 0 ? ", " : "") + list[i];
  }
  if (list.size() > kMostNamed) out += " and " + std::to_string(list.size() - kMostNamed) + " more";
  return out;
}

}  // namespace cbsim
