#include <algorithm>
#include <cmath>
#include <optional>
#include <vector>

#include "cbsim/training/objective.hpp"
#include "fused_pass.hpp"
#include "refit_choices.hpp"
#include "start_curvature.hpp"
#include "thread_team.hpp"

namespace cbsim {
namespace {

using kernels::Buffer;
using kernels::kPanel;

/// Coordinates that the penalty takes at a time: they stay in cache between its two uses of them.
constexpr Index kPenaltyPiece = 1024;

/// w holds the blocks of W_1 (in dual form C, in panels; they come first, to be aligned), then all
/// that lies behind W_1 in theta. Where no block is in dual form w is theta.
template <class Real>
class FusedObjective final : public Objective<Real> {
 public:
  using typename Objective<Real>::Coordinates;

  FusedObjective(const Network& network, const Vector& initial, const ObjectiveSettings& settings)
      : network_(network),
        initial_(initial),
        settings_(settings),
        penalised_(settings.center != PenaltyCenter::none && settings.penalty > 0.0),
        first_size_(network.shape().width * network.shape().dim),
        team_(settings.threads) {
    const NetworkShape& shape = network.shape();
    for (Index b = 0; b < shape.blocks; ++b) {
      samples_.emplace_back(shape.dim);
      samples_.back().dual = dual_is_possible(settings);
      if (samples_.back().dual) samples_.back().base = PanelMatrix<Real>(shape.width);
      batch_.emplace_back(shape.dim);
    }
    for (int member = 0; member < team_.size(); ++member) passes_.emplace_back(network);
    const auto hidden = static_cast<std::size_t>(shape.depth - 2);
    const Buffer<Real> square(hidden > 0 ? static_cast<std::size_t>(shape.width * shape.width) : 0);
    evaluation_.output.resize(static_cast<std::size_t>(shape.width));
    evaluation_.packed.assign(hidden, square);
    evaluation_.packed_transposed.assign(hidden, square);
    batch_groups_.resize(1);
  }

  void append(const History& history) override {
    for (Index b = 0; b < history.blocks(); ++b) {
      PackedBlock<Real>& block = samples_[index(b)];
      while (block.size() < history.size(b)) append(history, b, block);
      block.set_rewards(history.rewards(b));
    }
    history_ = &history;
    size_ = history.size();
    weight_ = settings_.mean ? 1.0 / static_cast<double>(std::max<Index>(size_, 1)) : 1.0;
    place_blocks();
    share_out();
  }

  void begin(const Vector& theta, Coordinates& w) override {
    w.resize(coordinates_);
    for (std::size_t b = 0; b < samples_.size(); ++b) {
      if (samples_[b].dual) w.segment(places_[b], block_size(b)).setZero();
    }
    set_primal(theta, w);
    if (!penalised_ || settings_.center == PenaltyCenter::zero) return;
    center_.resize(coordinates_);
    set_primal(initial_, center_);
  }

  void end(const Coordinates& w, Vector& theta) const override {
    theta.resize(network_.parameters());
    Coordinates moved;
    for (std::size_t b = 0; b < samples_.size(); ++b) {
      auto block = theta.segment(static_cast<Index>(b) * first_size_, first_size_);
      if (!samples_[b].dual) {
        block = w.segment(places_[b], first_size_).template cast<double>();
        continue;
      }
      block = first_layer(initial_, b);
      if (samples_[b].size() == 0) continue;
      moved.setZero(first_size_);  // C X^T
      kernels::outer_product<Real>(w.data() + places_[b], hidden_stride(), network_.shape().width,
                                   samples_[b].x.panel(0), samples_[b].x.stride(),
                                   network_.shape().dim, samples_[b].x.panels(), moved.data());
      block += moved.template cast<double>();
    }
    theta.tail(upper_size()) = w.tail(upper_size()).template cast<double>();
  }

  LossValue evaluate(const Coordinates& w, Coordinates& direction,
                     std::span<const Index> batch) override {
    std::vector<Group>& groups = batch.empty() ? groups_ : batch_groups_;
    if (!batch.empty()) gather(batch);
    direction.resize(coordinates_);
    const Index upper = coordinates_ - upper_size();
    evaluation_.upper = w.data() + upper;
    evaluation_.penalty = penalised_ ? static_cast<Real>(settings_.penalty) : Real{0};
    const double samples = static_cast<double>(batch.empty() ? size_ : std::ssize(batch));
    evaluation_.residual_weight = static_cast<Real>(static_cast<double>(size_) / samples);
    pack_upper_layers();
    clear_gradient(direction);
    team_.run(std::ssize(groups), [&](Index g, int member) {
      run(groups[index(g)], w, direction, passes_[static_cast<std::size_t>(member)]);
    });
    PassSums sums;
    for (Group& group : groups) {
      sums.squares += group.sums.squares;
      sums.dual += group.sums.dual;
      if (&group != &groups.front()) {
        direction.tail(upper_size()) +=
            Eigen::Map<Coordinates>(group.upper.data(), upper_size());
      }
      for (Share& share : group.shares) {
        if (share.own.empty()) continue;
        direction.segment(places_[share.block], first_size_) +=
            Eigen::Map<Coordinates>(share.own.data(), first_size_);
      }
    }
    const double error = 0.5 * sums.squares * static_cast<double>(size_) / samples;
    double penalty = sums.dual;
    if (penalised_) penalty += add_penalty(w, direction);
    if (settings_.mean) direction *= static_cast<Real>(weight_);
    return {.total = weight_ * (error + 0.5 * settings_.penalty * (penalised_ ? penalty : 0.0)),
            .mean_squared_error = sums.squares / samples};
  }

