using System.Collections.Concurrent;
using Ledger.Core.Identity;
using Ledger.Host.Composition;
using Ledger.Projections.ReadModels;
using Ledger.Projections.ReadModels.Contents;
using Ledger.Projections.ReadModels.Spaces;

namespace Ledger.Host.Adapters.Chat;

/// <summary>What the ledger says of spaces and their videos. Any thread.</summary>
internal sealed class ChatSpaces(LedgerSession session)
{
    private const int RememberedMax = 10_000;

    private readonly ConcurrentDictionary<string, AccountId> _providers = new(StringComparer.Ordinal);

    /// <summary>Who provides a space; null when it was never opened. The first opening stands for ever, so it is asked for once.</summary>
    public AccountId? ProviderOf(SpaceId space)
    {
        if (_providers.TryGetValue(space.Value, out AccountId known)) return known;
        using ViewReader views = session.Views!.Read();
        if (views.Space(space) is not { OpenedAt: not null, Provider: { } provider }) return null;
        if (_providers.Count >= RememberedMax) _providers.Clear();
        return _providers[space.Value] = new AccountId(provider);
    }

    /// <summary>Whether a video was published in a space and is not deleted.</summary>
    public bool Shows(SpaceId space, ContentId content)
    {
        using ViewReader views = session.Views!.Read();
        return views.Content(content) is { PublishedAt: not null, DeletedAt: null, Space: { } at } && at == space.Value;
    }
}
