using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using Ledger.Core.Kernels;

namespace Ledger.Projections.DayWindows;

/// <summary>Room for groups of packed events, kept from pass to pass. Safe for several threads.</summary>
/// <remarks>
/// A window's events are the largest memory there is, and each page of it is touched first by the dealing. Groups therefore lie together in
/// slabs that the system is asked to back with large pages: one fault for 2 MiB instead of 512.
/// </remarks>
internal sealed class GroupRoom(int eventsPerGroup)
{
    private const int GroupsPerSlab = 16;
    private const int LargePage = 2 << 20;
    private const int AdviseHugePage = 14;

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

    private ArraySegment<PackedEvent> FirstOfSlab()
    {
        PackedEvent[] slab = GC.AllocateUninitializedArray<PackedEvent>(_most * GroupsPerSlab, pinned: true);
        nint start = Marshal.UnsafeAddrOfPinnedArrayElement(slab, 0);
        nint from = (start + LargePage - 1) & ~(nint)(LargePage - 1);
        long bytes = start + ((long)slab.Length * Marshal.SizeOf<PackedEvent>()) - from;

        // Only advice: where it is not taken, pages are as small as they were.
        if (OperatingSystem.IsLinux() && bytes >= LargePage) _ = madvise(from, (nuint)(bytes & ~(LargePage - 1L)), AdviseHugePage);
        for (int group = 1; group < GroupsPerSlab; group++) _free.Add(new ArraySegment<PackedEvent>(slab, group * _most, _most));
        return new ArraySegment<PackedEvent>(slab, 0, _most);
    }

    [DllImport("libc"), DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int madvise(nint address, nuint length, int advice);
}
