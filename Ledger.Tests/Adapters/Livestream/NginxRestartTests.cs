using Ledger.Core.Events;
using Ledger.Host.Adapters.Livestream;
using Ledger.Tests.Support;
using Xunit;

namespace Ledger.Tests.Adapters.Livestream;

/// <summary>Guaranteed of the real nginx-rtmp: killed amid a broadcast and started again, it neither makes a minute nor doubles one, and the broadcaster who comes back goes on with the same broadcast.</summary>
[TakesMinutes]
public sealed class NginxRestartTests : NginxLive
{
    [PartFact("nginx", "ffmpeg")]
    public async Task A_media_server_killed_amid_a_broadcast_makes_and_doubles_no_minute()
    {
        string ffmpeg = MachineParts.Require("ffmpeg");
        string key = await OpenAsync("ann", minutes: 60);
        MediaProgram nginx = await NginxAsync();
        MediaProgram broadcast = Run(MediaProgram.Broadcast(ffmpeg, Address("ann", $"key={key}"), 300));
        await Until.HoldsAsync("a minute is recorded", () => Recorded().Length > 0);
        nginx.Dispose();
        Assert.NotEqual(0, await broadcast.EndedAsync(CancellationToken.None));

        await NginxAsync(); // within the grace
        int before = Recorded().Length;
        Run(MediaProgram.Broadcast(ffmpeg, Address("ann", $"key={key}"), 300));
        await Until.HoldsAsync("another minute is recorded", () => Recorded().Length > before);

        (string Space, long Minute)[] recorded = Recorded(), seen = SeenByStat();
        Assert.Equal(recorded.Distinct(), recorded);
        Assert.Subset(seen.ToHashSet(), recorded.ToHashSet());
        Assert.Empty(seen.Where(s => s.Minute < recorded[^1].Minute).Except(recorded));
        Assert.Single(Logged<BroadcastStarted>());
    }
}
