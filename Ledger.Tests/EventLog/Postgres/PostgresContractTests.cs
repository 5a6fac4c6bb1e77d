using Ledger.Projections.EventLog.Postgres;
using Ledger.Tests.Support;

namespace Ledger.Tests.EventLog.Postgres;

[NeedsParts("postgres")]
public sealed class PostgresAppendTests() : AppendContract(new PostgresHarness());

[NeedsParts("postgres")]
public sealed class PostgresReadTests() : ReadContract(new PostgresHarness());

/// <summary>The same where most ids are in indexes and not in memory.</summary>
[NeedsParts("postgres")]
public sealed class PostgresSegmentReadTests() : ReadContract(new PostgresHarness { Options = new PostgresOptions { SegmentEvents = 128 } });

[NeedsParts("postgres")]
public sealed class PostgresSubscribeTests() : SubscribeContract(new PostgresHarness());
