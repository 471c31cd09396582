// Takes the place of malloc and free, and counts.

#include "heap.hpp"

#include <malloc.h>

#include <algorithm>
#include <cstddef>

constinit Heap heap;

namespace {

void* taken(void* memory) {
  ++heap.allocations;
  const long bytes = heap.bytes += static_cast<long>(malloc_usable_size(memory));
  long most = heap.most;
  while (bytes > most && !heap.most.compare_exchange_weak(most, bytes)) {
  }
  return memory;
}

void given_back(void* memory) { heap.bytes -= static_cast<long>(malloc_usable_size(memory)); }

}  // namespace

extern "C" {
void* __libc_malloc(std::size_t size);
void* __libc_calloc(std::size_t count, std::size_t size);
void* __libc_realloc(void* memory, std::size_t size);
void* __libc_memalign(std::size_t alignment, std::size_t size);
void __libc_free(void* memory);

void* malloc(std::size_t size) {
  if (heap.refused > 0 && --heap.refused == 0) return nullptr;
  return taken(__libc_malloc(size));
}
void* calloc(std::size_t count, std::size_t size) { return taken(__libc_calloc(count, size)); }
void* realloc(void* memory, std::size_t size) {
  given_back(memory);
  return taken(__libc_realloc(memory, size));
}
void* aligned_alloc(std::size_t alignment, std::size_t size) {
  return taken(__libc_memalign(alignment, size));
}
int posix_memalign(void** out, std::size_t alignment, std::size_t size) {
  *out = taken(__libc_memalign(alignment, size));
  return *out == nullptr;
}
void free(void* memory) {
  given_back(memory);
  __libc_free(memory);
}
}
