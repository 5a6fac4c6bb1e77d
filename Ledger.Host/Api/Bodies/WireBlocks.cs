using System.Buffers;
using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using Microsoft.AspNetCore.Connections;

namespace Ledger.Host.Api.Bodies;

/// <summary>The memory that bytes come from and go to sockets in: blocks of 16 KiB, where Kestrel's own have four.</summary>
/// <remarks>A body of a thousand events is 190 KB: a quarter of the system calls, segments and turns of the pipe. A connection that waits holds none.</remarks>
internal sealed class WireBlocks : IMemoryPoolFactory<byte>
{
    private const int BlockBytes = 16 << 10;
    private const int KeptMax = 1_024;

    /// <inheritdoc/>
    public MemoryPool<byte> Create(MemoryPoolOptions? options = null) => new Pool();

    private sealed class Pool : MemoryPool<byte>
    {
        private readonly ConcurrentQueue<Block> _free = [];
        private volatile bool _isEnded;

        public override int MaxBufferSize => BlockBytes;

        public override IMemoryOwner<byte> Rent(int minBufferSize = -1)
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThan(minBufferSize, BlockBytes);
            return _free.TryDequeue(out Block? block) ? block : new Block(this);
        }

        public void Return(Block block)
        {
            if (!_isEnded && _free.Count < KeptMax) _free.Enqueue(block);
        }

        protected override void Dispose(bool disposing)
        {
            _isEnded = true;
            _free.Clear();
        }
    }

    private sealed class Block(Pool pool) : IMemoryOwner<byte>
    {
        // Pinned, so that no read or write pins it anew.
        public Memory<byte> Memory { get; } = MemoryMarshal.CreateFromPinnedArray(GC.AllocateUninitializedArray<byte>(BlockBytes, pinned: true), 0, BlockBytes);

        public void Dispose() => pool.Return(this);
    }
}
