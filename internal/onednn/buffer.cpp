#include "shim.h"

#include <cstdlib>
#include <cstring>

#ifdef __linux__
#include <sys/mman.h>
#endif

float *rl_buffer_new(size_t n) {
  const size_t page = size_t(2) << 20;  // a huge page: fewer misses when activations stream
  size_t bytes = n * sizeof(float), align = 64;
  if (bytes >= page) align = page;
  bytes = (bytes + align - 1) / align * align;
  void *p = nullptr;
  if (posix_memalign(&p, align, bytes) != 0) return nullptr;
#ifdef MADV_HUGEPAGE
  if (align == page) madvise(p, bytes, MADV_HUGEPAGE);  // optional
#endif
  return static_cast<float *>(std::memset(p, 0, bytes));
}

void rl_buffer_free(float *p) { std::free(p); }
