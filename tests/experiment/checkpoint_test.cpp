#include "cbsim/experiment/checkpoint.hpp"

#include <gmock/gmock.h>
#include <sys/resource.h>
#include <xxhash.h>

#include <csignal>
#include <cstdint>
#include <cstring>
#include <fstream>
#include <limits>
#include <memory>
#include <thread>

#include "cbsim/core/error.hpp"
#include "cbsim/experiment/files.hpp"
#include "support/diary.hpp"
#include "temporary_folder.hpp"

namespace cbsim {
namespace {

namespace fs = std::filesystem;
using testing::Diary;
using ::testing::HasSubstr;

class CheckpointTest : public ::testing::Test {
 protected:
  static Diary diary(int days) {
    Diary diary;
    for (int day = 0; day < days; ++day) diary.live(day);
    return diary;
  }
  fs::path folder() const { return temporary_.path() / "checkpoints" / "key"; }

  Checkpoint::Found restore(Checkpoint& checkpoint, Diary& diary,
                            std::chrono::seconds patience = std::chrono::seconds(10)) const {
    return checkpoint.restore([&](StateArchive& archive) { diary.state(archive); }, patience);
  }
  Checkpoint::Found restore(Diary& diary, const std::string& identity = "this run") const {
    Checkpoint checkpoint(folder(), identity);
    return restore(checkpoint, diary);
  }
  void save(Checkpoint& checkpoint, Diary& diary) const {
    checkpoint.save([&](StateArchive& archive) { diary.state(archive); });
  }
  void save(int days) const {
    Checkpoint checkpoint(folder(), "this run");
    Diary own = diary(days);
    save(checkpoint, own);
  }

