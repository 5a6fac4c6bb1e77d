using Ledger.Core.Kernels;
using Ledger.Projections.EventLog;

namespace Ledger.Projections.DayWindows;

/// <summary>Room for groups of packed events, kept from pass to pass. Safe for several threads.</summary>
/// <remarks>
/// A window's events are the largest memory there is, and each page of it is touched first by the dealing. Groups therefore lie one behind
/// the other in slabs of large pages.
/// </remarks>
internal sealed class GroupRoom(int eventsPerGroup)
{
    private const int GroupsPerSlab = 16;

    private readonly Lock _gate = new();
    private readonly List<ArraySegment<PackedEvent>> _slabs = [];
    private int _slab; // the one that is being filled
    private int _used; // of it

    /// <summary>Room for a group; for one that is small it is made to measure.</summary>
    public ArraySegment<PackedEvent> Rent(int count)
    {
        if (count < eventsPerGroup / 2) return GC.AllocateUninitializedArray<PackedEvent>(count);
        lock (_gate)
        {
            while (_slab < _slabs.Count && _slabs[_slab].Count - _used < count) (_slab, _used) = (_slab + 1, 0);
            if (_slab == _slabs.Count) _slabs.Add(LargePages.Allocate<PackedEvent>(Math.Max(count, eventsPerGroup * GroupsPerSlab)));
            ArraySegment<PackedEvent> room = _slabs[_slab].Slice(_used, count);
            _used += count;
            return room;
        }
    }

    /// <summary>Takes everything back. Only when nobody holds any of it any more.</summary>
    public void Recycle()
    {
        lock (_gate) (_slab, _used) = (0, 0);
    }

    /// <summary>Forgets what was given out: it is its holders' now.</summary>
    public void Forget()
    {
        lock (_gate)
        {
            _slabs.RemoveRange(0, _slab); // what is free of the last one is filled on
            _slab = 0;
        }
    }
}
