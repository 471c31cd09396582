#include "cbsim/core/state_archive.hpp"

#include <gtest/gtest.h>

#include <optional>
#include <string>

#include "support/memory_archive.hpp"

namespace cbsim {
namespace {

using test::MemoryArchive;

template <class T, class Save>
T restored(T value, T into, const Save& save) {
  std::string text;
  MemoryArchive saving(text, false), restoring(text, true);
  save(saving, value);
  save(restoring, into);
  return into;
}

TEST(StateArchive, RestoresANumberThatMayBeUnknown) {
  const auto save = [](StateArchive& archive, std::optional<double>& v) { archive.value(v); };
  using Known = std::optional<double>;
  EXPECT_EQ(restored(Known(2.5), Known(), save), Known(2.5));
  EXPECT_EQ(restored(Known(2.5), Known(7.0), save), Known(2.5));
  EXPECT_EQ(restored(Known(), Known(7.0), save), Known());
}

TEST(StateArchive, RestoresCountsThatCanBeCountedOn) {
  const auto save = [](StateArchive& archive, Index& n) { archive.value(n); };
  const auto restore = [&](Index n) {
    std::string text;
    MemoryArchive saving(text, false), restoring(text, true);
    save(saving, n);
    Index count = 7;
    restoring.count(count);
    return count;
  };
  EXPECT_EQ(restore(0), 0);
  EXPECT_EQ(restore(Index{1} << 53), Index{1} << 53);
  EXPECT_THROW(restore(-1), BadState);
  EXPECT_THROW(restore((Index{1} << 53) + 1), BadState);
}

TEST(StateArchive, RestoresColumnsWhateverTheirNumber) {
  for (const Index rows : {0, 3}) {
    const auto save = [&](StateArchive& archive, Matrix& m) { archive.columns(m, rows); };
    for (const Index columns : {0, 4}) {
      if (rows == 0 && columns > 0) continue;  // a count of nothings is not kept
      const Matrix m = Matrix::Random(rows, columns);
      const Matrix out = restored(m, Matrix(rows, 2), save);
      ASSERT_EQ(out.rows(), rows);
      ASSERT_EQ(out.cols(), columns);
      EXPECT_EQ(out, m);
    }
  }
}

TEST(StateArchive, RefusesColumnsOfAnotherHeight) {
  std::string text;
  MemoryArchive saving(text, false), restoring(text, true);
  Matrix m = Matrix::Ones(4, 2), other(3, 1);
  saving.columns(m, 4);
  EXPECT_THROW(restoring.columns(other, 3), BadState);
}

// The height may itself come from a file.
TEST(StateArchive, RefusesColumnsOfANegativeHeight) {
  std::string text;
  MemoryArchive saving(text, false), restoring(text, true);
  Matrix none(3, 0);
  saving.columns(none, 3);
  EXPECT_THROW(restoring.columns(none, -3), BadState);
}

}  // namespace
}  // namespace cbsim
