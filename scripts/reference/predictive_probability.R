# Predictive probabilities of a trial of one arm (Lee and Liu 2008). From the repository root:
#   Rscript scripts/reference/predictive_probability.R
# Integrated over the posterior of the probability of response, rather than by the beta-binomial.
source("scripts/reference/csv.R")

rows <- list()
for (d in list(c(37, .5, .5, .3, .95), c(40, .6, .4, .6, .9), c(36, .2, .8, .2, .922), c(25, 1, 1, .1, .95),
               c(12, 2, 3, .5, .8))) {
  n <- d[1]; a <- d[2]; b <- d[3]; p0 <- d[4]; certainty <- d[5]
  sure <- pbeta(p0, a + 0:n, b + n - 0:n, lower.tail = FALSE)
  most <- max(which(sure <= certainty)) - 1
  for (patients in unique(c(1, 5, 10, 20, n - 1))) if (patients < n)
    for (responses in unique(round(patients * c(0, .2, .3, .5, .7, 1)))) {
      enough <- function(p)
        dbeta(p, a + responses, b + patients - responses) * pbinom(most - responses, n - patients, p, lower.tail = FALSE)
      part <- function(from) integrate(enough, from, from + .125, rel.tol = 1e-10, abs.tol = 0, subdivisions = 2000)$value
      probability <- sum(vapply(0:7 / 8, part, 0))
      rows[[length(rows) + 1]] <- data.frame(total = n, a, b, p0, certainty, most, responses, patients, probability)
    }
}
write_reference(do.call(rbind, rows), "tests/reference/predictive_probability.csv",
                "scripts/reference/predictive_probability.R")
