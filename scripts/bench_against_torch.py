#!/usr/bin/env python3
"""Times cbsim against NeuralUCB written in PyTorch, as well as a script can be written.

Both play the same rounds from the same weights: NeuralUCB with a diagonal Z, a refit every round
from theta_0 by 100 steps of full-batch gradient descent with the same constant learning rate. They
run in alternation, one thread each, and in double they must choose the same arm in every round.

What is timed
  cbsim    the whole process: start, reading the rounds, the simulation, writing all files. The
           rounds go in as a `table`, not as cbsim's own world: both sides then do the same work to
           the last sample (the counts of the arms decide the speed of the per-arm form), every
           timed run is one whose arms are checked, and what the files cost, some hundredths of a
           second, counts against cbsim only.
  PyTorch  the loop over the rounds only: not Python's start, the imports, the compilation of the
           script, its warm-up or the making of the data.
  The ratio is that of wall times, pair by pair; its median and range are printed. Beside it stands
  the ratio of processor times: where the two disagree, the machine was busy with something else.

The PyTorch side has hand-derived gradients, no autograd, buffers allocated once, two passes over
the hidden layer beside its three products, one scripted loop (torch.jit.script) and the mirrored
input in its reduced form: W_1 = [W_a, W_b] acts on [x; x]/sqrt(2) as V = (W_a + W_b)/sqrt(2) on x,
with half of the operations; so does cbsim. Samples are columns, all in one block: samples as rows,
blocks of 128 to 512 samples and other mixes of transposed inputs were slower or level. For Shuttle
there are two forms: `dense`, the inputs x (x) e_a with a block of zeros for each other arm, and
`per-arm`, the history grouped by arm and small products per arm.

Operations are counted on the reduced network, forward and backward: 4 m d t + 4 m t a step at
round t; d is 63 for the dense form of Shuttle and 9 for the per-arm form and for cbsim. cbsim
evaluates one gradient more a refit, for its checks, which is not counted. `mm` is
torch.mm on large matrices, the median of measurements between the runs. `good script` holds the
best rate of the PyTorch side, in processor time, against one that a good script should reach.

exit codes: 0 done, 1 the arms differ in double or a run failed, 2 wrong input
"""

import argparse
import csv
import dataclasses
import json
import math
import os
import platform
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

for _library in ("OPENBLAS", "OMP", "MKL", "BLIS"):  # read when numpy and torch are loaded
    os.environ[f"{_library}_NUM_THREADS"] = "1"

SYSTEM_PYTHON = "/usr/bin/python3"


def fail(message, code=2):
    """Ends the program with one line about what is wrong."""
    print(f"bench_against_torch.py: {message}", file=sys.stderr)
    sys.exit(code)


def switch_python(missing):
    """Starts again with the system's Python: the python3 on PATH may be one without torch."""
    if os.path.exists(SYSTEM_PYTHON) and "CBSIM_PYTHON_SWITCHED" not in os.environ:
        os.environ["CBSIM_PYTHON_SWITCHED"] = "1"
        os.execv(SYSTEM_PYTHON, [SYSTEM_PYTHON, *sys.argv])
    fail(f"{missing}; on Debian: apt-get install --no-install-recommends python3-numpy "
         "python3-torch libopenblas0")


try:
    import numpy as np
    import torch
except ImportError as missing_module:
    switch_python(missing_module)

ROOT = Path(__file__).resolve().parent.parent
STEPS, GAMMA, LAMBDA = 100, 0.1, 1.0
SHUTTLE_CLASSES = 7


@dataclasses.dataclass(frozen=True)
class Case:
    """A world, a size and a form of the PyTorch side.

    `good` is the rate in GFLOP/s (double, single) from which the PyTorch side counts as a good
    script on a core whose products of large matrices reach PEAK_OF_GOOD; on others it is scaled.
    """

    world: str
    width: int
    rounds: int
    form: str = "dense"
    good: tuple = None


