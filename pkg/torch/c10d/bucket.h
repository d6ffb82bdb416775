// Gradients that travel between processes, some at a time.
#pragma once
#include "guard.h"

// bucket is gradients that travel as one tensor, zeros where a weight has none.
struct bucket {
  std::vector<at::Tensor> params;
  at::Tensor flat;
  c10::intrusive_ptr<c10d::Work> work;

  bucket(std::vector<at::Tensor> of, c10d::Backend &b) : params(std::move(of)) {
    std::vector<at::Tensor> rows;
    for (auto &p : params)
      rows.push_back(p.grad().defined() ? p.grad().reshape({-1}) : at::zeros({p.numel()}, p.options()));
    flat = at::cat(rows);
    std::vector<at::Tensor> one{flat};
    work = b.allreduce(one);
  }

  // finish waits for the sums, and makes the means of so many processes the
  // gradients of those weights that are to have one.
  void finish(int size, const std::vector<bool> &have) {
    work->wait();
    flat.div_(size);
    int64_t at = 0;
    for (size_t i = 0; i < params.size(); i++) {
      auto &p = params[i];
      auto mean = flat.narrow(0, at, p.numel()).view(p.sizes());
      at += p.numel();
      if (!have[i])
        continue;
      if (p.grad().defined())
        p.mutable_grad().copy_(mean);
      else
        p.mutable_grad() = at::empty_like(p).copy_(mean); // which lies as the weight does
    }
  }
};

// parts_of cuts weights into parts of so many bytes at most, or of one weight, and of
// one type each.
inline std::vector<std::vector<at::Tensor>> parts_of(const std::vector<at::Tensor> &params, size_t limit) {
  std::vector<std::vector<at::Tensor>> parts;
  size_t bytes = 0;
  for (auto &p : params) {
    if (parts.empty() || bytes + p.nbytes() > limit || parts.back()[0].scalar_type() != p.scalar_type()) {
      parts.emplace_back();
      bytes = 0;
    }
    parts.back().push_back(p);
    bytes += p.nbytes();
  }
  return parts;
}

// with_gradients tells which weights have a gradient in some process. One that has it
// in none is left without, as in one process: the optimiser passes it over.
inline std::vector<bool> with_gradients(c10d::Backend &host, const std::vector<at::Tensor> &params) {
  auto have = at::zeros({static_cast<int64_t>(params.size())}, at::kInt);
  auto flags = have.data_ptr<int>();
  for (size_t i = 0; i < params.size(); i++)
    flags[i] = params[i].grad().defined();
  std::vector<at::Tensor> one{have};
  host.allreduce(one)->wait();
  return std::vector<bool>(flags, flags + params.size());
}
