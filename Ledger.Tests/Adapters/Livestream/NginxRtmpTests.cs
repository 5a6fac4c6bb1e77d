using System.Diagnostics;
using Ledger.Core.Events;
using Ledger.Core.Identity;
using Ledger.Core.Quantities;
using Ledger.Host.Adapters.Livestream;
using Ledger.Tests.Support;
using Xunit;

namespace Ledger.Tests.Adapters.Livestream;

/// <summary>
/// Guaranteed of the real thing, nginx-rtmp and ffmpeg: the minutes in the log are those in which nginx's counters moved, a broadcaster without bandwidth
/// does not get in, one whose bandwidth ends is put out, and viewers can play. It takes four minutes, because minutes do.
/// </summary>
[TakesMinutes]
public sealed class NginxRtmpTests : NginxLive
{
    private const int Seconds = 240;

    [PartFact("nginx", "ffmpeg", "ffprobe")]
    public async Task The_minutes_of_three_broadcasters_are_those_that_the_counters_saw()
    {
        string ffmpeg = MachineParts.Require("ffmpeg");
        await NginxAsync();
        string ann = await OpenAsync("ann", minutes: 60), bob = await OpenAsync("bob", minutes: 60), carl = await OpenAsync("carl", minutes: 0);

        MediaProgram live = Run(MediaProgram.Broadcast(ffmpeg, Address("ann", $"key={ann}"), Seconds));
        MediaProgram killed = Run(MediaProgram.Broadcast(ffmpeg, Address("bob", $"key={bob}"), Seconds));
        MediaProgram refused = Run(MediaProgram.Broadcast(ffmpeg, Address("carl", $"key={carl}"), Seconds));
        Assert.NotEqual(0, await refused.EndedAsync(CancellationToken.None));

        // Bandwidth for one minute: let in, and put out in the next.
        await StateAsync(new BandwidthPurchased(new AccountId("carl"), 1, TokenAmount.FromWe(1)));
        await Task.Delay(1_000); // views follow the log
        MediaProgram ended = Run(MediaProgram.Broadcast(ffmpeg, Address("carl", $"key={carl}"), Seconds));
        string ticket = await TicketAsync("ann", "vera");
        Run(MediaProgram.Watch(ffmpeg, Address("ann", $"ticket={ticket}"), 100));
        await Until.HoldsAsync("HLS plays", async () => (await ProbeAsync($"{Http}/hls/ann.m3u8")).Contains("codec_name=h264", StringComparison.Ordinal));

        await Task.Delay(TimeSpan.FromSeconds(80));
        killed.Dispose();
        long killedAt = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds() / 60_000;
        Assert.NotEqual(0, await ended.EndedAsync(new CancellationTokenSource(TimeSpan.FromSeconds(120)).Token));
        Assert.Equal(0, await live.EndedAsync(CancellationToken.None));
        await Until.HoldsAsync("the recordings are videos", () => Logged<VideoPublished>().Count == 3);

        (string Space, long Minute)[] recorded = Recorded();
        Assert.Equal(SeenByStat(), recorded);
        Assert.InRange(recorded.Count(m => m.Space == "ann"), 4, 5);
        Assert.InRange(recorded.Count(m => m.Space == "bob"), 2, 3);
        Assert.DoesNotContain(recorded, m => m.Space == "bob" && m.Minute > killedAt);
        Assert.Single(recorded, m => m.Space == "carl");
        Assert.Equal(["vera"], Logged<PresenceMinute>().Select(p => p.Account.Value).Distinct());
        Assert.All(Logged<VideoPublished>(), v => Assert.Equal(v.Space.Value, v.Account.Value));
        Assert.All(Logged<VideoPublished>(), v => Assert.NotNull(v.Cid));
        VideoPublished video = Logged<VideoPublished>().Single(v => v.Space.Value == "ann");
        Assert.InRange(video.DurationSeconds, (uint)Seconds - 20, (uint)Seconds + 10);
        Assert.Contains("codec_name=h264", await ProbeAsync(Path.Combine(Api.Data, "adapters", "video", "videos", EventId.Derive("video", video.Content.Value).ToString(), "master.m3u8")), StringComparison.Ordinal);
        Assert.Empty(Logged<BroadcastDisputed>());
    }

    private static async Task<string> ProbeAsync(string address)
    {
        using Process probe = Process.Start(new ProcessStartInfo(MachineParts.Require("ffprobe"), ["-v", "error", "-show_entries", "stream=codec_name", "-i", address]) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true })!;
        Task<string> error = probe.StandardError.ReadToEndAsync();
        string answer = await probe.StandardOutput.ReadToEndAsync();
        await probe.WaitForExitAsync();
        return answer + await error;
    }
}