CASES = {
    "quadratic-m20-t200": Case("quadratic", 20, 200),
    "quadratic-m20-t2000": Case("quadratic", 20, 2000, good=(15.0, 22.0)),
    "quadratic-m100-t1000": Case("quadratic", 100, 1000, good=(18.0, 31.0)),
    "shuttle-dense": Case("shuttle", 100, 1000, good=(26.0, 43.0)),
    "shuttle-per-arm": Case("shuttle", 100, 1000, form="per-arm", good=(9.5, 13.0)),
}
PRECISIONS = {"double": torch.float64, "single": torch.float32}
PEAK_OF_GOOD = {"double": 43.0, "single": 83.0}


# The PyTorch side. Names: m hidden units, d inputs of a segment, S segments (1, or one an arm),
# theta m x (S d + 1): V, and w in the last column.


@torch.jit.script
def refit(theta: torch.Tensor, theta0: torch.Tensor, product: torch.Tensor, scratch: torch.Tensor,
          hidden: torch.Tensor, residual: torch.Tensor, ones: torch.Tensor, active: list[int],
          rows: list[torch.Tensor], columns: list[torch.Tensor], targets: torch.Tensor,
          steps: int, rate: float, penalty: float):
    """theta after `steps` steps of gradient descent from theta0.

    rows and columns: the inputs of each active segment, n x d and d x n: each product takes the
    one that it is faster with. Samples are the columns of the hidden layer, in the order of the
    segments. With P = sum_i (f_i - y_i) 1[h_i > 0] x_i^T, the gradients are
    dV = sqrt(m) diag(w) P + penalty (V - V0) and dw = sqrt(m) (P o V) 1 + penalty (w - w0), since
    relu(h) = 1[h > 0] V x; so the hidden layer is not read once more for dw.
    """
    m, count, inputs = theta.size(0), targets.size(0), product.size(1)
    root = math.sqrt(m)
    keep = 1.0 - rate * penalty
    down = -rate * root / keep
    pull = theta0 * (rate * penalty)
    theta.copy_(theta0)
    V, w, w_column = theta[:, :inputs], theta[:, inputs], theta[:, inputs:]
    H = hidden[:m * count].view(m, count)
    samples = H.t()
    r = residual[:count]
    r_everywhere = r.expand_as(H)
    parts: list[torch.Tensor] = []
    weights: list[torch.Tensor] = []
    products: list[torch.Tensor] = []
    first = 0
    for i in range(len(active)):
        n, d = rows[i].size(0), rows[i].size(1)
        parts.append(H[:, first:first + n])
        weights.append(V[:, active[i] * d:(active[i] + 1) * d])
        products.append(product[:, active[i] * d:(active[i] + 1) * d])
        first += n
    for _ in range(steps):
        for i in range(len(parts)):
            torch.mm(weights[i], columns[i], out=parts[i])
        H.clamp_min_(0.0)
        torch.addmv(targets, samples, w, beta=-1.0, alpha=root, out=r)
        torch.ops.aten.threshold_backward(r_everywhere, H, 0.0, grad_input=H)  # r o 1[h > 0]
        for i in range(len(parts)):
            torch.mm(parts[i], rows[i], out=products[i])
        torch.mul(product, V, out=scratch)
        V.addcmul_(product, w_column, value=down)
        w.addmv_(scratch, ones, alpha=down)
        torch.add(pull, theta, alpha=keep, out=theta)