  TemporaryFolder temporary_;
};

TEST_F(CheckpointTest, MakesNothingBeforeTheFirstSave) {
  Diary empty;
  EXPECT_EQ(restore(empty), Checkpoint::Found::nothing);
  EXPECT_FALSE(fs::exists(temporary_.path() / "checkpoints"));
}

TEST_F(CheckpointTest, RestoresTheLastOfManySaves) {
  Diary first;
  {
    Checkpoint checkpoint(folder(), "this run");
    for (int day = 0; day < 5; ++day) {
      first.live(day);
      save(checkpoint, first);
    }
  }
  // Another process goes on, and a third one reads what both have written.
  {
    Diary second;
    Checkpoint checkpoint(folder(), "this run");
    ASSERT_EQ(restore(checkpoint, second), Checkpoint::Found::good);
    EXPECT_EQ(second, diary(5));
    for (int day = 5; day < 9; ++day) second.live(day);
    save(checkpoint, second);
  }
  Diary third;
  EXPECT_EQ(restore(third), Checkpoint::Found::good);
  EXPECT_EQ(third, diary(9));
}

TEST_F(CheckpointTest, AppendsOnlyWhatIsNew) {
  Checkpoint checkpoint(folder(), "this run");
  Diary own = diary(1000);
  save(checkpoint, own);
  const auto before = fs::file_size(folder() / "growth");
  own.live(1000);
  save(checkpoint, own);
  EXPECT_LT(fs::file_size(folder() / "growth") - before, 200U);
  EXPECT_LT(fs::file_size(folder() / "state"), 400U);
}

TEST_F(CheckpointTest, IgnoresWhatAnotherRunOrBuildHasLeft) {
  save(3);
  Diary diary;
  EXPECT_EQ(restore(diary, "another run"), Checkpoint::Found::bad);
  EXPECT_EQ(diary, Diary());
}

// What a crash or a bad disk may leave: either file cut anywhere, or with any byte changed.
TEST_F(CheckpointTest, NeverRestoresWhatIsTorn) {
  for (const char* name : {"state", "growth"}) {
    SCOPED_TRACE(name);
    save(4);
    const std::string whole = read_file(folder() / name);
    const auto expect_ignored = [&](const std::string& text) {
      std::ofstream(folder() / name, std::ios::binary) << text;
      Diary diary;
      EXPECT_NE(restore(diary), Checkpoint::Found::good);
      EXPECT_EQ(diary, Diary());
    };
    for (std::size_t size = 0; size < whole.size(); ++size) expect_ignored(whole.substr(0, size));
    for (std::size_t i = 0; i < whole.size(); ++i) {
      std::string changed = whole;
      changed[i] = static_cast<char>(changed[i] ^ 0x41);
      expect_ignored(changed);
    }
    fs::remove_all(folder());
  }
}

TEST_F(CheckpointTest, ReplacesWhatIsTorn) {
  save(4);
  fs::resize_file(folder() / "growth", 10);
  {
    Checkpoint checkpoint(folder(), "this run");
    Diary empty;
    ASSERT_EQ(restore(checkpoint, empty), Checkpoint::Found::bad);
    EXPECT_THAT(checkpoint.reason(), HasSubstr("cut short"));
    Diary own = diary(6);
    save(checkpoint, own);
  }
  Diary diary;
  EXPECT_EQ(restore(diary), Checkpoint::Found::good);
  EXPECT_EQ(diary, CheckpointTest::diary(6));
}

// A process that was killed while it appended leaves more than counts.
TEST_F(CheckpointTest, PassesOverAnUnfinishedAppend) {
  save(4);
  std::ofstream(folder() / "growth", std::ios::app | std::ios::binary) << "half a rec";
  std::ofstream(folder() / "state.new", std::ios::binary) << "cbsim check";
  Diary own;
  {
    Checkpoint checkpoint(folder(), "this run");
    ASSERT_EQ(restore(checkpoint, own), Checkpoint::Found::good);
    own.live(4);
    save(checkpoint, own);
  }
  Diary diary;
  EXPECT_EQ(restore(diary), Checkpoint::Found::good);
  EXPECT_EQ(diary, CheckpointTest::diary(5));
}

TEST_F(CheckpointTest, KeepsTheOneBeforeWhenASaveFails) {
  save(4);
  {
    Checkpoint checkpoint(folder(), "this run");
    Diary own;
    ASSERT_EQ(restore(checkpoint, own), Checkpoint::Found::good);
    for (int day = 4; day < 400; ++day) own.live(day);
    // No file may grow beyond a few bytes: the disk is full.
    rlimit before{};
    ASSERT_EQ(getrlimit(RLIMIT_FSIZE, &before), 0);
    const auto handler = std::signal(SIGXFSZ, SIG_IGN);
    rlimit full = before;
    full.rlim_cur = fs::file_size(folder() / "growth") + 100;
    ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &full), 0);
    EXPECT_THROW(save(checkpoint, own), IoError);
    ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &before), 0);
    std::signal(SIGXFSZ, handler);
  }
  Diary diary;
  EXPECT_EQ(restore(diary), Checkpoint::Found::good);
  EXPECT_EQ(diary, CheckpointTest::diary(4));
}

TEST_F(CheckpointTest, LeavesARunToTheProcessThatHasIt) {
  Checkpoint first(folder(), "this run");
  Diary own = diary(3);
  save(first, own);
  Checkpoint second(folder(), "this run");
  Diary other = diary(8);
  EXPECT_EQ(restore(second, other, std::chrono::seconds(0)), Checkpoint::Found::busy);
  const std::string before = read_file(folder() / "state");
  save(second, other);
  EXPECT_EQ(read_file(folder() / "state"), before);
}

// A killed process may keep its lock for a while.
TEST_F(CheckpointTest, WaitsForALockThatIsGivenBack) {
  auto first = std::make_unique<Checkpoint>(folder(), "this run");
  Diary own = diary(3);
  save(*first, own);
  std::thread release([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(200));
    first.reset();
  });
  Diary other;
  EXPECT_EQ(restore(other), Checkpoint::Found::good);
  release.join();
  EXPECT_EQ(other, own);
}

TEST_F(CheckpointTest, SaysWhereItCannotSave) {
  std::ofstream(temporary_.path() / "checkpoints") << "a file in the way";
  Checkpoint checkpoint(folder(), "this run");
  Diary own = diary(1);
  try {
    save(checkpoint, own);
    FAIL() << "nothing was thrown";
  } catch (const IoError& error) {
    EXPECT_THAT(error.what(), HasSubstr(folder().parent_path().string()));
  }
}

