using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Ledger.Host.Api;

namespace Ledger.Host.Adapters.Video.Jobs;

/// <summary>How far a video is as server-sent events: one whenever it changes, named by the state, until the video is published or refused.</summary>
internal static class VideoProgress
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(250);

    /// <param name="tell">How far it is now.</param>
    /// <param name="cancel">The reader left, or the server stops.</param>
    public static async IAsyncEnumerable<SseItem<string>> FollowAsync(Func<VideoEndpoints.VideoAnswer> tell, [EnumeratorCancellation] CancellationToken cancel)
    {
        for (string told = ""; !cancel.IsCancellationRequested; await Task.Delay(LookEvery, cancel).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing))
        {
            VideoEndpoints.VideoAnswer now = tell();
            string json = JsonSerializer.Serialize(now, ApiJson.Answers);
            if (json != told) yield return new SseItem<string>(told = json, now.State);
            if (now.State is "published" or "refused") yield break;
        }
    }
}
