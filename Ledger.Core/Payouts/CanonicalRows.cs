using Ledger.Core.Identity;

namespace Ledger.Core.Payouts;

/// <summary>Places accounts among the rows of a sheet, so that canonical merges compare integers and seldom names.</summary>
internal sealed class CanonicalRows
{
    private readonly int[] _accounts;
    private readonly NameTable _names;
    private readonly int[] _rowOf;

    /// <param name="accounts">Account ordinals in canonical order.</param>
    /// <param name="names">Their names.</param>
    internal CanonicalRows(int[] accounts, NameTable names)
    {
        _accounts = accounts;
        _names = names;
        _rowOf = GC.AllocateUninitializedArray<int>(names.Count);
        Array.Fill(_rowOf, -1);
        for (int row = 0; row < accounts.Length; row++) _rowOf[accounts[row]] = row;
    }

    /// <summary>The log's names.</summary>
    internal NameTable Names => _names;

    /// <summary>Orders two accounts as their names are.</summary>
    internal int Compare(int left, int right)
    {
        if (left == right) return 0;
        (int leftRow, int rightRow) = (_rowOf[left], _rowOf[right]);
        return leftRow >= 0 && rightRow >= 0 ? leftRow.CompareTo(rightRow) : _names.Compare(left, right);
    }

    /// <summary>The account's row, or −1.</summary>
    internal int RowOf(int account) => _rowOf[account];

    /// <summary>2 · row + 1 for an account with a row; else 2 · (rows before it), which it may share with others that have none.</summary>
    internal long PlaceOf(int account)
    {
        if (_rowOf[account] is var row and >= 0) return (2L * row) + 1;
        int low = 0, high = _accounts.Length;
        while (low < high)
        {
            int middle = (low + high) >>> 1;
            if (_names.Compare(_accounts[middle], account) < 0) low = middle + 1;
            else high = middle;
        }

        return 2L * low;
    }

    /// <summary>A permutation that puts <paramref name="accounts"/> into canonical order, and the places in that order.</summary>
    internal (int[] Order, long[] Places) Sort(int[] accounts)
    {
        int[] order = CanonicalOrder.Of(accounts, _names);
        long[] places = new long[order.Length];
        for (int i = 0; i < order.Length; i++) places[i] = PlaceOf(accounts[order[i]]);
        return (order, places);
    }
}
