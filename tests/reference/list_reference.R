# Estimates for invented list experiments from the R package list.
#
#   Rscript tests/reference/list_reference.R        (from anywhere; needs list and jsonlite)
#
# Reads list_plain.csv and list_broken.csv, writes list_reference.json.  All numbers are
# proportions, items or logits, not percent.

suppressMessages({library(list); library(jsonlite)})

argument <- grep("^--file=", commandArgs(FALSE), value = TRUE)
here <- dirname(normalizePath(sub("^--file=", "", argument)))
J <- 3

read_case <- function(name) read.csv(file.path(here, paste0("list_", name, ".csv")))

# Coefficients of the sensitive item and of the control items, with their errors.
fitted <- function(fit, item = "par.treat", control = "par.control") {
  list(item = unname(fit[[item]]), item_se = unname(fit[[sub("par", "se", item)]]),
       control = unname(fit[[control]]), control_se = unname(fit[[sub("par", "se", control)]]),
       log_likelihood = fit$llik)
}

regressions <- function(data) {
  with_covariates <- count ~ age + female
  ml <- function(...) ictreg(..., data = data, treat = "treatment", J = J, method = "ml",
                             constrained = TRUE)
  nls <- ictreg(with_covariates, data = data, treat = "treatment", J = J, method = "nls")
  linear <- ictreg(with_covariates, data = data, treat = "treatment", J = J, method = "lm")
  binomial <- ml(with_covariates, overdispersed = FALSE)
  # Its predictions on everybody, averaged.
  share <- function(fit) mean(plogis(as.matrix(cbind(1, data$age, data$female)) %*% fit$par.treat))
  list(linear = fitted(linear), nls = fitted(nls), ml_binomial = fitted(binomial),
       ml_betabinomial = fitted(ml(with_covariates, overdispersed = TRUE)),
       ml_binomial_alone = fitted(ml(count ~ 1, overdispersed = FALSE)),
       share_ml_binomial = share(binomial), share_nls = share(nls))
}

combined <- function(data) {
  run <- function(data) {
    fit <- combinedListDirect(count ~ treatment, data = data, treat = "treatment",
                              direct = "direct")
    list(list = unname(fit$conv.est), list_se = fit$conv.se, direct = fit$direct.est,
         direct_se = fit$direct.se, combined = unname(fit$comb.est),
         combined_se = unname(fit$comb.se),
         placebo_I = fit$placebo.I, placebo_II = fit$placebo.II)
  }
  # "No" taken at its word is "yes" taken at its word for the opposite item: the count of the
  # treated falls by one where the opposite holds.
  opposite <- transform(data, direct = 1 - direct, count = treatment + J - count)
  list(truthful_yes = run(data), truthful_no_of_the_opposite = run(opposite))
}

design <- function(data) {
  test <- ict.test(data$count, data$treatment, J = J, gms = FALSE)
  # Two control items in place of three, so that two shares of each kind are tested.
  short <- subset(data, count <= 2 + treatment)
  two <- ict.test(short$count, short$treatment, J = 2, gms = FALSE)
  list(p = unname(test$p), shares = unname(test$pi.table[, 1]), se = unname(test$pi.table[, 2]),
       p_two_items = unname(two$p))
}

cases <- c("plain", "broken")
results <- lapply(setNames(cases, cases), function(name) {
  data <- read_case(name)
  list(combined = combined(data), design = design(data),
       regressions = if (name == "plain") regressions(data))
})
results$versions <- list(R = as.character(getRversion()),
                         list = as.character(packageVersion("list")),
                         VGAM = as.character(packageVersion("VGAM")),
                         sandwich = as.character(packageVersion("sandwich")))
write_json(results, file.path(here, "list_reference.json"), auto_unbox = TRUE, digits = NA,
           pretty = 1, null = "null")
