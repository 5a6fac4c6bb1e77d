using Ledger.Core.Time;

namespace Ledger.Tests.Support;

/// <summary>A clock that stands where a test puts it.</summary>
public sealed class ManualClock : TimeProvider
{
    public ManualClock(string now) => Set(now);

    public UnixMs Now { get; set; }

    public void Set(string now) => Now = UnixMs.TryParse(now, out UnixMs parsed) ? parsed : throw new FormatException(now);

    /// <summary>Timestamps stand still with the clock.</summary>
    public override long TimestampFrequency => 1_000;

    public override long GetTimestamp() => Now.Value;

    public override DateTimeOffset GetUtcNow() => DateTimeOffset.FromUnixTimeMilliseconds(Now.Value);
}
