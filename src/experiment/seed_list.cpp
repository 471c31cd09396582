#include "cbsim/experiment/seed_list.hpp"

#include "cbsim/core/error.hpp"
#include "cbsim/core/text.hpp"
#include "cbsim/experiment/json_tree.hpp"

namespace cbsim {
namespace {

constexpr std::size_t kMostSeeds = 1000000;
constexpr const char* kForms = "; expected a count (10), a range (5:8 = 5, 6, 7) or a list (1,4,9)";

std::vector<Seed> seeds_from(Seed first, Seed end, std::string_view text) {
  if (end <= first) {
    throw InputError("the range " + std::string(text) +
                     " is empty; its end must be above its start");
  }
  if (end - first > kMostSeeds) {
    throw InputError("the range " + std::string(text) + " has more than " +
                     std::to_string(kMostSeeds) + " seeds");
  }
  std::vector<Seed> seeds;
  for (Seed seed = first; seed < end; ++seed) seeds.push_back(seed);
  return seeds;
}

}  // namespace

bool parse_seed(std::string_view text, Seed& seed) {
  const auto number = parsed<Seed>(text);
  if (!number || *number > Seed{1} << 53) return false;
  seed = *number;
  return true;
}

std::vector<Seed> parse_seeds(std::string_view text) {
  Seed first = 0, end = 0;
  if (parse_seed(text, end)) return seeds_from(0, end, text);
  if (const auto colon = text.find(':'); colon != std::string_view::npos) {
    if (!parse_seed(text.substr(0, colon), first) || !parse_seed(text.substr(colon + 1), end)) {
      throw InputError(json_quoted(text) + " is no range" + kForms);
    }
    return seeds_from(first, end, text);
  }
  std::vector<Seed> seeds;
  for (std::string_view rest = text;;) {
    const auto comma = rest.find(',');
    const std::string_view piece = rest.substr(0, comma);
    Seed seed = 0;
    if (!parse_seed(piece, seed)) throw InputError(json_quoted(piece) + " is no seed" + kForms);
    seeds.push_back(seed);
    if (comma == std::string_view::npos) return seeds;
    rest.remove_prefix(comma + 1);
  }
}

std::string seeds_text(const std::vector<Seed>& seeds, std::size_t most) {
  std::string text;
  std::size_t pieces = 0;
  for (std::size_t i = 0; i < seeds.size(); ++pieces) {
    if (pieces == most) return text + " and " + std::to_string(seeds.size() - i) + " more";
    std::size_t last = i;
    while (last + 1 < seeds.size() && seeds[last + 1] == seeds[last] + 1) ++last;
    text += (text.empty() ? "" : ", ") + std::to_string(seeds[i]);
    if (last > i) text += '-' + std::to_string(seeds[last]);
    i = last + 1;
  }
  return text.empty() ? "-" : text;
}

}  // namespace cbsim
