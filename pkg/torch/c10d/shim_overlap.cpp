// Gradients that leave while the backward pass still makes others.
#include "bucket.h"
#include <ATen/core/grad_mode.h>
#include <torch/csrc/autograd/function_hook.h>
#include <torch/csrc/autograd/variable.h>

#include <memory>
#include <mutex>
#include <optional>

namespace {

using torch::autograd::impl::set_post_acc_grad_hooks;

// sending is the gradients of one backward pass. A part leaves once its last gradient
// is there and the parts before it have left: all processes send in one order.
struct sending {
  struct part {
    std::vector<at::Tensor> params;
    size_t missing;
    std::optional<bucket> sent;
  };

  BackendPtr data;
  std::vector<part> parts;
  size_t next = 0; // the first that has not left
  std::exception_ptr fault;
  std::mutex mutex;

  void leave() noexcept {
    auto &p = parts[next++];
    if (fault)
      return;
    try {
      at::NoGradGuard off;
      p.sent.emplace(p.params, *data);
    } catch (...) {
      fault = std::current_exception(); // which is not backward's own
    }
  }

  // came is told of each gradient that was added to.
  void came(size_t at, bool *before) {
    std::lock_guard<std::mutex> lock(mutex);
    if (at < next) {
      if (!fault)
        fault = std::make_exception_ptr(std::logic_error("a gradient was added to after it was sent: it is to be whole after one backward pass"));
      return;
    }
    if (!*before)
      parts[at].missing--;
    *before = true;
    while (next < parts.size() && parts[next].missing == 0)
      leave();
  }

  void unhook() {
    for (auto &p : parts)
      for (auto &w : p.params)
        set_post_acc_grad_hooks(w, nullptr);
  }
};

struct hook : torch::autograd::PostAccumulateGradHook {
  std::shared_ptr<sending> of;
  size_t at;
  bool before = false;

  hook(std::shared_ptr<sending> s, size_t part) : of(std::move(s)), at(part) {}
  void operator()(const at::Tensor &) override { of->came(at, &before); }
};

std::shared_ptr<sending> &open(csending s) { return *static_cast<std::shared_ptr<sending> *>(s); }

} // namespace

extern "C" {

cerror cd_send_gradients(cbackend device, ct *params, int n, size_t limit, csending *out) {
  return guarded([&] {
    auto s = std::make_shared<sending>();
    s->data = backend(device);
    std::vector<at::Tensor> learnt;
    for (int i = n - 1; i >= 0; i--)
      learnt.push_back(tensor(params[i]));
    for (auto &part : parts_of(learnt, limit))
      s->parts.push_back({part, part.size(), std::nullopt});
    for (size_t i = 0; i < s->parts.size(); i++)
      for (auto &w : s->parts[i].params)
        set_post_acc_grad_hooks(w, std::make_unique<hook>(s, i));
    *out = new std::shared_ptr<sending>(std::move(s));
  });
}

// What has not left yet, since a weight of it has no gradient here, leaves now.
cerror cd_sent_gradients(csending s, cbackend host) {
  return guarded([&] {
    at::NoGradGuard off;
    auto &of = *open(s);
    of.unhook();
    while (of.next < of.parts.size())
      of.leave();
    if (of.fault)
      std::rethrow_exception(of.fault);
    std::vector<at::Tensor> all;
    for (auto &p : of.parts)
      all.insert(all.end(), p.params.begin(), p.params.end());
    auto have = with_gradients(*backend(host), all);
    auto first = have.begin();
    for (auto &p : of.parts) {
      auto end = first + static_cast<ptrdiff_t>(p.params.size());
      p.sent->finish(of.data->getSize(), std::vector<bool>(first, end));
      first = end;
    }
  });
}

void cd_free_sending(csending s) {
  if (!s)
    return;
  open(s)->unhook();
  delete static_cast<std::shared_ptr<sending> *>(s);
}

} // extern "C"
