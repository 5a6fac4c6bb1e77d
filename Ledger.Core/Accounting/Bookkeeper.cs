using System.Buffers;
using Ledger.Core.Events;
using Ledger.Core.Identity;
using Ledger.Core.Merkle;
using Ledger.Core.Payouts;
using Ledger.Core.Quantities;
using Ledger.Core.Rulesets;
using Ledger.Core.Time;
using Directory = Ledger.Core.Contributions.Directory;

namespace Ledger.Core.Accounting;

/// <summary>Turns events into journal entries, in log order (reward rules R6 and R8): the one place where tokens move.</summary>
/// <remarks>
/// A payment moves when both sides can take part and the payer holds enough, whatever its points come to: caps, repeats and damping are
/// about rewards, not about money. The directory must have taken every event up to the one given here.
/// </remarks>
/// <param name="directory">Accounts, spaces, videos.</param>
/// <param name="rulesetOf">The ruleset of a window.</param>
public sealed class Bookkeeper(Directory directory, Func<Day, Ruleset> rulesetOf)
{
    private readonly Payments _payments = new(directory);
    private readonly PromoterCredits _promoters = new();
    private readonly Dictionary<Day, WindowMoney> _windows = [];
    private readonly Dictionary<EventId, (int Tipper, Day Window, JournalEntry Entry)> _tips = [];
    private readonly HashSet<Day> _open = [];
    private SettlementBook? _settlements;
    private readonly SortedDictionary<Day, (UInt128 TopUps, UInt128 Buyback)> _sealed = [];

    /// <summary>Every balance now.</summary>
    public Balances Balances { get; } = new();

    /// <summary>Broadcast minutes bought and used.</summary>
    public BandwidthMinutes Bandwidth { get; } = new();

    /// <summary>What leaves for a chain.</summary>
    public SettlementBook Settlements => _settlements ??= new SettlementBook(directory, Balances);

    /// <summary>F: what the incentive fund holds now.</summary>
    public TokenAmount Fund => Balances.Of(JournalAccount.IncentiveFund);

    /// <summary>What a window's fold and rules need of its payments so far.</summary>
    public WindowMoney Of(Day window) => _windows.TryGetValue(window, out WindowMoney? money) ? money : new WindowMoney();

    /// <summary>What others added to the pool of a sealed window: all that stood ready at its seal and no earlier seal had taken.</summary>
    public TokenAmount TopUps(Day window)
    {
        (UInt128 topUps, UInt128 buyback) = _sealed[window];
        return TokenAmount.FromBaseUnits(topUps + buyback);
    }

    /// <summary>Takes the next event of the log. <see cref="WindowClosed"/> is not taken here but by <see cref="Close"/>.</summary>
    public MoneyOutcome Apply(RecordedEvent e)
    {
        Day window = e.Event.Window;
        switch (e.Payload)
        {
            case GenesisAllocated genesis: return Genesis(e.Position, genesis);
            case AllocationReleased release: return Release(e, release);
            case PoolToppedUp topUp:
                return JournalAccount.Allocation(topUp.Allocation) is { } giver ? Move(e, giver, topUp.Amount, [(JournalAccount.TopUps, topUp.Amount)]) : Void;
            case AdRevenueReceived revenue:
                TokenAmount bought = rulesetOf(window).Ads.Buyback.Of(revenue.Amount);
                return Move(e, JournalAccount.TokenSale, bought, [(JournalAccount.AdsBuyback, bought)]);
            case Tipped tip: return Tip(e, tip);
            case TipRefunded refund: return Refund(e, refund);
            case GiftSent gift: return Gift(e, gift);
            case ContentPurchased purchase:
                return _payments.ToOwner(purchase, e.Position) is { } owner ? Pay(e, owner, purchase.Amount, rulesetOf(window).Fees.Content) : Void;
            case AppPurchased purchase: return BuyInApp(e, purchase);
            case BandwidthPurchased purchase: return BuyBandwidth(e, purchase);
            case ShareVisited visit:
                if (_payments.Visit(visit, e.Position) is not { } brought) return Void;
                _promoters.Credit(window, brought.Visitor, brought.Space, brought.Sharer);
                return default;
            case PromoterShareSet share:
                _promoters.SetShare(directory.Names.Intern(share.Space.Value), e.Position, share.ShareBps);
                return default;
            case WindowOpened opened:
                _open.Add(opened.Window);
                _promoters.Opened(opened.Window, e.Position);
                return default;
            case WindowSealed seal:
                // The seal of a window that is not open, or is closed already, must not hold the fund.
                if (_open.Contains(seal.Window)) Seal(seal.Window);
                return default;
            case StatementFinalized final:
                Settlements.Finalized(final);
                return default;
            case SettlementReserved reserved: return PostIfAny(Settlements.Reserve(reserved, e.Position));
            case SettlementReleased released: return PostIfAny(Settlements.Release(released, e.Position));
            case SettlementSettled settled: return PostIfAny(Settlements.Settle(settled, e.Position));
            case ChainPaid paid: return PostIfAny(Settlements.Pay(paid, e.Position));
            default: return default;
        }
    }

