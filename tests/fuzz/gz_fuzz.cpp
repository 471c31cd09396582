// The bytes of a data file, gzipped or not, in a format that cbsim finds out for itself. Every
// second input is gzipped first, so that what is inside of a sound file varies as well.

#include <zlib.h>

#include "cbsim/experiment/experiment.hpp"
#include "cbsim/experiment/input_file.hpp"
#include "fuzz.hpp"

namespace {

using namespace cbsim;

constexpr std::string_view kConfig = R"({
  "horizon": 1, "policies": [{ "type": "uniform" }],
  "environment": { "type": "classification", "path": "data", "normalize": "zscore" }
})";

std::string gzip(std::string_view text) {
  z_stream stream{};
  fuzz::demand(deflateInit2(&stream, 1, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY) == Z_OK, "zlib");
  std::string in(text), out(deflateBound(&stream, in.size()) + 64, '\0');
  stream.next_in = reinterpret_cast<Bytef*>(in.data());
  stream.avail_in = static_cast<uInt>(in.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  fuzz::demand(deflate(&stream, Z_FINISH) == Z_STREAM_END, "zlib");
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

}  // namespace

CBSIM_FUZZ_TARGET(input) {
  static const fuzz::Folder folder;
  static const std::string config = folder.write("f.json", kConfig);
  const bool pack = input.choice(2) == 1;
  const std::string bytes = pack ? gzip(input.rest()) : std::string(input.rest());
  // Small limits let short bombs reach them.
  const InputLimits limits{.bytes = std::size_t{16} << 20, .ratio = 250, .ratio_from = 1 << 20};
  fuzz::accepts([&] {
    const std::string text = gunzip(bytes, limits);
    fuzz::demand(text.size() <= limits.bytes, "a text beyond the limit");
    fuzz::demand(!pack || text == input.rest(), "unpacked to another text");
  });
  folder.write("data", bytes);
  fuzz::accepts([&] { load_experiment(config, {}); });
}
