# Hypotheses tested together. multiplicity.csv: adjusted p values of Holm and Hochberg by p.adjust, and of graphs by the
# closed test of all intersections with a weighted Bonferroni test each; the weights of an intersection are where a walk
# over the hypotheses left out ends, not made by the update of the graph. multiplicity_looks.csv: probabilities of
# rejecting two hypotheses at two looks, from rpact's boundaries and normal probabilities. From the repository root:
#   Rscript scripts/reference/multiplicity.R
suppressMessages({library(rpact); library(mvtnorm)})
source("scripts/reference/csv.R")

# The level of an intersection: that of its own, and of the others as far as a walk from them ends there.
intersection_weights <- function(w, g, inside) {
  outside <- setdiff(seq_along(w), inside)
  if (length(outside) == 0) return(w)
  ends <- solve(diag(length(outside)) - g[outside, outside, drop = FALSE], g[outside, inside, drop = FALSE])
  w[inside] + as.vector(w[outside] %*% ends)
}
closed_p <- function(p, w, g) {
  m <- length(p)
  adjusted <- rep(0, m)
  for (set in seq_len(2^m - 1)) {
    inside <- which(bitwAnd(set, 2^(seq_len(m) - 1)) > 0)
    share <- intersection_weights(w, g, inside)
    own <- min(1, ifelse(share > 0, p[inside] / share, Inf))
    adjusted[inside] <- pmax(adjusted[inside], own)
  }
  adjusted
}

set.seed(20090101)
rows <- list()
for (case in 1:60) {
  m <- 2 + case %% 4
  p <- if (case %% 3 == 0) runif(m)^3 else runif(m) * .1
  if (case %% 7 == 0) p[2] <- p[1]
  # Rows that keep a little, so that a walk always ends: limits of cycles are not the subject here.
  g <- matrix(rexp(m * m) * rbinom(m * m, 1, .7), m, m)
  diag(g) <- 0
  g <- .98 * g / pmax(rowSums(g), 1e-9)
  w <- rexp(m) * rbinom(m, 1, .7)
  w <- if (sum(w) > 0) w / sum(w) else c(1, rep(0, m - 1))
  own <- data.frame(case = case, hypothesis = 1:m, p = p, holm = p.adjust(p, "holm"),
                    hochberg = p.adjust(p, "hochberg"), weight = w, graph = closed_p(p, w, g))
  to <- cbind(g, matrix(0, m, 5 - m))
  colnames(to) <- paste0("to", 1:5)
  rows[[case]] <- cbind(own, to)
}
write_reference(do.call(rbind, rows), "tests/reference/multiplicity.csv", "scripts/reference/multiplicity.R")

# Two hypotheses with z of correlation rho at the same look, information t and u at the first of two looks, drifts d1 and
# d2 at the end. Order of the variables: z11, z12, z21, z22 (hypothesis, look).
probability <- function(x, lower, upper) {
  s <- diag(4)
  s[1, 2] <- sqrt(x$t); s[3, 4] <- sqrt(x$u); s[1, 3] <- x$rho
  s[1, 4] <- x$rho * sqrt(x$u); s[2, 3] <- x$rho * sqrt(x$t)
  s[2, 4] <- x$rho * (sqrt(x$t * x$u) + sqrt((1 - x$t) * (1 - x$u)))
  s[lower.tri(s)] <- t(s)[lower.tri(s)]
  mean <- c(x$d1 * sqrt(x$t), x$d1, x$d2 * sqrt(x$u), x$d2)
  set.seed(1)
  as.numeric(pmvnorm(lower, upper, mean, sigma = s, algorithm = GenzBretz(1e6, 1e-7, 0)))
}
boundaries <- function(spending, t, alpha)
  getDesignGroupSequential(kMax = 2, alpha = alpha, sided = 1, informationRates = c(t, 1),
                           typeOfDesign = spending)$criticalValues
i <- Inf

# In a fixed sequence (Glimm, Maurer and Bretz 2010): the trial ends with the first rejection, or goes on for the second.
sequence <- function(x) {
  c1 <- boundaries(x$first, x$t, .025)
  s <- boundaries(x$second, x$u, .025)
  second_at_2 <- probability(x, c(-i, c1[2], -i, s[2]), c(c1[1], i, i, i))
  first <- 1 - probability(x, c(-i, -i, -i, -i), c(c1[1], c1[2], i, i))
  ends <- probability(x, c(c1[1], -i, s[1], -i), c(i, i, i, i)) + second_at_2
  goes_on <- probability(x, c(c1[1], -i, -i, -i), c(i, i, i, i)) -
    probability(x, c(c1[1], -i, -i, -i), c(i, i, s[1], s[2])) + second_at_2
  c(sequence_first = first, second_ends = ends, second_goes_on = goes_on)
}
# Holm with halves of alpha that go over to the other; the trial goes on until both are rejected.
holm <- function(x) {
  rejected <- function(x) {
    a <- boundaries(x$first, x$t, .0125); c1 <- boundaries(x$first, x$t, .025)
    b <- boundaries(x$second, x$u, .0125)
    1 - probability(x, c(-i, -i, b[1], -i), c(c1[1], c1[2], i, i)) -
      probability(x, c(-i, -i, -i, b[2]), c(a[1], c1[2], b[1], i)) -
      probability(x, c(-i, -i, -i, -i), c(a[1], a[2], b[1], b[2]))
  }
  other <- x
  other[c("t", "u", "d1", "d2", "first", "second")] <- x[c("u", "t", "d2", "d1", "second", "first")]
  c(holm_first = rejected(x), holm_second = rejected(other))
}
both <- function(x) {  # co-primary: each beyond its boundary at some look
  a <- boundaries(x$first, x$t, .025); b <- boundaries(x$second, x$u, .025)
  1 - probability(x, c(-i, -i, -i, -i), c(a[1], a[2], i, i)) - probability(x, c(-i, -i, -i, -i), c(i, i, b[1], b[2])) +
    probability(x, c(-i, -i, -i, -i), c(a[1], a[2], b[1], b[2]))
}
cases <- list(
  list(t = .6, u = .5, rho = .5, d1 = 3, d2 = 2, first = "asOF", second = "asOF"),
  list(t = .6, u = .5, rho = .5, d1 = 3, d2 = 0, first = "asOF", second = "asP"),
  list(t = .6, u = .5, rho = 0, d1 = 0, d2 = 0, first = "asOF", second = "asOF"),
  list(t = .4, u = .75, rho = .8, d1 = 2, d2 = 2.5, first = "asP", second = "asOF"),
  list(t = .6, u = .25, rho = .9, d1 = 4, d2 = 0, first = "asP", second = "asP"))
looks <- do.call(rbind, lapply(cases, function(x)
  data.frame(x, as.list(round(c(sequence(x), holm(x), both = both(x)), 6)))))
write_reference(looks, "tests/reference/multiplicity_looks.csv", "scripts/reference/multiplicity.R")
