using System.Runtime.CompilerServices;
using Ledger.Core.Events;

namespace Ledger.Core.Kernels;

/// <summary>How many events each account has of each kind: what an audit counts on its own and compares with what was judged.</summary>
/// <remarks>
/// A column of counters per kind, made when the first event of the kind comes: most activity is of a few kinds, so its counters stay in
/// cache, and kinds that nobody uses take no memory. No event has kind 0, whose column holds how many verdicts an account was given;
/// a count of the log leaves it empty. One instance serves one thread; each core counts on its own and the counts are added up.
/// </remarks>
public sealed class ControlCounts
{
    private readonly int _names;
    private readonly uint[][] _byKind = new uint[EventKinds.ActivityCount][];

    /// <param name="names">Names of the log: one more than the largest ordinal.</param>
    public ControlCounts(int names)
    {
        _names = names;
        Array.Fill(_byKind, []);
    }

    /// <summary>Counts events: entry i of each column is one.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Count(ReadOnlySpan<int> account, ReadOnlySpan<byte> kind)
    {
        if (account.Length != kind.Length) throw new ArgumentException("the columns are of different lengths", nameof(kind));
        uint[][] byKind = _byKind;
        for (int i = 0; i < account.Length && i < kind.Length; i++)
        {
            uint[] counts = byKind[kind[i]];
            if (counts.Length == 0) counts = ColumnOf(kind[i]);
            counts[account[i]]++;
        }
    }

    /// <summary>Adds what another core counted.</summary>
    public void Add(ControlCounts other)
    {
        for (int kind = 0; kind < _byKind.Length; kind++)
        {
            if (other._byKind[kind].Length == 0) continue;
            uint[] counts = ColumnOf(kind);
            for (int account = 0; account < counts.Length; account++) counts[account] += other._byKind[kind][account];
        }
    }

    /// <summary>Adds what a shard judged.</summary>
    public void Add(ShardTotals judged)
    {
        foreach ((int account, byte kind, uint events) in judged.Judged) ColumnOf(kind)[account] += events;
    }

    /// <summary>Events of an account and kind; the verdicts it was given for <see cref="EventKind.None"/>.</summary>
    public uint Of(int account, EventKind kind) => _byKind[(int)kind] is { Length: > 0 } counts ? counts[account] : 0;

    /// <summary>Events of an account, whatever their kind.</summary>
    public uint Of(int account)
    {
        uint events = 0;
        for (int kind = 1; kind < _byKind.Length; kind++) events += Of(account, (EventKind)kind);
        return events;
    }

    /// <summary>Events of everyone.</summary>
    public long Total()
    {
        long events = 0;
        for (int account = 0; account < _names; account++) events += Of(account);
        return events;
    }

    /// <summary>
    /// The first account and kind, of this count of the log, that <paramref name="judged"/> does not have as often; <see cref="EventKind.None"/>
    /// when it has the events and not a verdict for each. Null when every event was judged once.
    /// </summary>
    public (int Account, EventKind Kind)? FirstNotIn(ControlCounts judged)
    {
        for (int account = 0; account < _names; account++)
        {
            for (int kind = 1; kind < _byKind.Length; kind++)
            {
                if (Of(account, (EventKind)kind) != judged.Of(account, (EventKind)kind)) return (account, (EventKind)kind);
            }

            if (Of(account) != judged.Of(account, EventKind.None)) return (account, EventKind.None);
        }

        return null;
    }

    private uint[] ColumnOf(int kind)
    {
        ref uint[] counts = ref _byKind[kind];
        if (counts.Length == 0) counts = new uint[_names];
        return counts;
    }
}
