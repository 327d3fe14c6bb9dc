// C interface to the oneDNN primitives that the network uses. All tensors
// are float32; activations are NHWC, weights OIHW. Functions return 0, or 1 with
// a message in err.
#ifndef ROADLOOP_ONEDNN_SHIM_H
#define ROADLOOP_ONEDNN_SHIM_H

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

#define RL_ERR 256

typedef struct {
  int n, h, w, ic, oc, k, stride;  // square kernel, padded by k/2
  int groups;
  int of;          // total input channels of the kernel; more than ic for a slice of it
  int relu;        // fused into the forward pass
  int accumulate;  // the forward pass adds to the output
  int training;
  int bf16;        // multiplies in bf16, sums in float32
} rl_conv_shape;

typedef struct rl_conv rl_conv;

int rl_conv_new(const rl_conv_shape *shape, rl_conv **out, char *err);
void rl_conv_free(rl_conv *c);
// Packs weights for the forward pass; they stay packed until the next call.
int rl_conv_pack(rl_conv *c, const float *w, char *err);
int rl_conv_forward(rl_conv *c, const float *x, const float *b, float *y, char *err);
int rl_conv_weights_grad(rl_conv *c, const float *x, const float *dy, float *dw, float *db, char *err);
int rl_conv_data_grad(rl_conv *c, const float *w, const float *dy, float *dx, char *err);

typedef struct rl_norm rl_norm;

// Batch normalization over n·h·w, followed by ReLU if relu.
int rl_norm_new(int n, int h, int w, int channels, float epsilon, int relu, rl_norm **out, char *err);
void rl_norm_free(rl_norm *c);
int rl_norm_forward(rl_norm *c, const float *x, const float *scale, const float *shift,
                    float *mean, float *var, float *y, char *err);
int rl_norm_grad(rl_norm *c, const float *x, const float *scale, const float *shift,
                 const float *mean, const float *var, const float *dy,
                 float *dx, float *dscale, float *dshift, char *err);

typedef struct {
  int n, h, w, c, k, stride;  // padded by k/2 if k is odd, not at all if it is even
  int max;                    // otherwise the average, without padding
} rl_pool_shape;

typedef struct rl_pool rl_pool;

int rl_pool_new(const rl_pool_shape *shape, rl_pool **out, char *err);
void rl_pool_free(rl_pool *c);
int rl_pool_forward(rl_pool *c, const float *x, float *y, char *err);
int rl_pool_grad(rl_pool *c, const float *dy, float *dx, char *err);

typedef struct rl_add rl_add;

// Sum of two tensors, followed by ReLU if relu.
int rl_add_new(int size, int relu, rl_add **out, char *err);
void rl_add_free(rl_add *c);
int rl_add_forward(rl_add *c, const float *a, const float *b, float *y, char *err);
int rl_add_grad(rl_add *c, const float *y, const float *dy, float *dx, char *err);

// Repeats every pixel of n×h×w×c twice in both directions; the transpose sums 2×2
// pixels.
void rl_up(int n, int h, int w, int c, const float *x, float *y);
void rl_up_grad(int n, int h, int w, int c, const float *dy, float *dx);

// Zeroed memory for n values; null if allocation fails.
float *rl_buffer_new(size_t n);
void rl_buffer_free(float *p);

enum { RL_ISA_OLD = 0, RL_ISA_AVX2 = 1, RL_ISA_AVX512 = 2, RL_ISA_BF16 = 3 };

// Limits the instruction set of every primitive; works only before the first one is
// created.
int rl_pin_isa(int isa);
// Returns whether the processor, within the limit, multiplies in bf16.
// The instruction set of float32 kernels: RL_ISA_AVX512, RL_ISA_AVX2, or RL_ISA_OLD
// for anything older. After the first call no set can be pinned.
int rl_isa(void);
int rl_has_bf16(void);
void rl_version(int *major, int *minor, int *patch);

#ifdef __cplusplus
}
#endif
#endif
