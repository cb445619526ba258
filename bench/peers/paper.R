# The statistical section of Song et al. 2025 (configs/plans/song2025.yaml) on simulated cohorts of 37 patients, by the
# lowest level that R's packages offer: coxph.fit, survdiff.fit, survfitKM, cuminc, quantiles and binomial limits by
# hand. Data are read and made ready beforehand. Prints NAME,CPU SECONDS a cohort.
#   oligosim simulate configs/studies/paper_replication.yaml --replicates 50 --out DIR
#   Rscript bench/peers/paper.R DIR/calibrated
suppressMessages({library(survival); library(cmprsk)})
folder <- commandArgs(TRUE)[1]
month <- 30
z <- qnorm(.975)
control <- coxph.control()

survfit_km <- survival:::survfitKM
survfit_quantile <- survival:::quantile.survfit
survdiff_fit <- survival:::survdiff.fit
one_group <- lapply(1:400, function(n) factor(rep(1L, n)))

kaplan_meier <- function(time, event, months = NULL) {
  fit <- survfit_km(one_group[[length(time)]], Surv(time, event), conf.type = "log")
  class(fit) <- "survfit"
  i <- findInterval(months * month, fit$time)
  list(survfit_quantile(fit, .5), fit$surv[i], fit$std.err[i], fit$lower[i], fit$upper[i])
}
kaplan_meier_by <- function(time, event, group, groups, months = NULL)
  lapply(groups, function(g) { own <- which(group == g); if (length(own)) kaplan_meier(time[own], event[own], months) })
log_rank <- function(time, event, group) {
  known <- !is.na(group)
  code <- match(group[known], unique(group[known]))
  n <- max(code)
  fit <- survdiff_fit(Surv(time[known], event[known]), code, rho = 0)
  if (n < 2) return(NULL)
  difference <- fit$observed - fit$expected
  chi <- sum(solve(fit$var[-1, -1, drop = FALSE], difference[-1]) * difference[-1])
  pchisq(chi, n - 1, lower.tail = FALSE)
}
cox_fit <- function(x, y, init = NULL, offset = NULL)
  coxph.fit(x, y, NULL, offset, init, control, NULL, "efron", NULL, resid = FALSE)
cox <- function(time, event, x) {
  known <- rowSums(is.na(x)) == 0
  x <- x[known, , drop = FALSE]
  y <- Surv(time[known], event[known])
  fit <- cox_fit(x, y)
  error <- sqrt(diag(fit$var)); b <- fit$coefficients
  wald <- sum(b * solve(fit$var, b))
  list(fit = fit, x = x, y = y, error = error, limits = exp(cbind(b - z * error, b + z * error)),
       p = pchisq((b / error)^2, 1, lower.tail = FALSE),
       tests = pchisq(c(wald, fit$score, 2 * diff(fit$loglik)), length(b), lower.tail = FALSE))
}
profile_limits <- function(own) {
  target <- own$fit$loglik[2] - qchisq(.95, 1) / 2
  lapply(seq_along(own$error), function(j) {
    x <- own$x; b <- own$fit$coefficients[j]; error <- own$error[j]
    others <- x[, -j, drop = FALSE]
    excess <- function(value) {
      if (ncol(others)) cox_fit(others, own$y, offset = value * x[, j])$loglik[2] - target
      else coxph.fit(x, own$y, NULL, NULL, value, coxph.control(iter.max = 0), NULL, "efron", NULL, resid = FALSE)$loglik[2] - target
    }
    sapply(c(-1, 1), function(side) tryCatch(uniroot(excess, sort(c(b, b + side * 4 * error)))$root, error = function(e) NA))
  })
}
clopper_pearson <- function(x, n) cbind(qbeta(.025, x, n - x + 1), qbeta(.975, x + 1, n - x))
proportion <- function(value) {
  value <- value[!is.na(value)]
  clopper_pearson(sum(value), length(value))
}
by_group <- function(f, value, group, groups) lapply(groups, function(g) f(value[which(group == g)]))
describe <- function(value) {
  value <- sort(value)
  if (length(value)) c(quantile(value, c(0, .25, .5, .75, 1), names = FALSE), mean(value), sd(value))
}
frequency <- function(value) { n <- tabulate(match(value, unique(value))); n / sum(n) }
waterfall <- function(value) {
  value <- pmax(value[!is.na(value)], -100)
  list(clopper_pearson(c(sum(value < 0), sum(value <= -30)), length(value)), median(value))
}
incidence <- function(time, cause, group = NULL, months = c(12, 24)) {
  fit <- if (is.null(group)) cuminc(time, cause) else cuminc(time, cause, group)
  points <- timepoints(fit[names(fit) != "Tests"], months * month)
  error <- sqrt(points$var); f <- points$est
  list(f^exp(-z * error / (f * log(f))), f^exp(z * error / (f * log(f))), fit$Tests)
}
clustered <- function(value, cluster) {
  known <- !is.na(value); value <- value[known]
  if (!length(value)) return(NULL)
  p <- mean(value); sums <- rowsum(value - p, cluster[known], reorder = FALSE)
  k <- length(sums)
  error <- sqrt(k / (k - 1) * sum(sums^2)) / length(value)
  plogis(qlogis(p) + c(-1, 1) * z * error / (p * (1 - p)))
}
toxicity <- function(grades) {
  worst <- cbind(grades, apply(grades, 1, max))
  counts <- c(colSums(worst >= 1), colSums(worst >= 1 & worst <= 2), colSums(worst >= 3))
  clopper_pearson(counts, nrow(grades))
}
toxicity_change <- function(before, after) lapply(list(c(1, 9), c(1, 2), c(3, 9)), function(class) {
  was <- before >= class[1] & before <= class[2]; is <- after >= class[1] & after <= class[2]
  a <- sum(was & is); b <- sum(was & !is); c <- sum(!was & is); n <- length(was)
  list(clopper_pearson(c(a + b, a + c), n), min(1, 2 * pbinom(min(b, c), b + c, .5)))
})