  double largest_start_eigenvalue() override {
    return start_jacobian().largest_eigenvalue(samples_);
  }
  double largest_start_squared_norm() override { return start_jacobian().largest_squared_norm(); }

  double gradient_norm(const Coordinates& direction) override {
    double squares = direction.tail(upper_size()).template cast<double>().squaredNorm();
    for (std::size_t b = 0; b < samples_.size(); ++b) {
      if (samples_[b].dual) {
        squares += passes_.front().dual_norm_squared(samples_[b], direction.data() + places_[b]);
      } else {
        squares +=
            direction.segment(places_[b], first_size_).template cast<double>().squaredNorm();
      }
    }
    return std::sqrt(squares);
  }

 private:
  /// A segment of a group; where another group works on the same block of W_1 in primal form, all
  /// but the first have a gradient of their own.
  struct Share {
    std::size_t block = 0;
    Index first = 0, panels = 0;
    Buffer<Real> own{};
  };
  struct Group {
    std::vector<Share> shares{};
    Buffer<Real> upper{};  ///< the gradient behind W_1, but for the first group
    PassSums sums{};
  };

  StartJacobian<Real>& start_jacobian() {
    if (!jacobian_) jacobian_.emplace(network_, initial_);
    jacobian_->append(*history_);
    return *jacobian_;
  }

  static std::size_t index(Index i) { return static_cast<std::size_t>(i); }
  Index hidden_stride() const { return kernels::panel_stride<Real>(network_.shape().width); }
  Index upper_size() const { return network_.parameters() - network_.layout().matrices[0].size(); }
  Index block_size(std::size_t b) const {
    return samples_[b].dual ? samples_[b].x.panels() * hidden_stride() : first_size_;
  }
  auto first_layer(const Vector& theta, std::size_t b) const {
    return theta.segment(static_cast<Index>(b) * first_size_, first_size_);
  }

  /// The coordinates that are those of theta: all but the blocks in dual form.
  void set_primal(const Vector& theta, Coordinates& w) const {
    for (std::size_t b = 0; b < samples_.size(); ++b) {
      if (samples_[b].dual) continue;
      w.segment(places_[b], first_size_) = first_layer(theta, b).template cast<Real>();
    }
    w.tail(upper_size()) = theta.tail(upper_size()).template cast<Real>();
  }

  void append(const History& history, Index b, PackedBlock<Real>& block) {
    const Index n = block.size();
    const auto x = history.contexts(b).col(n);
    if (block.dual && !dual_is_cheaper(n + 1, network_.shape().dim)) block.make_primal();
    if (block.dual) {
      // Gamma gains a row and a column.
      products_.noalias() = history.contexts(b).leftCols(n + 1).transpose() * x;
      block.append_gram(products_);
      start_.noalias() = network_.weight(initial_, 1).middleCols(b * x.size(), x.size()) * x;
      block.base.append(start_);
    }
    block.append(x, history.rewards(b)(n));
  }

  void place_blocks() {
    places_.resize(samples_.size());
    coordinates_ = 0;
    for (const bool dual : {true, false}) {
      for (std::size_t b = 0; b < samples_.size(); ++b) {
        if (samples_[b].dual != dual) continue;
        places_[b] = coordinates_;
        coordinates_ += block_size(b);
      }
    }
    coordinates_ += upper_size();
  }

  /// Cuts the panels of all blocks, one after another, into groups of equal size.
  void share_out() {
    Index total = 0;
    for (const auto& block : samples_) total += block.x.panels();
    const Index count = group_count(size_);
    groups_.resize(index(count));
    std::size_t b = 0;
    Index first = 0, done = 0;
    for (Index g = 0; g < count; ++g) {
      Group& group = groups_[index(g)];
      group.shares.clear();
      if (g > 0) group.upper.resize(index(upper_size()));
      const Index end = total * (g + 1) / count;
      while (done < end) {
        const Index left = samples_[b].x.panels() - first;
        const Index panels = std::min(left, end - done);
        if (panels > 0) {
          group.shares.push_back({.block = b, .first = first, .panels = panels});
          if (first > 0 && !samples_[b].dual) group.shares.back().own.resize(index(first_size_));
        }
        done += panels;
        first += panels;
        if (panels == left) {
          ++b;
          first = 0;
        }
      }
    }
  }

