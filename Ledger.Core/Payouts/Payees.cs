using System.Buffers.Binary;
using Ledger.Core.Identity;
using Ledger.Core.Merkle;
using Ledger.Core.Quantities;
using Ledger.Core.Rulesets;

namespace Ledger.Core.Payouts;

/// <summary>How payees and domains are named in the reward tree (specs/rules.md, R9).</summary>
public static class PayeeNames
{
    private const int WordBytes = 32;
    private const int AddressOffset = 12;

    private static ReadOnlySpan<byte> AccountTag => "weledger:account:"u8;

    /// <summary>A wallet as a payee: its address, left-padded to 32 bytes.</summary>
    public static Digest Of(WalletAddress wallet)
    {
        Span<byte> word = stackalloc byte[WordBytes];
        word.Clear();
        wallet.WriteTo(word[AddressOffset..]);
        return Digest.FromBytes(word);
    }

    /// <summary>An account without a wallet as a payee: keccak256("weledger:account:" ‖ id). Nobody can claim for it on a chain.</summary>
    public static Digest OfAccount(ReadOnlySpan<byte> idUtf8)
    {
        Span<byte> message = stackalloc byte[AccountTag.Length + IdText.BytesMax];
        AccountTag.CopyTo(message);
        idUtf8.CopyTo(message[AccountTag.Length..]);
        return Keccak256.Hash(message[..(AccountTag.Length + idUtf8.Length)]);
    }

    /// <summary>keccak256(abi.encode(uint256 chainId, address distributor, address token)).</summary>
    public static Digest Domain(SettlementRules settlement) => Domain(settlement.ChainId, settlement.Distributor, settlement.Token);

    /// <inheritdoc cref="Domain(SettlementRules)"/>
    public static Digest Domain(ulong chainId, WalletAddress distributor, WalletAddress token)
    {
        Span<byte> encoded = stackalloc byte[3 * WordBytes];
        encoded.Clear();
        BinaryPrimitives.WriteUInt64BigEndian(encoded[(WordBytes - 8)..], chainId);
        distributor.WriteTo(encoded[(WordBytes + AddressOffset)..]);
        token.WriteTo(encoded[((2 * WordBytes) + AddressOffset)..]);
        return Keccak256.Hash(encoded);
    }
}

/// <summary>What an account without a wallet has earned.</summary>
/// <param name="Account">Who, as an ordinal.</param>
/// <param name="Payee">Its name in the reward tree.</param>
/// <param name="Cumulative">Everything it ever earned, base units.</param>
public readonly record struct UnlinkedPayee(int Account, Digest Payee, UInt128 Cumulative);

/// <summary>What a wallet has been earned for.</summary>
/// <param name="Wallet">Which.</param>
/// <param name="Cumulative">Everything ever earned by accounts while they were linked to it, base units. Never falls.</param>
public readonly record struct WalletPayee(WalletAddress Wallet, UInt128 Cumulative)
{
    /// <summary>Sorts by the first eight bytes as one integer, then the few that tie by the whole address.</summary>
    internal static WalletPayee[] Sorted(Span<WalletPayee> rows)
    {
        ulong[] prefixes = new ulong[rows.Length];
        for (int i = 0; i < prefixes.Length; i++) prefixes[i] = (ulong)(rows[i].Wallet.High16 >> 64);
        WalletPayee[] sorted = rows.ToArray();
        Array.Sort(prefixes, sorted);
        for (int start = 0; start < sorted.Length;)
        {
            int end = start + 1;
            while (end < sorted.Length && prefixes[end] == prefixes[start]) end++;
            if (end - start > 1) sorted.AsSpan(start..end).Sort((a, b) => Compare(a.Wallet, b.Wallet));
            start = end;
        }

        return sorted;
    }

    internal static int Compare(WalletAddress a, WalletAddress b) =>
        a.High16 != b.High16 ? a.High16.CompareTo(b.High16) : a.Low4.CompareTo(b.Low4);
}

/// <summary>Everything ever earned, by who may claim it.</summary>
/// <remarks>
/// Earnings go to the wallet an account is linked to at the close. What it earned before it had one waits under its own name and moves,
/// once, to the first wallet. A later wallet starts its own sum; the earlier one keeps what it has, so nothing can be claimed twice.
/// Unlinked rows stand by id bytes, wallets by address.
/// </remarks>
public sealed class Payees(UnlinkedPayee[] unlinked, WalletPayee[] wallets)
{
    public static Payees Empty { get; } = new([], []);

    public ReadOnlySpan<UnlinkedPayee> Unlinked => unlinked;

    public ReadOnlySpan<WalletPayee> Wallets => wallets;

    /// <summary>Leaves of the reward tree.</summary>
    public int Count => unlinked.Length + wallets.Length;

