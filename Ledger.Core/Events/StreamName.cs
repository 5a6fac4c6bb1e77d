using System.Globalization;
using System.Text;
using Ledger.Core.Identity;
using Ledger.Core.Time;

namespace Ledger.Core.Events;

/// <summary>Names one stream of the log, e.g. <c>activity-2026-11-22-07</c>, <c>account-alice</c>, <c>window-2026-11-22</c>.</summary>
/// <remarks>An event's stream follows from the event (<see cref="EventPayload.Stream"/>), so a producer cannot misfile one.</remarks>
public readonly record struct StreamName
{
    /// <summary>Shards of a day's activity streams. Part of the names, so it never changes.</summary>
    public const int ActivityShards = 16;

    private readonly string? _value;

    private StreamName(string value) => _value = value;

    /// <summary>The ruleset history.</summary>
    public static StreamName Ruleset { get; } = new("ruleset");

    /// <summary>Funding.</summary>
    public static StreamName Fund { get; } = new("fund");

    /// <summary>The name's text.</summary>
    public string Value => _value ?? throw new InvalidOperationException("the default StreamName names nothing");

    public static StreamName Account(AccountId id) => new("account-" + id.Value);

    public static StreamName Space(SpaceId id) => new("space-" + id.Value);

    public static StreamName Content(ContentId id) => new("content-" + id.Value);

    public static StreamName Window(Day day) => new("window-" + day);

    public static StreamName Settlement(string batch) => new("settlement-" + batch);

    /// <summary>What is seen on a chain.</summary>
    public static StreamName Chain(ulong chainId) => new(string.Create(CultureInfo.InvariantCulture, $"chain-{chainId}"));

    /// <summary>The stream of an account's activity in one window.</summary>
    public static StreamName Activity(Day day, AccountId account) => Activity(day, ShardOf(account));

    /// <summary>One shard of a window's activity.</summary>
    public static StreamName Activity(Day day, int shard) =>
        new(string.Create(CultureInfo.InvariantCulture, $"activity-{day}-{shard:00}"));

    /// <summary>The activity shard of an account: its stable name hash modulo <see cref="ActivityShards"/>.</summary>
    public static int ShardOf(AccountId account) => (int)(NameTable.Hash(Encoding.UTF8.GetBytes(account.Value)) % ActivityShards);

    /// <summary>Takes a name as read from a store or a request.</summary>
    public static StreamName Parse(string value) =>
        string.IsNullOrEmpty(value) || value.Length > 80 ? throw new FormatException("stream-name: 1 to 80 characters") : new StreamName(value);

    /// <inheritdoc/>
    public override string ToString() => _value ?? "(none)";
}
