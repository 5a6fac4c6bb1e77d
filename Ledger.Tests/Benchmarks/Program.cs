using Ledger.Benchmarks.Fold;

if (args is ["fold-columns", ..]) FoldBench.Run(args[1..]);