@torch.jit.script
def neural_ucb(contexts: torch.Tensor, rewards: torch.Tensor, theta0: torch.Tensor,
               per_arm: bool, gamma: float, lambda_: float, steps: int, rate: float):
    """Plays all rounds; returns the arms, the scores of the played arms and the last theta.

    contexts: T x K x d, or T x d with per_arm, where the arms share x and each has its own block.
    1/Z is kept beside Z, so that the bonus of the arms divides nothing.
    """
    T, K = rewards.size(0), rewards.size(1)
    d = contexts.size(-1)
    m, inputs = theta0.size(0), theta0.size(1) - 1
    root = math.sqrt(m)
    segments = K if per_arm else 1

    theta = theta0.clone()
    V, w = theta[:, :inputs], theta[:, inputs]
    product = theta0.new_zeros([m, inputs])
    scratch = theta0.new_zeros([m, inputs])
    hidden = theta0.new_zeros([m * T])
    residual = theta0.new_zeros([T])
    ones = theta0.new_ones([inputs])
    Z = theta0.new_full([m, inputs], lambda_)
    Z_w = theta0.new_full([m], lambda_)
    inverse, inverse_w = Z.reciprocal(), Z_w.reciprocal()

    by_row = theta0.new_zeros([segments, T, d])
    by_column = theta0.new_zeros([segments, d, T])
    seen = theta0.new_zeros([segments, T])
    counts = [0 for _ in range(segments)]

    arms = torch.zeros([T], dtype=torch.int64)
    scores = theta0.new_zeros([T])
    for t in range(T):
        x = contexts[t]
        x2 = x * x
        if per_arm:
            H = (V.view(m, K, d) * x).sum(2)
            quadratic = (inverse.view(m, K, d) * x2).sum(2)
        else:
            H = torch.mm(V, x.t())
            quadratic = torch.mm(inverse, x2.t())
        A = H.clamp_min(0.0)
        A2 = A * A
        delta2 = (H > 0.0).to(theta0.dtype) * (w * w).unsqueeze(1)  # of delta^2/m, as A2 of g_w^2/m
        width2 = (delta2 * quadratic).sum(0) + torch.mv(A2.t(), inverse_w)
        score = torch.mv(A.t(), w) * root + gamma * width2.sqrt()
        arm = int(score.argmax())
        arms[t] = arm
        scores[t] = score[arm]

        # Each entry of V stands for two coordinates of W_1, whose gradients are g/sqrt(2).
        own, own2 = (x, x2) if per_arm else (x[arm], x2[arm])
        s = arm if per_arm else 0
        Z_own = Z[:, s * d:(s + 1) * d]
        Z_own.addr_(delta2[:, arm], own2, alpha=0.5)
        torch.reciprocal(Z_own, out=inverse[:, s * d:(s + 1) * d])
        Z_w.add_(A2[:, arm])
        torch.reciprocal(Z_w, out=inverse_w)

        by_row[s, counts[s]].copy_(own)
        by_column[s, :, counts[s]].copy_(own)
        seen[s, counts[s]] = rewards[t, arm]
        counts[s] += 1
        active: list[int] = []
        rows: list[torch.Tensor] = []
        columns: list[torch.Tensor] = []
        targets: list[torch.Tensor] = []
        for i in range(segments):
            if counts[i] > 0:
                active.append(i)
                rows.append(by_row[i, :counts[i]])
                columns.append(by_column[i, :, :counts[i]])
                targets.append(seen[i, :counts[i]])
        refit(theta, theta0, product, scratch, hidden, residual, ones, active, rows, columns,
              torch.cat(targets), steps, rate, m * lambda_)
    return arms, scores, theta


# The rounds


@dataclasses.dataclass
class Rounds:
    """What both sides play. x is T x K x d, or T x d where the arms share it (`disjoint`)."""

    x: np.ndarray
    rewards: np.ndarray  # T x K
    disjoint: bool

    def inputs(self):
        """The number of inputs of the network."""
        return self.x.shape[-1] * (self.rewards.shape[1] if self.disjoint else 1)

    def dense(self):
        """The contexts T x K x inputs, with x (x) e_a written out."""
        if not self.disjoint:
            return self.x
        arms = self.rewards.shape[1]
        return np.einsum("ab,td->tabd", np.eye(arms), self.x).reshape(len(self.x), arms, -1)


