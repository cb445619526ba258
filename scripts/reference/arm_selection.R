# Several arms against a shared control over stages in which arms may be dropped, tested together. From the repository root:
#   Rscript scripts/reference/arm_selection.R
# dunnett.csv: the chance that the largest of several normal statistics with a shared control reaches a limit (Dunnett
# 1955), by integrate over the control, held against mvtnorm. closed_test.csv, closed_test_arms.csv: rpact's closed
# combination test of stage-wise log-rank statistics: the combined z of each intersection, what is rejected, and the
# repeated confidence limits of each arm's hazard ratio. arm_selection.csv: rpact's own simulation of such trials.
suppressMessages({library(rpact); library(mvtnorm)})
source("scripts/reference/csv.R")
script <- "scripts/reference/arm_selection.R"

any_above <- function(limit, ratio) {
  loading <- sqrt(ratio / (1 + ratio))
  below <- function(x) sapply(x, function(one) dnorm(one) * -expm1(sum(pnorm((limit + loading * one) / sqrt(1 - loading^2), log.p = TRUE))))
  p <- integrate(below, -Inf, 0, rel.tol = 1e-13, subdivisions = 2000)$value + integrate(below, 0, Inf, rel.tol = 1e-13, subdivisions = 2000)$value
  correlation <- outer(loading, loading)
  diag(correlation) <- 1
  if (length(ratio) == 1) return(pnorm(limit, lower.tail = FALSE))
  by_genz <- 1 - pmvnorm(upper = rep(limit, length(ratio)), corr = correlation, algorithm = GenzBretz(maxpts = 5e6, abseps = 1e-8))
  stopifnot(abs(p - by_genz) < 1e-6)
  p
}
set.seed(1955)
rows <- list()
for (case in 1:30) {
  arms <- 1 + case %% 6
  ratio <- if (case %% 3 == 0) rep(1, arms) else sample(c(.25, .5, 1, 2, 3), arms, TRUE)
  limit <- c(-1, 0, 1, 1.96, 2.5, 4, 6)[1 + case %% 7]
  rows[[case]] <- data.frame(case, limit, p = any_above(limit, ratio),
    ratio = paste(ratio, collapse = " "))
}
write_reference(do.call(rbind, rows), "tests/reference/dunnett.csv", script)

set.seed(2005)
tests <- c("Dunnett", "Bonferroni", "Simes", "Sidak")
intersections <- list()
arms_shown <- list()
for (case in 1:32) {
  arms <- 2 + case %% 3
  stages <- 2 + (case %/% 3) %% 2
  test <- tests[1 + case %% 4]
  shape <- c("noEarlyEfficacy", "asOF", "asP")[1 + (case %/% 2) %% 3]
  rates <- if (stages == 2) c(.45, 1) else c(.3, .7, 1)
  design <- getDesignInverseNormal(kMax = stages, alpha = .025, typeOfDesign = shape, informationRates = rates)
  ratio <- if (case %% 2) rep(1, arms) else sample(c(.5, 1, 2), 1) * rep(1, arms)
  active <- rep(TRUE, arms)
  z <- events <- matrix(NA, arms, stages)
  for (k in 1:stages) {
    if (k > 1) {
      best <- order(z[, k - 1], decreasing = TRUE)
      active <- active & (seq_len(arms) %in% best[seq_len(max(1, sum(active) - sample(0:1, 1)))])
    }
    z[active, k] <- round(rnorm(sum(active), 1.4), 3)
    events[active, k] <- sample(20:60, sum(active), TRUE)
  }
  args <- list()
  for (i in seq_len(arms)) {
    args[[paste0("events", i)]] <- events[i, ]
    args[[paste0("logRanks", i)]] <- z[i, ]
    args[[paste0("allocationRatios", i)]] <- ifelse(is.na(z[i, ]), NA, ratio[i])
  }
  shown <- suppressWarnings(getAnalysisResults(design, do.call(getDataset, args), intersectionTest = test,
    directionUpper = TRUE, tolerance = 1e-9))
  closed <- shown$.closedTestResults
  for (s in seq_len(nrow(closed$indices)))
    intersections[[length(intersections) + 1]] <- data.frame(case, arms, stages, test, shape, ratio = ratio[1],
      set = sum(closed$indices[s, ] * 2^(seq_len(arms) - 1)), stage = seq_len(stages),
      z = closed$overallAdjustedTestStatistics[s, seq_len(stages)], rejected = as.numeric(closed$rejectedIntersections[s, seq_len(stages)]))
  for (i in seq_len(arms))
    arms_shown[[length(arms_shown) + 1]] <- data.frame(case, arm = i, stage = seq_len(stages), z = z[i, ], events = events[i, ],
      boundary = design$criticalValues, rejected = as.numeric(closed$rejected[i, ]),
      lower = log(shown$repeatedConfidenceIntervalLowerBounds[i, ]), upper = log(shown$repeatedConfidenceIntervalUpperBounds[i, ]))
}
write_reference(do.call(rbind, intersections), "tests/reference/closed_test.csv", script)
write_reference(do.call(rbind, arms_shown), "tests/reference/closed_test_arms.csv", script)

# Trials of two arms with hazard ratios against a control. rpact simulates normal statistics at the events that
# proportional hazards would give each arm.
simulated <- function(low, high, selection, events, effects, ...) {
  design <- getDesignInverseNormal(kMax = 2, alpha = .025, typeOfDesign = "noEarlyEfficacy",
    informationRates = c(events[1] / events[2], 1))
  s <- getSimulationMultiArmSurvival(design, activeArms = 2, typeOfShape = "userDefined",
    effectMatrix = matrix(c(low, high), 1), plannedEvents = events, typeOfSelection = selection,
    effectMeasure = effects, directionUpper = FALSE, intersectionTest = "Dunnett", maxNumberOfIterations = 40000, seed = 17, ...)
  data.frame(low, high, selection, effects, first = events[1], last = events[2], iterations = 40000,
    any = s$rejectAtLeastOne, reject_low = sum(s$rejectedArmsPerStage[, 1, 1]), reject_high = sum(s$rejectedArmsPerStage[, 1, 2]),
    goes_on_low = s$selectedArms[2, 1, 1], goes_on_high = s$selectedArms[2, 1, 2], stop = s$futilityPerStage[1])
}
rows <- rbind(simulated(1, 1, "best", c(75, 180), "testStatistic", threshold = 0),
  simulated(.8, .6, "best", c(75, 180), "testStatistic", threshold = 0),
  simulated(.8, .6, "all", c(75, 180), "testStatistic"),
  simulated(.7, .65, "epsilon", c(90, 180), "testStatistic", epsilonValue = .5))
write_reference(rows, "tests/reference/arm_selection.csv", script)
