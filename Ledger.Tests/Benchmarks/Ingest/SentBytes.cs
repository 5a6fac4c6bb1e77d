using Ledger.Projections.EventLog;

namespace Ledger.Benchmarks.Ingest;

/// <summary>What a measurement sends, made before the clock runs, end to end in large pages.</summary>
/// <remarks>
/// Each byte is sent once. On a virtual machine the system's first look at a small page costs many times what sending it does, which would be
/// measured as the server's or the peer's slowness.
/// </remarks>
internal sealed class SentBytes
{
    private const int SlabBytes = 64 << 20;

    private ArraySegment<byte> _slab = [];
    private int _used;

    /// <summary>A copy that lasts.</summary>
    public ReadOnlyMemory<byte> Keep(ReadOnlySpan<byte> bytes)
    {
        if (_slab.Count - _used < bytes.Length) (_slab, _used) = (LargePages.Allocate<byte>(Math.Max(SlabBytes, bytes.Length)), 0);
        Memory<byte> kept = _slab.AsMemory(_used, bytes.Length);
        bytes.CopyTo(kept.Span);
        _used += bytes.Length;
        return kept;
    }
}
