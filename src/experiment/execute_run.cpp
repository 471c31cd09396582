#include "cbsim/experiment/execute_run.hpp"

#include "timed.hpp"

namespace cbsim {
std::optional<RefitCounts> execute_run(const Run& run, const RecordSettings& record, int threads,
                                       const std::filesystem::path& folder,
                                       const RoundSink& watch) {
  const Cell& cell = *run.cell;
  RunTimes times;
  const double cpu_start = thread_cpu_seconds();
  RunWriter writer(folder, run, record);
  {
    const Stopwatch watch_all(times.wall);
    TimedEnvironment environment(cell.environment->create(run.seed), times.environment);
    const auto policy = cell.policy->create({.shape = cell.environment->facts().shape,
                                             .horizon = cell.horizon,
                                             .seed = run.seed,
                                             .threads = threads});
    if (record.weights == WeightsRecord::initial) writer.weights(policy->weights(true));

    TimedPolicy timed_policy(*policy, times.choose, times.update);
    const bool complete =
        simulate(environment, timed_policy, cell.horizon, [&](const RoundRecord& round) {
          if (round.accepted) writer.add(round);
          return watch(round);
        });
    if (!complete) return {};
    if (record.weights == WeightsRecord::final) writer.weights(policy->weights(false));
  }
  times.cpu = thread_cpu_seconds() - cpu_start;
  writer.finish(times);
  return writer.refits();
}

}  // namespace cbsim
