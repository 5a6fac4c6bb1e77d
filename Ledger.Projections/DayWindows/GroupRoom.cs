using System.Runtime.InteropServices;
using Ledger.Core.Kernels;

namespace Ledger.Projections.DayWindows;

/// <summary>Room for groups of packed events, kept from pass to pass. Safe for several threads.</summary>
/// <remarks>
/// A window's events are the largest memory there is, and each page of it is touched first by the dealing. Groups therefore lie one behind
/// the other in slabs that the system is asked to back with large pages: one fault for 2 MiB instead of 512.
/// </remarks>
internal sealed class GroupRoom(int eventsPerGroup)
{
    private const int GroupsPerSlab = 16;
    private const int LargePage = 2 << 20;
    private const int AdviseHugePage = 14;

    private readonly Lock _gate = new();
    private readonly List<PackedEvent[]> _slabs = [];
    private int _slab; // the one that is being filled
    private int _used; // of it

    /// <summary>Room for a group; for one that is small it is made to measure.</summary>
    public ArraySegment<PackedEvent> Rent(int count)
    {
        if (count < eventsPerGroup / 2) return GC.AllocateUninitializedArray<PackedEvent>(count);
        lock (_gate)
        {
            while (_slab < _slabs.Count && _slabs[_slab].Length - _used < count) (_slab, _used) = (_slab + 1, 0);
            if (_slab == _slabs.Count) _slabs.Add(Slab(Math.Max(count, eventsPerGroup * GroupsPerSlab)));
            ArraySegment<PackedEvent> room = new(_slabs[_slab], _used, count);
            _used += count;
            return room;
        }
    }

    /// <summary>Takes everything back. Only when nobody holds any of it any more.</summary>
    public void Recycle()
    {
        lock (_gate) (_slab, _used) = (0, 0);
    }

    private static PackedEvent[] Slab(int events)
    {
        PackedEvent[] slab = GC.AllocateUninitializedArray<PackedEvent>(events, pinned: true);
        nint start = Marshal.UnsafeAddrOfPinnedArrayElement(slab, 0);
        nint from = (start + LargePage - 1) & ~(nint)(LargePage - 1);
        long bytes = start + ((long)slab.Length * Marshal.SizeOf<PackedEvent>()) - from;

        // Only advice: where it is not taken, pages are as small as they were.
        if (OperatingSystem.IsLinux() && bytes >= LargePage) _ = madvise(from, (nuint)(bytes & ~(LargePage - 1L)), AdviseHugePage);
        return slab;
    }

    [DllImport("libc"), DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int madvise(nint address, nuint length, int advice);
}