    /// <summary>The entries of a sealed window's close: pool funding, payouts, returns. Computed before the close has a position; posts nothing.</summary>
    public IReadOnlyList<JournalEntry> EntriesOf(Day window, WindowResult result, long position)
    {
        (UInt128 topUps, UInt128 buyback) = _sealed[window];
        return CloseEntries.Of(window, result, TokenAmount.FromBaseUnits(topUps), TokenAmount.FromBaseUnits(buyback), position);
    }

    /// <summary>SHA-256 over the entries of a close.</summary>
    public Digest JournalDigest(IEnumerable<JournalEntry> entries) => JournalEntry.DigestOf(entries, directory.Names);

    /// <summary>Posts a close at its event's position and drops what only the window needed. Tips of the window can no longer be refunded.</summary>
    /// <returns>The trial balance, which is right or this throws.</returns>
    public TrialBalance Close(Day window, IEnumerable<JournalEntry> entries, Contributions.ContributionSheet sheet)
    {
        foreach (JournalEntry entry in entries) Balances.Post(entry);
        _sealed.Remove(window);
        _open.Remove(window);
        _windows.Remove(window);
        _promoters.Forget(window);
        foreach (EventId tip in _tips.Where(t => t.Value.Window == window).Select(t => t.Key).ToArray()) _tips.Remove(tip);
        Bandwidth.Use(sheet);
        return Balances.Trial().Require();
    }

    /// <summary>Takes the statement of a closed window: its earnings may leave for a chain when it is final.</summary>
    public void Issued(RewardStatement statement, long sealedAt) => Settlements.Issued(statement, sealedAt);

    /// <summary>Appends everything it knows, ids as ordinals.</summary>
    public void WriteTo(IBufferWriter<byte> output)
    {
        using CanonicalBuffer bytes = new(output);
        Balances.WriteTo(bytes);
        Bandwidth.WriteTo(bytes);
        _promoters.WriteTo(bytes);
        bytes.Int32(_windows.Count);
        foreach ((Day window, WindowMoney money) in _windows.OrderBy(w => w.Key))
        {
            bytes.Day(window);
            money.WriteTo(bytes);
        }

        bytes.Int32(_tips.Count);
        foreach ((EventId id, (int tipper, Day window, JournalEntry entry)) in _tips.OrderBy(t => t.Value.Entry.Position))
        {
            bytes.Event(id);
            bytes.Int32(tipper);
            bytes.Day(window);
            entry.WriteTo(bytes);
        }

        bytes.Int32(_open.Count);
        foreach (Day window in _open.Order()) bytes.Day(window);
        bytes.Int32(_sealed.Count);
        foreach ((Day window, (UInt128 topUps, UInt128 buyback)) in _sealed)
        {
            bytes.Day(window);
            bytes.Amount(topUps);
            bytes.Amount(buyback);
        }

        Settlements.WriteTo(bytes);
        bytes.Finish();
    }

