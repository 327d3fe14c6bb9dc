// Shared declarations of the shim's translation units.
#ifndef ROADLOOP_ONEDNN_SHIM_HPP
#define ROADLOOP_ONEDNN_SHIM_HPP

#include "shim.h"

#include <cstdio>
#include <exception>
#include <unordered_map>

#if __has_include(<oneapi/dnnl/dnnl.hpp>)
#include <oneapi/dnnl/dnnl.hpp>
#else
#include <dnnl.hpp>
#endif

// oneDNN runs on OpenMP; goroutines move between threads, so every entry point sets
// one thread again. The network is parallel over replicas, not inside primitives.
extern "C" void omp_set_num_threads(int);

namespace rl {

using namespace dnnl;
using tag = memory::format_tag;
using type = memory::data_type;
using arguments = std::unordered_map<int, memory>;

inline engine &cpu() {
  static engine e(engine::kind::cpu, 0);
  return e;
}

template <class F>
int guarded(char *err, F f) {
  omp_set_num_threads(1);
  try {
    f();
    return 0;
  } catch (const dnnl::error &e) {
    std::snprintf(err, RL_ERR, "oneDNN: %s (status %d)", e.what(), static_cast<int>(e.status));
  } catch (const std::exception &e) {
    std::snprintf(err, RL_ERR, "oneDNN: %s", e.what());
  }
  return 1;
}

// A memory object; its data handle is set before each use.
inline memory unbound(const memory::desc &d) { return memory(d, cpu(), nullptr); }

inline void point(memory &m, const float *p) { m.set_data_handle(const_cast<float *>(p)); }

inline primitive_attr scratch_by_user() {
  primitive_attr a;
  a.set_scratchpad_mode(scratchpad_mode::user);
  return a;
}

// Appends ReLU to the post-operations of a primitive.
inline void append_relu(post_ops &ops) {
#if DNNL_VERSION_MAJOR >= 3
  ops.append_eltwise(algorithm::eltwise_relu, 0.f, 0.f);
#else
  ops.append_eltwise(1.f, algorithm::eltwise_relu, 0.f, 0.f);
#endif
}

}  // namespace rl
#endif
