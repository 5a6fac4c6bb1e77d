using Ledger.Benchmarks.Fold;
using Ledger.Benchmarks.Ingest;

if (args is ["fold-columns", ..]) FoldBench.Run(args[1..]);
else if (args is ["ingest"]) await IngestBench.RunAsync();