    /// <summary>Takes back what <see cref="WriteTo"/> wrote, into one that has taken no event.</summary>
    /// <exception cref="FormatException"><c>state-damaged</c>.</exception>
    /// <exception cref="InvalidOperationException"><c>trial-balance</c>: the books do not balance.</exception>
    public void Restore(ReadOnlySpan<byte> bytes)
    {
        CanonicalReader input = new(bytes);
        Balances.Restore(ref input, directory.Names);
        Bandwidth.Restore(ref input);
        _promoters.Restore(ref input);
        for (int left = input.Count(); left > 0; left--) _windows.Add(input.Day(), WindowMoney.Read(ref input));
        for (int left = input.Count(); left > 0; left--) _tips.Add(input.Event(), (input.Int32(), input.Day(), JournalEntry.Read(ref input)));
        for (int left = input.Count(); left > 0; left--) _open.Add(input.Day());
        for (int left = input.Count(); left > 0; left--) _sealed.Add(input.Day(), (input.Amount(), input.Amount()));
        Settlements.Restore(ref input);
        input.RequireEnd();
        Balances.Trial().Require();
    }

    private static MoneyOutcome Void => new(MoneyVerdict.Void, null);

    private MoneyOutcome PostIfAny(JournalEntry? entry) => entry is null ? Void : Post(entry);

    private MoneyOutcome Genesis(long position, GenesisAllocated g)
    {
        // The supply is created once; a second genesis changes nothing.
        if (Balances.Trial().Supply != TokenAmount.Zero) return Void;
        TokenAmount supply = g.TokenSale + g.Reserve + g.IncentiveFund + g.FoundingTeam + g.SocialCommunity;
        return Post(new JournalEntry(position,
        [
            new Posting(JournalAccount.SupplyIssued, -(Int128)supply.BaseUnits),
            new Posting(JournalAccount.TokenSale, (Int128)g.TokenSale.BaseUnits),
            new Posting(new JournalAccount(JournalAccountKind.Reserve, 0), (Int128)g.Reserve.BaseUnits),
            new Posting(JournalAccount.IncentiveFund, (Int128)g.IncentiveFund.BaseUnits),
            new Posting(new JournalAccount(JournalAccountKind.FoundingTeam, 0), (Int128)g.FoundingTeam.BaseUnits),
            new Posting(new JournalAccount(JournalAccountKind.SocialCommunity, 0), (Int128)g.SocialCommunity.BaseUnits),
        ]));
    }

    private MoneyOutcome Release(RecordedEvent e, AllocationReleased release)
    {
        int account = directory.Names.Intern(release.Account.Value);
        return JournalAccount.Allocation(release.Allocation) is { } from && _payments.CanTakePart(account, e.Position)
            ? Move(e, from, release.Amount, [(JournalAccount.Available(account), release.Amount)])
            : Void;
    }

    private MoneyOutcome Tip(RecordedEvent e, Tipped tip)
    {
        if (_payments.ToProvider(tip.Account, tip.Space, e.Position) is not { } parties) return Void;
        MoneyOutcome outcome = Pay(e, parties, tip.Amount, rulesetOf(e.Event.Window).Fees.Tip);
        if (outcome.Entry is { } entry) _tips[e.Event.Id] = (parties.Payer, e.Event.Window, entry);
        return outcome;
    }

    /// <summary>Takes back exactly what the tip posted, from everybody who got a part; when one of them no longer holds it, nothing moves.</summary>
    private MoneyOutcome Refund(RecordedEvent e, TipRefunded refund)
    {
        int tipper = directory.Names.Intern(refund.Account.Value);
        if (!_tips.TryGetValue(refund.Tip, out (int Tipper, Day Window, JournalEntry Entry) tip) || tip.Tipper != tipper) return Void;
        foreach (Posting posting in tip.Entry.Postings)
        {
            if (posting.Amount > 0 && Balances.Of(posting.Account).BaseUnits < (UInt128)posting.Amount) return Unfunded(e);
        }

        _tips.Remove(refund.Tip);
        return Post(new JournalEntry(e.Position, Array.ConvertAll(tip.Entry.Postings, p => p with { Amount = -p.Amount })));
    }

    private MoneyOutcome Gift(RecordedEvent e, GiftSent gift)
    {
        if (_payments.ToProvider(gift.Account, gift.Space, e.Position) is not { } parties) return Void;
        MoneyOutcome outcome = Pay(e, parties, gift.Amount, rulesetOf(e.Event.Window).Fees.Gift);
        if (outcome.Verdict == MoneyVerdict.Moved) At(e.Event.Window).AddGift(new GiftVote(parties.Payer, parties.Payee, gift.Amount.BaseUnits));
        return outcome;
    }

