// C interface to the few oneDNN primitives that the network needs. All tensors
// are float32; activations are NHWC, weights OIHW. Functions return 0, or 1 with
// a message in err.
#ifndef ROADLOOP_ONEDNN_SHIM_H
#define ROADLOOP_ONEDNN_SHIM_H

#ifdef __cplusplus
extern "C" {
#endif

#define RL_ERR 256

typedef struct {
  int n, h, w, ic, oc, k, stride;  // square kernel, padded by k/2
  int relu;                        // fused into the forward pass
  int training;
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

// Batch normalization over n·h·w, followed by ReLU.
int rl_norm_new(int n, int h, int w, int channels, float epsilon, rl_norm **out, char *err);
void rl_norm_free(rl_norm *c);
int rl_norm_forward(rl_norm *c, const float *x, const float *scale, const float *shift,
                    float *mean, float *var, float *y, char *err);
int rl_norm_grad(rl_norm *c, const float *x, const float *scale, const float *shift,
                 const float *mean, const float *var, const float *dy,
                 float *dx, float *dscale, float *dshift, char *err);

// Limits the instruction set of every primitive made from now on; works only
// before the first one.
int rl_pin_avx2(void);

#ifdef __cplusplus
}
#endif
#endif
