using System.Text.Json;
using Ledger.Core.Events;
using Ledger.Core.Identity;
using Ledger.Host.Adapters.Watching;

namespace Ledger.Tests.Adapters.Watching;

/// <summary>A heartbeat as it came.</summary>
/// <param name="AtMs">When, by the ledger's clock.</param>
/// <param name="View">Which view.</param>
/// <param name="Account">Whose.</param>
/// <param name="Content">Of what.</param>
/// <param name="LengthSeconds">How long that is.</param>
/// <param name="State">What the player said; null is no heartbeat but a look at the clock.</param>
internal sealed record RawBeat(long AtMs, int View, string Account, string Content, uint LengthSeconds, PlayerState? State)
{
    public ViewToken Token => new(new EventId((ulong)View + 1), 0, WatchReplay.ExpiresMs, LengthSeconds, new AccountId(Account), new ContentId(Content));
}

/// <summary>Plays recorded heartbeats to a book: what an adapter would have stated.</summary>
internal static class WatchReplay
{
    /// <summary>When all tokens end.</summary>
    public const long ExpiresMs = 100_000_000;

    /// <summary>The beats of a file, a JSON object a line.</summary>
    public static IEnumerable<RawBeat> Read(string path) => File.ReadLines(path).Where(l => l.StartsWith('{')).Select(line =>
    {
        JsonElement beat = JsonDocument.Parse(line).RootElement;
        return new RawBeat(
            beat.GetProperty("atMs").GetInt64(), beat.GetProperty("view").GetInt32(), beat.GetProperty("account").GetString()!, beat.GetProperty("content").GetString()!,
            beat.GetProperty("lengthSeconds").GetUInt32(), Enum.Parse<PlayerState>(beat.GetProperty("state").GetString()!, ignoreCase: true));
    });

    /// <summary>What is stated by the end, in the order of the views' numbers. At some beats the book is put down and taken up again, as a restart does.</summary>
    public static IReadOnlyList<SubmittedEvent> Events(IEnumerable<RawBeat> beats, Func<int, bool>? restartsAfter = null)
    {
        WatchBook book = new();
        Dictionary<EventId, WatchedView> views = [];
        int at = 0;
        foreach (RawBeat beat in beats)
        {
            if (beat.State is { } state && book.Beat(beat.Token, beat.AtMs, state) is { } view) views[view.Token.View] = view;
            else if (beat.State is null) book.Sweep(beat.AtMs);
            if (restartsAfter?.Invoke(at++) == true) (book, views) = Restart(views);
        }

        book.Sweep(ExpiresMs);
        return [.. views.OrderBy(v => v.Key).Select(v => v.Value.Event).OfType<SubmittedEvent>()];
    }

    private static (WatchBook Book, Dictionary<EventId, WatchedView> Views) Restart(Dictionary<EventId, WatchedView> views)
    {
        WatchBook book = new();
        Dictionary<EventId, WatchedView> again = [];
        foreach (WatchedView v in views.Values)
        {
            WatchedView restored = new(v.Token) { LastMs = v.LastMs, WatchedMs = v.WatchedMs, IsPlaying = v.IsPlaying, Stage = v.Stage };
            book.Restore(restored);
            again.Add(v.Token.View, restored);
        }

        return (book, again);
    }
}