early <- c("fatigue_early", "nausea_early", "proteinuria_early", "hand_foot_syndrome_early", "hypothyroidism_early",
           "leukopenia_early", "neutropenia_early", "lymphopenia_early", "anemia_early", "thrombocytopenia_early",
           "alt_increased_early", "ast_increased_early", "bilirubin_increased_early", "esophagitis_early",
           "abdominal_pain_early", "diarrhea_early")
late <- c("pneumonitis_late", "colitis_late", "lymphopenia_late", "anemia_late", "bilirubin_increased_late")

ready <- function(d, lesions) {
  d$op_om <- ifelse(d$grp == "OM", "OM", "OP")
  d$lf_cause <- ifelse(!is.na(d$lf_d), 1, ifelse(d$os_e == 1, 2, 0))
  d$lf_time <- ifelse(is.na(d$lf_d), d$os_d, d$lf_d)
  row <- match(lesions$USUBJID, d$USUBJID)
  lesions$patient <- row
  lesions$op_om <- d$op_om[row]
  lesions$responded <- ifelse(is.na(lesions$response), NA, as.numeric(lesions$response %in% c("CR", "PR")))
  lesions$failed <- ifelse(!is.na(lesions$lf_d), 1, ifelse(d$os_e[row] == 1, 2, 0))
  lesions$control_d <- ifelse(is.na(lesions$lf_d), d$os_d[row], lesions$lf_d)
  list(d = as.list(d), lesions = as.list(lesions[lesions$irradiated == 1, ]), early = as.matrix(d[early]),
       late = as.matrix(d[late]), adjusted = as.matrix(d[c("or", "late", "multi", "big")]) + 0)
}

