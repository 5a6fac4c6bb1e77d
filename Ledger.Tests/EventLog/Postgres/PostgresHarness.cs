using Ledger.Projections.EventLog;
using Ledger.Projections.EventLog.Postgres;
using Ledger.Tests.Support;

namespace Ledger.Tests.EventLog.Postgres;

/// <summary>The PostgreSQL store in a schema of its own.</summary>
public sealed class PostgresHarness : LogHarness
{
    private PostgresEventLog? _open;

    /// <summary>The schema.</summary>
    public string Schema { get; } = "t" + Guid.NewGuid().ToString("N");

    /// <summary>How the log is opened.</summary>
    public PostgresOptions Options { get; init; } = new();

    public override async Task<IEventLog> OpenAsync()
    {
        if (_open is not null) await _open.DisposeAsync();
        return _open = await PostgresEventLog.OpenAsync((await PrivatePostgres.SharedAsync()).Address(Schema), Options);
    }

    /// <summary>The log's address.</summary>
    public async Task<string> AddressAsync(int? port = null) => (await PrivatePostgres.SharedAsync()).Address(Schema, port);

    /// <summary>Runs statements behind the log's back; <c>$s</c> is the schema.</summary>
    public async Task<object?> SqlAsync(string sql) => await (await PrivatePostgres.SharedAsync()).SqlAsync(sql.Replace("$s", Schema, StringComparison.Ordinal));

    public override async ValueTask DisposeAsync()
    {
        if (_open is not null) await _open.DisposeAsync();
        await SqlAsync("DROP SCHEMA IF EXISTS $s CASCADE");
    }
}
