#include "shim.hpp"

using namespace rl;

int rl_pin_isa(int isa) {
  const cpu_isa which = isa == RL_ISA_AVX2 ? cpu_isa::avx2 : isa == RL_ISA_AVX512 ? cpu_isa::avx512_core : cpu_isa::avx512_core_bf16;
  return set_max_cpu_isa(which) == status::success ? 0 : 1;
}

int rl_isa(void) {
  const int have = static_cast<int>(get_effective_cpu_isa());
  const auto within = [have](cpu_isa isa) { return (have & static_cast<int>(isa)) == static_cast<int>(isa); };
  return within(cpu_isa::avx512_core) ? RL_ISA_AVX512 : within(cpu_isa::avx2) ? RL_ISA_AVX2 : RL_ISA_OLD;
}

int rl_has_bf16(void) {
  const int have = static_cast<int>(get_effective_cpu_isa()), want = static_cast<int>(cpu_isa::avx512_core_bf16);
  return (have & want) == want;
}

void rl_version(int *major, int *minor, int *patch) {
  const auto *v = version();
  *major = v->major, *minor = v->minor, *patch = v->patch;
}