// Checksums tell accidents from good bytes, but not who has written those.
TEST_F(CheckpointTest, RefusesTheStateOfAnotherComponent) {
  save(4);
  const auto restore_as = [&](const auto& state) {
    Checkpoint checkpoint(folder(), "this run");
    return checkpoint.restore(state);
  };
  double mood = 0.0;
  Matrix page;
  Vector two(2);
  std::vector<double> many;
  EXPECT_THROW(restore_as([&](StateArchive& archive) { archive.value(mood); }), BadState);
  EXPECT_THROW(restore_as([&](StateArchive& archive) { archive.numbers(two); }), BadState);
  EXPECT_THROW(restore_as([&](StateArchive& archive) { archive.columns(page, 2); }), BadState);
  EXPECT_THROW(restore_as([&](StateArchive& archive) { archive.values(many); }), BadState);
  EXPECT_THROW(restore_as([&](StateArchive& archive) {
                 const StateArchive::Scope scope(archive, "diary");
                 archive.growing(
                     "text", 0, [](Index, std::vector<double>&) {}, [](std::span<const double>) {});
               }),
               BadState);
}

// Else the next save would write from an item on that is not there.
TEST_F(CheckpointTest, RefusesSequencesThatAreNotAsLongAsItSays) {
  for (const Index claimed : {Index{-1}, Index{2}, Index{4}, std::numeric_limits<Index>::max()}) {
    fs::remove_all(folder());
    std::string text = "abc";
    const auto state = [&](StateArchive& archive) {
      const Index size = archive.restoring() ? 0 : text == "abc" ? claimed : std::ssize(text);
      archive.growing_bytes(
          "text", size, [&](Index, const StateArchive::Put& put) { put(text); },
          [&](std::string_view piece) { text += piece; });
    };
    Checkpoint(folder(), "this run").save(state);
    text = "[";  // "[abc" is four
    Checkpoint checkpoint(folder(), "this run");
    if (claimed == 4) {
      EXPECT_EQ(checkpoint.restore(state), Checkpoint::Found::good);
    } else {
      EXPECT_THROW(checkpoint.restore(state), BadState) << claimed;
    }
  }
}

// Else a few bytes would ask for terabytes.
TEST_F(CheckpointTest, TakesNoMemoryForSizesBeyondItsFiles) {
  save(4);
  std::string state = read_file(folder() / "state"), growth = read_file(folder() / "growth");
  const std::uint64_t huge = std::uint64_t{1} << 41;
  const std::size_t head = std::string_view("cbsim checkpoint 1\n").size(), last = state.size() - 8;
  const std::size_t size_at = head + 8 + std::string_view("this run").size();
  std::uint64_t size = 0;
  std::memcpy(&size, state.data() + size_at, sizeof size);
  ASSERT_EQ(size, growth.size());
  std::memcpy(state.data() + size_at, &huge, sizeof huge);
  const std::uint64_t sum = XXH3_64bits(state.data() + head, last - head);
  std::memcpy(state.data() + last, &sum, sizeof sum);
  std::memcpy(growth.data(), &huge, sizeof huge);  // the size of the first name
  growth[5] = 1;                                   // 2^40
  std::ofstream(folder() / "state", std::ios::binary) << state;
  std::ofstream(folder() / "growth", std::ios::binary) << growth;
  Checkpoint checkpoint(folder(), "this run");
  Diary none;
  EXPECT_EQ(restore(checkpoint, none), Checkpoint::Found::bad);
  EXPECT_EQ(checkpoint.reason(), "it is cut short");
}

TEST_F(CheckpointTest, WritesThroughNoLink) {
  save(2);
  const fs::path other = temporary_.path() / "other";
  for (const char* name : {"growth", "state.new", "state", "lock"}) {
    SCOPED_TRACE(name);
    std::ofstream(other) << "precious";
    fs::remove(folder() / name);
    fs::create_symlink(other, folder() / name);
    Checkpoint checkpoint(folder(), "this run");
    Diary own = diary(3);
    try {
      save(checkpoint, own);
    } catch (const IoError&) {
    }
    EXPECT_EQ(read_file(other), "precious");
    fs::remove_all(folder());
    save(2);
  }
}

}  // namespace
}  // namespace cbsim
