using Ledger.Core.Time;

namespace Ledger.Host.Cli;

/// <summary>The demo's time: it stands at the end of the day that is being lived, so that a run does not depend on when it is run.</summary>
internal sealed class DemoClock : TimeProvider
{
    private UnixMs _now;

    public void Set(UnixMs now) => _now = now;

    /// <inheritdoc/>
    public override DateTimeOffset GetUtcNow() => DateTimeOffset.FromUnixTimeMilliseconds(_now.Value);
}
