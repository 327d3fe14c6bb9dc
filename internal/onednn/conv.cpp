#include "shim.hpp"

using namespace rl;

namespace {

// oneDNN descriptors of the tensors of a convolution.
struct conv_descs {
  memory::desc src, wei, bia, dst;        // in the caller's layout
  memory::desc src_in, wei_any, dst_out;  // in the primitives' layout
  memory::desc dst_in;                    // gradient of the output
  memory::dims strides, pad, padr;

  explicit conv_descs(const rl_conv_shape &p) {
    const int oh = (p.h + 2 * (p.k / 2) - p.k) / p.stride + 1;
    const int ow = (p.w + 2 * (p.k / 2) - p.k) / p.stride + 1;
    const memory::dims sd{p.n, p.ic, p.h, p.w}, dd{p.n, p.oc, oh, ow};
    const auto arithmetic = p.bf16 ? type::bf16 : type::f32;
    strides = {p.stride, p.stride};
    pad = {p.k / 2, p.k / 2};
    // The output size determines the right padding.
    padr = {(oh - 1) * p.stride + p.k - p.h - p.k / 2, (ow - 1) * p.stride + p.k - p.w - p.k / 2};
    src = {sd, type::f32, tag::nhwc};
    src_in = {sd, arithmetic, tag::nhwc};
    dst = dst_out = {dd, type::f32, tag::nhwc};
    dst_in = {dd, arithmetic, tag::nhwc};
    bia = {{p.oc}, type::f32, tag::a};
    const memory::dim kk = p.k * p.k;
    if (p.groups > 1) {
      const memory::dims wd{p.groups, p.oc / p.groups, p.ic / p.groups, p.k, p.k};
      wei = {wd, type::f32, tag::goihw};
      wei_any = {wd, arithmetic, tag::any};
    } else {
      const memory::dims wd{p.oc, p.ic, p.k, p.k};
      wei = {wd, type::f32, memory::dims{p.of * kk, kk, p.k, 1}};
      wei_any = {wd, arithmetic, tag::any};
    }
  }
};

// Post-operations of a forward pass.
primitive_attr conv_attr(const rl_conv_shape &p) {
  auto attr = scratch_by_user();
  post_ops ops;
  if (p.accumulate) ops.append_sum();
  if (p.relu) append_relu(ops);
  attr.set_post_ops(ops);
  return attr;
}

}  // namespace

struct rl_conv {
  stream s{cpu()};
  bool bf16;
  memory src, dst, bia, wei;  // caller's memory
  memory src16, dst16;        // copies in bf16
  reorder narrow_src, narrow_dst;

  convolution_forward fwd;
  convolution_backward_weights bww;
  convolution_backward_data bwd;
  memory packed, packed_bwd, dwei;
  reorder pack, pack_bwd, unpack;
  arguments fwd_args, bww_args, bwd_args;

  explicit rl_conv(const rl_conv_shape &p) : bf16(p.bf16) {
    const conv_descs d(p);
    src = unbound(d.src), dst = unbound(d.dst), bia = unbound(d.bia), wei = unbound(d.wei);
    if (bf16) {
      src16 = memory(d.src_in, cpu());
      narrow_src = reorder(src, src16);
    }
    const auto prop = p.training ? prop_kind::forward_training : prop_kind::forward_inference;
    const auto alg = algorithm::convolution_direct;
#if DNNL_VERSION_MAJOR >= 3
    convolution_forward::primitive_desc fwd_pd(cpu(), prop, alg, d.src_in, d.wei_any, d.bia, d.dst_out,
                                               d.strides, d.pad, d.padr, conv_attr(p));
#else
    convolution_forward::primitive_desc fwd_pd(
        {prop, alg, d.src_in, d.wei_any, d.bia, d.dst_out, d.strides, d.pad, d.padr}, conv_attr(p), cpu());
#endif
    fwd = convolution_forward(fwd_pd);
    packed = memory(fwd_pd.weights_desc(), cpu());
    pack = reorder(wei, packed);
    fwd_args = {{DNNL_ARG_SRC, bf16 ? src16 : src}, {DNNL_ARG_WEIGHTS, packed}, {DNNL_ARG_BIAS, bia},
                {DNNL_ARG_DST, dst}, {DNNL_ARG_SCRATCHPAD, memory(fwd_pd.scratchpad_desc(), cpu())}};
    if (p.training) prepare_gradients(d, fwd_pd);
  }

