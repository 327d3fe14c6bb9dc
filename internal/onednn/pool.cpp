#include "shim.hpp"

using namespace rl;

struct rl_pool {
  stream s{cpu()};
  pooling_forward fwd;
  pooling_backward bwd;
  memory src, dst;
  arguments fwd_args, bwd_args;

  explicit rl_pool(const rl_pool_shape &p) {
    const int pad = p.k % 2 ? p.k / 2 : 0;
    const int oh = (p.h + 2 * pad - p.k) / p.stride + 1, ow = (p.w + 2 * pad - p.k) / p.stride + 1;
    const memory::desc sd({p.n, p.c, p.h, p.w}, type::f32, tag::nhwc), dd({p.n, p.c, oh, ow}, type::f32, tag::nhwc);
    const memory::dims k{p.k, p.k}, stride{p.stride, p.stride}, padl{pad, pad};
    const memory::dims padr{(oh - 1) * p.stride + p.k - p.h - pad, (ow - 1) * p.stride + p.k - p.w - pad};
    const auto alg = p.max ? algorithm::pooling_max : algorithm::pooling_avg_exclude_padding;
#if DNNL_VERSION_MAJOR >= 3
    const memory::dims dilation{0, 0};
    pooling_forward::primitive_desc fwd_pd(cpu(), prop_kind::forward_training, alg, sd, dd, stride, k, dilation, padl, padr);
    pooling_backward::primitive_desc bwd_pd(cpu(), alg, sd, dd, stride, k, dilation, padl, padr, fwd_pd);
#else
    pooling_forward::primitive_desc fwd_pd({prop_kind::forward_training, alg, sd, dd, stride, k, padl, padr}, cpu());
    pooling_backward::primitive_desc bwd_pd({alg, sd, dd, stride, k, padl, padr}, cpu(), fwd_pd);
#endif
    fwd = pooling_forward(fwd_pd);
    bwd = pooling_backward(bwd_pd);
    src = unbound(sd), dst = unbound(dd);
    fwd_args = {{DNNL_ARG_SRC, src}, {DNNL_ARG_DST, dst}};
    bwd_args = {{DNNL_ARG_DIFF_SRC, src}, {DNNL_ARG_DIFF_DST, dst}};
    if (p.max) {  // the workspace stores the positions of the maxima
      const memory workspace(fwd_pd.workspace_desc(), cpu());
      fwd_args.insert({DNNL_ARG_WORKSPACE, workspace});
      bwd_args.insert({DNNL_ARG_WORKSPACE, workspace});
    }
  }
};

int rl_pool_new(const rl_pool_shape *shape, rl_pool **out, char *err) {
  return guarded(err, [&] { *out = new rl_pool(*shape); });
}

void rl_pool_free(rl_pool *c) { delete c; }

int rl_pool_forward(rl_pool *c, const float *x, float *y, char *err) {
  return guarded(err, [&] {
    point(c->src, x);
    point(c->dst, y);
    c->fwd.execute(c->s, c->fwd_args);
    c->s.wait();
  });
}

int rl_pool_grad(rl_pool *c, const float *dy, float *dx, char *err) {
  return guarded(err, [&] {
    point(c->dst, dy);
    point(c->src, dx);
    c->bwd.execute(c->s, c->bwd_args);
    c->s.wait();
  });
}
