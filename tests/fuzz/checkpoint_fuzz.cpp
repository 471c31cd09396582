// The two files of a checkpoint: `state`, a line "---", `growth`. They are tried as they are, and
// once more with their checksums put right, so that what stands behind those is read as well.

#include "cbsim/experiment/checkpoint.hpp"
#include "checkpoint_bytes.hpp"
#include "support/diary.hpp"

namespace {

using namespace cbsim;

/// What is restored can be saved, and is then the same.
void check(const fuzz::Folder& folder) {
  testing::Diary diary;
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
