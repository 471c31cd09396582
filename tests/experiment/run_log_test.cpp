#include "cbsim/experiment/run_log.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include "cbsim/core/error.hpp"
#include "temporary_folder.hpp"

namespace cbsim {
namespace {

// Opening a pipe would wait for a reader, and a link might lead anywhere.
TEST(RunLog, IsWrittenToARegularFileOnly) {
  const TemporaryFolder folder;
  ASSERT_EQ(::mkfifo((folder.path() / "pipe").c_str(), 0600), 0);
  std::filesystem::create_symlink(folder.path() / "other", folder.path() / "link");
  EXPECT_THROW(RunLog(folder.path() / "pipe"), IoError);
  EXPECT_THROW(RunLog(folder.path() / "link"), IoError);
  EXPECT_FALSE(std::filesystem::exists(folder.path() / "other"));
  RunLog(folder.path() / "run.log").info("line");
  RunLog(folder.path() / "run.log").info("another line");  // appended
}

}  // namespace
}  // namespace cbsim
