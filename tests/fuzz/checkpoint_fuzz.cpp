// The two files of a checkpoint: `state`, a line "---", `growth`. They are tried as they are, and
// once more with their checksums put right, so that what stands behind those is read as well.

#include "cbsim/experiment/checkpoint.hpp"

#include <vector>

#include "checkpoint_bytes.hpp"

namespace {

using namespace cbsim;

/// Remembers something of every kind.
struct Diary {
  double mood = 0.5;
  Matrix page = Matrix::Constant(2, 1, 0.25);
  Vector line = Vector::Constant(1, 2.0);
  std::vector<std::int32_t> numbers{1, 2};
  std::vector<std::vector<double>> days{{1.0}, {}};
  std::string text = "a day";

  void state(StateArchive& archive) {
    archive.value(mood);
    archive.columns(page, 2);
    archive.numbers(line);
    archive.values(numbers);
    const StateArchive::Scope scope(archive, "diary");
    archive.growing(
        "days", static_cast<Index>(days.size()),
        [&](Index i, std::vector<double>& item) { item = days[static_cast<std::size_t>(i)]; },
        [&](std::span<const double> item) { days.emplace_back(item.begin(), item.end()); });
    archive.growing_bytes(
        "text", static_cast<Index>(text.size()),
        [&](Index from, const StateArchive::Put& put) {
          put(std::string_view(text).substr(static_cast<std::size_t>(from)));
        },
        [&](std::string_view bytes) { text += bytes; });
  }
};

/// What is restored can be saved, and is then the same.
void check(const fuzz::Folder& folder) {
  Diary diary{.days = {}, .text = {}};
  Checkpoint checkpoint(folder.path(), "fuzz");
  const auto found = checkpoint.restore([&](StateArchive& archive) { diary.state(archive); });
  if (found == Checkpoint::Found::bad) fuzz::check_message(checkpoint.reason());
  if (found != Checkpoint::Found::good) return;
  checkpoint.save([&](StateArchive& archive) { diary.state(archive); });
}

}  // namespace

CBSIM_FUZZ_TARGET(input) {
  static const fuzz::Folder folder;
  std::string state = input.part("\n---\n"), growth(input.rest());
  folder.write("lock", "");
  for (const bool repaired : {false, true}) {
    if (repaired) fuzz::repair(state, growth);
    folder.write("state", state);
    folder.write("growth", growth);
    try {
      fuzz::accepts([&] { check(folder); });
    } catch (const BadState& bad) {
      fuzz::check_message(bad.what());
    }
  }
}
