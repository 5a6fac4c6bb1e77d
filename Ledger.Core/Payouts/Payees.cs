using System.Buffers;
using System.Buffers.Binary;
using Ledger.Core.Identity;
using Ledger.Core.Kernels;
using Ledger.Core.Merkle;
using Ledger.Core.Quantities;
using Ledger.Core.Rulesets;

namespace Ledger.Core.Payouts;

/// <summary>How payees and domains are named in the reward tree (specs/rules.md, R9).</summary>
public static class PayeeNames
{
    private const int WordBytes = 32;
    /// <summary>Where an address begins in a word of 32 bytes.</summary>
    public const int AddressOffset = 12;

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

    /// <summary>The same for many accounts, several at once.</summary>
    internal static Digest[] OfAccounts(ReadOnlySpan<int> accounts, NameTable names)
    {
        Digest[] payees = new Digest[accounts.Length];
        byte[] messages = ArrayPool<byte>.Shared.Rent(accounts.Length * (AccountTag.Length + IdText.BytesMax));
        int[] ends = new int[accounts.Length];
        int end = 0;
        for (int i = 0; i < accounts.Length; i++)
        {
            ReadOnlySpan<byte> id = names.Bytes(accounts[i]);
            AccountTag.CopyTo(messages.AsSpan(end));
            id.CopyTo(messages.AsSpan(end + AccountTag.Length));
            ends[i] = end += AccountTag.Length + id.Length;
        }

        new RewardHasher(KeccakTiers.Best).HashMessages(messages, ends, payees);
        ArrayPool<byte>.Shared.Return(messages);
        return payees;
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
        Leaves(domain, 0, leaves);
        return leaves;
    }

    /// <summary>The reward tree over the leaves.</summary>
    public RewardTree Tree(Digest domain) => RewardTree.Build(Count, (first, leaves) => Leaves(domain, first, leaves));

    /// <summary>Adds a window's earnings.</summary>
    /// <param name="account">Earning accounts in canonical order.</param>
    /// <param name="amount">What each earned, base units.</param>
    /// <param name="walletOf">The wallet an account is linked to at the close, or null; asked from several threads.</param>
    /// <param name="rows">Orders accounts.</param>
    internal Payees After(int[] account, UInt128[] amount, Func<int, WalletAddress?> walletOf, CanonicalRows rows)
    {
        // The rows of both sides are cut at the same names, counted, and then put where they belong.
        PayeeMerge[] merges = PayeeMerge.Cut(unlinked, account, rows);
        int[] waitingFrom = new int[merges.Length + 1], earnedFrom = new int[merges.Length + 1];
        AllCores.Pieces(merges.Length, piece =>
        {
            int waits = 0, earns = 0;
            for (PayeeMerge merge = merges[piece]; merge.Next();)
            {
                if (walletOf(merge.Account) is null) waits++;
                else earns++;
            }

            (waitingFrom[piece + 1], earnedFrom[piece + 1]) = (waits, earns);
        });
        for (int piece = 0; piece < merges.Length; piece++)
        {
            waitingFrom[piece + 1] += waitingFrom[piece];
            earnedFrom[piece + 1] += earnedFrom[piece];
        }

        UnlinkedPayee[] waiting = GC.AllocateUninitializedArray<UnlinkedPayee>(waitingFrom[^1]);
        WalletPayee[] earned = ArrayPool<WalletPayee>.Shared.Rent(earnedFrom[^1]);
        AllCores.Pieces(merges.Length, piece =>
        {
            int waits = waitingFrom[piece], earns = earnedFrom[piece];
            List<int> unnamed = [];
            for (PayeeMerge merge = merges[piece]; merge.Next();)
            {
                UInt128 sum = (merge.Earning < 0 ? 0 : amount[merge.Earning]) + (merge.Waiting < 0 ? 0 : unlinked[merge.Waiting].Cumulative);
                if (walletOf(merge.Account) is { } wallet)
                {
                    earned[earns++] = new WalletPayee(wallet, sum);
                    continue;
                }

                if (merge.Waiting < 0) unnamed.Add(waits);
                waiting[waits++] = new UnlinkedPayee(merge.Account, merge.Waiting < 0 ? default : unlinked[merge.Waiting].Payee, sum);
            }

            int[] accounts = [.. unnamed.Select(row => waiting[row].Account)];
            Digest[] payees = PayeeNames.OfAccounts(accounts, rows.Names);
            for (int i = 0; i < payees.Length; i++) waiting[unnamed[i]] = waiting[unnamed[i]] with { Payee = payees[i] };
        });
        Payees after = new(waiting, WalletOrder.Merge(wallets, new ArraySegment<WalletPayee>(earned, 0, earnedFrom[^1])));
        ArrayPool<WalletPayee>.Shared.Return(earned);
        return after;
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

    private void Leaves(Digest domain, int first, Span<RewardLeaf> leaves)
    {
        for (int i = 0; i < leaves.Length; i++)
        {
            int row = first + i;
            leaves[i] = row < unlinked.Length
                ? new RewardLeaf(domain, unlinked[row].Payee, TokenAmount.FromBaseUnits(unlinked[row].Cumulative))
                : new RewardLeaf(domain, PayeeNames.Of(wallets[row - unlinked.Length].Wallet), TokenAmount.FromBaseUnits(wallets[row - unlinked.Length].Cumulative));
        }
    }
}
