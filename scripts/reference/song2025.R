# What R gives for configs/plans/song2025.yaml on tests/reference/data/song2025_like.csv, synthetic patients (none are
# real) that reproduce most numbers of Song et al. 2025. From the repository root:
#   Rscript scripts/reference/song2025.R
suppressMessages({library(survival); library(cmprsk)})
source("scripts/reference/csv.R")
script <- "scripts/reference/song2025.R"

d <- read.csv("tests/reference/data/song2025_like.csv", stringsAsFactors = FALSE)
month <- 30
d$op_om <- factor(ifelse(d$grp == "OM", "OM", "OP"), c("OP", "OM"))
d$lf_cause <- ifelse(!is.na(d$lf_d), 1, ifelse(d$os_e == 1, 2, 0))
d$lf_time <- ifelse(is.na(d$lf_d), d$os_d, d$lf_d)
op <- d[d$op_om == "OP", ]
op$grp <- factor(op$grp, c("OP-C", "OP-N"))

rows <- list()
add <- function(analysis, parameter, group = "", term = "", at = NA, interval = "", estimate = NA, standard_error = NA,
                lower = NA, upper = NA, statistic = NA, df = NA, p_value = NA, tolerance = 1e-8)
  rows[[length(rows) + 1]] <<- data.frame(analysis, parameter, group, term, at, interval, estimate, standard_error,
                                          lower, upper, statistic, df, p_value, tolerance)

kaplan_meier <- function(analysis, data, time, event, by = NULL, levels = NULL, months = numeric(0), reverse = FALSE) {
  groups <- if (is.null(by)) "" else levels
  for (group in groups) {
    own <- if (is.null(by)) data else data[as.character(data[[by]]) == group, ]
    status <- if (reverse) 1 - own[[event]] else own[[event]]
    fit <- survfit(Surv(own[[time]], status) ~ 1, conf.type = "log")
    for (m in months) {
      s <- summary(fit, times = m * month)  # nothing beyond the last time
      if (length(s$surv) == 0) add(analysis, "survival", group, at = m, interval = "log")
      else add(analysis, "survival", group, at = m, interval = "log", estimate = s$surv,
               standard_error = ifelse(s$surv == 0, NA, s$std.err), lower = s$lower, upper = s$upper)
    }
    q <- quantile(fit, 0.5)
    add(analysis, "quantile", group, at = 0.5, interval = "log", estimate = unname(q$quantile) / month,
        lower = unname(q$lower) / month, upper = unname(q$upper) / month)
  }
}

log_rank <- function(analysis, data, time, event, by) {
  test <- survdiff(Surv(data[[time]], data[[event]]) ~ data[[by]])
  df <- length(test$n) - 1
  add(analysis, "log_rank", term = by, statistic = test$chisq, df = df, p_value = pchisq(test$chisq, df, lower = FALSE))
}

# Limits where the profile of the partial likelihood is qchisq(.95, 1) / 2 below its maximum.
profile_limits <- function(data, time, event, terms, j) {
  control <- coxph.control(eps = 1e-15, iter.max = 100, toler.chol = 1e-14)
  y <- Surv(data[[time]], data[[event]])
  x <- as.matrix(data[terms])
  whole <- coxph(y ~ x, control = control)
  target <- whole$loglik[2] - qchisq(.95, 1) / 2
  excess <- function(b) {
    fit <- if (length(terms) > 1) coxph(y ~ x[, -j] + offset(b * x[, j]), control = control)$loglik[2]
           else coxph(y ~ offset(b * x[, 1]), control = control)$loglik[1]
    fit - target
  }
  b <- coef(whole)[j]
  se <- sqrt(vcov(whole)[j, j])
  c(uniroot(excess, c(b - 8 * se, b), tol = 1e-13)$root, uniroot(excess, c(b, b + 8 * se), tol = 1e-13)$root)
}

cox <- function(analysis, data, time, event, terms, labels = terms, profile = FALSE) {
  data <- data[complete.cases(data[terms]), ]
  x <- as.matrix(data[terms])
  fit <- coxph(Surv(data[[time]], data[[event]]) ~ x)
  s <- summary(fit)
  z <- qnorm(.975)
  for (j in seq_along(terms)) {
    b <- unname(coef(fit)[j]); se <- sqrt(vcov(fit)[j, j]); p <- s$coefficients[j, 5]
    add(analysis, "hazard_ratio", term = labels[j], interval = "wald", estimate = exp(b), standard_error = se,
        lower = exp(b - z * se), upper = exp(b + z * se), statistic = b / se, p_value = p)
    add(analysis, "log_hazard_ratio", term = labels[j], interval = "wald", estimate = b, standard_error = se,
        lower = b - z * se, upper = b + z * se, statistic = b / se, p_value = p)
    if (profile) {
      limits <- profile_limits(data, time, event, terms, j)
      add(analysis, "hazard_ratio", term = labels[j], interval = "profile", estimate = exp(b), standard_error = se,
          lower = exp(limits[1]), upper = exp(limits[2]))
    }
  }
  add(analysis, "likelihood_ratio_test", statistic = s$logtest[[1]], df = s$logtest[[2]], p_value = s$logtest[[3]])
  add(analysis, "score_test", statistic = s$sctest[[1]], df = s$sctest[[2]], p_value = s$sctest[[3]])
  # summary rounds this one
  wald <- drop(coef(fit) %*% solve(vcov(fit), coef(fit)))
  add(analysis, "wald_test", statistic = wald, df = length(terms), p_value = pchisq(wald, length(terms), lower = FALSE))
  add(analysis, "log_likelihood", estimate = fit$loglik[2])
  invisible(fit)
}

