#include "cbsim/experiment/files.hpp"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>

#include "cbsim/core/error.hpp"
#include "temporary_folder.hpp"

namespace cbsim {
namespace {

namespace fs = std::filesystem;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::ThrowsMessage;

class FilesTest : public ::testing::Test {
 protected:
  fs::path path(const std::string& name) const { return folder_.path() / name; }
  void write(const std::string& name, const std::string& text) const {
    std::ofstream(path(name)) << text;
  }

  TemporaryFolder folder_;
};

TEST_F(FilesTest, WriteThroughNoLink) {
  write("mine", "mine");
  fs::create_symlink("mine", path("link"));
  fs::create_directory(path("folder"));
  fs::create_directory_symlink("folder", path("to_folder"));
  const auto refused = ThrowsMessage<IoError>(HasSubstr("symbolic link"));
  EXPECT_THAT([&] { OutputFile file(path("link")); }, refused);
  EXPECT_THAT([&] { open_file(path("link"), O_CREAT); }, refused);
  EXPECT_THAT([&] { make_inner_folder(path("to_folder")); }, refused);
  EXPECT_THAT([&] { refuse_link(path("link")); }, refused);
  EXPECT_FALSE(is_own_folder(path("to_folder")));
  EXPECT_EQ(read_file(path("mine")), "mine");
}

TEST_F(FilesTest, RemoveLinksButNotWhatTheyLeadTo) {
  fs::create_directories(path("kept"));
  write("kept/file", "mine");
  fs::create_directories(path("tree/deep/deeper"));
  write("tree/deep/file", "x");
  fs::create_directory_symlink("../kept", path("tree/link"));
  fs::create_directory_symlink("kept", path("link"));
  remove_tree(path("tree"));
  remove_tree(path("link"));
  remove_tree(path("nothing"));
  EXPECT_THAT(entries(folder_.path()), ElementsAre(path("kept")));
  EXPECT_EQ(read_file(path("kept/file")), "mine");
}

TEST_F(FilesTest, RemoveOnlyTheFoldersThatWereMade) {
  write("file", "mine");
  fs::create_symlink("nowhere", path("link"));
  EXPECT_THAT([&] { make_folders(path("file/a/b")); },
              ThrowsMessage<IoError>(HasSubstr("file/a/b: Not a directory")));
  EXPECT_THROW(make_folders(path("link")), IoError);
  EXPECT_TRUE(fs::is_symlink(path("link")));
  make_folders(path("a/b/c"));
  make_folders(path("a/b/c"));
  EXPECT_TRUE(is_folder(path("a/b/c")));
}

TEST_F(FilesTest, TellNothingThereFromNotReadable) {
  EXPECT_EQ(read_if_there(path("none")), std::nullopt);
  EXPECT_EQ(read_if_there(folder_.path()), std::nullopt);
  fs::create_symlink("loop", path("loop"));
  EXPECT_EQ(read_if_there(path("loop")), std::nullopt);
  ASSERT_EQ(::mkfifo(path("pipe").c_str(), 0600), 0);
  EXPECT_EQ(read_if_there(path("pipe")), std::nullopt);  // and does not wait for it
  EXPECT_THAT([&] { read_file(path("pipe")); }, ThrowsMessage<IoError>(HasSubstr("pipe")));
  write("file", "text");
  EXPECT_EQ(read_if_there(path("file")), "text");
  EXPECT_EQ(size_of_file(path("file")), 4U);
  EXPECT_THAT([&] { entries(path("none")); },
              ThrowsMessage<IoError>(HasSubstr("none: No such file")));
}

TEST_F(FilesTest, ReadAndWriteAtAPlace) {
  const int file = open_file(path("file"), O_CREAT);
  ASSERT_GE(file, 0);
  write_at(file, "abcdef", 2, path("file"));
  EXPECT_EQ(read_at(file, 3, 2, path("file")), "bc");
  EXPECT_EQ(read_at(file, 6, 100, path("file")), "ef");
  ::close(file);
  EXPECT_EQ(open_file(path("none"), 0), -1);
}

}  // namespace
}  // namespace cbsim
