using System.Buffers;
using System.Collections.Concurrent;
using Ledger.Core.Identity;

namespace Ledger.Projections.EventLog.Embedded;

/// <summary>The memory of a sealed block's large parts on their way to the disk, used again and again: new memory for each would be collected, cleared and faulted in.</summary>
internal sealed class BlockBuffer
{
    // More than the writer has on its way.
    private const int KeptMax = 16;

    private static readonly ConcurrentQueue<BlockBuffer> Kept = [];

    private readonly byte[] _ids = new byte[BlockDraft.EventsMax * EventId.SizeBytes];

    private BlockBuffer()
    {
    }

    /// <summary>The encoded columns.</summary>
    public ArrayBufferWriter<byte> Activity { get; } = new();

    /// <summary>A buffer that nobody uses.</summary>
    public static BlockBuffer Take() => Kept.TryDequeue(out BlockBuffer? buffer) ? buffer : new BlockBuffer();

    /// <summary>Gives the buffer back; nobody may look at it from now on.</summary>
    public void Return()
    {
        Activity.ResetWrittenCount();
        if (Kept.Count < KeptMax) Kept.Enqueue(this);
    }

    /// <summary>Keeps the ids' bytes.</summary>
    public ReadOnlyMemory<byte> Ids(ReadOnlySpan<byte> ids)
    {
        ids.CopyTo(_ids);
        return _ids.AsMemory(0, ids.Length);
    }
}
