#pragma once

namespace cbsim::app {

/// Keeps some memory back for what an error does on its way out, should it be that memory has run
/// out: destructors that need some (those of JSON trees do) and the message.
void keep_memory_in_reserve();

}  // namespace cbsim::app
