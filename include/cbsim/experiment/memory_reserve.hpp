#pragma once

namespace cbsim {

/// Keeps some memory back for what must not fail, should memory run out: destructors on the way out
/// of an error, and those of JSON trees, which take memory. For the whole process.
void keep_memory_in_reserve();

/// While one lives, its thread may use the reserve: around JSON trees.
class ReserveUse {
 public:
  ReserveUse();
  ~ReserveUse();  ///< fills the reserve again, if it can
  ReserveUse(const ReserveUse&) = delete;
  ReserveUse& operator=(const ReserveUse&) = delete;
};

}  // namespace cbsim