cohorts <- c("OP", "OM"); strategies <- c("OP-N", "OP-C")
analyse <- function(own) {
  d <- own$d; l <- own$lesions
  for (name in c("age", "total_size_cm", "size_cm")) by_group(describe, d[[name]], d$op_om, cohorts)
  for (name in c("male", "ecog", "etiology", "child_pugh_b", "afp_high", "macrovascular_invasion", "total_lesions_group",
                 "multi", "late", "regimen", "prior_local", "prior_intra_arterial", "prior_resection",
                 "prior_radiotherapy", "prior_rfa", "prior_transplant", "intrahepatic", "best_overall_response"))
    by_group(frequency, d[[name]], d$op_om, cohorts)
  for (name in c("response", "disease_control", "or")) {
    proportion(d[[name]]); by_group(proportion, d[[name]], d$op_om, cohorts)
  }
  frequency(d$best_irradiated_response)
  for (name in c("best_response_d", "lesions", "size_cm")) {
    x <- d[[name]][which(d$or == 1)]; y <- d[[name]][which(d$or == 0)]
    x <- x[!is.na(x)]; y <- y[!is.na(y)]
    if (length(x) && length(y)) tryCatch(wilcox.test(x, y, conf.int = TRUE), error = function(e) NULL)
  }
  by_group(describe, d$best_response_d, d$or, c(1, 0))
  by_group(waterfall, d$best_change, d$op_om, cohorts)
  by_group(waterfall, d$best_change, d$grp, strategies)

  kaplan_meier(d$os_d, 1 - d$os_e)
  kaplan_meier_by(d$os_d, 1 - d$os_e, d$op_om, cohorts)
  incidence(d$lf_time, d$lf_cause)
  incidence(d$lf_time, d$lf_cause, d$op_om)
  for (name in c("pfs", "os")) {
    time <- d[[paste0(name, "_d")]]; event <- d[[paste0(name, "_e")]]
    months <- if (name == "pfs") c(6, 12, 24) else c(12, 24, 36)
    kaplan_meier(time, event, months)
    kaplan_meier_by(time, event, d$op_om, cohorts, months)
    log_rank(time, event, d$op_om)
  }

  responder <- cox(d$pfs_d, d$pfs_e, cbind(as.numeric(d$or)))
  profile_limits(responder)
  survival::concordancefit(responder$y, responder$fit$linear.predictors, reverse = TRUE)
  if (is.finite(responder$error)) {
    frame <- data.frame(time = responder$y[, 1], event = responder$y[, 2], or = responder$x[, 1])
    tryCatch(cox.zph(coxph(Surv(time, event) ~ or, frame)), error = function(e) NULL)
  }
  profile_limits(cox(d$pfs_d, d$pfs_e, own$adjusted))
  for (name in c("late", "multi", "big")) {
    kaplan_meier_by(d$pfs_d, d$pfs_e, d[[name]], 0:1)
    log_rank(d$pfs_d, d$pfs_e, d[[name]])
    cox(d$pfs_d, d$pfs_e, cbind(as.numeric(d[[name]])))
  }

  op <- d$op_om == "OP"; grp <- d$grp[op]
  for (name in c("late", "ici_targeted")) fisher.test(table(factor(d[[name]][op], 0:1), factor(grp, strategies)))
  for (name in c("response", "disease_control")) by_group(proportion, d[[name]][op], grp, strategies)
  for (name in c("pfs", "os")) {
    time <- d[[paste0(name, "_d")]][op]; event <- d[[paste0(name, "_e")]][op]
    kaplan_meier_by(time, event, grp, strategies)
    log_rank(time, event, grp)
    cox(time, event, cbind(as.numeric(grp == "OP-N")))
  }

  toxicity(own$early); toxicity(own$late)
  toxicity_change(d$toxicity_before[op], d$toxicity_early[op])
  proportion(d$discontinued)

  by_group(frequency, l$site, l$op_om, cohorts)
  by_group(describe, l$diameter_cm, l$op_om, cohorts)
  clustered(l$responded, l$patient)
  lapply(0:1, function(bone) { one <- l$bone == bone; clustered(l$responded[one], l$patient[one]) })
  by_group(waterfall, l$change, l$site, unique(l$site))
  incidence(l$control_d, l$failed)
}

patients <- read.csv(file.path(folder, "patients.csv"), stringsAsFactors = FALSE)
lesions <- read.csv(file.path(folder, "lesions.csv"), stringsAsFactors = FALSE)
all <- lapply(split(patients, patients$trial), function(d) ready(d, lesions[lesions$trial == d$trial[1], ]))
invisible(suppressWarnings(analyse(all[[1]])))  # what is loaded and compiled once
used <- system.time(for (own in all) suppressWarnings(analyse(own)))
cat(sprintf("paper_analysis,%.6f\n", (used[["user.self"]] + used[["sys.self"]]) / length(all)))
