# Exact designs of one arm. From the repository root:
#   Rscript scripts/reference/binomial_design.R
# Characteristics are sums of dbinom over the responses of the first stage; designs are found by trying all of them.
source("scripts/reference/csv.R")
script <- "scripts/reference/binomial_design.R"

# Simon's r1/n1 r/n: what it does at p.
two_stages <- function(r1, n1, r, n, p) {
  x <- seq(r1 + 1, n1)
  reject <- sum(dbinom(x, n1, p) * pbinom(r - x, n - n1, p, lower.tail = FALSE))
  stop <- pbinom(r1, n1, p)
  c(reject = reject, stop = stop, expected = n1 + (1 - stop) * (n - n1))
}
characteristics <- list()
for (d in list(c(0, 9, 2, 24), c(0, 13, 2, 20), c(1, 10, 5, 29), c(1, 15, 5, 25), c(3, 13, 12, 43), c(4, 18, 10, 33),
               c(2, 12, 10, 37), c(5, 17, 16, 43), c(10, 40, 12, 41), c(0, 1, 1, 30)))
  for (p in c(.05, .1, .2, .25, .4, .6)) {
    s <- two_stages(d[1], d[2], d[3], d[4], p)
    characteristics[[length(characteristics) + 1]] <- data.frame(
      r1 = d[1], n1 = d[2], r = d[3], n = d[4], p, reject = s[["reject"]], stop = s[["stop"]],
      expected = s[["expected"]])
  }
write_reference(do.call(rbind, characteristics), "tests/reference/binomial_characteristics.csv", script)

# Single stage: for each n the smallest r with P(X > r) at most alpha.
single <- function(p0, p1, alpha, power, most = 400) {
  n <- 1:most
  r <- qbinom(alpha, n, p0, lower.tail = FALSE)
  reached <- pbinom(r, n, p1, lower.tail = FALSE)
  smallest <- which(reached >= power)[1]
  every <- max(which(reached < power)) + 1
  stopifnot(every < most / 2)
  data.frame(kind = c("single", "every_larger"), p0, p1, alpha, power, r1 = NA, n1 = NA, r = r[c(smallest, every)],
             n = n[c(smallest, every)], level = pbinom(r, n, p0, lower.tail = FALSE)[c(smallest, every)],
             reached = reached[c(smallest, every)], expected = NA, stop = NA)
}

# Two stages: all r1, n1, r, n up to `most` patients.
simon <- function(p0, p1, alpha, power, most) {
  found <- NULL
  for (n in 2:most) for (n1 in 1:(n - 1)) for (r1 in 0:(n1 - 1)) {
    stop <- pbinom(r1, n1, p0)
    if (pbinom(r1, n1, p1, lower.tail = FALSE) < power) break
    x <- (r1 + 1):n1
    first0 <- dbinom(x, n1, p0); first1 <- dbinom(x, n1, p1)
    for (r in r1:(n - 1)) {
      level <- sum(first0 * pbinom(r - x, n - n1, p0, lower.tail = FALSE))
      if (level > alpha) next
      reached <- sum(first1 * pbinom(r - x, n - n1, p1, lower.tail = FALSE))
      if (reached >= power) found <- rbind(found, c(r1, n1, r, n, level, reached, n1 + (1 - stop) * (n - n1), stop))
      break
    }
  }
  optimal <- found[order(found[, 7], found[, 4])[1], ]
  minimax <- found[order(found[, 4], found[, 7])[1], ]
  stopifnot(optimal[4] < most)
  d <- rbind(optimal, minimax)
  data.frame(kind = c("optimal", "minimax"), p0, p1, alpha, power, r1 = d[, 1], n1 = d[, 2], r = d[, 3], n = d[, 4],
             level = d[, 5], reached = d[, 6], expected = d[, 7], stop = d[, 8])
}

rows <- list()
for (d in list(c(.05, .2, .05, .8), c(.1, .3, .05, .8), c(.2, .4, .05, .8), c(.2, .4, .05, .9), c(.3, .5, .05, .8),
               c(.25, .45, .05, .8), c(.2, .472, .025, .9), c(.2, .35, .1, .8), c(.5, .7, .1, .9), c(.75, .9, .05, .8)))
  rows[[length(rows) + 1]] <- do.call(single, as.list(d))
