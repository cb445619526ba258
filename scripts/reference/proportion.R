# Binomial intervals. From the repository root:
#   Rscript scripts/reference/proportion.R
# clopper_pearson is binom.test; jeffreys is qbeta; wilson is the closed form, checked here against prop.test; mid_p
# solves its definition with uniroot on dbinom and pbinom.
source("scripts/reference/csv.R")

wilson <- function(x, n, z) {
  p <- x / n
  (p + z^2 / (2 * n) + c(-1, 1) * z * sqrt(p * (1 - p) / n + z^2 / (4 * n^2))) / (1 + z^2 / n)
}
jeffreys <- function(x, n, alpha) {
  limits <- qbeta(c(alpha / 2, 1 - alpha / 2), x + .5, n - x + .5)
  c(if (x == 0) 0 else limits[1], if (x == n) 1 else limits[2])
}
mid_p <- function(x, n, alpha) {
  lower_tail <- function(p) pbinom(x - 1, n, p) + dbinom(x, n, p) / 2
  upper_tail <- function(p) pbinom(x, n, p, lower.tail = FALSE) + dbinom(x, n, p) / 2
  solve_for <- function(tail) uniroot(function(p) tail(p) - alpha / 2, c(0, 1), tol = 1e-16, maxiter = 10000)$root
  c(if (x == 0) 0 else solve_for(upper_tail), if (x == n) 1 else solve_for(lower_tail))
}
agresti_coull <- function(x, n, z) {
  p <- (x + z^2 / 2) / (n + z^2)
  pmin(1, pmax(0, p + c(-1, 1) * z * sqrt(p * (1 - p) / (n + z^2))))
}
wald <- function(x, n, z) pmin(1, pmax(0, x / n + c(-1, 1) * z * sqrt(x / n * (1 - x / n) / n)))

rows <- list()
add <- function(x, n, confidence, interval, limits) {
  rows[[length(rows) + 1]] <<- data.frame(successes = x, n, interval, confidence, lower = limits[1], upper = limits[2])
}
for (confidence in c(.8, .9, .95, .99)) for (n in c(1, 2, 5, 9, 27, 36, 37, 100, 1000)) {
  alpha <- 1 - confidence
  z <- qnorm(1 - alpha / 2)
  for (x in unique(round(n * c(0, .01, .1, .25, .47, .5, .75, .9, 1)))) {
    add(x, n, confidence, "clopper_pearson", binom.test(x, n, conf.level = confidence)$conf.int)
    if (!(n %in% c(1, 9, 36, 100))) next
    limits <- wilson(x, n, z)
    reference <- suppressWarnings(prop.test(x, n, conf.level = confidence, correct = FALSE)$conf.int)
    stopifnot(max(abs(limits - reference)) < 1e-15)
    add(x, n, confidence, "wilson", pmin(1, pmax(0, limits)))
    add(x, n, confidence, "jeffreys", jeffreys(x, n, alpha))
    add(x, n, confidence, "mid_p", mid_p(x, n, alpha))
    add(x, n, confidence, "agresti_coull", agresti_coull(x, n, z))
    add(x, n, confidence, "wald", wald(x, n, z))
  }
}
write_reference(do.call(rbind, rows), "tests/reference/proportion.csv", "scripts/reference/proportion.R")
