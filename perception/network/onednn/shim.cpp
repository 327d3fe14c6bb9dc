#include "shim.h"

#include <cstdio>
#include <memory>
#include <unordered_map>

#if __has_include(<oneapi/dnnl/dnnl.hpp>)
#include <oneapi/dnnl/dnnl.hpp>
#else
#include <dnnl.hpp>
#endif

using namespace dnnl;
using tag = memory::format_tag;
using f32 = memory::data_type;

// oneDNN runs on OpenMP; goroutines move between threads, so every entry asks for
// one thread again. The network is parallel over replicas, not inside primitives.
extern "C" void omp_set_num_threads(int);

namespace {

engine &cpu() {
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

// A memory whose data handle is set before each use.
memory unbound(const memory::desc &d) { return memory(d, cpu(), nullptr); }

void point(memory &m, const float *p) { m.set_data_handle(const_cast<float *>(p)); }

primitive_attr scratch_by_user() {
  primitive_attr a;
  a.set_scratchpad_mode(scratchpad_mode::user);
  return a;
}

}  // namespace

struct rl_conv {
  stream s{cpu()};
  memory::desc src_d, wei_d, bia_d, dst_d;
  memory::dims strides, pad;
  convolution_forward::primitive_desc fwd_pd;
  convolution_forward fwd;
  convolution_backward_weights::primitive_desc bww_pd;
  convolution_backward_weights bww;
  convolution_backward_data::primitive_desc bwd_pd;
  convolution_backward_data bwd;
  memory src, dst, bia, wei_user, packed, packed_bwd, dwei, scratch_f, scratch_w, scratch_d;
  reorder pack_f, pack_b, unpack;

  explicit rl_conv(const rl_conv_shape &p) {
    const int oh = (p.h + 2 * (p.k / 2) - p.k) / p.stride + 1;
    const int ow = (p.w + 2 * (p.k / 2) - p.k) / p.stride + 1;
    memory::dims sd{p.n, p.ic, p.h, p.w}, wd{p.oc, p.ic, p.k, p.k}, bd{p.oc}, dd{p.n, p.oc, oh, ow};
    strides = {p.stride, p.stride};
    pad = {p.k / 2, p.k / 2};
    // Right padding is what the output size leaves.
    memory::dims padr{(oh - 1) * p.stride + p.k - p.h - p.k / 2, (ow - 1) * p.stride + p.k - p.w - p.k / 2};
    src_d = {sd, f32::f32, tag::nhwc};
    dst_d = {dd, f32::f32, tag::nhwc};
    wei_d = {wd, f32::f32, tag::oihw};
    bia_d = {bd, f32::f32, tag::a};
    memory::desc any{wd, f32::f32, tag::any};
    auto attr = scratch_by_user();
    if (p.relu) {
      post_ops ops;
#if DNNL_VERSION_MAJOR >= 3
      ops.append_eltwise(algorithm::eltwise_relu, 0.f, 0.f);
#else
      ops.append_eltwise(1.f, algorithm::eltwise_relu, 0.f, 0.f);
#endif
      attr.set_post_ops(ops);
    }
    const auto prop = p.training ? prop_kind::forward_training : prop_kind::forward_inference;
    const auto alg = algorithm::convolution_direct;
    auto plain = scratch_by_user();
#if DNNL_VERSION_MAJOR >= 3
    fwd_pd = {cpu(), prop, alg, src_d, any, bia_d, dst_d, strides, pad, padr, attr};
    if (p.training) {
      bww_pd = {cpu(), alg, src_d, any, bia_d, dst_d, strides, pad, padr, fwd_pd, plain};
      bwd_pd = {cpu(), alg, src_d, any, dst_d, strides, pad, padr, fwd_pd, plain};
    }
#else
    fwd_pd = {{prop, alg, src_d, any, bia_d, dst_d, strides, pad, padr}, attr, cpu()};
    if (p.training) {
      bww_pd = {{alg, src_d, any, bia_d, dst_d, strides, pad, padr}, plain, cpu(), fwd_pd};
      bwd_pd = {{alg, src_d, any, dst_d, strides, pad, padr}, plain, cpu(), fwd_pd};
    }
#endif
    fwd = convolution_forward(fwd_pd);
    src = unbound(src_d);
    dst = unbound(dst_d);
    bia = unbound(bia_d);
    wei_user = unbound(wei_d);
    packed = memory(fwd_pd.weights_desc(), cpu());
    pack_f = reorder(wei_user, packed);
    scratch_f = memory(fwd_pd.scratchpad_desc(), cpu());
    if (p.training) {
      bww = convolution_backward_weights(bww_pd);
      bwd = convolution_backward_data(bwd_pd);
      dwei = memory(bww_pd.diff_weights_desc(), cpu());
      unpack = reorder(dwei, wei_user);
      packed_bwd = memory(bwd_pd.weights_desc(), cpu());
      pack_b = reorder(wei_user, packed_bwd);
      scratch_w = memory(bww_pd.scratchpad_desc(), cpu());
      scratch_d = memory(bwd_pd.scratchpad_desc(), cpu());
    }
  }
};

int rl_conv_new(const rl_conv_shape *shape, rl_conv **out, char *err) {
  return guarded(err, [&] { *out = new rl_conv(*shape); });
}

void rl_conv_free(rl_conv *c) { delete c; }

int rl_conv_pack(rl_conv *c, const float *w, char *err) {
  return guarded(err, [&] {
    point(c->wei_user, w);
    c->pack_f.execute(c->s, c->wei_user, c->packed);
    c->s.wait();
  });
}

int rl_conv_forward(rl_conv *c, const float *x, const float *b, float *y, char *err) {
  return guarded(err, [&] {
    point(c->src, x);
    point(c->bia, b);
    point(c->dst, y);
    c->fwd.execute(c->s, {{DNNL_ARG_SRC, c->src}, {DNNL_ARG_WEIGHTS, c->packed}, {DNNL_ARG_BIAS, c->bia},
                          {DNNL_ARG_DST, c->dst}, {DNNL_ARG_SCRATCHPAD, c->scratch_f}});
    c->s.wait();
  });
}

int rl_conv_weights_grad(rl_conv *c, const float *x, const float *dy, float *dw, float *db, char *err) {
  return guarded(err, [&] {
    point(c->src, x);
    point(c->dst, dy);
    point(c->bia, db);
    c->bww.execute(c->s, {{DNNL_ARG_SRC, c->src}, {DNNL_ARG_DIFF_DST, c->dst}, {DNNL_ARG_DIFF_WEIGHTS, c->dwei},
                          {DNNL_ARG_DIFF_BIAS, c->bia}, {DNNL_ARG_SCRATCHPAD, c->scratch_w}});
    point(c->wei_user, dw);
    c->unpack.execute(c->s, c->dwei, c->wei_user);
    c->s.wait();
  });
}

int rl_conv_data_grad(rl_conv *c, const float *w, const float *dy, float *dx, char *err) {
  return guarded(err, [&] {
    point(c->wei_user, w);
    c->pack_b.execute(c->s, c->wei_user, c->packed_bwd);
    point(c->dst, dy);
    point(c->src, dx);
    c->bwd.execute(c->s, {{DNNL_ARG_DIFF_DST, c->dst}, {DNNL_ARG_WEIGHTS, c->packed_bwd},
                          {DNNL_ARG_DIFF_SRC, c->src}, {DNNL_ARG_SCRATCHPAD, c->scratch_d}});
    c->s.wait();
  });
}

struct rl_norm {
  stream s{cpu()};
  batch_normalization_forward::primitive_desc fwd_pd;
  batch_normalization_forward fwd;
  batch_normalization_backward::primitive_desc bwd_pd;
  batch_normalization_backward bwd;
  memory src, dst, diff_src, diff_dst, scale, shift, dscale, dshift, mean, var, workspace;

