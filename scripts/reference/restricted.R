# Shared by the reference scripts of two proportions: the probability of group 1 where the likelihood is largest among
# those that differ by d, found numerically (not by the cubic's closed form).
restricted <- function(x1, n1, x2, n2, d) {  # p of group 1 with p2 = p1 + d
  low <- max(0, -d); high <- min(1, 1 - d)
  score <- function(p) {
    parts <- c(x1 / p, -(n1 - x1) / (1 - p), x2 / (p + d), -(n2 - x2) / (1 - p - d))
    sum(ifelse(c(x1, n1 - x1, x2, n2 - x2) == 0, 0, parts))
  }
  e <- (high - low) * 1e-13
  if (score(low + e) <= 0) return(low)
  if (score(high - e) >= 0) return(high)
  uniroot(score, c(low + e, high - e), tol = 1e-15, maxiter = 10000)$root
}
