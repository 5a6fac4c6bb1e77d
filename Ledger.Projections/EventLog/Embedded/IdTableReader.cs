using System.Runtime.CompilerServices;

namespace Ledger.Projections.EventLog.Embedded;

/// <summary>Reads the entries of a table by <see cref="IdEntry.Hash"/>, some thousand at a time: a run is made without a copy of the table.</summary>
/// <remarks>An id stands at the home that its hash gives or, where that was taken, before the next empty slot. So order has to be made between two empty slots only.</remarks>
internal sealed class IdTableReader(IdTable table)
{
    private const int Enough = 4096;
    private const int Together = 64;

    // Hardly more than enough is ever needed, but producers choose ids.
    private IdEntry[] _entries = new IdEntry[2 * Enough];
    private ulong[] _hashes = new ulong[2 * Enough];
    private int _at;
    private int _count;

    /// <summary>What was read, in order.</summary>
    public ReadOnlySpan<IdEntry> Entries => _entries.AsSpan(0, _count);

    /// <summary>The hash of each.</summary>
    public ReadOnlySpan<ulong> Hashes => _hashes.AsSpan(0, _count);

    /// <summary>Reads on; false when there is no more.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)] // called seldom and for long: it would never be compiled anew
    public bool Read()
    {
        _count = 0;
        ulong touched = 0;
        for (; _at < table.Slots; _at++)
        {
            if (_at % Together == 0) touched |= table.TouchIds(_at, Together);
            if (table.TryRead(_at, out IdEntry entry, out ulong hash, out bool wrapped))
            {
                if (!wrapped) Insert(entry, hash);
            }
            else if (_count >= Enough)
            {
                return true;
            }
        }

        if (_at++ == table.Slots)
        {
            for (int at = 0; table.TryRead(at, out IdEntry entry, out ulong hash, out bool wrapped); at++)
            {
                if (wrapped) Insert(entry, hash);
            }
        }

        GC.KeepAlive(touched);
        return _count > 0;
    }

    private void Insert(in IdEntry entry, ulong hash)
    {
        if (_count == _hashes.Length)
        {
            Array.Resize(ref _entries, 2 * _count);
            Array.Resize(ref _hashes, 2 * _count);
        }

        int to = _count++;
        for (; to > 0 && _hashes[to - 1] > hash; to--) (_hashes[to], _entries[to]) = (_hashes[to - 1], _entries[to - 1]);
        (_hashes[to], _entries[to]) = (hash, entry);
    }
}