def quadratic_rounds(rng, rounds, arms=4, dim=20):
    """r = 10 (x^T a)^2 + N(0, 1), x and a on the sphere."""
    x = rng.normal(size=(rounds, arms, dim))
    x /= np.linalg.norm(x, axis=-1, keepdims=True)
    a = rng.normal(size=dim)
    rewards = 10 * (x @ a / np.linalg.norm(a)) ** 2 + rng.normal(size=(rounds, arms))
    return Rounds(x, rewards, disjoint=False)


def shuttle_rounds(rng, rounds, path):
    """Rows of Shuttle in a random order, each scaled to norm 1; reward 1 for the right class."""
    try:
        with open(path, newline="", encoding="utf-8") as stream:
            rows = list(csv.reader(stream))[1:]
    except OSError as error:
        fail(f"{error}; scripts/get_data.sh shuttle brings it, --data PATH names another place")
    classes = sorted({row[-1] for row in rows})
    if len(classes) != SHUTTLE_CLASSES or len(rows) < rounds:
        fail(f"{path}: {len(rows)} rows with {len(classes)} classes in the last column; that is "
             "not Shuttle as scripts/get_data.sh brings it")
    picked = [rows[i] for i in rng.permutation(len(rows))[:rounds]]
    x = np.array([row[:-1] for row in picked], dtype=float)
    x /= np.linalg.norm(x, axis=1, keepdims=True)
    rewards = np.array([[float(row[-1] == name) for name in classes] for row in picked])
    return Rounds(x, rewards, disjoint=True)