  /// Copies the observations of a batch, in the order of blocks, into batch_.
  void gather(std::span<const Index> batch) {
    for (auto& block : batch_) block.clear();
    for (const Index i : batch) {
      std::size_t b = 0;
      Index place = i;
      while (place >= samples_[b].size()) place -= samples_[b++].size();
      batch_[b].append(samples_[b], place);
    }
    Group& group = batch_groups_.front();
    group.shares.clear();
    for (std::size_t b = 0; b < batch_.size(); ++b) {
      if (batch_[b].size() > 0) group.shares.push_back({.block = b, .panels = batch_[b].x.panels()});
    }
  }

  void pack_upper_layers() {
    const Index m = network_.shape().width, depth = network_.shape().depth;
    const auto upper_weights = [&](Index l) {
      return evaluation_.upper + network_.layout().matrices[network_.weight_index(l)].offset -
             network_.layout().matrices[0].size();
    };
    const auto scale = static_cast<Real>(network_.shape().output_scale);
    for (Index i = 0; i < m; ++i) evaluation_.output[index(i)] = scale * upper_weights(depth)[i];
    for (Index l = 2; l < depth; ++l) {
      const Real* weights = upper_weights(l);
      kernels::pack_rows<Real>(weights, 1, m, m, m, evaluation_.packed[index(l - 2)].data());
      kernels::pack_rows<Real>(weights, m, 1, m, m, evaluation_.packed_transposed[index(l - 2)].data());
    }
  }

  /// Everything that a gradient is added to, and the rows of panels that are only there to space
  /// them.
  void clear_gradient(Coordinates& direction) {
    const Index rows = network_.shape().width * kPanel<Real>, spacing = hidden_stride() - rows;
    for (std::size_t b = 0; b < samples_.size(); ++b) {
      if (!samples_[b].dual) {
        direction.segment(places_[b], first_size_).setZero();
        continue;
      }
      for (Index p = 0; p < samples_[b].x.panels(); ++p) {
        direction.segment(places_[b] + p * hidden_stride() + rows, spacing).setZero();
      }
    }
    direction.tail(upper_size()).setZero();
  }

  void run(Group& group, const Coordinates& w, Coordinates& direction, FusedPass<Real>& pass) {
    const bool from_batch = &group == batch_groups_.data();
    std::fill(group.upper.begin(), group.upper.end(), Real{0});
    Real* upper = group.upper.empty() ? direction.data() + coordinates_ - upper_size()
                                      : group.upper.data();
    group.sums = {};
    for (Share& share : group.shares) {
      std::fill(share.own.begin(), share.own.end(), Real{0});
      const Index place = places_[share.block];
      const PassSums sums = pass.run(
          evaluation_,
          {.samples = &(from_batch ? batch_ : samples_)[share.block],
           .first = share.first,
           .panels = share.panels,
           .weights = w.data() + place,
           .gradient = share.own.empty() ? direction.data() + place : share.own.data()},
          upper);
      group.sums.squares += sums.squares;
      group.sums.dual += sums.dual;
    }
  }

  /// Adds c (w - center) but for the blocks in dual form; returns |w - center|^2.
  double add_penalty(const Coordinates& w, Coordinates& direction) {
    const Index from = first_primal();
    const auto c = static_cast<Real>(settings_.penalty);
    const bool to_zero = settings_.center == PenaltyCenter::zero;
    double squares = 0.0;
    for (Index i = from; i < coordinates_; i += kPenaltyPiece) {
      const Index n = std::min(kPenaltyPiece, coordinates_ - i);
      const auto moved = [&](const auto& offset) {
        direction.segment(i, n) += c * offset;
        squares += static_cast<double>(offset.squaredNorm());
      };
      to_zero ? moved(w.segment(i, n)) : moved(w.segment(i, n) - center_.segment(i, n));
    }
    return squares;
  }

  /// Where the coordinates that are those of theta begin.
  Index first_primal() const {
    Index place = 0;
    for (std::size_t b = 0; b < samples_.size(); ++b) {
      if (samples_[b].dual) place += block_size(b);
    }
    return place;
  }

  const Network& network_;
  const Vector& initial_;
  ObjectiveSettings settings_;
  bool penalised_;
  Index first_size_;  ///< of a block of W_1
  std::vector<PackedBlock<Real>> samples_, batch_;
  const History* history_ = nullptr;
  std::optional<StartJacobian<Real>> jacobian_;  ///< once it is asked for
  Index size_ = 0;
  double weight_ = 1.0;
  std::vector<Index> places_;  ///< of each block of W_1 in w
  Index coordinates_ = 0;
  std::vector<Group> groups_, batch_groups_;
  Evaluation<Real> evaluation_;
  std::vector<FusedPass<Real>> passes_;  ///< of each thread
  ThreadTeam team_;
  Coordinates center_;
  Vector products_, start_;
};

}  // namespace

template <class Real>
std::unique_ptr<Objective<Real>> make_fused_objective(const Network& network, const Vector& initial,
                                                      const ObjectiveSettings& settings) {
  return std::make_unique<FusedObjective<Real>>(network, initial, settings);
}

template std::unique_ptr<Objective<float>> make_fused_objective(const Network&, const Vector&,
                                                                const ObjectiveSettings&);
template std::unique_ptr<Objective<double>> make_fused_objective(const Network&, const Vector&,
                                                                 const ObjectiveSettings&);

}  // namespace cbsim
