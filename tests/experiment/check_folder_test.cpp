#include <gmock/gmock.h>

#include <fstream>

#include "experiments.hpp"
#include "temporary_folder.hpp"

namespace cbsim {
namespace {

namespace fs = std::filesystem;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::ThrowsMessage;

class CheckFolder : public ::testing::Test {
 protected:
  void check(const Experiment& experiment, bool force = false) const {
    check_folder(folder(), experiment, force);
  }
  fs::path folder() const { return temporary_.path() / "results"; }

  TemporaryFolder temporary_;
  Experiment held_ = make_experiment({make_cell("uniform", "uniform")}, {0, 1});
};

TEST_F(CheckFolder, AdmitsAMissingAndAnEmptyFolder) {
  EXPECT_NO_THROW(check(held_));
  fs::create_directory(folder());
  EXPECT_NO_THROW(check(held_));
}

TEST_F(CheckFolder, AdmitsTheSameExperimentWithMoreSeedsMorePoliciesAndOtherNames) {
  run_trial(held_, folder());
  EXPECT_NO_THROW(check(held_));
  const Experiment wider =
      make_experiment({make_cell("oracle", "oracle"), make_cell("renamed", "uniform")}, {2, 1, 0});
  EXPECT_NO_THROW(check(wider));
}

TEST_F(CheckFolder, RefusesAnotherExperimentAndNamesBothAndTheWayOut) {
  run_trial(held_, folder());
  Experiment other = make_experiment({make_cell("oracle", "oracle")}, {0, 1});
  other.name = "newer";
  EXPECT_THAT(
      [&] { check(other); },
      ThrowsMessage<InputError>(
          AllOf(HasSubstr(folder().string()), HasSubstr("\"trial\""), HasSubstr("\"newer\""),
                HasSubstr("uniform (linear, horizon 40)"), HasSubstr("-o"), HasSubstr("--force"))));
  EXPECT_NO_THROW(check(other, true));
}

TEST_F(CheckFolder, RefusesToDropSeeds) {
  run_trial(held_, folder());
  Experiment fewer = held_;
  fewer.seeds = {1};
  EXPECT_THAT([&] { check(fewer); }, ThrowsMessage<InputError>(HasSubstr("seed 0")));
}

TEST_F(CheckFolder, AdmitsAnotherExperimentWhereNoRunIsFinished) {
  run_trial(held_, folder());
  fs::remove_all(folder() / "runs");
  EXPECT_NO_THROW(check(make_experiment({make_cell("oracle", "oracle")})));
}

TEST_F(CheckFolder, NeverAdmitsAFolderThatIsNotOurs) {
  fs::create_directory(folder());
  std::ofstream(folder() / "thesis.tex") << "precious";
  EXPECT_THAT([&] { check(held_, true); },
              ThrowsMessage<InputError>(HasSubstr("choose another folder")));
  std::ofstream(folder() / "manifest.json") << "{\"name\": \"of another program\"}";
  EXPECT_THROW(check(held_, true), InputError);
}

TEST_F(CheckFolder, RefusesAFile) {
  std::ofstream(folder()).put('x');
  EXPECT_THAT([&] { check(held_); }, ThrowsMessage<IoError>(HasSubstr("not a folder")));
}

}  // namespace
}  // namespace cbsim
