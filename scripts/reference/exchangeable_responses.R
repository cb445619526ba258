# Posterior probabilities of response of two exchangeable cohorts by brute force: log odds normal about a common mean, the
# mean normal, the standard deviation between cohorts half-normal. The mean is integrated out by hand, all else by Simpson's
# rule on fine grids. From the repository root:
#   Rscript scripts/reference/exchangeable_responses.R
source("scripts/reference/csv.R")

simpson <- function(n, from, to) {
  h <- (to - from) / n
  list(x = from + h * (0:n), w = h / 3 * c(1, rep(c(4, 2), length.out = n - 1), 1))
}
# Given the standard deviation between cohorts the two log odds are bivariate normal; the first on Simpson's grid, split at
# its limit, the second given the first on a standardized one.
above_first <- function(x, n, limit, mean, mean_sd, scale) {
  tau <- simpson(100, 0, 8 * scale)
  z <- simpson(300, -8.5, 8.5)
  area <- function(from, to, t) {
    theta <- simpson(600, from, to)
    v <- mean_sd^2 + t^2
    given <- mean + mean_sd^2 / v * (theta$x - mean)
    sd <- sqrt(v - mean_sd^4 / v)
    second <- matrix(dbinom(x[2], n[2], plogis(outer(given, sd * z$x, "+"))), length(given)) %*% (z$w * dnorm(z$x))
    sum(theta$w * dbinom(x[1], n[1], plogis(theta$x)) * dnorm(theta$x, mean, sqrt(v)) * second)
  }
  a <- qlogis(limit[1])
  parts <- sapply(tau$x, function(t) {
    reach <- 8.5 * sqrt(mean_sd^2 + t^2)
    dnorm(t, 0, scale) * c(area(min(mean - reach, a), a, t), area(a, max(mean + reach, a), t))
  })
  areas <- parts %*% tau$w
  areas[2] / sum(areas)
}
posterior <- function(x, n, limit, mean, mean_sd, scale)
  c(above_first(x, n, limit, mean, mean_sd, scale), above_first(rev(x), rev(n), rev(limit), mean, mean_sd, scale))

rows <- list()
add <- function(x, n, limit, mean = -1, mean_sd = 2, scale = 1) {
  p <- posterior(x, n, limit, mean, mean_sd, scale)
  rows[[length(rows) + 1]] <<- data.frame(case = length(rows) + 1, x1 = x[1], x2 = x[2], n1 = n[1], n2 = n[2],
    limit1 = limit[1], limit2 = limit[2], mean, mean_sd, scale, above1 = p[1], above2 = p[2])
}
add(c(7, 2), c(20, 20), c(.2, .2))
add(c(7, 7), c(20, 20), c(.2, .2))
add(c(0, 5), c(12, 18), c(.1, .3))
add(c(20, 12), c(20, 25), c(.5, .4), scale = .25)
add(c(3, 9), c(15, 40), c(.2, .15), mean = -1.5, mean_sd = 1, scale = .8)
add(c(1, 0), c(9, 28), c(.05, .05), mean = 0, mean_sd = 3, scale = .5)
write_reference(do.call(rbind, rows), "tests/reference/exchangeable_responses.csv",
                "scripts/reference/exchangeable_responses.R")
