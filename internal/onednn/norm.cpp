#include "shim.hpp"

using namespace rl;

struct rl_norm {
  stream s{cpu()};
  batch_normalization_forward fwd;
  batch_normalization_backward bwd;
  memory src, dst, diff_src, diff_dst, scale, shift, dscale, dshift, mean, var;
  arguments fwd_args, bwd_args;

  rl_norm(int n, int h, int w, int c, float eps, bool relu) {
    const memory::desc d({n, c, h, w}, type::f32, tag::nhwc), v({c}, type::f32, tag::a);
    auto flags = normalization_flags::use_scale | normalization_flags::use_shift;
    if (relu) flags = flags | normalization_flags::fuse_norm_relu;
#if DNNL_VERSION_MAJOR >= 3
    batch_normalization_forward::primitive_desc fwd_pd(cpu(), prop_kind::forward_training, d, d, eps, flags);
    batch_normalization_backward::primitive_desc bwd_pd(cpu(), prop_kind::backward, d, d, d, eps, flags, fwd_pd);
#else
    batch_normalization_forward::primitive_desc fwd_pd({prop_kind::forward_training, d, eps, flags}, cpu());
    batch_normalization_backward::primitive_desc bwd_pd({prop_kind::backward, d, d, eps, flags}, cpu(), fwd_pd);
#endif
    fwd = batch_normalization_forward(fwd_pd);
    bwd = batch_normalization_backward(bwd_pd);
    src = unbound(d), dst = unbound(d), diff_src = unbound(d), diff_dst = unbound(d);
    scale = unbound(v), shift = unbound(v), dscale = unbound(v), dshift = unbound(v);
    mean = unbound(v), var = unbound(v);
    fwd_args = {{DNNL_ARG_SRC, src}, {DNNL_ARG_DST, dst}, {DNNL_ARG_SCALE, scale}, {DNNL_ARG_SHIFT, shift},
                {DNNL_ARG_MEAN, mean}, {DNNL_ARG_VARIANCE, var}};
    bwd_args = {{DNNL_ARG_SRC, src}, {DNNL_ARG_MEAN, mean}, {DNNL_ARG_VARIANCE, var},
                {DNNL_ARG_DIFF_DST, diff_dst}, {DNNL_ARG_SCALE, scale}, {DNNL_ARG_SHIFT, shift},
                {DNNL_ARG_DIFF_SRC, diff_src}, {DNNL_ARG_DIFF_SCALE, dscale}, {DNNL_ARG_DIFF_SHIFT, dshift}};
    if (relu) {  // the workspace stores the ReLU mask
      const memory workspace(fwd_pd.workspace_desc(), cpu());
      fwd_args.insert({DNNL_ARG_WORKSPACE, workspace});
      bwd_args.insert({DNNL_ARG_WORKSPACE, workspace});
    }
  }
};

int rl_norm_new(int n, int h, int w, int channels, float epsilon, int relu, rl_norm **out, char *err) {
  return guarded(err, [&] { *out = new rl_norm(n, h, w, channels, epsilon, relu != 0); });
}

void rl_norm_free(rl_norm *c) { delete c; }

int rl_norm_forward(rl_norm *c, const float *x, const float *scale, const float *shift,
                    float *mean, float *var, float *y, char *err) {
  return guarded(err, [&] {
    point(c->src, x);
    point(c->dst, y);
    point(c->scale, scale);
    point(c->shift, shift);
    point(c->mean, mean);
    point(c->var, var);
    c->fwd.execute(c->s, c->fwd_args);
    c->s.wait();
  });
}

int rl_norm_grad(rl_norm *c, const float *x, const float *scale, const float *shift,
                 const float *mean, const float *var, const float *dy,
                 float *dx, float *dscale, float *dshift, char *err) {
  return guarded(err, [&] {
    point(c->src, x);
    point(c->scale, scale);
    point(c->shift, shift);
    point(c->mean, mean);
    point(c->var, var);
    point(c->diff_dst, dy);
    point(c->diff_src, dx);
    point(c->dscale, dscale);
    point(c->dshift, dshift);
    c->bwd.execute(c->s, c->bwd_args);
    c->s.wait();
  });
}
