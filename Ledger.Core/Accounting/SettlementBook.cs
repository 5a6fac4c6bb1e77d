using Ledger.Core.Events;
using Ledger.Core.Identity;
using Ledger.Core.Merkle;
using Ledger.Core.Payouts;
using Ledger.Core.Quantities;
using Ledger.Core.Time;
using Directory = Ledger.Core.Contributions.Directory;

namespace Ledger.Core.Accounting;

/// <summary>How earnings leave the ledger for a chain (specs/settlement.md): what may, what was set aside, what was published and paid.</summary>
/// <remarks>
/// Only final statements count. A token that was spent inside cannot leave, and one that was set aside cannot be spent: a settlement moves
/// it from <c>available</c> to <c>held</c> before any root says so, to <c>bridge:escrow</c> when the root is final, and to
/// <c>chain:settled</c> when the chain has paid it out.
/// </remarks>
public sealed class SettlementBook
{
    private readonly Directory _directory;
    private readonly Balances _balances;
    private readonly Entitlements _entitlements = new();
    private readonly Dictionary<Digest, SettledSums> _sums = [];
    private readonly SortedDictionary<Day, IssuedEarnings> _issued = [];
    private readonly HashSet<string> _names = new(StringComparer.Ordinal);

    internal SettlementBook(Directory directory, Balances balances) => (_directory, _balances) = (directory, balances);

    /// <summary>The latest window whose statement is final, and what it says.</summary>
    public FinalStatement? LatestFinal { get; private set; }

    /// <summary>The settlement that is set aside and not settled yet; only one is at a time.</summary>
    public OpenSettlement? Open { get; private set; }

    /// <summary>The last window that was settled.</summary>
    public Day? LastSettled { get; private set; }

    /// <summary>What a contract was told; an empty one when it was told nothing.</summary>
    public SettledSums SumsOf(ulong chainId, WalletAddress distributor, WalletAddress token) =>
        _sums.TryGetValue(PayeeNames.Domain(chainId, distributor, token), out SettledSums? sums) ? sums : new SettledSums(chainId, distributor, token);

    /// <summary>The leaves that a contract was told of by the last settlement that is settled; none when there is none.</summary>
    public RewardLeaf[] SettledLeaves(ulong chainId, WalletAddress distributor, WalletAddress token)
    {
        SettledSums sums = SumsOf(chainId, distributor, token);
        return Open is { } open && open.Sums.Domain == sums.Domain ? open.PreviousLeaves() : sums.Leaves();
    }

    /// <summary>What would be set aside now.</summary>
    public PlannedSettlement Plan(SettlementPolicy policy, SettledSums sums) => SettlementPlan.Of(policy, sums, _entitlements, _balances);

    /// <summary>Takes a closed window's earnings; they count when its statement is final.</summary>
    internal void Issued(RewardStatement statement, long sealedAt)
    {
        (int[] account, UInt128[] amount) = statement.Earnings();
        _issued[statement.Window] = new IssuedEarnings(account, amount, sealedAt, new FinalStatement(statement.Window, statement.Digest, statement.Source.RulesetHash));
    }

    internal void Finalized(StatementFinalized final)
    {
        if (!_issued.TryGetValue(final.Window, out IssuedEarnings? earnings) || earnings.Statement.Digest != final.StatementDigest) return;
        _issued.Remove(final.Window);
        _entitlements.Link(account => _directory.WalletOf(account, earnings.SealedAt));
        for (int i = 0; i < earnings.Account.Length; i++)
            _entitlements.Add(earnings.Account[i], earnings.Amount[i], _directory.WalletOf(earnings.Account[i], earnings.SealedAt));
        LatestFinal = earnings.Statement;
    }

    /// <summary>The entry that sets aside, or null when the event asks for what cannot be: another window, a name or contract that cannot be, one too many.</summary>
    internal JournalEntry? Reserve(SettlementReserved e, long position)
    {
        bool fits = Open is null && LatestFinal is { } final && final.Window == e.Window && final.RulesetHash == e.RulesetHash
            && (LastSettled is not { } last || last < e.Window);
        if (!fits || _names.Contains(e.Batch)) return null;
        SettledSums sums = SumsOf(e.ChainId, e.Distributor, e.Token);
        PlannedSettlement plan = Plan(SettlementPolicy.Of(e), sums);
        _names.Add(e.Batch);
        _sums.TryAdd(sums.Domain, sums);
        foreach ((int row, UInt128 amount) in plan.Movements) _entitlements.Rows[row].Reserved += amount;
        foreach (PlannedWallet wallet in plan.Chosen) sums.Add(wallet);
        Open = new OpenSettlement(e, position, plan, sums);
        return Entry(position, plan, (account, amount) => [new(JournalAccount.Available(account), -amount), new(JournalAccount.Held(account), amount)], []);
    }

    /// <summary>The entry that gives back what was set aside.</summary>
    internal JournalEntry? Release(SettlementReleased e, long position)
    {
        if (Open is not { } open || open.Reserved.Batch != e.Batch) return null;
        foreach ((int row, UInt128 amount) in open.Plan.Movements) _entitlements.Rows[row].Reserved -= amount;
        foreach (PlannedWallet wallet in open.Plan.Chosen) open.Sums.TakeBack(wallet);
        Open = null;
        return Entry(position, open.Plan, (account, amount) => [new(JournalAccount.Held(account), -amount), new(JournalAccount.Available(account), amount)], []);
    }

    /// <summary>The entry of a settlement whose root is final on the chain.</summary>
    internal JournalEntry? Settle(SettlementSettled e, long position)
    {
        if (Open is not { } open || open.Reserved.Batch != e.Batch) return null;
        LastSettled = open.Reserved.Window;
        Open = null;
        return Entry(position, open.Plan, (account, amount) => [new(JournalAccount.Held(account), -amount)],
            [new(JournalAccount.BridgeEscrow, (Int128)open.Plan.SetAside)]);
    }

