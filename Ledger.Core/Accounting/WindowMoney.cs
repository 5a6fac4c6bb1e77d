using Ledger.Core.Merkle;
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

    internal void WriteTo(CanonicalBuffer bytes)
    {
        bytes.Int32(_unfunded.Count);
        foreach (long position in _unfunded.Order()) bytes.Int64(position);
        bytes.Int32(_gifts.Count);
        foreach (GiftVote gift in _gifts)
        {
            bytes.Int32(gift.Giver);
            bytes.Int32(gift.Creator);
            bytes.Amount(gift.Amount);
        }
    }

    internal static WindowMoney Read(ref CanonicalReader input)
    {
        WindowMoney money = new();
        for (int left = input.Count(); left > 0; left--) money.AddUnfunded(input.Int64());
        for (int left = input.Count(); left > 0; left--) money.AddGift(new GiftVote(input.Int32(), input.Int32(), input.Amount()));
        return money;
    }
}
