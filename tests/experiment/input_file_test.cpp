#include "cbsim/experiment/input_file.hpp"

#include <sys/stat.h>
#include <zlib.h>

#include "experiment/config_fixture.hpp"

namespace cbsim {
namespace {

using InputFile = ConfigTest;

std::string gzip(const std::string& text) {
  z_stream stream{};
  deflateInit2(&stream, 9, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY);
  std::string out(deflateBound(&stream, text.size()) + 64, '\0');
  std::string input = text;
  stream.next_in = reinterpret_cast<Bytef*>(input.data());
  stream.avail_in = static_cast<uInt>(input.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  EXPECT_EQ(deflate(&stream, Z_FINISH), Z_STREAM_END);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

std::string noise(std::size_t bytes) {
  std::string out(bytes, '\0');
  std::uint32_t state = 1;
  for (auto& c : out) c = static_cast<char>((state = state * 1664525u + 1013904223u) >> 24);
  return out;
}

template <class Error, class Act>
std::string message(Act act) {
  try {
    act();
  } catch (const Error& error) {
    return error.what();
  }
  return "no error";
}

TEST_F(InputFile, UnpacksGzipAndLeavesTheRestAlone) {
  const std::string text = noise(1000000);
  EXPECT_EQ(gunzip(gzip(text)), text);
  EXPECT_EQ(gunzip("plain"), "plain");
  EXPECT_EQ(gunzip(""), "");
  EXPECT_EQ(gunzip(gzip("")), "");
}

TEST_F(InputFile, JoinsMembersAndIgnoresPadding) {
  EXPECT_EQ(gunzip(gzip("one,") + gzip("two") + std::string(512, '\0')), "one,two");
}

TEST_F(InputFile, RefusesEveryTruncation) {
  const std::string whole = gzip(noise(300));
  for (std::size_t size = 2; size < whole.size(); ++size) {
    EXPECT_EQ(message<InputError>([&] { gunzip(whole.substr(0, size)); }),
              "broken gzip data: they end too early")
        << size;
  }
}

TEST_F(InputFile, RefusesCorruptData) {
  std::string flipped = gzip(noise(300));
  flipped[flipped.size() - 6] ^= 1;  // the checksum
  EXPECT_EQ(message<InputError>([&] { gunzip(flipped); }),
            "broken gzip data: incorrect data check");
  EXPECT_EQ(message<InputError>([&] { gunzip(gzip("a") + "tail"); }),
            "broken gzip data: what follows the end is not gzip");
}

TEST_F(InputFile, RefusesBombs) {
  const std::string bomb = gzip(std::string(3 << 20, 'a'));
  EXPECT_EQ(message<InputError>([&] { gunzip(bomb, {.bytes = 1 << 20}); }),
            "unpacks to more than 1 MiB, the limit");
  EXPECT_EQ(message<InputError>([&] { gunzip(bomb, {.ratio_from = 1 << 20}); }),
            "unpacks to more than 250 times its size, which no real data do; unpack it yourself "
            "if they are");
  EXPECT_EQ(gunzip(bomb).size(), std::size_t{3} << 20);  // small enough to be harmless
}

TEST_F(InputFile, ReadsOnlyRegularFilesAndNeverWaits) {
  ASSERT_EQ(mkfifo(path("fifo").c_str(), 0600), 0);
  EXPECT_EQ(message<IoError>([&] { read_input(path("fifo")); }),
            "cannot read " + path("fifo") + ": it is a pipe, not a regular file");
  EXPECT_EQ(message<IoError>([&] { read_input(folder_); }),
            "cannot read " + folder_ + ": it is a folder, not a file");
  EXPECT_EQ(message<IoError>([&] { read_input("/dev/zero"); }),
            "cannot read /dev/zero: it is a device, not a regular file");
  EXPECT_EQ(message<IoError>([&] { read_input(path("none")); }),
            "cannot read " + path("none") + ": No such file or directory");
}

TEST_F(InputFile, RefusesOversizedFiles) {
  EXPECT_EQ(message<InputError>([&] {
              read_input(write("big", std::string((1 << 20) + 1, 'a')), {.bytes = 1 << 20});
            }),
            "larger than 1 MiB, the limit");
}

TEST_F(InputFile, IsReadAndHashedOnceAPath) {
  FileStore store;
  File first{write("data", "1,2\n"), nullptr}, second = first;
  File packed{write("data.gz", gzip("1,2\n")), nullptr};
  store.load(first);
  store.load(second);
  store.load(packed);
  EXPECT_EQ(*first.content, "1,2\n");
  EXPECT_EQ(first.content.get(), second.content.get());
  EXPECT_EQ(store.hash(first), store.hash(packed));
  // XXH3 128 of the empty text, from the reference implementation.
  EXPECT_EQ(content_hash(""), "99aa06d3014798d86001c324468d497f");
}

// Without taking memory for it first.
TEST_F(InputFile, RefusesAFileByTheSizeThatItSays) {
  std::filesystem::resize_file(write("sparse", ""), std::uintmax_t{1} << 42);
  EXPECT_EQ(message<InputError>([&] { read_input(path("sparse")); }),
            "larger than 4096 MiB, the limit");
}

TEST_F(InputFile, ReadsFilesThatAreLongerThanTheySay) {
  EXPECT_THAT(read_input("/proc/self/status"), testing::HasSubstr("VmRSS"));
}

}  // namespace
}  // namespace cbsim
