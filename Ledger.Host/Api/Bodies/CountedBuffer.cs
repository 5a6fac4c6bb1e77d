using System.Buffers;

namespace Ledger.Host.Api.Bodies;

/// <summary>Bytes that grow as they come, in pooled memory that the budget counts.</summary>
/// <remarks>It grows with what was received, never with what was announced: a header alone takes no memory.</remarks>
internal sealed class CountedBuffer(BodyBudget budget, int firstBytes) : IDisposable
{
    private const int SmallestBytes = 4 << 10;
    private const int FirstBytesMax = 256 << 10;

    private byte[] _bytes = [];
    private int _written;

    /// <summary>What was received.</summary>
    public ReadOnlyMemory<byte> Written => _bytes.AsMemory(0, _written);

    /// <summary>Room for more, at least a byte.</summary>
    /// <exception cref="ApiProblemException"><c>busy</c>.</exception>
    public Memory<byte> Room()
    {
        if (_written == _bytes.Length) Grow();
        return _bytes.AsMemory(_written);
    }

    public void Advance(int bytes) => _written += bytes;

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_bytes.Length == 0) return;
        ArrayPool<byte>.Shared.Return(_bytes);
        budget.Return(_bytes.Length);
        (_bytes, _written) = ([], 0);
    }

    private void Grow()
    {
        int size = _bytes.Length == 0 ? Math.Clamp(firstBytes, SmallestBytes, FirstBytesMax) : _bytes.Length * 2;
        byte[] larger = ArrayPool<byte>.Shared.Rent(size);
        try
        {
            budget.Take(larger.Length);
        }
        catch
        {
            ArrayPool<byte>.Shared.Return(larger);
            throw;
        }

        Written.CopyTo(larger);
        int written = _written;
        Dispose();
        (_bytes, _written) = (larger, written);
    }
}
