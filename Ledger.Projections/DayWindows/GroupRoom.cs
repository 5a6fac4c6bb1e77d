using System.Collections.Concurrent;
using Ledger.Core.Kernels;
using Ledger.Projections.EventLog;

namespace Ledger.Projections.DayWindows;

/// <summary>Room for groups of packed events, kept from pass to pass. Safe for several threads.</summary>
/// <remarks>
/// A window's events are the largest memory there is, and each page of it is touched first by the dealing. Groups therefore lie together in
/// slabs in large pages.
/// </remarks>
internal sealed class GroupRoom(int eventsPerGroup)
{
    private const int GroupsPerSlab = 16;

    // Where only some shards are fed, a group spans positions that hold about as many of their events as it should have, and as often more as fewer.
    private readonly int _most = eventsPerGroup + (eventsPerGroup / 32);
    private readonly ConcurrentBag<ArraySegment<PackedEvent>> _free = [];
    private readonly ConcurrentBag<ArraySegment<PackedEvent>> _lent = [];

    /// <summary>Room for a group: a full one is used again, one that would stay half empty is made to measure.</summary>
    public ArraySegment<PackedEvent> Rent(int count)
    {
        if (count > _most || count < _most / 2) return GC.AllocateUninitializedArray<PackedEvent>(count);
        if (!_free.TryTake(out ArraySegment<PackedEvent> room)) room = FirstOfSlab();
        _lent.Add(room);
        return room;
    }

    /// <summary>Takes everything back. Only when nobody holds any of it any more.</summary>
    public void Recycle()
    {
        while (_lent.TryTake(out ArraySegment<PackedEvent> room)) _free.Add(room);
    }

    /// <summary>Forgets what was given out: it is its holders' now.</summary>
    public void Forget() => _lent.Clear();

    private ArraySegment<PackedEvent> FirstOfSlab()
    {
        ArraySegment<PackedEvent> slab = LargePages.Allocate<PackedEvent>(_most * GroupsPerSlab);
        for (int group = 1; group < GroupsPerSlab; group++) _free.Add(slab.Slice(group * _most, _most));
        return slab[.._most];
    }
}
