"""One whole run of NeuralUCB against an independent NumPy implementation, number by number.

The other implementation knows the paper only: the network on the mirrored input [x; x]/sqrt(2) with
its full W_1, gradients as explicit p-vectors, Z as an explicit p x p matrix and a direct solve.
Rounds go in through a `table`, the start through `network.init.file`, results come back through
scores.csv, rounds.csv and weights.csv.

usage: parity_test.py CBSIM [unittest options]
"""

import csv
import json
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

import numpy as np

CBSIM = None  # set by main
ROUNDS, ARMS, DIM, WIDTH, STEPS = 20, 3, 4, 6, 15
GAMMA, LAMBDA, RATE = 0.4, 0.7, 0.0005
TOLERANCE = 1e-9


class Network:
    """f(x) = sqrt(m) W_L relu(... relu(W_1 x)), theta a list of matrices."""

    def forward(self, theta, x):
        hidden = [x]
        for w in theta[:-1]:
            hidden.append(np.maximum(w @ hidden[-1], 0.0))
        return np.sqrt(WIDTH) * (theta[-1] @ hidden[-1])[0], hidden

    def gradient(self, theta, x):
        """f and its gradient, a list of matrices."""
        f, hidden = self.forward(theta, x)
        delta = np.array([[np.sqrt(WIDTH)]])
        gradient = []
        for w, inputs in zip(reversed(theta), reversed(hidden)):
            gradient.insert(0, delta @ inputs[None, :])
            delta = (w.T @ delta) * (inputs > 0)[:, None]
        return f, gradient


def flat(matrices):
    return np.concatenate([w.ravel() for w in matrices])