for (d in list(c(.05, .25, .1, .9, 35), c(.05, .25, .05, .8, 35), c(.1, .3, .05, .8, 40), c(.2, .4, .05, .8, 50),
               c(.3, .6, .05, .8, 30), c(.1, .4, .025, .9, 40), c(.6, .8, .1, .8, 40)))
  rows[[length(rows) + 1]] <- do.call(simon, as.list(d))
write_reference(do.call(rbind, rows), "tests/reference/binomial_designs.csv", script)

# The unbiased estimate after Simon's two stages by the sums of Jung and Kim (2004).
unbiased <- list()
for (d in list(c(0, 9, 2, 24), c(1, 10, 5, 29), c(3, 13, 12, 43), c(4, 18, 10, 33), c(5, 17, 16, 43))) {
  r1 <- d[1]; n1 <- d[2]; n <- d[4]
  later <- sapply((r1 + 1):n, function(s) {
    x <- max(r1 + 1, s - (n - n1)):min(s, n1)
    sum(choose(n1 - 1, x - 1) * choose(n - n1, s - x)) / sum(choose(n1, x) * choose(n - n1, s - x))
  })
  unbiased[[length(unbiased) + 1]] <- data.frame(r1, n1, r = d[3], n, stage = rep(1:2, c(r1 + 1, n - r1)),
                                                 responses = 0:n, estimate = c((0:r1) / n1, later))
}
write_reference(do.call(rbind, unbiased), "tests/reference/unbiased_proportion.csv", script)

# Monitoring of a toxicity: the smallest number among n that is too many by the posterior, and how often the trial stops
# by each look, followed patient by patient through all numbers of toxicities.
toxicity <- list()
for (d in list(list(limit = .3, a = .5, b = .5, certainty = .9, looks = c(6, 12, 18, 27)),
               list(limit = .25, a = .3, b = .7, certainty = .8, looks = 3:15),
               list(limit = .4, a = 2, b = 3, certainty = .95, looks = c(10, 20, 40))))
  for (p in c(.1, .25, .4, .6)) {
    mass <- 1
    for (n in 1:max(d$looks)) {
      mass <- c(mass * (1 - p), 0) + c(0, mass * p)
      if (!(n %in% d$looks)) next
      t <- 0:n
      too_many <- t[pbeta(d$limit, d$a + t, d$b + n - t, lower.tail = FALSE) > d$certainty][1]
      stop <- sum(mass[t >= too_many])
      mass[t >= too_many] <- 0
      toxicity[[length(toxicity) + 1]] <- data.frame(d[c("limit", "a", "b", "certainty")], p, n, too_many, stop)
    }
  }
write_reference(do.call(rbind, toxicity), "tests/reference/toxicity_boundary.csv", script)

# After Simon's two stages, by the stage-wise ordering (Koyama and Chen 2008): tails of p0, and limits at 95 %.
as_high <- function(d, stage, x, p) {
  if (stage == 1) return(pbinom(x - 1, d[2], p, lower.tail = FALSE))
  first <- seq(d[1] + 1, d[2])
  sum(dbinom(first, d[2], p) * pbinom(x - 1 - first, d[4] - d[2], p, lower.tail = FALSE))
}
solved <- function(f) uniroot(f, c(0, 1), tol = 1e-14)$root
after <- list()
for (d in list(c(0, 9, 2, 24, .05), c(1, 10, 5, 29, .1), c(3, 13, 12, 43, .2), c(4, 18, 10, 33, .2))) {
  for (stage in 1:2) for (x in if (stage == 1) 0:d[1] else (d[1] + 1):d[4]) {
    lower <- if (stage == 1 && x == 0) 0 else solved(function(p) as_high(d, stage, x, p) - .025)
    upper <- if (stage == 2 && x == d[4]) 1 else solved(function(p) as_high(d, stage, x + 1, p) - .975)
    after[[length(after) + 1]] <- data.frame(r1 = d[1], n1 = d[2], r = d[3], n = d[4], p0 = d[5], stage, responses = x,
      lower, upper, higher = as_high(d, stage, x, d[5]), less = 1 - as_high(d, stage, x + 1, d[5]))
  }
}
write_reference(do.call(rbind, after), "tests/reference/stage_wise_proportion.csv", script)