def symmetric_start(rng, m, inputs):
    """The paper's start on the mirrored input: W_1 (m x 2 inputs) and w (m)."""
    half = rng.normal(scale=math.sqrt(4 / m), size=(m // 2, inputs))
    zero = np.zeros_like(half)
    w = rng.normal(scale=math.sqrt(2 / m), size=m // 2)
    return np.block([[half, zero], [zero, half]]), np.concatenate([w, -w])


def reduced(W1, w):
    """theta of the reduced network: V and w side by side."""
    inputs = W1.shape[1] // 2
    return np.column_stack([(W1[:, :inputs] + W1[:, inputs:]) / math.sqrt(2), w])


def learning_rate(rounds, theta0):
    """1/lambda_max of J J^T + m lambda I at theta_0, if the best arm is played in all rounds.

    A constant rate must be stable at the last round, where the sum of squares is steepest.
    """
    x = rounds.dense()[np.arange(len(rounds.rewards)), rounds.rewards.argmax(axis=1)]
    V, w = theta0[:, :-1], theta0[:, -1]
    H = x @ V.T
    delta, A = (H > 0) * w, np.maximum(H, 0)
    kernel = len(w) * ((delta @ delta.T) * (x @ x.T) + A @ A.T)
    return 1 / (np.linalg.eigvalsh(kernel)[-1] + len(w) * LAMBDA)


# cbsim's side


def write_inputs(folder, case, precision, rounds, weights, rate):
    """The files of a run of cbsim; returns the config's path."""
    x, rewards = rounds.x, rounds.rewards
    with open(folder / "rounds.csv", "w", encoding="utf-8") as out:
        out.write("t,arm," + "".join(f"x{i + 1}," for i in range(x.shape[-1])) + "reward\n")
        for t, row in enumerate(rewards):
            for a, reward in enumerate(row):
                values = [*(x[t] if rounds.disjoint else x[t, a]), reward]
                out.write(f"{t + 1},{a}," + ",".join(repr(float(v)) for v in values) + "\n")
    (folder / "start.csv").write_text(
        "".join(f"{float(v)!r}\n" for v in np.concatenate([w.ravel() for w in weights])),
        encoding="utf-8")
    training = {"steps": STEPS, "learning_rate": rate}
    if precision != "double":
        training["precision"] = precision
    config = {
        "name": "bench", "horizon": case.rounds, "seeds": 1,
        "environment": {"type": "table", "path": "rounds.csv",
                        "encoding": "disjoint" if rounds.disjoint else "dense"},
        "policies": [{
            "type": "neural_ucb", "gamma": GAMMA, "lambda": LAMBDA, "confidence": "diagonal",
            "network": {"width": case.width, "depth": 2,
                        "init": {"file": "start.csv", "mirrored": True}},
            "training": training}],
        "record": {"rounds": True}}
    (folder / "config.json").write_text(json.dumps(config, indent=2), encoding="utf-8")
    return folder / "config.json"


@dataclasses.dataclass
class Run:
    """A timed run of one side; scores are those of the played arms."""

    seconds: float
    cpu: float
    arms: np.ndarray
    scores: np.ndarray
    refits: float = math.nan  # seconds, where they are known


def children_cpu():
    """Processor seconds of all child processes that have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def run_cbsim(cbsim, config):
    """One run of cbsim, in a new folder."""
    with tempfile.TemporaryDirectory(dir=config.parent) as folder:
        command = [cbsim, "run", config, "-o", Path(folder) / "out", "-j", "1", "-q"]
        cpu, started = children_cpu(), time.perf_counter()
        done = subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
                              text=True, check=False)
        seconds, cpu = time.perf_counter() - started, children_cpu() - cpu
        if done.returncode != 0:
            fail(f"cbsim ended with {done.returncode}:\n{done.stderr.strip()}", code=1)
        (run,) = (Path(folder) / "out" / "runs").iterdir()
        with open(run / "rounds.csv", newline="", encoding="utf-8") as stream:
            rows = list(csv.DictReader(stream))
        inside = json.loads((run / "run.json").read_text(encoding="utf-8"))["seconds"]
    return Run(seconds, cpu, np.array([int(row["arm"]) for row in rows]),
               np.array([float(row["score"]) for row in rows]), inside["update"])


def check_cbsim(cbsim, precisions):
    """Its version; an error if it cannot run or lacks what is asked for."""
    try:
        version = subprocess.run([cbsim, "--version"], capture_output=True, text=True, check=True)
        listed = subprocess.run([cbsim, "list", "neural_ucb"], capture_output=True, text=True,
                                check=True)
    except (OSError, subprocess.CalledProcessError) as error:
        fail(f"{error}; build cbsim first (scripts/test.sh) or name it by --cbsim")
    if "single" in precisions and "training.precision" not in listed.stdout:
        fail(f"{cbsim} has no training.precision; use --precision double")
    return version.stdout.strip().splitlines()[0]


# Measuring


def linear_algebra():
    """The paths of the BLAS libraries that this process has loaded."""
    names = ("libopenblas", "libblas", "libmkl", "libblis", "libatlas")
    try:
        with open("/proc/self/maps", encoding="utf-8") as maps:
            paths = {line.split(maxsplit=5)[-1].strip() for line in maps if ".so" in line}
    except OSError:
        return []
    return sorted(path for path in paths if os.path.basename(path).startswith(names))


def is_optimized(libraries):
    """Whether one of the libraries is more than the reference BLAS."""
    return any(name in path for path in libraries
               for name in ("openblas", "mkl", "blis", "atlas"))


def measured_peak(dtype):
    """GFLOP/s of torch.mm on large matrices, the best of some."""
    best = 0.0
    for n in (512, 768, 1024):
        a = torch.full((n, n), 0.5, dtype=dtype)
        out = torch.empty_like(a)
        torch.mm(a, a, out=out)
        for _ in range(3):
            started = time.perf_counter()
            torch.mm(a, a, out=out)
            best = max(best, 2 * n**3 / (time.perf_counter() - started) / 1e9)
    return best


def run_torch(contexts, rewards, theta0, per_arm, rate):
    """One run of the PyTorch side."""
    cpu, started = time.process_time(), time.perf_counter()
    arms, scores, theta = neural_ucb(contexts, rewards, theta0, per_arm, GAMMA, LAMBDA, STEPS, rate)
    seconds, cpu = time.perf_counter() - started, time.process_time() - cpu
    if not bool(torch.isfinite(theta).all()):
        fail("the PyTorch side diverged", code=1)
    return Run(seconds, cpu, arms.numpy(), scores.numpy())


def gflop(case, inputs):
    """The operations of all refits, in 10^9."""
    samples = case.rounds * (case.rounds + 1) // 2
    return STEPS * samples * 4 * case.width * (inputs + 1) / 1e9


def spread(values):
    """Median, least and greatest."""
    return {"median": statistics.median(values), "min": min(values), "max": max(values)}


def measure(name, precision, options):
    """All pairs of a case; a dict of what was found."""
    case, dtype = CASES[name], PRECISIONS[precision]
    rng = np.random.default_rng(17)
    rounds = (quadratic_rounds(rng, case.rounds) if case.world == "quadratic"
              else shuttle_rounds(rng, case.rounds, options.data))
    weights = symmetric_start(rng, case.width, rounds.inputs())
    theta0 = reduced(*weights)
    rate = learning_rate(rounds, theta0)

    per_arm = case.form == "per-arm"
    contexts = torch.tensor(rounds.x if per_arm else rounds.dense(), dtype=dtype)
    rewards = torch.tensor(rounds.rewards, dtype=dtype)
    start = torch.tensor(theta0, dtype=dtype)
    for _ in range(3):
        run_torch(contexts[:20], rewards[:20], start, per_arm, rate)

    ours, theirs, peaks = [], [], [measured_peak(dtype)]
    with tempfile.TemporaryDirectory(prefix="cbsim_bench_") as folder:
        config = write_inputs(Path(folder), case, precision, rounds, weights, rate)
        sides = [lambda: ours.append(run_cbsim(options.cbsim, config)),
                 lambda: theirs.append(run_torch(contexts, rewards, start, per_arm, rate))]
        for _ in range(options.pairs):
            for side in sides:
                side()
            sides.reverse()
            peaks.append(measured_peak(dtype))

    pairs = list(zip(ours, theirs))
    own = rounds.x.shape[-1]
    work, torch_work = gflop(case, own), gflop(case, own if per_arm else rounds.inputs())
    peak, good, best = statistics.median(peaks), None, max(torch_work / run.cpu for run in theirs)
    if case.good:
        good = case.good[list(PRECISIONS).index(precision)] * peak / PEAK_OF_GOOD[precision]
    return {
        "case": name, "precision": precision, "world": case.world, "form": case.form,
        "width": case.width, "rounds": case.rounds, "learning_rate": rate,
        "cbsim_seconds": [run.seconds for run in ours],
        "cbsim_cpu_seconds": [run.cpu for run in ours],
        "cbsim_refit_seconds": [run.refits for run in ours],
        "torch_seconds": [run.seconds for run in theirs],
        "torch_cpu_seconds": [run.cpu for run in theirs],
        "ratio": spread([b.seconds / a.seconds for a, b in pairs]),
        "cpu_ratio": spread([b.cpu / a.cpu for a, b in pairs]),
        "cbsim_gflops": spread([work / run.seconds for run in ours]),
        "torch_gflops": spread([torch_work / run.seconds for run in theirs]),
        "torch_best_gflops": best, "peak_gflops": peak, "good_gflops": good,
        "good_script": None if good is None else best >= good,
        "equal_arms": min(int((a.arms == b.arms).sum()) for a, b in pairs),
        "largest_score_difference": max(float(np.abs(a.scores - b.scores).max())
                                        for a, b in pairs)}


HEADER = (f"{'':28} {'seconds':^15} {'torch / cbsim':^25} {'GFLOP/s':^20}\n"
          f"{'case':21} {'':6} {'cbsim':>7} {'torch':>7} {'wall':>18} {'CPU':>6} "
          f"{'cbsim':>6} {'torch':>6} {'mm':>6}  {'good script':18} same arms")


def line(result):
    """A result as a line of the table."""
    ratio, rounds = result["ratio"], result["rounds"]
    good = ""
    if result["good_gflops"] is not None:
        good = (f"{'yes' if result['good_script'] else 'NO'} ({result['torch_best_gflops']:.1f} of "
                f"{result['good_gflops']:.1f})")
    arms = "all" if result["equal_arms"] == rounds else f"{result['equal_arms']} of {rounds}"
    ratios = f"{ratio['median']:.2f} ({ratio['min']:.2f}-{ratio['max']:.2f})"
    return (f"{result['case']:21} {result['precision']:6} "
            f"{statistics.median(result['cbsim_seconds']):7.2f} "
            f"{statistics.median(result['torch_seconds']):7.2f} {ratios:>18} "
            f"{result['cpu_ratio']['median']:6.2f} {result['cbsim_gflops']['median']:6.1f} "
            f"{result['torch_gflops']['median']:6.1f} {result['peak_gflops']:6.1f}  "
            f"{good:18} {arms}")


def parse(arguments):
    """The command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cbsim", metavar="PATH", default=str(ROOT / "build" / "cbsim"),
                        help="the program to time (default: build/cbsim)")
    parser.add_argument("--case", metavar="NAME", nargs="+", choices=list(CASES),
                        default=list(CASES), help="of " + ", ".join(CASES) + " (default: all)")
    parser.add_argument("--precision", choices=[*PRECISIONS, "both"], default="both")
    parser.add_argument("--pairs", metavar="N", type=int, default=5,
                        help="runs of each side of a case (default: 5)")
    parser.add_argument("--data", metavar="PATH", default=str(ROOT / "data" / "shuttle.csv"),
                        help="Shuttle (default: data/shuttle.csv)")
    parser.add_argument("--json", metavar="FILE", help="writes all that was measured to FILE")
    options = parser.parse_args(arguments)
    if options.pairs < 1:
        parser.error("--pairs must be at least 1")
    options.cbsim = os.path.abspath(options.cbsim)
    return options


def processor():
    """The name of the processor."""
    try:
        with open("/proc/cpuinfo", encoding="utf-8") as stream:
            for text in stream:
                if text.startswith("model name"):
                    return text.split(":", 1)[1].strip()
    except OSError:
        pass
    return platform.processor() or platform.machine()


def main(arguments):
    """Runs the cases; the exit code."""
    options = parse(arguments)
    precisions = list(PRECISIONS) if options.precision == "both" else [options.precision]
    version = check_cbsim(options.cbsim, precisions)
    torch.set_num_threads(1)
    libraries = linear_algebra()
    environment = {
        "cbsim": version, "torch": torch.__version__, "numpy": np.__version__,
        "python": platform.python_version(), "blas": libraries, "cpu": processor(),
        "threads": torch.get_num_threads(), "pairs": options.pairs, "steps": STEPS,
        "gamma": GAMMA, "lambda": LAMBDA}
    print(f"{version}; PyTorch {torch.__version__}, {', '.join(libraries) or 'BLAS unknown'}; "
          f"{environment['cpu']}, one thread, {options.pairs} pairs", flush=True)
    if libraries and not is_optimized(libraries):
        print("bench_against_torch.py: warning: PyTorch has the reference BLAS, which is many "
              "times slower than OpenBLAS; apt-get install libopenblas0, then run again",
              file=sys.stderr)

    print(HEADER, flush=True)
    results = []
    with torch.inference_mode():
        for precision in precisions:
            for name in options.case:
                results.append(measure(name, precision, options))
                print(line(results[-1]), flush=True)
    if options.json:
        try:
            Path(options.json).write_text(
                json.dumps({"environment": environment, "results": results}, indent=2) + "\n",
                encoding="utf-8")
        except OSError as error:
            fail(error, code=1)
    wrong = [r["case"] for r in results
             if r["precision"] == "double" and r["equal_arms"] < r["rounds"]]
    if wrong:
        print(f"bench_against_torch.py: the arms differ in double: {', '.join(wrong)}",
              file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
