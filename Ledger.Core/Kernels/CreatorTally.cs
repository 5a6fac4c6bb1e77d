using System.Runtime.CompilerServices;

namespace Ledger.Core.Kernels;

/// <summary>Distinct accounts that acted on each creator, by kind, while one shard is judged.</summary>
/// <remarks>
/// Counterparties arrive in no order over all creators, so what they touch is kept small: one packed word of six 10-bit counts per owner,
/// found by its dense number and handed over before an account more could overflow it. The table belongs to a judge and is empty between shards.
/// </remarks>
internal sealed class CreatorTally(int owners)
{
    public const int Viewers = 0;
    public const int Likers = 1;
    public const int Commenters = 2;
    public const int Tippers = 3;
    public const int Sharers = 4;
    public const int Followers = 5;

    /// <summary>Counts per owner.</summary>
    public const int Columns = 6;

    private const int Bits = 10;
    private const int AccountsMax = (1 << Bits) - 1;

    // One added to the field of every kind in the index's bits.
    private static readonly ulong[] One = [.. Enumerable.Range(0, 1 << Columns).Select(Spread)];

    private readonly ulong[] _packed = new ulong[owners];
    private readonly ulong[] _one = One;
    private int[] _met = new int[1024];
    private int _metCount;
    private int _accounts;

    /// <summary>Announces the next account, whose counterparties count each creator once.</summary>
    public void BeginAccount(ShardTotals totals)
    {
        if (_accounts == AccountsMax) MoveTo(totals);
        _accounts++;
    }

    /// <summary>Counts the account as a counterparty of an owner, in every kind given as bits in the order of the columns; at least one.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Add(int owner, int kinds)
    {
        ref ulong packed = ref _packed[owner];
        if (packed == 0) Meet(owner);
        packed += _one[kinds];
    }

    /// <summary>Hands everything over and is empty again.</summary>
    public void MoveTo(ShardTotals totals)
    {
        totals.ReserveReceived(_metCount);
        foreach (int owner in _met.AsSpan(0, _metCount))
        {
            totals.AddReceived(owner, _packed[owner]);
            _packed[owner] = 0;
        }

        _metCount = 0;
        _accounts = 0;
    }

    /// <summary>One count of a packed word.</summary>
    public static uint Unpack(ulong packed, int column) => unchecked((uint)(packed >> (column * Bits))) & AccountsMax;

    private static ulong Spread(int kinds)
    {
        ulong one = 0;
        for (int field = 0; field < Columns; field++) one |= (ulong)((kinds >> field) & 1) << (field * Bits);
        return one;
    }

    private void Meet(int owner)
    {
        if (_metCount == _met.Length) Array.Resize(ref _met, _metCount * 2);
        _met[_metCount++] = owner;
    }
}
