using Ledger.Core.Kernels;

namespace Ledger.Core.Payouts;

/// <summary>Walks accounts that wait for a wallet beside accounts that earned, in canonical order; a piece of both that others walk apart from it.</summary>
/// <remarks>A mutable value: each walk goes over a copy of its own.</remarks>
internal struct PayeeMerge
{
    private readonly UnlinkedPayee[] _waiting;
    private readonly int[] _earning;
    private readonly CanonicalRows _rows;
    private readonly int _waitingEnd;
    private readonly int _earningEnd;
    private int _nextWaiting;
    private int _nextEarning;

    private PayeeMerge(UnlinkedPayee[] waiting, Range ofWaiting, int[] earning, Range ofEarning, CanonicalRows rows)
    {
        (_waiting, _earning, _rows) = (waiting, earning, rows);
        (_nextWaiting, _waitingEnd) = (ofWaiting.Start.Value, ofWaiting.End.Value);
        (_nextEarning, _earningEnd) = (ofEarning.Start.Value, ofEarning.End.Value);
    }

    /// <summary>Whose turn it is.</summary>
    public int Account { get; private set; }

    /// <summary>Its row among those that wait, or −1.</summary>
    public int Waiting { get; private set; }

    /// <summary>Its row among those that earned, or −1.</summary>
    public int Earning { get; private set; }

    /// <summary>Cuts both sides at every so many earning accounts; at least one piece.</summary>
    public static PayeeMerge[] Cut(UnlinkedPayee[] waiting, int[] earning, CanonicalRows rows)
    {
        PayeeMerge[] pieces = new PayeeMerge[Math.Max(1, AllCores.PiecesOf(earning.Length))];
        int from = 0;
        for (int piece = 0; piece < pieces.Length; piece++)
        {
            int first = piece * AllCores.PieceRows, end = Math.Min(first + AllCores.PieceRows, earning.Length);
            int to = end < earning.Length ? FirstFrom(waiting, earning[end], rows) : waiting.Length;
            pieces[piece] = new PayeeMerge(waiting, from..to, earning, first..end, rows);
            from = to;
        }

        return pieces;
    }

    /// <summary>Goes to the next account; false behind the last.</summary>
    public bool Next()
    {
        (bool waits, bool earns) = (_nextWaiting < _waitingEnd, _nextEarning < _earningEnd);
        if (!waits && !earns) return false;
        int side = !waits ? 1 : !earns ? -1 : _rows.Compare(_waiting[_nextWaiting].Account, _earning[_nextEarning]);
        Account = side <= 0 ? _waiting[_nextWaiting].Account : _earning[_nextEarning];
        Waiting = side <= 0 ? _nextWaiting++ : -1;
        Earning = side >= 0 ? _nextEarning++ : -1;
        return true;
    }

    /// <summary>The first that waits at an account or behind it.</summary>
    private static int FirstFrom(UnlinkedPayee[] waiting, int account, CanonicalRows rows)
    {
        int low = 0, high = waiting.Length;
        while (low < high)
        {
            int middle = (low + high) >>> 1;
            if (rows.Compare(waiting[middle].Account, account) < 0) low = middle + 1;
            else high = middle;
        }

        return low;
    }
}