    /// <summary>The entry of a payment on the chain, or null when the chain paid what was never published: reconciling says so.</summary>
    internal JournalEntry? Pay(ChainPaid e, long position)
    {
        SettledSums? sums = _sums.Values.FirstOrDefault(s => s.Distributor == e.Distributor && s.ChainId == e.ChainId);
        if (sums is null || _balances.Of(JournalAccount.BridgeEscrow) < e.Amount || !sums.Pay(e.Wallet, e.Amount.BaseUnits, e.Pushed == 0)) return null;
        Int128 amount = (Int128)e.Amount.BaseUnits;
        return new JournalEntry(position, [new(JournalAccount.BridgeEscrow, -amount), new(JournalAccount.ChainSettled, amount)]);
    }

    internal void WriteTo(CanonicalBuffer output)
    {
        _entitlements.WriteTo(output);
        output.Int32(_sums.Count);
        foreach (SettledSums sums in _sums.Values.OrderBy(s => s.Domain)) sums.WriteTo(output);
        output.Int32(_issued.Count);
        foreach (IssuedEarnings earnings in _issued.Values) earnings.WriteTo(output);
        output.Int32(_names.Count);
        foreach (string name in _names.Order(StringComparer.Ordinal)) output.Text(name);
        output.Byte(LatestFinal is null ? (byte)0 : (byte)1);
        LatestFinal?.WriteTo(output);
        output.Int32(LastSettled?.Number ?? -1);
        output.Byte(Open is null ? (byte)0 : (byte)1);
        if (Open is not { } open) return;
        output.Text(open.Reserved.Batch);
        output.Day(open.Reserved.Window);
        output.UInt64(open.Reserved.ChainId);
        output.Wallet(open.Reserved.Distributor);
        output.Wallet(open.Reserved.Token);
        output.Digest(open.Reserved.RulesetHash);
        output.Amount(open.Reserved.WaitBelow.BaseUnits);
        output.Amount(open.Reserved.PushFrom.BaseUnits);
        output.UInt64(open.Reserved.ClaimGas);
        output.UInt64(open.Reserved.PushGas);
        output.Int64(open.Position);
        open.Plan.WriteTo(output);
    }

    internal void Restore(ref CanonicalReader input)
    {
        _entitlements.Restore(ref input);
        for (int left = input.Count(); left > 0; left--)
        {
            SettledSums sums = SettledSums.Read(ref input);
            _sums.Add(sums.Domain, sums);
        }

        for (int left = input.Count(); left > 0; left--)
        {
            IssuedEarnings earnings = IssuedEarnings.Read(ref input);
            _issued.Add(earnings.Statement.Window, earnings);
        }

        for (int left = input.Count(); left > 0; left--) _names.Add(input.Text());
        if (input.Byte() == 1) LatestFinal = FinalStatement.Read(ref input);
        int last = input.Int32();
        LastSettled = last < 0 ? null : Day.FromNumber(last);
        if (input.Byte() == 0) return;
        SettlementReserved reserved = new(
            input.Text(), input.Day(), input.UInt64(), input.Wallet(), input.Wallet(), input.Digest(),
            TokenAmount.FromBaseUnits(input.Amount()), TokenAmount.FromBaseUnits(input.Amount()), (uint)input.UInt64(), (uint)input.UInt64());
        Open = new OpenSettlement(reserved, input.Int64(), PlannedSettlement.Read(ref input), SumsOf(reserved.ChainId, reserved.Distributor, reserved.Token));
    }

    private JournalEntry Entry(long position, PlannedSettlement plan, Func<int, Int128, Posting[]> ofAccount, ReadOnlySpan<Posting> last)
    {
        List<Posting> postings = new((plan.Movements.Count * 2) + last.Length);
        foreach ((int row, UInt128 amount) in plan.Movements) postings.AddRange(ofAccount(_entitlements.Rows[row].Account, (Int128)amount));
        foreach (Posting posting in last)
        {
            if (posting.Amount != 0) postings.Add(posting);
        }

        return new JournalEntry(position, [.. postings]);
    }

    private sealed record IssuedEarnings(int[] Account, UInt128[] Amount, long SealedAt, FinalStatement Statement)
    {
        internal void WriteTo(CanonicalBuffer output)
        {
            output.Int32(Account.Length);
            for (int i = 0; i < Account.Length; i++)
            {
                output.Int32(Account[i]);
                output.Amount(Amount[i]);
            }

            output.Int64(SealedAt);
            Statement.WriteTo(output);
        }

        internal static IssuedEarnings Read(ref CanonicalReader input)
        {
            int[] account = new int[input.Count()];
            UInt128[] amount = new UInt128[account.Length];
            for (int i = 0; i < account.Length; i++) (account[i], amount[i]) = (input.Int32(), input.Amount());
            return new IssuedEarnings(account, amount, input.Int64(), FinalStatement.Read(ref input));
        }
    }
}

/// <summary>A statement that is final.</summary>
/// <param name="Window">Its window.</param>
/// <param name="Digest">SHA-256 over its canonical bytes.</param>
/// <param name="RulesetHash">The ruleset it was computed under.</param>
public sealed record FinalStatement(Day Window, Digest Digest, Digest RulesetHash)
{
    internal void WriteTo(CanonicalBuffer output)
    {
        output.Day(Window);
        output.Digest(Digest);
        output.Digest(RulesetHash);
    }

    internal static FinalStatement Read(ref CanonicalReader input) => new(input.Day(), input.Digest(), input.Digest());
}
