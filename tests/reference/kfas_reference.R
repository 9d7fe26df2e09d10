# Log-likelihood and smoothed states of the static trend model from KFAS, at fixed scales.
#
#   Rscript tests/reference/kfas_reference.R        (from anywhere; needs KFAS and jsonlite)
#
# Reads inputs/*.csv, writes kfas_CASE.json.  The first level has its proper prior
# N(50, 50^2) (P1inf = 0): KFAS's exact diffuse start would give another likelihood.
# One time step is one poll; polls of one day follow each other with a step variance of 0.

suppressMessages({library(KFAS); library(jsonlite)})

argument <- grep("^--file=", commandArgs(FALSE), value = TRUE)
here <- dirname(normalizePath(sub("^--file=", "", argument)))

# tau (points per root day), omega, sigma_h (points): middling, still and restless levels.
SCALES <- list(c(0.2, 1.5, 5), c(0.02, 0.5, 2), c(0.8, 4, 12))
N_DAYS <- 30

read_polls <- function(path) {
  polls <- read.csv(path, stringsAsFactors = FALSE)
  start <- as.Date(polls$start_date)
  end <- as.Date(polls$end_date)
  polls$mid <- start + as.integer(end - start) %/% 2L  # the earlier of two middle days
  polls <- polls[order(polls$mid, polls$poll_id, method = "radix"), ]
  polls$day <- as.integer(polls$mid - min(polls$mid))
  n <- polls$sample_size
  p <- (n * polls$share_pct + 50) / (n + 1)
  polls$known <- polls$design_effect * p * (100 - p) / n +
    polls$n_parts * 100^(-polls$decimals) / 12
  polls
}

# Days without a poll enter as missing observations, so that KFAS itself smooths them.
add_days <- function(polls) {
  days <- round(seq(0, max(polls$day), length.out = N_DAYS))
  rows <- data.frame(day = c(polls$day, days),
                     share = c(polls$share_pct, rep(NA, N_DAYS)),
                     house = c(polls$house_id, rep(NA, N_DAYS)),
                     known = c(polls$known, rep(1, N_DAYS)))
  list(rows = rows[order(rows$day, method = "radix"), ], days = days)
}

build <- function(rows, houses, sector, sectors, scales) {
  n <- nrow(rows)
  m <- 1 + length(sectors) + length(houses)
  Z <- array(0, c(1, m, n))
  Z[1, 1, ] <- 1
  for (i in which(!is.na(rows$share))) {
    j <- match(rows$house[i], houses)
    Z[1, 1 + length(sectors) + j, i] <- 1
    if (length(sectors)) Z[1, 1 + match(sector[j], sectors), i] <- 1
  }
  step <- c(diff(rows$day), 0)
  SSModel(rows$share ~ -1 + SSMcustom(
    Z = Z, T = diag(m), R = matrix(c(1, rep(0, m - 1)), m, 1),
    Q = array(scales[1]^2 * step, c(1, 1, n)),
    a1 = c(50, rep(0, m - 1)),
    P1 = diag(c(50^2, rep(10^2, length(sectors)), rep(scales[3]^2, length(houses)))),
    P1inf = matrix(0, m, m)),
    H = array(rows$known + scales[2]^2, c(1, 1, n)))
}

# Mean and sd of w'state at one row.
combine <- function(smooth, row, w) {
  V <- smooth$V[, , row]
  list(mean = sum(w * smooth$alphahat[row, ]), sd = sqrt(drop(t(w) %*% V %*% w)))
}

run <- function(case) {
  polls <- read_polls(file.path(here, "inputs", paste0(case, ".csv")))
  houses <- sort(unique(polls$house_id), method = "radix")
  sector <- polls$sector[match(houses, polls$house_id)]
  sectors <- sort(unique(sector), method = "radix")
  if (length(sectors) < 2) sectors <- character()
  more <- add_days(polls)
  first <- min(polls$mid)
  at_row <- match(more$days, more$rows$day)
  last <- nrow(more$rows)
  n_s <- length(sectors)
  n_h <- length(houses)
  member <- if (n_s) outer(sector, sectors, "==") * 1 else matrix(0, n_h, 0)
  to_house <- cbind(rep(0, n_h), member, diag(n_h))  # states to house effects
  mean_of <- colMeans(to_house)
  level <- c(1, rep(0, n_s + n_h))
  results <- lapply(SCALES, function(scales) {
    model <- build(more$rows, houses, sector, sectors, scales)
    bare <- build(more$rows[!is.na(more$rows$share), ], houses, sector, sectors, scales)
    smooth <- KFS(model, filtering = "none", smoothing = "state")
    of_days <- function(w) lapply(seq_along(more$days), function(i) {
      c(list(date = format(first + more$days[i])), combine(smooth, at_row[i], w))
    })
    effects <- function(minus) setNames(lapply(seq_len(n_h), function(j) {
      combine(smooth, last, to_house[j, ] - minus)
    }), houses)
    pairs <- if (n_s > 1) combn(n_s, 2, simplify = FALSE) else list()
    gaps <- lapply(pairs, function(k) {
      w <- colMeans(to_house[sector == sectors[k[1]], , drop = FALSE]) -
        colMeans(to_house[sector == sectors[k[2]], , drop = FALSE])
      c(list(sector = sectors[k[1]], other = sectors[k[2]], estimand = "these_houses"),
        combine(smooth, last, w))
    })
    list(tau = scales[1], omega = scales[2], sigma_h = scales[3],
         loglike = as.numeric(logLik(bare)),
         level_houses = of_days(level + mean_of), level_raw = of_days(level),
         houses = effects(mean_of), houses_raw = effects(0 * mean_of), sector_gap = gaps)
  })
  list(case = case, input = paste0("inputs/", case, ".csv"), model = "static",
       conventions = list(
         loglike = "all constants included; level and effects integrated out; no prior of the scales",
         level_houses = "x + mean of the house effects", level_raw = "x",
         houses = "house effect minus the mean of the house effects",
         houses_raw = "g + u of the house"),
       program = "KFAS, proper initial state, one step per poll",
       versions = list(R = as.character(getRversion()),
                       KFAS = as.character(packageVersion("KFAS")),
                       jsonlite = as.character(packageVersion("jsonlite"))),
       at_scales = results)
}

cases <- sub("\\.csv$", "", sort(list.files(file.path(here, "inputs"), "\\.csv$"), method = "radix"))
for (case in cases) {
  write_json(run(case), file.path(here, paste0("kfas_", case, ".json")),
             auto_unbox = TRUE, digits = NA, pretty = 1)
  cat(case, "\n")
}