  rl_norm(int n, int h, int w, int c, float eps) {
    memory::desc d({n, c, h, w}, f32::f32, tag::nhwc), v({c}, f32::f32, tag::a);
    const auto flags = normalization_flags::use_scale | normalization_flags::use_shift | normalization_flags::fuse_norm_relu;
#if DNNL_VERSION_MAJOR >= 3
    fwd_pd = {cpu(), prop_kind::forward_training, d, d, eps, flags};
    bwd_pd = {cpu(), prop_kind::backward, d, d, d, eps, flags, fwd_pd};
#else
    fwd_pd = {{prop_kind::forward_training, d, eps, flags}, cpu()};
    bwd_pd = {{prop_kind::backward, d, d, eps, flags}, cpu(), fwd_pd};
#endif
    fwd = batch_normalization_forward(fwd_pd);
    bwd = batch_normalization_backward(bwd_pd);
    src = unbound(d), dst = unbound(d), diff_src = unbound(d), diff_dst = unbound(d);
    scale = unbound(v), shift = unbound(v), dscale = unbound(v), dshift = unbound(v);
    mean = unbound(v), var = unbound(v);
    workspace = memory(fwd_pd.workspace_desc(), cpu());
  }
};

int rl_norm_new(int n, int h, int w, int channels, float epsilon, rl_norm **out, char *err) {
  return guarded(err, [&] { *out = new rl_norm(n, h, w, channels, epsilon); });
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
    c->fwd.execute(c->s, {{DNNL_ARG_SRC, c->src}, {DNNL_ARG_DST, c->dst}, {DNNL_ARG_SCALE, c->scale},
                          {DNNL_ARG_SHIFT, c->shift}, {DNNL_ARG_MEAN, c->mean}, {DNNL_ARG_VARIANCE, c->var},
                          {DNNL_ARG_WORKSPACE, c->workspace}});
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
    c->bwd.execute(c->s, {{DNNL_ARG_SRC, c->src}, {DNNL_ARG_MEAN, c->mean}, {DNNL_ARG_VARIANCE, c->var},
                          {DNNL_ARG_DIFF_DST, c->diff_dst}, {DNNL_ARG_SCALE, c->scale}, {DNNL_ARG_SHIFT, c->shift},
                          {DNNL_ARG_WORKSPACE, c->workspace}, {DNNL_ARG_DIFF_SRC, c->diff_src},
                          {DNNL_ARG_DIFF_SCALE, c->dscale}, {DNNL_ARG_DIFF_SHIFT, c->dshift}});
    c->s.wait();
  });
}

int rl_pin_avx2(void) { return set_max_cpu_isa(cpu_isa::avx2) == status::success ? 0 : 1; }
