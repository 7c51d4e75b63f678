"""Many small gated recurrent nets trained side by side: one per fold, each on its own subjects.

A group is one net. Batched matrix products make twenty nets about as cheap as two.
"""
import numpy as np
import torch

CLASSES = 4


class Recurrence(torch.autograd.Function):
    """The recurrence of a GRU over time, written out with its gradient: h' = (1 - z) n + z h."""

    @staticmethod
    def forward(ctx, gates, u, bn):
        """gates: [T, G, B, 3H] input parts of r, z, n; u: [G, H, 3H]; bn: [G, 1, H]. Returns [T, G, B, H]."""
        t_all, g, b, h3 = gates.shape
        size = h3 // 3
        hs = gates.new_zeros(t_all + 1, g, b, size)
        rz = gates.new_empty(t_all, g, b, 2 * size)
        cand, part = gates.new_empty(t_all, g, b, size), gates.new_empty(t_all, g, b, size)
        h = hs[0]
        for t in range(t_all):
            own = torch.bmm(h, u)
            rz[t] = torch.sigmoid(gates[t, ..., : 2 * size] + own[..., : 2 * size])
            part[t] = own[..., 2 * size :] + bn
            cand[t] = torch.tanh(torch.addcmul(gates[t, ..., 2 * size :], rz[t, ..., :size], part[t]))
            h = torch.lerp(cand[t], h, rz[t, ..., size:])
            hs[t + 1] = h
        ctx.save_for_backward(u, rz, cand, part, hs)
        return hs[1:]

    @staticmethod
    def backward(ctx, grad):
        u, rz, cand, part, hs = ctx.saved_tensors
        t_all, g, b, size = cand.shape
        d_in, d_own = grad.new_empty(t_all, g, b, 3 * size), grad.new_empty(t_all, g, b, 3 * size)
        back, dh = u.transpose(1, 2).contiguous(), grad.new_zeros(g, b, size)
        for t in range(t_all - 1, -1, -1):
            dh = dh + grad[t]
            r, z, n = rz[t, ..., :size], rz[t, ..., size:], cand[t]
            dn = dh * (1 - z) * (1 - n * n)
            d_in[t, ..., :size] = dn * part[t] * r * (1 - r)
            d_in[t, ..., size : 2 * size] = dh * (hs[t] - n) * z * (1 - z)
            d_in[t, ..., 2 * size :] = dn
            d_own[t, ..., : 2 * size] = d_in[t, ..., : 2 * size]
            d_own[t, ..., 2 * size :] = dn * r
            dh = torch.baddbmm(dh * z, d_own[t], back)
        flat = d_own.permute(1, 0, 2, 3).reshape(g, t_all * b, 3 * size)
        before = hs[:-1].permute(1, 0, 2, 3).reshape(g, t_all * b, size)
        return d_in, torch.bmm(before.transpose(1, 2), flat), d_own[..., 2 * size :].sum((0, 2)).unsqueeze(1)


class GroupedGRU(torch.nn.Module):
    """G nets of one shape: GRU of `size` units over `inputs` features, then a linear layer to the four stages."""

    def __init__(self, groups, inputs, size, seed):
        super().__init__()
        draw = torch.Generator().manual_seed(seed)

        def weight(rows, cols, spread):
            one = (torch.rand(rows, cols, generator=draw) * 2 - 1) * spread
            return torch.nn.Parameter(one.repeat(groups, 1, 1))

        self.w, self.b = weight(inputs, 3 * size, (1.5 / inputs) ** 0.5), weight(1, 3 * size, 0.1)
        self.u, self.bn = weight(size, 3 * size, size**-0.5), weight(1, size, 0.1)
        self.wo, self.bo = weight(size, CLASSES, size**-0.5), weight(1, CLASSES, 0.1)
        with torch.no_grad():
            self.b[..., size : 2 * size] += 1.0  # begin with a long memory

    def forward(self, x, dropout=0.0):
        """x: [G, B, T, F]; returns logits [G, B, T, 4]."""
        g, b, t, f = x.shape
        gates = torch.baddbmm(self.b, x.reshape(g, b * t, f), self.w).view(g, b, t, -1).permute(2, 0, 1, 3).contiguous()
        h = Recurrence.apply(gates, self.u, self.bn).permute(1, 2, 0, 3).reshape(g, b * t, -1)
        h = torch.nn.functional.dropout(h, dropout, self.training)
        return torch.baddbmm(self.bo, h, self.wo).view(g, b, t, CLASSES)


class Settings:
    """How a net is trained."""

    def __init__(self, size=32, steps=120, rate=1e-2, decay=1e-3, batch=24, length=330, dropout=0.3, hide=0.1, noise=0.1,
                 smoothing=0.05, weights=(1.0, 1.0, 1.0, 1.0), average=0.95, seed=0, variants=0.75):
        self.__dict__.update({k: v for k, v in locals().items() if k != "self"})


