#!/usr/bin/env python3
"""Coefficients of central_quantile() in engine/numeric/normal_kernels.hpp; needs mpmath.

The quantile of 1/2 + q over q as a rational function of r = w^2 - q^2, |q| <= w: least squares of the relative error at
Chebyshev nodes with the denominator of the round before (Sanathanan and Koerner 1963), the weights raised where the
error is largest (Lawson 1961).
"""
import mpmath as mp

mp.mp.dps = 50
HALF_WIDTH = mp.mpf(15) / 32
DEGREE = 9
NODES = 80
ROUNDS = 30


def quantile_over(q_squared):
    if q_squared == 0:
        return mp.sqrt(2 * mp.pi)
    q = mp.sqrt(q_squared)
    return mp.sqrt(2) * mp.erfinv(2 * q) / q


def value(coefficients, x):
    return mp.polyval(coefficients[::-1], x)


def fit():
    """(largest relative error at the nodes, numerator, denominator) of the best round; constant terms first."""
    widest = HALF_WIDTH**2
    nodes = [widest * (1 - mp.cos(mp.pi * (2 * k + 1) / (2 * NODES))) / 2 for k in range(NODES)]
    exact = [quantile_over(widest - r) for r in nodes]
    below, weight = [mp.mpf(1)] * NODES, [mp.mpf(1)] * NODES
    best = None
    for step in range(ROUNDS):
        rows, right = mp.matrix(NODES, 2 * DEGREE + 1), mp.matrix(NODES, 1)
        for k, r in enumerate(nodes):
            scale = mp.sqrt(weight[k]) / (exact[k] * below[k])
            for j in range(DEGREE + 1):
                rows[k, j] = scale * r**j
            for j in range(1, DEGREE + 1):
                rows[k, DEGREE + j] = -scale * exact[k] * r**j
            right[k] = scale * exact[k]
        solution = list(mp.lu_solve(rows, right))
        numerator, denominator = solution[: DEGREE + 1], [mp.mpf(1)] + solution[DEGREE + 1 :]
        below = [value(denominator, r) for r in nodes]
        error = [abs(value(numerator, r) / b / e - 1) for r, b, e in zip(nodes, below, exact)]
        largest = max(error)
        if best is None or largest < best[0]:
            best = (largest, numerator, denominator)
        if step > 1:
            weight = [w * e / largest + mp.mpf(10) ** -6 for w, e in zip(weight, error)]
    return best


largest, numerator, denominator = fit()
rounded = [[mp.mpf(float(c)) for c in coefficients] for coefficients in (numerator, denominator)]
grid = [HALF_WIDTH**2 * k / 400 for k in range(401)]
of_rounded = max(abs(value(rounded[0], r) / value(rounded[1], r) / quantile_over(HALF_WIDTH**2 - r) - 1) for r in grid)
print("relative error", mp.nstr(largest, 3), "as rounded", mp.nstr(of_rounded, 3))
for coefficients in rounded:
    print(", ".join(repr(float(c)) for c in coefficients))