    private MoneyOutcome BuyInApp(RecordedEvent e, AppPurchased purchase)
    {
        int payer = directory.Names.Intern(purchase.Account.Value);
        if (!_payments.CanTakePart(payer, e.Position)) return Void;
        TokenAmount fee = rulesetOf(e.Event.Window).Fees.App.Of(purchase.Amount);
        JournalAccount app = JournalAccount.App(directory.Names.Intern(purchase.App.Value));
        return Move(e, JournalAccount.Available(payer), purchase.Amount, [(JournalAccount.PlatformRevenue, fee), (app, purchase.Amount - fee)]);
    }

    private MoneyOutcome BuyBandwidth(RecordedEvent e, BandwidthPurchased purchase)
    {
        int payer = directory.Names.Intern(purchase.Account.Value);
        if (!_payments.CanTakePart(payer, e.Position)) return Void;
        MoneyOutcome outcome = Move(e, JournalAccount.Available(payer), purchase.Amount, [(JournalAccount.PlatformRevenue, purchase.Amount)]);
        if (outcome.Verdict == MoneyVerdict.Moved) Bandwidth.Buy(payer, e.Position, purchase.Minutes);
        return outcome;
    }

    /// <summary>The fee to the platform, the promoter's part of the rest to whoever brought the payer, the remainder to the payee; each part rounded down.</summary>
    private MoneyOutcome Pay(RecordedEvent e, Parties parties, TokenAmount amount, BasisPoints fee)
    {
        Day window = e.Event.Window;
        TokenAmount platform = fee.Of(amount);
        TokenAmount rest = amount - platform;
        if (_promoters.SharerOf(window, parties.Payer, parties.Space) is not { } sharer)
            return Move(e, JournalAccount.Available(parties.Payer), amount, [(JournalAccount.PlatformRevenue, platform), (JournalAccount.Available(parties.Payee), rest)]);
        TokenAmount promoted = rulesetOf(window).Promoter.Share(_promoters.ShareBps(window, parties.Space)).Of(rest);
        return Move(e, JournalAccount.Available(parties.Payer), amount,
            [(JournalAccount.PlatformRevenue, platform), (JournalAccount.Available(sharer), promoted), (JournalAccount.Available(parties.Payee), rest - promoted)]);
    }

    private MoneyOutcome Move(RecordedEvent e, JournalAccount from, TokenAmount amount, ReadOnlySpan<(JournalAccount To, TokenAmount Amount)> parts)
    {
        // A pool is drawn from the fund as it stood at the seal, so until the close nobody else may take from it.
        bool frozen = from == JournalAccount.IncentiveFund && _sealed.Count > 0;
        if (frozen || Balances.Of(from) < amount) return Unfunded(e);
        List<Posting> postings = [new Posting(from, -(Int128)amount.BaseUnits)];
        foreach ((JournalAccount to, TokenAmount part) in parts)
        {
            if (!part.IsZero) postings.Add(new Posting(to, (Int128)part.BaseUnits));
        }

        return Post(new JournalEntry(e.Position, [.. postings]));
    }

    private MoneyOutcome Post(JournalEntry entry)
    {
        Balances.Post(entry);
        return new MoneyOutcome(MoneyVerdict.Moved, entry);
    }

    private MoneyOutcome Unfunded(RecordedEvent e)
    {
        At(e.Event.Window).AddUnfunded(e.Position);
        return new MoneyOutcome(MoneyVerdict.Unfunded, null);
    }

    private void Seal(Day window)
    {
        UInt128 topUps = Balances.Of(JournalAccount.TopUps).BaseUnits, buyback = Balances.Of(JournalAccount.AdsBuyback).BaseUnits;
        foreach ((UInt128 TopUps, UInt128 Buyback) taken in _sealed.Values)
        {
            topUps -= taken.TopUps;
            buyback -= taken.Buyback;
        }

        _sealed.TryAdd(window, (topUps, buyback));
    }

    private WindowMoney At(Day window)
    {
        if (!_windows.TryGetValue(window, out WindowMoney? money)) _windows.Add(window, money = new WindowMoney());
        return money;
    }
}