incidence <- function(analysis, by = NULL) {
  groups <- if (is.null(by)) "" else levels(d[[by]])
  times <- c(12, 24)
  for (group in groups) {
    own <- if (is.null(by)) d else d[d[[by]] == group, ]
    curves <- cuminc(own$lf_time, own$lf_cause)
    for (cause in 1:2) {
      curve <- curves[[paste("1", cause)]]
      if (is.null(curve)) next  # cmprsk has no curve of a cause without events
      points <- timepoints(curves[paste("1", cause)], times * month)
      for (k in seq_along(times)) {
        f <- points$est[1, k]; se <- sqrt(points$var[1, k])
        inside <- !is.na(f) && f > 0
        add(analysis, "cumulative_incidence", group, c("local_failure", "death")[cause], times[k], "log_log", f, se,
            lower = if (inside) f^exp(qnorm(.975) * se / (f * log(f)) * -1) else NA,
            upper = if (inside) f^exp(qnorm(.975) * se / (f * log(f))) else NA)
        last <- rows[[length(rows)]]  # log f is negative: put the limits in order
        if (inside) rows[[length(rows)]][c("lower", "upper")] <<- sort(c(last$lower, last$upper))
      }
    }
  }
  if (!is.null(by)) {
    tests <- cuminc(d$lf_time, d$lf_cause, d[[by]])$Tests
    for (cause in 1:2)
      add(analysis, "gray_test", term = c("local_failure", "death")[cause], statistic = tests[cause, "stat"],
          df = tests[cause, "df"], p_value = tests[cause, "pv"])
  }
}

proportions <- function(analysis, outcome, by = NULL) {
  groups <- if (is.null(by)) "" else levels(d[[by]])
  for (group in groups) {
    own <- if (is.null(by)) d[[outcome]] else d[d[[by]] == group, outcome]
    own <- own[!is.na(own)]
    limits <- binom.test(sum(own), length(own))$conf.int
    add(analysis, "proportion", group, interval = "clopper_pearson", estimate = mean(own),
        standard_error = sqrt(mean(own) * (1 - mean(own)) / length(own)), lower = limits[1], upper = limits[2])
  }
}

cohorts <- c("OP", "OM")
proportions("irradiated_orr", "or")
proportions("irradiated_orr_by_cohort", "or", "op_om")
kaplan_meier("follow_up", d, "os_d", "os_e", reverse = TRUE)
kaplan_meier("follow_up_by_cohort", d, "os_d", "os_e", "op_om", cohorts, reverse = TRUE)
incidence("lf")
incidence("lf_by_cohort", "op_om")
kaplan_meier("pfs", d, "pfs_d", "pfs_e", months = c(6, 12, 24))
kaplan_meier("pfs_by_cohort", d, "pfs_d", "pfs_e", "op_om", cohorts, c(6, 12, 24))
log_rank("pfs_cohort_test", d, "pfs_d", "pfs_e", "op_om")
kaplan_meier("os", d, "os_d", "os_e", months = c(12, 24, 36))
kaplan_meier("os_by_cohort", d, "os_d", "os_e", "op_om", cohorts, c(12, 24, 36))
log_rank("os_cohort_test", d, "os_d", "os_e", "op_om")
responder <- cox("responder", d, "pfs_d", "pfs_e", "or", profile = TRUE)
known <- d[!is.na(d$or), ]
fit <- coxph(Surv(pfs_d, pfs_e) ~ or, known)
c_index <- concordance(fit)
add("responder", "concordance", estimate = unname(c_index$concordance), standard_error = sqrt(c_index$var))
zph <- cox.zph(fit)$table
add("responder", "proportional_hazards_test", term = "or", statistic = zph["or", "chisq"], df = 1, p_value = zph["or", "p"])
add("responder", "proportional_hazards_test", term = "global", statistic = zph["GLOBAL", "chisq"], df = 1,
    p_value = zph["GLOBAL", "p"])
cox("responder_adjusted", d, "pfs_d", "pfs_e", c("or", "late", "multi", "big"), profile = TRUE)
subgroups <- c(line = "late", number = "multi", size = "big")
for (name in names(subgroups)) {
  kaplan_meier(paste0("pfs_by_", name), d, "pfs_d", "pfs_e", subgroups[[name]], c("0", "1"))
  log_rank(paste0(name, "_test"), d, "pfs_d", "pfs_e", subgroups[[name]])
  cox(paste0(name, "_cox"), d, "pfs_d", "pfs_e", subgroups[[name]])
}
fisher <- fisher.test(table(factor(op$late, 0:1), factor(op$grp, c("OP-N", "OP-C"))))
add("strategy_line", "odds_ratio", term = "late", interval = "exact", estimate = unname(fisher$estimate), lower = fisher$conf.int[1],
    upper = fisher$conf.int[2], p_value = fisher$p.value, tolerance = 1e-4)  # uniroot's default tolerance
op$strategy <- as.integer(op$grp == "OP-N")
for (endpoint in c("pfs", "os")) {
  time <- paste0(endpoint, "_d"); event <- paste0(endpoint, "_e")
  kaplan_meier(paste0("strategy_", endpoint), op, time, event, "grp", c("OP-N", "OP-C"))
  log_rank(paste0("strategy_", endpoint, "_test"), op, time, event, "grp")
  cox(paste0("strategy_", endpoint, "_cox"), op, time, event, "strategy", "grp=OP-N")
}
write_reference(do.call(rbind, rows), "tests/reference/song2025.csv", script)
