using Ledger.Host.Adapters.Chat;
using Ledger.Host.Adapters.Livestream;
using Ledger.Host.Adapters.Shares;
using Ledger.Host.Adapters.Video;
using Ledger.Host.Adapters.Watching;

namespace Ledger.Host.Adapters;

/// <summary>Every adapter of this build, a line each.</summary>
internal static class AdapterKinds
{
    public static IReadOnlyList<AdapterKind> All { get; } =
    [
        AdapterKind.Of<LivestreamSettings>("livestream", (settings, context) => new LivestreamAdapter(settings, context)),
        ChatAdapter.Kind,
        SharesAdapter.Kind,
        VideoAdapter.Kind,
        WatchingAdapter.Kind,
    ];
}
