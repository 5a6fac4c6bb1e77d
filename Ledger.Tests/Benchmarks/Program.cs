using Ledger.Benchmarks.Fold;
using Ledger.Benchmarks.Ingest;
using Ledger.Benchmarks.Payouts;

if (args is ["fold-columns", ..]) FoldBench.Run(args[1..]);
else if (args is ["ingest"]) await IngestBench.RunAsync();
else if (args is ["close-rules", ..]) CloseBenchmark.Run(1_000_000);
