# Survival curves of the disease models `survival` and `illness_death`. From the repository root:
#   Rscript scripts/reference/survival_models.R
# Weibull curves are pweibull's; the others are the definitions of the models, hazards and transitions integrated.
source("scripts/reference/csv.R")

months <- c(1, 3.5, 6, 10, 17, 30)
rows <- list()
add <- function(case, endpoint, survival, density)
  rows[[length(rows) + 1]] <<- data.frame(case = case, endpoint = endpoint, month = months,
                                          survival = sapply(months, survival), density = sapply(months, density))
over <- function(f, from, to, breaks) {
  ends <- sort(unique(c(from, to, breaks[breaks > from & breaks < to])))
  sum(sapply(seq_len(length(ends) - 1), function(k)
    integrate(f, ends[k], ends[k + 1], rel.tol = 1e-11, abs.tol = 0)$value))
}

# Weibull of median 10 and shape 1.4; 30 % cured, the median that of all; an arm with times 1.5 as long; an arm with
# hazard ratios 1.6 and from month 5 on 0.5.
weibull <- function(scale) list(s = function(t) pweibull(t, 1.4, scale, lower.tail = FALSE),
                                d = function(t) dweibull(t, 1.4, scale))
plain <- weibull(10 / log(2)^(1 / 1.4))
add("weibull", "os", plain$s, plain$d)
uncured <- weibull(10 / (-log((0.5 - 0.3) / 0.7))^(1 / 1.4))
add("cure", "os", function(t) 0.3 + 0.7 * uncured$s(t), function(t) 0.7 * uncured$d(t))
slow <- weibull(15 / log(2)^(1 / 1.4))
add("time_ratio", "os", slow$s, slow$d)
crossing <- function(t) (plain$d(t) / plain$s(t)) * ifelse(t < 5, 1.6, 0.5)
crossed <- function(t) exp(-over(crossing, 0, t, 5))
add("crossing", "os", crossed, function(t) crossing(t) * crossed(t))

# Illness-death: hazards of progression (times 0.5 from month 4 on), death before and after it; 40 % of those who progress
# cross over, with their hazard of death times 0.6.
illness_death <- function(case, ratio, share, effect) {
  progression <- function(t) 0.1 * ifelse(t < 4, 1, ratio)
  before <- 0.02
  after <- 0.08
  pfs <- function(t) exp(-over(function(s) progression(s) + before, 0, t, 4))
  alive <- function(t, hazard) over(function(s) progression(s) * sapply(s, pfs) * exp(-hazard * (t - s)), 0, t, 4)
  add(case, "pfs", pfs, function(t) (progression(t) + before) * pfs(t))
  add(case, "os", function(t) pfs(t) + (1 - share) * alive(t, after) + share * alive(t, effect * after),
      function(t) before * pfs(t) + (1 - share) * after * alive(t, after) + share * effect * after * alive(t, effect * after))
}
illness_death("illness_death", 1, 0, 1)
illness_death("illness_death_late_effect", 0.5, 0, 1)
illness_death("illness_death_crossover", 0.5, 0.4, 0.6)

write_reference(do.call(rbind, rows), "tests/reference/survival_models.csv", "scripts/reference/survival_models.R")
