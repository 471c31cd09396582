#include "cbsim/experiment/failure_note.hpp"

#include <gmock/gmock.h>
#include <sys/stat.h>

#include <fstream>

#include "cbsim/core/error.hpp"
#include "cbsim/experiment/files.hpp"
#include "temporary_folder.hpp"

namespace cbsim {
namespace {

namespace fs = std::filesystem;

void remove_note(const fs::path& folder, const std::string& key) {
  remove_failure_notes(folder, [&](const std::string& other) { return other == key; });
}

TEST(FailureNote, HoldsTheCauseInOneLineUntilItIsRemoved) {
  const TemporaryFolder folder;
  EXPECT_EQ(read_failure_note(folder.path(), "abc"), std::nullopt);
  write_failure_note(folder.path(), "abc", "the refit diverged\nin round 7");
  EXPECT_EQ(read_file(folder.path() / "failed/abc.txt"), "the refit diverged in round 7\n");
  EXPECT_EQ(read_failure_note(folder.path(), "abc"), "the refit diverged in round 7");
  write_failure_note(folder.path(), "abc", "out of memory");
  EXPECT_EQ(read_failure_note(folder.path(), "abc"), "out of memory");
  EXPECT_EQ(read_failure_note(folder.path(), "abd"), std::nullopt);
  remove_note(folder.path(), "abc");
  EXPECT_EQ(read_failure_note(folder.path(), "abc"), std::nullopt);
}

TEST(FailureNote, LeavesNoTraceAfterTheLastOne) {
  const TemporaryFolder folder;
  remove_note(folder.path(), "abc");
  write_failure_note(folder.path(), "abc", "x");
  write_failure_note(folder.path(), "abd", "y");
  remove_note(folder.path(), "abc");
  EXPECT_EQ(read_failure_note(folder.path(), "abd"), "y");
  std::ofstream(folder.path() / "failed" / "abd.txt.17.tmp") << "of a process that was killed";
  remove_note(folder.path(), "abd");
  EXPECT_TRUE(fs::is_empty(folder.path()));
}

TEST(FailureNote, SaysThatItCannotBeWritten) {
  const TemporaryFolder folder;
  std::ofstream(folder.path() / "failed") << "a file";
  EXPECT_THROW(write_failure_note(folder.path(), "abc", "x"), IoError);
  EXPECT_EQ(read_failure_note(folder.path(), "abc"), std::nullopt);
  remove_note(folder.path(), "abc");
}

TEST(FailureNote, OfSomebodyElseNeitherSteersTheTerminalNorKeepsOneWaiting) {
  const TemporaryFolder folder;
  write_failure_note(folder.path(), "abc", "x");
  const fs::path note = folder.path() / "failed/abc.txt";
  std::ofstream(note) << "\x1b[31mred\nmore";
  EXPECT_EQ(read_failure_note(folder.path(), "abc"), " [31mred");
  std::ofstream(note) << std::string(2 << 20, 'a');
  EXPECT_EQ(read_failure_note(folder.path(), "abc"), std::nullopt);
  fs::remove(note);
  ASSERT_EQ(::mkfifo(note.c_str(), 0600), 0);
  EXPECT_EQ(read_failure_note(folder.path(), "abc"), std::nullopt);
}

}  // namespace
}  // namespace cbsim
