using Ledger.Core.Payouts;

namespace Ledger.Core.Accounting;

/// <summary>What a window's fold and rules need to know about its payments.</summary>
public sealed class WindowMoney
{
    private readonly HashSet<long> _unfunded = [];
    private readonly List<GiftVote> _gifts = [];

    /// <summary>Positions of events that would have moved tokens and found too little.</summary>
    public IReadOnlySet<long> Unfunded => _unfunded;

    /// <summary>Funded gifts, in log order.</summary>
    public IReadOnlyList<GiftVote> Gifts => _gifts;

    internal void AddUnfunded(long position) => _unfunded.Add(position);

    internal void AddGift(GiftVote gift) => _gifts.Add(gift);
}