  void prepare_gradients(const conv_descs &d, const convolution_forward::primitive_desc &fwd_pd) {
    const auto alg = algorithm::convolution_direct;
    const auto plain = scratch_by_user();
    if (bf16) {
      dst16 = memory(d.dst_in, cpu());
      narrow_dst = reorder(dst, dst16);
    }
#if DNNL_VERSION_MAJOR >= 3
    const auto wd = d.wei_any.get_dims();
    convolution_backward_weights::primitive_desc bww_pd(cpu(), alg, d.src_in, memory::desc(wd, type::f32, tag::any), d.bia,
                                                        d.dst_in, d.strides, d.pad, d.padr, fwd_pd, plain);
    convolution_backward_data::primitive_desc bwd_pd(cpu(), alg, d.src, d.wei_any, d.dst_in, d.strides, d.pad, d.padr,
                                                     fwd_pd, plain);
#else
    const auto wd = d.wei_any.dims();
    convolution_backward_weights::primitive_desc bww_pd(
        {alg, d.src_in, memory::desc(wd, type::f32, tag::any), d.bia, d.dst_in, d.strides, d.pad, d.padr}, plain, cpu(),
        fwd_pd);
    convolution_backward_data::primitive_desc bwd_pd({alg, d.src, d.wei_any, d.dst_in, d.strides, d.pad, d.padr}, plain,
                                                     cpu(), fwd_pd);
#endif
    bww = convolution_backward_weights(bww_pd);
    bwd = convolution_backward_data(bwd_pd);
    dwei = memory(bww_pd.diff_weights_desc(), cpu());
    unpack = reorder(dwei, wei);
    packed_bwd = memory(bwd_pd.weights_desc(), cpu());
    pack_bwd = reorder(wei, packed_bwd);
    bww_args = {{DNNL_ARG_SRC, bf16 ? src16 : src}, {DNNL_ARG_DIFF_DST, bf16 ? dst16 : dst},
                {DNNL_ARG_DIFF_WEIGHTS, dwei}, {DNNL_ARG_DIFF_BIAS, bia},
                {DNNL_ARG_SCRATCHPAD, memory(bww_pd.scratchpad_desc(), cpu())}};
    bwd_args = {{DNNL_ARG_DIFF_DST, bf16 ? dst16 : dst}, {DNNL_ARG_WEIGHTS, packed_bwd}, {DNNL_ARG_DIFF_SRC, src},
                {DNNL_ARG_SCRATCHPAD, memory(bwd_pd.scratchpad_desc(), cpu())}};
  }

  void set_input(const float *x) {
    point(src, x);
    if (bf16) narrow_src.execute(s, src, src16);
  }

  void set_gradient(const float *dy) {
    point(dst, dy);
    if (bf16) narrow_dst.execute(s, dst, dst16);
  }
};

int rl_conv_new(const rl_conv_shape *shape, rl_conv **out, char *err) {
  return guarded(err, [&] { *out = new rl_conv(*shape); });
}

void rl_conv_free(rl_conv *c) { delete c; }

int rl_conv_pack(rl_conv *c, const float *w, char *err) {
  return guarded(err, [&] {
    point(c->wei, w);
    c->pack.execute(c->s, c->wei, c->packed);
    c->s.wait();
  });
}

int rl_conv_forward(rl_conv *c, const float *x, const float *b, float *y, char *err) {
  return guarded(err, [&] {
    c->set_input(x);
    point(c->bia, b);
    point(c->dst, y);
    c->fwd.execute(c->s, c->fwd_args);
    c->s.wait();
  });
}

int rl_conv_weights_grad(rl_conv *c, const float *x, const float *dy, float *dw, float *db, char *err) {
  return guarded(err, [&] {
    c->set_input(x);
    c->set_gradient(dy);
    point(c->bia, db);
    c->bww.execute(c->s, c->bww_args);
    point(c->wei, dw);
    c->unpack.execute(c->s, c->dwei, c->wei);
    c->s.wait();
  });
}

int rl_conv_data_grad(rl_conv *c, const float *w, const float *dy, float *dx, char *err) {
  return guarded(err, [&] {
    point(c->wei, w);
    c->pack_bwd.execute(c->s, c->wei, c->packed_bwd);
    c->set_gradient(dy);
    point(c->src, dx);
    c->bwd.execute(c->s, c->bwd_args);
    c->s.wait();
  });
}
