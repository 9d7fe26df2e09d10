# Plug-in fit by KFAS on one CSV: maximum likelihood of the scales, then its smoother.
#
#   Rscript run_kfas.R POLLS.csv        (needs KFAS; no other package)
#
# The first level has its proper prior N(50, 50^2); one time step is one poll.

suppressMessages(library(KFAS))

N_REPORTED <- 30
memory <- function(key) {
  lines <- tryCatch(readLines("/proc/self/status"), error = function(e) character())
  line <- lines[startsWith(lines, key)]
  if (length(line)) as.numeric(gsub("[^0-9]", "", line)) / 1024 else NaN
}

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

build <- function(polls, houses, sector, sectors) {
  n <- nrow(polls)
  m <- 1 + length(sectors) + length(houses)
  j <- match(polls$house_id, houses)
  Z <- array(0, c(1, m, n))
  Z[1, 1, ] <- 1
  Z[cbind(1, 1 + length(sectors) + j, seq_len(n))] <- 1
  Z[cbind(1, 1 + match(sector[j], sectors), seq_len(n))] <- 1
  SSModel(polls$share_pct ~ -1 + SSMcustom(
    Z = Z, T = diag(m), R = matrix(c(1, rep(0, m - 1)), m, 1), Q = array(0, c(1, 1, n)),
    a1 = c(50, rep(0, m - 1)),
    P1 = diag(c(50^2, rep(10^2, length(sectors)), rep(1, length(houses)))),
    P1inf = matrix(0, m, m)), H = array(1, c(1, 1, n)))
}

fit <- function(polls) {
  houses <- sort(unique(polls$house_id), method = "radix")
  sector <- polls$sector[match(houses, polls$house_id)]
  sectors <- sort(unique(sector), method = "radix")
  step <- c(diff(polls$day), 0)
  own <- 1 + length(sectors) + seq_along(houses)
  update <- function(logs, model) {
    scales <- exp(logs)
    model$Q[1, 1, ] <- scales[1]^2 * step
    model$H[1, 1, ] <- polls$known + scales[2]^2
    model$P1[cbind(own, own)] <- scales[3]^2
    model
  }
  start <- log(c(0.1, 0.6, 2))  # a fifth of the prior scales, as statsmodels starts here
  found <- fitSSM(build(polls, houses, sector, sectors), start, update, method = "BFGS")
  smooth <- KFS(found$model, filtering = "none", smoothing = "state")
  weights <- c(1, colMeans(outer(sector, sectors, "==") * 1), rep(1 / length(houses), length(houses)))
  at <- round(seq(1, nrow(polls), length.out = N_REPORTED))
  list(mean = drop(smooth$alphahat[at, ] %*% weights),
       sd = sapply(at, function(i) sqrt(drop(t(weights) %*% smooth$V[, , i] %*% weights))))
}

numbers <- function(x) paste0("[", paste(format(x, digits = 15), collapse = ","), "]")

polls <- read_polls(commandArgs(TRUE)[1])
before <- memory("VmRSS")
first <- system.time(result <- fit(polls))
above <- memory("VmHWM") - before
warm <- if (first[["elapsed"]] < 30) system.time(fit(polls)) else first
cat(sprintf(paste0('{"first": %f, "first_cpu": %f, "warm": %f, "warm_cpu": %f, "memory": %f, ',
                   '"version": "R %s, KFAS %s", "mean": %s, "sd": %s}\n'),
            first[["elapsed"]], first[["user.self"]] + first[["sys.self"]],
            warm[["elapsed"]], warm[["user.self"]] + warm[["sys.self"]], above,
            as.character(getRversion()), as.character(packageVersion("KFAS")),
            numbers(result$mean), numbers(result$sd)))
