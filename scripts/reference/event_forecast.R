# When the next events of a trial under way will be known: a second implementation of the forecast in R, with rgamma,
# rexp and rweibull and survival's survreg. Gives quantiles of the months over 200 000 trials with their Monte Carlo
# errors. The patients are made up; they are written too.
# From the repository root: Rscript scripts/reference/event_forecast.R
suppressMessages(library(survival))
source("scripts/reference/csv.R")
set.seed(20250611)

# A trial of two arms on the day of a data cut in month 15: entries more and more often, 3 % lost a month.
cut <- 15
n <- 96
entered <- sort(cut * sqrt(runif(n)))
arm <- sample(c("control", "sbrt"), n, replace = TRUE)
event <- rweibull(n, shape = 1.3, scale = ifelse(arm == "control", 8, 12))
loss <- rexp(n, 0.03)
so_far <- cut - entered
patients <- data.frame(
  entered = round(entered, 3), arm = arm,
  time = round(pmin(event, loss, so_far), 3), event = as.integer(event <= pmin(loss, so_far)),
  lost = as.integer(loss < pmin(event, so_far)))
patients$time <- pmin(patients$time, cut - patients$entered)
write_reference(patients, "tests/reference/data/forecast_patients.csv", "scripts/reference/event_forecast.R")

models <- list(
  exponential = list(by = FALSE, model = "exponential"),
  exponential_arms = list(by = TRUE, model = "exponential"),
  pieces = list(by = FALSE, model = "piecewise_exponential", cuts = c(3, 7)),
  weibull = list(by = FALSE, model = "weibull"),
  weibull_arms = list(by = TRUE, model = "weibull"))
total <- 150
trials <- 200000
at_risk <- patients$event == 0 & patients$lost == 0
time <- ifelse(at_risk, cut - patients$entered, patients$time)

# A function that gives, for each of `trials` draws of the hazard, the times of m patients free of the event at `from`.
sampler <- function(m, time, event) {
  if (m$model == "weibull") {
    fit <- survreg(Surv(time, event) ~ 1, dist = "weibull")
    log_shape <- -log(fit$scale)
    error <- sqrt(fit$var[2, 2])
    shape <- exp(rnorm(trials, log_shape, error))
    sums <- vapply(shape, function(k) sum(time^k), 0)
    rate <- rgamma(trials, sum(event), sums)
    return(function(from) ((rate * from^shape + rexp(trials)) / rate)^(1 / shape))
  }
  from_month <- c(0, m$cuts)
  to_month <- c(m$cuts, Inf)
  hazard <- mapply(function(a, b) rgamma(trials, sum(event[time > a & time <= b]),
                                         sum(pmax(pmin(time, b) - a, 0))), from_month, to_month)
  function(from) {
    left <- rexp(trials)
    t <- rep(from, trials)
    done <- rep(FALSE, trials)
    for (k in seq_along(from_month)) {
      room <- pmax(to_month[k] - t, 0) * hazard[, k]
      here <- !done & left <= room
      t[here] <- t[here] + left[here] / hazard[here, k]
      done <- done | here
      left <- ifelse(done, left, left - room)
      t <- ifelse(done, t, pmax(t, pmin(to_month[k], 1e9)))
    }
    t
  }
}

rows <- NULL
for (name in names(models)) {
  m <- models[[name]]
  groups <- if (m$by) patients$arm else rep("all", n)
  samplers <- lapply(split(seq_len(n), factor(groups, unique(groups))),
                     function(i) sampler(m, time[i], patients$event[i]))
  lost <- rgamma(trials, sum(patients$lost), sum(time))
  rate <- rgamma(trials, sum(patients$entered > cut - 6) + 0.5, 6)
  events <- list()
  for (i in which(patients$event == 1)) events[[length(events) + 1]] <- rep(patients$entered[i] + patients$time[i], trials)
  one <- function(month, from, group) {
    t <- samplers[[group]](from)
    ifelse(t <= from + rexp(trials) / lost, month + t, Inf)
  }
  for (i in which(at_risk)) events[[length(events) + 1]] <- one(patients$entered[i], time[i], groups[i])
  entry <- rep(cut, trials)
  for (i in seq_len(total - n)) {
    entry <- entry + rexp(trials) / rate
    like <- sample(n, trials, replace = TRUE)
    late <- lapply(unique(groups), function(g) one(entry, 0, g))
    events[[length(events) + 1]] <- late[[1]]
    if (m$by) events[[length(events)]] <- ifelse(groups[like] == unique(groups)[1], late[[1]], late[[2]])
  }
  months <- do.call(cbind, events)
  months <- t(apply(months, 1, sort))
  for (k in c(50, 75, 100, 120)) {
    own <- sort(months[, k])
    for (p in c(0.05, 0.5, 0.95)) {
      half <- sqrt(p * (1 - p) / trials)
      q <- own[round(trials * pmin(pmax(p + c(-half, 0, half), 1 / trials), 1))]
      rows <- rbind(rows, data.frame(forecast = name, events = k, p = p, month = q[2], mcse = (q[3] - q[1]) / 2))
    }
  }
}
write_reference(rows, "tests/reference/event_forecast.csv", "scripts/reference/event_forecast.R")