def symmetric_start(rng, depth, inputs):
    """The paper's start on the mirrored input, m x 2 inputs first."""
    m = WIDTH
    theta = []
    for columns in [inputs] + [m // 2] * (depth - 2):
        w = rng.normal(scale=np.sqrt(4.0 / m), size=(m // 2, columns))
        zero = np.zeros_like(w)
        theta.append(np.block([[w, zero], [zero, w]]))
    w = rng.normal(scale=np.sqrt(2.0 / m), size=(1, m // 2))
    return theta + [np.hstack([w, -w])]


NU, DELTA, S = 0.3, 0.2, 0.5  # of the self-normalised factor


def exploration_factor(z, self_normalized):
    """gamma of round t + 1 from Z after round t."""
    if not self_normalized:
        return GAMMA
    log_det = np.linalg.slogdet(z / LAMBDA)[1]
    return NU * np.sqrt(log_det - 2 * np.log(DELTA)) + np.sqrt(LAMBDA) * S


def simulate(contexts, rewards, theta0, diagonal, penalty_zero, self_normalized):
    """Algorithm 1 and 2 of Zhou, Li, Gu 2020. contexts T x K x d (nominal), rewards T x K."""
    net, theta = Network(), [w.copy() for w in theta0]
    p = flat(theta).size
    z = LAMBDA * np.eye(p)
    seen, log = [], []
    for x_arms, r_arms in zip(contexts, rewards):
        inputs = [np.concatenate([x, x]) / np.sqrt(2.0) for x in x_arms]
        means, grads = zip(*(net.gradient(theta, x) for x in inputs))
        grads = [flat(g) for g in grads]
        used = np.diag(np.diag(z)) if diagonal else z
        gamma = exploration_factor(used, self_normalized)
        bonus = [gamma * np.sqrt(g @ np.linalg.solve(used, g) / WIDTH) for g in grads]
        scores = np.array(means) + np.array(bonus)
        arm = int(np.argmax(scores))
        z += np.outer(grads[arm], grads[arm]) / WIDTH
        seen.append((inputs[arm], r_arms[arm]))

        def loss(weights):
            center = 0.0 if penalty_zero else flat(theta0)
            penalty = WIDTH * LAMBDA * np.sum((flat(weights) - center) ** 2) / 2
            return sum((net.forward(weights, x)[0] - r) ** 2 / 2 for x, r in seen) + penalty

        theta = [w.copy() for w in theta0]
        start = loss(theta)
        for _ in range(STEPS):
            steps = [WIDTH * LAMBDA * (w if penalty_zero else w - w0)
                     for w, w0 in zip(theta, theta0)]
            for x, r in seen:
                f, gradient = net.gradient(theta, x)
                steps = [s + (f - r) * g for s, g in zip(steps, gradient)]
            theta = [w - RATE * s for w, s in zip(theta, steps)]
        kept = np.diag(np.diag(z)) if diagonal else z
        log.append({"arm": arm, "mean": means, "bonus": bonus, "score": scores,
                    "loss_start": start, "loss_end": loss(theta),
                    "drift": np.linalg.norm(flat(theta) - flat(theta0)),
                    "log_det": np.linalg.slogdet(kept / LAMBDA)[1]})
    return log, theta


def rows_of(path):
    with open(path, newline="", encoding="utf-8") as stream:
        return list(csv.DictReader(stream))


class NeuralUcbEqualsAnIndependentImplementation(unittest.TestCase):
    def check(self, depth=2, disjoint=False, diagonal=False, penalty="initial",
              self_normalized=False):
        rng = np.random.default_rng(17)
        x = rng.normal(size=(ROUNDS, 1 if disjoint else ARMS, DIM))
        rewards = rng.normal(size=(ROUNDS, ARMS))
        nominal = DIM * (ARMS if disjoint else 1)
        theta0 = symmetric_start(rng, depth, nominal)
        if disjoint:
            contexts = [[np.kron(np.eye(ARMS)[a], row[0]) for a in range(ARMS)] for row in x]
        else:
            contexts = x
        with tempfile.TemporaryDirectory() as folder:
            folder = Path(folder)
            with open(folder / "rounds.csv", "w", encoding="utf-8") as out:
                out.write("t,arm," + ",".join(f"x{i + 1}" for i in range(DIM)) + ",reward\n")
                for t in range(ROUNDS):
                    for a in range(ARMS):
                        values = [*x[t][0 if disjoint else a], rewards[t][a]]
                        out.write(f"{t + 1},{a}," + ",".join(repr(float(v)) for v in values) + "\n")
            (folder / "start.csv").write_text(
                "".join(f"{float(v)!r}\n" for v in flat(theta0)), encoding="utf-8")
            (folder / "config.json").write_text(json.dumps({
                "name": "parity", "horizon": ROUNDS, "seeds": 1,
                "environment": {"type": "table", "path": "rounds.csv",
                                "encoding": "disjoint" if disjoint else "dense"},
                "policies": [{
                    "type": "neural_ucb", "lambda": LAMBDA,
                    "network": {"width": WIDTH, "depth": depth,
                                "init": {"file": "start.csv", "mirrored": True}},
                    "training": {"steps": STEPS, "learning_rate": RATE, "penalty": penalty},
                    "gamma": {"schedule": "self_normalized", "nu": NU, "delta": DELTA, "S": S}
                             if self_normalized else GAMMA,
                    "confidence": "diagonal" if diagonal else "full"}],
                "record": {"rounds": True, "scores": True, "weights": "final"}}),
                encoding="utf-8")
            subprocess.run([CBSIM, "run", folder / "config.json", "-o", folder / "out", "-q"],
                           check=True, stdout=subprocess.DEVNULL)
            (run,) = (folder / "out" / "runs").iterdir()
            rounds, scores = rows_of(run / "rounds.csv"), rows_of(run / "scores.csv")
            weights = np.loadtxt(run / "weights.csv")

        log, theta = simulate(contexts, rewards, theta0, diagonal, penalty == "zero",
                              self_normalized)
        self.assertEqual(len(rounds), ROUNDS)
        self.assertEqual(len(scores), ROUNDS * ARMS)
        for t, expected in enumerate(log):
            self.assertEqual(int(rounds[t]["arm"]), expected["arm"])
            for a in range(ARMS):
                row = scores[t * ARMS + a]
                self.assertEqual((int(row["t"]), int(row["arm"])), (t + 1, a))
                for column in ("mean", "bonus", "score"):
                    self.close(row[column], expected[column][a], (t, a, column))
            for column in ("loss_start", "loss_end", "drift", "log_det"):
                self.close(rounds[t][column], expected[column], (t, column))
        self.assertEqual(weights.size, flat(theta).size)
        np.testing.assert_allclose(weights, flat(theta), rtol=TOLERANCE, atol=TOLERANCE)
        self.assertGreater(len({row["arm"] for row in rounds}), 1)  # arms were really chosen
        self.assertGreater(log[-1]["drift"], 0.02)  # and the network really moved

    def close(self, found, expected, where):
        self.assertLessEqual(abs(float(found) - expected),
                             TOLERANCE * max(1.0, abs(expected)), where)

    def test_two_layers_full(self):
        self.check()

    def test_three_layers_full(self):
        self.check(depth=3)

    def test_two_layers_diagonal(self):
        self.check(diagonal=True)

    def test_disjoint_full(self):
        self.check(disjoint=True)

    def test_disjoint_three_layers_diagonal(self):
        self.check(disjoint=True, depth=3, diagonal=True)

    def test_self_normalized_factor(self):
        self.check(self_normalized=True)

    def test_self_normalized_factor_of_a_diagonal(self):
        self.check(self_normalized=True, diagonal=True)

    def test_penalty_towards_zero(self):
        self.check(penalty="zero")


if __name__ == "__main__":
    CBSIM = sys.argv.pop(1)
    unittest.main()
