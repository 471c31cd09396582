#include "cbsim/training/factor_history.hpp"

#include <algorithm>
#include <utility>

namespace cbsim {

FactorHistory::FactorHistory(const ParameterLayout& layout) : layout_(layout) {}

FactorHistory::Group& FactorHistory::group(Index block) {
  const auto place = std::ranges::lower_bound(groups_, block, {}, &Group::block);
  if (place != groups_.end() && place->block == block) return *place;
  Group group{.block = block};
  for (const ParameterMatrix& matrix : layout_.matrices) {
    group.left.emplace_back(matrix.rows, 0);
    group.right.emplace_back(matrix.cols, 0);
  }
  return *groups_.insert(place, std::move(group));
}

void FactorHistory::append(const GradientFactors& factors, Index column) {
  Group& target = group(factors.block[static_cast<std::size_t>(column)]);
  for (std::size_t k = 0; k < layout_.matrices.size(); ++k) {
    if (target.size == target.left[k].cols()) {
      const Index capacity = std::max<Index>(16, 2 * target.size);
      target.left[k].conservativeResize(Eigen::NoChange, capacity);
      target.right[k].conservativeResize(Eigen::NoChange, capacity);
    }
    target.left[k].col(target.size) = factors.left[k].col(column);
    target.right[k].col(target.size) = factors.right[k].col(column);
  }
  target.order.push_back(size_);
  ++target.size;
  ++size_;
}

void FactorHistory::inner_products(const GradientFactors& factors, Matrix& out) {
  const Index n = factors.count();
  out.resize(n, size_);
  for (const Group& group : groups_) {
    partial_.setZero(group.size, n);
    for (std::size_t k = 0; k < layout_.matrices.size(); ++k) {
      const auto right = group.right[k].leftCols(group.size).transpose();
      if (layout_.matrices[k].blocks > 1) {  // each gradient meets only its own block
        product_.resize(group.size, n);
        for (Index i = 0; i < n; ++i) {
          if (factors.block[static_cast<std::size_t>(i)] == group.block) {
            product_.col(i).noalias() = right * factors.right[k].col(i);
          } else {
            product_.col(i).setZero();
          }
        }
      } else {
        product_.noalias() = right * factors.right[k];
      }
      partial_.array() +=
          product_.array() *
          (group.left[k].leftCols(group.size).transpose() * factors.left[k]).array();
    }
    for (Index j = 0; j < group.size; ++j) {
      out.col(group.order[static_cast<std::size_t>(j)]) = partial_.row(j);
    }
  }
}

void FactorHistory::add_squared_jacobian(double weight, MatrixRef z) const {
  constexpr Index kBatch = 128;
  Matrix batch(layout_.size(), std::min(kBatch, size_));  // explicit gradients
  for (const Group& group : groups_) {
    batch.setZero();
    for (Index first = 0; first < group.size; first += kBatch) {
      const Index n = std::min(kBatch, group.size - first);
      for (std::size_t k = 0; k < layout_.matrices.size(); ++k) {
        const ParameterMatrix& matrix = layout_.matrices[k];
        const Index block = matrix.blocks > 1 ? group.block : 0;
        for (Index j = 0; j < n; ++j) {
          Eigen::Map<Matrix>(batch.col(j).data() + matrix.offset + block * matrix.block_size(),
                             matrix.rows, matrix.cols)
              .noalias() = group.left[k].col(first + j) * group.right[k].col(first + j).transpose();
        }
      }
      z.selfadjointView<Eigen::Upper>().rankUpdate(batch.leftCols(n), weight);
    }
  }
}

// An item is the block, and left and right of each matrix.
void FactorHistory::state(StateArchive& archive) {
  std::vector<std::pair<const Group*, Index>> places(static_cast<std::size_t>(size_));
  for (const Group& group : groups_) {
    for (Index j = 0; j < group.size; ++j) {
      places[static_cast<std::size_t>(group.order[static_cast<std::size_t>(j)])] = {&group, j};
    }
  }
  GradientFactors one;
  one.resize(layout_, 1);
  Index numbers = 1, blocks = 1;
  for (const ParameterMatrix& matrix : layout_.matrices) {
    numbers += matrix.rows + matrix.cols;
    blocks = std::max(blocks, matrix.blocks);
  }
  const auto block_of = [blocks](double number) {
    StateArchive::demand(number >= 0.0 && number < static_cast<double>(blocks));
    return static_cast<Index>(number);
  };
  archive.growing(
      "gradients", size_,
      [&](Index i, std::vector<double>& item) {
        const auto& [group, j] = places[static_cast<std::size_t>(i)];
        item.push_back(static_cast<double>(group->block));
        for (std::size_t k = 0; k < layout_.matrices.size(); ++k) {
          const auto left = group->left[k].col(j), right = group->right[k].col(j);
          item.insert(item.end(), left.begin(), left.end());
          item.insert(item.end(), right.begin(), right.end());
        }
      },
      [&](std::span<const double> item) {
        StateArchive::demand(std::ssize(item) == numbers);
        one.block[0] = block_of(item[0]);
        const double* next = item.data() + 1;
        const auto take = [&](Matrix& column) {
          std::copy_n(next, column.size(), column.data());
          next += column.size();
        };
        for (std::size_t k = 0; k < layout_.matrices.size(); ++k) {
          take(one.left[k]);
          take(one.right[k]);
        }
        append(one, 0);
      });
}

}  // namespace cbsim
