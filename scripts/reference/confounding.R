# Comparisons adjusted for confounding: logistic regression by glm; the weighted hazard ratio and curves by coxph and
# survfit with weights and robust errors; standardized survival from coxph, its error by changing the weight of one
# patient after the other (the definition of the infinitesimal jackknife). From the repository root:
#   Rscript scripts/reference/confounding.R
suppressMessages(library(survival))
source("scripts/reference/csv.R")
to_the_end <- coxph.control(eps = 1e-14, iter.max = 50, toler.chol = 1e-15)
write_confounding <- function(name, frame)
  write_reference(frame, sprintf("tests/reference/%s.csv", name), "scripts/reference/confounding.R")
read_data <- function(name) {
  data <- read.csv(sprintf("tests/reference/data/%s.csv", name), comment.char = "#")
  data$id <- seq_len(nrow(data))
  data
}

models <- list(list("ovarian", "x1+x2", c(300, 500)), list("veteran", "x1+x2", c(60, 250)),
               list("veteran", "x1", 100), list("lung", "x1+x3", c(200, 400)), list("lung", "x2", 300))
targets <- c("all", "first_group", "second_group", "overlap")

propensity <- function(data, terms) {
  fit <- glm(as.formula(paste("group ~", terms)), binomial, data, control = glm.control(epsilon = 1e-15, maxit = 100))
  list(coefficient = coef(fit), probability = unname(fitted(fit)))
}
weights_for <- function(group, e, target) {
  share <- mean(group)
  switch(target,
         all = ifelse(group == 1, share / e, (1 - share) / (1 - e)),
         first_group = ifelse(group == 1, (1 - e) / e, 1),
         second_group = ifelse(group == 1, 1, e / (1 - e)),
         overlap = ifelse(group == 1, 1 - e, e))
}

write_confounding("logistic", do.call(rbind, lapply(models, function(m) {
  coefficient <- propensity(read_data(m[[1]]), m[[2]])$coefficient
  data.frame(data = m[[1]], terms = m[[2]], position = seq_along(coefficient) - 1, coefficient = unname(coefficient))
})))

weighted <- function(name, terms, times, target) {
  data <- read_data(name)
  data$w <- weights_for(data$group, propensity(data, terms)$probability, target)
  fit <- coxph(Surv(time, event) ~ group, data, weights = w, robust = TRUE, ties = "breslow", control = to_the_end)
  one <- function(level, time) {
    curve <- survfit(Surv(time, event) ~ 1, subset(data, group == level), weights = w, id = id, robust = TRUE)
    summary(curve, times = time)
  }
  effective <- function(level) with(subset(data, group == level), sum(w)^2 / sum(w^2))
  do.call(rbind, lapply(times, function(time) {
    first <- one(0, time)
    second <- one(1, time)
    data.frame(data = name, terms, target, log_hazard_ratio = unname(coef(fit)), standard_error = sqrt(fit$var[1, 1]),
               effective_0 = effective(0), effective_1 = effective(1), time, survival_0 = first$surv,
               error_0 = first$std.err, survival_1 = second$surv, error_1 = second$std.err)
  }))
}
write_confounding("inverse_probability", do.call(rbind, lapply(models, function(m)
  do.call(rbind, lapply(targets, function(target) weighted(m[[1]], m[[2]], m[[3]], target))))))

# Survival of both groups at a time, the log ratio of their cumulative hazards; every patient with his weight.
standardized <- function(data, terms, time, standard, weight) {
  data$weight_now <- weight
  fit <- coxph(as.formula(paste("Surv(time, event) ~ group +", terms)), data, weights = weight_now, ties = "breslow",
               control = to_the_end)
  x <- model.matrix(fit)
  risk <- exp(drop(x %*% coef(fit)))
  deaths <- sort(unique(data$time[data$event == 1 & data$time <= time]))
  hazard <- sum(vapply(deaths, function(t) sum((weight * data$event)[data$time == t]) / sum((weight * risk)[data$time >= t]), 0))
  survival <- vapply(0:1, function(level) {
    x[, "group"] <- level
    weighted.mean(exp(-hazard * exp(drop(x %*% coef(fit)))), weight * standard)
  }, 0)
  c(survival, survival[2] - survival[1], log(log(survival[2]) / log(survival[1])))
}
standardization <- function(name, terms, time, target) {
  data <- read_data(name)
  standard <- switch(target, all = rep(1, nrow(data)), first_group = 1 - data$group, second_group = data$group)
  at <- function(i, change) {
    weight <- rep(1, nrow(data))
    if (i > 0) weight[i] <- 1 + change
    standardized(data, terms, time, standard, weight)
  }
  slope <- function(i, h) (at(i, h) - at(i, -h)) / (2 * h)
  influence <- vapply(seq_len(nrow(data)), function(i) (4 * slope(i, 5e-4) - slope(i, 1e-3)) / 3, numeric(4))
  value <- at(0, 0)
  error <- sqrt(rowSums(influence^2))
  data.frame(data = name, terms, target, time, survival_0 = value[1], error_0 = error[1], survival_1 = value[2],
             error_1 = error[2], difference = value[3], difference_error = error[3], log_ratio = value[4],
             log_ratio_error = error[4])
}
write_confounding("standardization", do.call(rbind, lapply(models[1:4], function(m)
  do.call(rbind, lapply(targets[1:3], function(target)
    do.call(rbind, lapply(m[[3]], function(time) standardization(m[[1]], m[[2]], time, target))))))))
