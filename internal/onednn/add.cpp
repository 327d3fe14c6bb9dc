#include "shim.hpp"

using namespace rl;

struct rl_add {
  stream s{cpu()};
  binary fwd;
  eltwise_backward bwd;
  memory a, b, dst, diff_src, diff_dst;
  arguments fwd_args, bwd_args;

  rl_add(int size, bool relu) {
    const memory::desc d({size}, type::f32, tag::a);
    primitive_attr attr;
    post_ops ops;
    if (relu) append_relu(ops);
    attr.set_post_ops(ops);
    const auto alg = algorithm::eltwise_relu_use_dst_for_bwd;
#if DNNL_VERSION_MAJOR >= 3
    fwd = binary(binary::primitive_desc(cpu(), algorithm::binary_add, d, d, d, attr));
    eltwise_forward::primitive_desc hint(cpu(), prop_kind::forward_training, alg, d, d, 0.f, 0.f);
    bwd = eltwise_backward(eltwise_backward::primitive_desc(cpu(), alg, d, d, d, 0.f, 0.f, hint));
#else
    fwd = binary(binary::primitive_desc({algorithm::binary_add, d, d, d}, attr, cpu()));
    eltwise_forward::primitive_desc hint({prop_kind::forward_training, alg, d, 0.f, 0.f}, cpu());
    bwd = eltwise_backward(eltwise_backward::primitive_desc({alg, d, d, 0.f, 0.f}, cpu(), hint));
#endif
    a = unbound(d), b = unbound(d), dst = unbound(d), diff_src = unbound(d), diff_dst = unbound(d);
    fwd_args = {{DNNL_ARG_SRC_0, a}, {DNNL_ARG_SRC_1, b}, {DNNL_ARG_DST, dst}};
    bwd_args = {{DNNL_ARG_DST, dst}, {DNNL_ARG_DIFF_DST, diff_dst}, {DNNL_ARG_DIFF_SRC, diff_src}};
  }
};

int rl_add_new(int size, int relu, rl_add **out, char *err) {
  return guarded(err, [&] { *out = new rl_add(size, relu != 0); });
}

void rl_add_free(rl_add *c) { delete c; }

int rl_add_forward(rl_add *c, const float *a, const float *b, float *y, char *err) {
  return guarded(err, [&] {
    point(c->a, a);
    point(c->b, b);
    point(c->dst, y);
    c->fwd.execute(c->s, c->fwd_args);
    c->s.wait();
  });
}

int rl_add_grad(rl_add *c, const float *y, const float *dy, float *dx, char *err) {
  return guarded(err, [&] {
    point(c->dst, y);
    point(c->diff_dst, dy);
    point(c->diff_src, dx);
    c->bwd.execute(c->s, c->bwd_args);
    c->s.wait();
  });
}