    /// <summary>Sum over all payees: everything ever paid.</summary>
    public TokenAmount Total()
    {
        UInt128 total = 0;
        foreach (UnlinkedPayee row in unlinked) total += row.Cumulative;
        foreach (WalletPayee row in wallets) total += row.Cumulative;
        return TokenAmount.FromBaseUnits(total);
    }

    /// <summary>The leaves: unlinked accounts, then wallets.</summary>
    public RewardLeaf[] Leaves(Digest domain)
    {
        RewardLeaf[] leaves = new RewardLeaf[Count];
        for (int i = 0; i < unlinked.Length; i++) leaves[i] = new RewardLeaf(domain, unlinked[i].Payee, TokenAmount.FromBaseUnits(unlinked[i].Cumulative));
        for (int i = 0; i < wallets.Length; i++)
            leaves[unlinked.Length + i] = new RewardLeaf(domain, PayeeNames.Of(wallets[i].Wallet), TokenAmount.FromBaseUnits(wallets[i].Cumulative));
        return leaves;
    }

    /// <summary>Adds a window's earnings.</summary>
    /// <param name="account">Earning accounts in canonical order.</param>
    /// <param name="amount">What each earned, base units.</param>
    /// <param name="walletOf">The wallet an account is linked to at the close, or null.</param>
    /// <param name="names">The log's names.</param>
    internal Payees After(int[] account, UInt128[] amount, Func<int, WalletAddress?> walletOf, NameTable names)
    {
        UnlinkedPayee[] waiting = new UnlinkedPayee[unlinked.Length + account.Length];
        WalletPayee[] earned = new WalletPayee[waiting.Length];
        int waitingCount = 0, earnedCount = 0, at = 0, next = 0;
        while (at < unlinked.Length || next < account.Length)
        {
            int side = at == unlinked.Length ? 1
                : next == account.Length ? -1
                : unlinked[at].Account == account[next] ? 0 : names.Compare(unlinked[at].Account, account[next]);
            int payee = side <= 0 ? unlinked[at].Account : account[next];
            Digest name = side <= 0 ? unlinked[at].Payee : default;
            UInt128 sum = side <= 0 ? unlinked[at++].Cumulative : 0;
            if (side >= 0) sum += amount[next++];
            if (walletOf(payee) is { } wallet) earned[earnedCount++] = new WalletPayee(wallet, sum);
            else waiting[waitingCount++] = new UnlinkedPayee(payee, side <= 0 ? name : PayeeNames.OfAccount(names.Bytes(payee)), sum);
        }

        return new Payees(waiting[..waitingCount], Merge(wallets, WalletPayee.Sorted(earned.AsSpan(0, earnedCount))));
    }

    internal void WriteTo(CanonicalBuffer output, NameTable names)
    {
        output.Int32(unlinked.Length);
        foreach (UnlinkedPayee row in unlinked)
        {
            output.Id(names.Bytes(row.Account));
            output.Amount(row.Cumulative);
        }

        output.Int32(wallets.Length);
        foreach (WalletPayee row in wallets)
        {
            output.Wallet(row.Wallet);
            output.Amount(row.Cumulative);
        }
    }

    internal static Payees Read(ref CanonicalReader input, NameTable names)
    {
        UnlinkedPayee[] unlinked = new UnlinkedPayee[input.Count()];
        for (int i = 0; i < unlinked.Length; i++)
        {
            ReadOnlySpan<byte> id = input.Id();
            unlinked[i] = new UnlinkedPayee(names.Intern(id), PayeeNames.OfAccount(id), input.Amount());
        }

        WalletPayee[] wallets = new WalletPayee[input.Count()];
        for (int i = 0; i < wallets.Length; i++) wallets[i] = new WalletPayee(input.Wallet(), input.Amount());
        return new Payees(unlinked, wallets);
    }

    /// <summary>Sums rows of the same wallet; <paramref name="earned"/> may hold one several times, <paramref name="old"/> not.</summary>
    private static WalletPayee[] Merge(WalletPayee[] old, WalletPayee[] earned)
    {
        WalletPayee[] merged = new WalletPayee[old.Length + earned.Length];
        int count = 0, at = 0, next = 0;
        while (at < old.Length || next < earned.Length)
        {
            bool fromOld = next == earned.Length || (at < old.Length && WalletPayee.Compare(old[at].Wallet, earned[next].Wallet) <= 0);
            WalletPayee row = fromOld ? old[at++] : earned[next++];
            if (count > 0 && merged[count - 1].Wallet == row.Wallet)
                merged[count - 1] = row with { Cumulative = merged[count - 1].Cumulative + row.Cumulative };
            else merged[count++] = row;
        }

        return merged[..count];
    }
}
