# What a published finding is worth. From the repository root:
#   Rscript scripts/reference/stress.R
# retrodesign by numerical integration of the normal density, events by rpact, the fragility indices by their definition with
# fisher.test, E-values by their formulas.
source("scripts/reference/csv.R")
suppressMessages(library(rpact))

write_stress <- function(name, frame)
  write_reference(frame, sprintf("tests/reference/%s.csv", name), "scripts/reference/stress.R")

tail_integral <- function(f, effect, se, z) {
  # Standardized; each tail over a range that holds all of it.
  shift <- effect / se
  integrate(f, z, max(z, shift) + 12, rel.tol = 1e-12, abs.tol = 0, subdivisions = 2000)$value
}
retrodesign <- function(effect, se, alpha) {
  z <- qnorm(1 - alpha / 2)
  shift <- effect / se
  right <- tail_integral(function(x) dnorm(x - shift), effect, se, z)
  wrong <- tail_integral(function(x) dnorm(x + shift), 0, se, z)
  size <- tail_integral(function(x) x * dnorm(x - shift), effect, se, z) +
    tail_integral(function(x) x * dnorm(x + shift), 0, se, z)
  power <- right + wrong
  # The next estimate given this one, integrated over the effect.
  predictive <- integrate(function(t) dnorm(t, shift) * pnorm(z, t, lower.tail = FALSE), shift - 12, shift + 12,
                          rel.tol = 1e-12)$value
  detectable <- uniroot(function(d) pnorm(d - z) + pnorm(-d - z) - .8, c(0, 10), tol = 1e-14)$root * se
  data.frame(effect, standard_error = se, alpha, power, wrong_sign = wrong / power,
             exaggeration = size / power / shift, predictive, detectable)
}
grid <- expand.grid(effect = c(.01, .1, .3, .5, 1, 2, 5), se = c(.1, .4385, 1, 3.3, 8.1), alpha = c(.01, .05, .2))
write_stress("retrodesign", do.call(rbind, Map(retrodesign, grid$effect, grid$se, grid$alpha)))

noninferiority <- function(margin, ratio, alpha, power, allocation) {
  design <- getSampleSizeSurvival(alpha = alpha, beta = 1 - power, thetaH0 = margin, hazardRatio = ratio,
                                  allocationRatioPlanned = allocation, lambda2 = log(2) / 11.2, accrualTime = c(0, 36),
                                  followUpTime = 12)
  data.frame(margin, ratio, alpha, power, allocation, events = as.numeric(design$maxNumberOfEvents))
}
grid <- expand.grid(margin = c(1.3, 1.5, 2), ratio = c(.8, 1, 1.1), alpha = c(.025, .05), power = c(.8, .9), k = c(1, 2))
write_stress("non_inferiority", do.call(rbind, Map(noninferiority, grid$margin, grid$ratio, grid$alpha, grid$power, grid$k)))

fragility <- function(a, n1, b, n2, alpha) {
  p <- function(a, b) fisher.test(matrix(c(a, n1 - a, b, n2 - b), 2))$p.value
  if (p(a, b) >= alpha) return(data.frame(a, n1, b, n2, alpha, index = NA))
  index <- 0
  while (p(a, b) < alpha) {
    if (index == 0) first <- a <= b
    if (first) a <- a + 1 else b <- b + 1
    index <- index + 1
  }
  data.frame(a = a - index * first, n1, b = b - index * !first, n2, alpha, index)
}
reverse_fragility <- function(a, n1, b, n2, alpha) {
  p <- function(a, b) fisher.test(matrix(c(a, n1 - a, b, n2 - b), 2))$p.value
  fewer <- min(a, b)
  steps <- if (p(a, b) < alpha) NA else which(vapply(seq_len(fewer), function(k)
    if (a <= b) p(a - k, b) < alpha else p(a, b - k) < alpha, NA))[1]
  data.frame(a, n1, b, n2, alpha, index = steps)
}
tables <- rbind(c(12, 12, 8, 16), c(1, 20, 10, 20), c(0, 9, 6, 9), c(30, 100, 50, 100), c(5, 12, 7, 15), c(10, 100, 1, 100),
                c(3, 300, 20, 290), c(18, 20, 9, 20), c(0, 50, 6, 50), c(7, 11, 1, 23))
write_stress("fragility", do.call(rbind, lapply(c(.05, .01), function(alpha)
  do.call(rbind, apply(tables, 1, function(t) fragility(t[1], t[2], t[3], t[4], alpha), simplify = FALSE)))))

near <- rbind(tables, c(8, 20, 9, 20), c(2, 9, 3, 9), c(20, 100, 21, 100), c(7, 15, 5, 12), c(1, 40, 30, 35))
write_stress("reverse_fragility", do.call(rbind, lapply(c(.05, .01), function(alpha)
  do.call(rbind, apply(near, 1, function(t) reverse_fragility(t[1], t[2], t[3], t[4], alpha), simplify = FALSE)))))

ratio_of_hazard_ratio <- function(h) (1 - 2^-sqrt(h)) / (1 - 2^-sqrt(1 / h))
e_value <- function(r) {
  r <- pmax(r, 1 / r)
  # The definition: the strength at which the bounding factor x^2 / (2 x - 1) is the ratio.
  vapply(r, function(one) if (one == 1) 1 else uniroot(function(x) x^2 / (2 * x - 1) - one, c(1, 4 * one), tol = 1e-14)$root, 0)
}
hazard_ratio <- c(.148, .369, .917, 1, 1.06, 1.5, 2.51, 10)
write_stress("e_value", data.frame(hazard_ratio, risk_ratio = ratio_of_hazard_ratio(hazard_ratio),
                e_value_rare = e_value(hazard_ratio), e_value_common = e_value(ratio_of_hazard_ratio(hazard_ratio))))