def draw_chunk(pool, subjects, rng, s, forward=True):
    """A stretch of a random night: (features, target, weight), padded to s.length, read backwards if asked.

    The target is the stage, or the stages' probabilities where the pool's night has them as its third part.
    """
    night = pool.pick(rng.choice(subjects), rng, s.variants)
    all_epochs = len(night[1])
    start = int(rng.integers(-s.length // 2, max(1, all_epochs - s.length // 2)))
    start = max(0, min(start, all_epochs - s.length))
    parts = [a[start : start + s.length] for a in night]
    if not forward:
        parts, start = [a[::-1] for a in parts], all_epochs - start - len(parts[1])
    w = (parts[1] >= 0).astype(np.float32)
    if start > 0:
        w[:20] = 0  # the state is not yet warm
    target = parts[2] if len(parts) > 2 else np.maximum(parts[1], 0)
    return pad(parts[0], s.length), pad(target, s.length), pad(w, s.length)


def pad(a, n):
    return np.concatenate([a, np.zeros((n - len(a), *a.shape[1:]), a.dtype)]) if len(a) < n else a


def train(pools, groups, scalers, s, forward=True, block=8, start=None):
    """Trains one net per group (an array of subject numbers); returns a list of parameter dictionaries.

    `pools`: one for all groups, or a list with one for each. `start`: parameters to go on from; weights that are 0
    there stay 0.
    """
    pools = pools if isinstance(pools, list) else [pools] * len(groups)
    out = []
    for k in range(0, len(groups), block):
        part = slice(k, k + block)
        out += train_block(pools[part], groups[part], scalers[part], s, forward, start and start[part])
    return out


def train_block(pools, groups, scalers, s, forward, start):
    torch.manual_seed(s.seed)
    rngs = [np.random.default_rng([s.seed, *map(int, g)]) for g in groups]
    net = GroupedGRU(len(groups), pools[0].width, s.size, s.seed)
    masks = take_up(net, start) if start else None
    opt = torch.optim.AdamW(net.parameters(), lr=s.rate, weight_decay=s.decay)
    plan = torch.optim.lr_scheduler.OneCycleLR(opt, s.rate, total_steps=s.steps, pct_start=0.2)
    mean_net = [p.detach().clone() for p in net.parameters()]
    weights = torch.tensor(s.weights)
    net.train()
    for step in range(s.steps):
        batch = [batch_of(p, g, sc, r, s, forward) for p, g, sc, r in zip(pools, groups, scalers, rngs)]
        x, y, w = (torch.from_numpy(np.stack(a)) for a in zip(*batch))
        logits = net(x, s.dropout)
        ce = torch.nn.functional.cross_entropy(logits.reshape(-1, CLASSES), y.flatten(0, 2), weight=weights,
                                               label_smoothing=s.smoothing, reduction="none").view(w.shape)
        loss = ((ce * w).sum((1, 2)) / w.sum((1, 2))).sum()
        opt.zero_grad()
        loss.backward()
        clip_each(net)
        opt.step()
        plan.step()
        with torch.no_grad():
            for p, mask in zip(net.parameters(), masks or ()):
                p *= mask
            keep = min(s.average, (step + 1) / (step + 10))
            for m, p in zip(mean_net, net.parameters()):
                m.lerp_(p, 1 - keep)
    names = [n for n, _ in net.named_parameters()]
    return [{n: m[g].numpy().copy() for n, m in zip(names, mean_net)} for g in range(len(groups))]


def take_up(net, start):
    """Sets the nets' parameters; returns masks of those that are not 0."""
    with torch.no_grad():
        for name, p in net.named_parameters():
            p.copy_(torch.from_numpy(np.stack([one[name] for one in start]).reshape(p.shape)))
        return [(p != 0).float() for p in net.parameters()]


def batch_of(pool, subjects, scaler, rng, s, forward):
    chunks = [draw_chunk(pool, subjects, rng, s, forward) for _ in range(s.batch)]
    x = np.stack([pool.hide(scaler(c[0]), rng) for c in chunks])
    x += rng.standard_normal(x.shape, np.float32) * s.noise
    x *= rng.random((s.batch, 1, x.shape[2]), np.float32) >= s.hide
    return x, np.stack([c[1] for c in chunks]), np.stack([c[2] for c in chunks])


def clip_each(net):
    """Limits each net's gradient, parameter by parameter, to length one."""
    for p in net.parameters():
        length = p.grad.flatten(1).norm(dim=1).clamp(min=1)
        p.grad /= length.view(-1, *([1] * (p.dim() - 1)))


def run(params, x):
    """Logits [T, 4] of one net over a night of normalised features [T, F], with numpy."""
    h = np.zeros(params["u"].shape[0], np.float32)
    size, out = len(h), np.empty((len(x), CLASSES), np.float32)
    gates = x @ params["w"] + params["b"]
    for t, g in enumerate(gates):
        own = h @ params["u"]
        rz = 1 / (1 + np.exp(-(g[: 2 * size] + own[: 2 * size])))
        n = np.tanh(g[2 * size :] + rz[:size] * (own[2 * size :] + params["bn"][0]))
        h = (1 - rz[size:]) * n + rz[size:] * h
        out[t] = h @ params["wo"] + params["bo"][0]
    return out
