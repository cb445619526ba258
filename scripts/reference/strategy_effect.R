# The effect of continuing (OP-C) against switching (OP-N) systemic therapy as Song et al. (2025) leave it known: the
# hazard ratio 1.06 (0.45 to 2.51) of OP-N, turned round, on the log scale normal (a flat prior). 200 quantiles, in the
# middle of as many parts of equal probability. Writes configs/disease/strategy_effect.csv.
mean <- -log(1.06)
error <- log(2.51 / 0.45) / (2 * qnorm(0.975))
ratio <- exp(qnorm((seq_len(200) - 0.5) / 200, mean, error))
write.csv(data.frame(arms.op_c.effects.pfs.hazard_ratio = signif(ratio, 6)), "configs/disease/strategy_effect.csv",
          row.names = FALSE, quote = FALSE, eol = "\n")
