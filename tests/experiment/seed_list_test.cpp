#include "cbsim/experiment/seed_list.hpp"

#include <gmock/gmock.h>

#include "cbsim/core/error.hpp"

namespace cbsim {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::ThrowsMessage;

TEST(SeedList, ReadsACountARangeAndAList) {
  EXPECT_THAT(parse_seeds("3"), ElementsAre(0u, 1u, 2u));
  EXPECT_THAT(parse_seeds("5:8"), ElementsAre(5u, 6u, 7u));
  EXPECT_THAT(parse_seeds("9,1,4"), ElementsAre(9u, 1u, 4u));
}

TEST(SeedList, RefusesWhatIsNeither) {
  for (const char* text : {"", "x", "1,,2", "1,", "-1", "1.5", "1:2:3", ":3"}) {
    EXPECT_THAT([&] { parse_seeds(text); }, ThrowsMessage<InputError>(HasSubstr("a count (10)")))
        << text;
  }
  EXPECT_THAT([] { parse_seeds("8:5"); }, ThrowsMessage<InputError>(HasSubstr("8:5 is empty")));
  EXPECT_THROW(parse_seeds("0"), InputError);
  EXPECT_THROW(parse_seeds("0:2000000"), InputError);
}

TEST(SeedList, WritesRangesAndClipsThem) {
  EXPECT_EQ(seeds_text({}), "-");
  EXPECT_EQ(seeds_text({4}), "4");
  EXPECT_EQ(seeds_text({0, 1, 2, 7, 9, 8}), "0-2, 7, 9, 8");
  EXPECT_EQ(seeds_text({0, 1, 3, 5, 6, 8}, 2), "0-1, 3 and 3 more");
}

}  // namespace
}  // namespace cbsim
