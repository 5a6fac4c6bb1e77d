using ZstdSharp;

namespace Ledger.Projections.EventLog.Embedded;

/// <summary>Compression where it pays, with the buffers it needs; one per thread of use.</summary>
/// <remarks>Level 1: higher levels gain a few percent on these bytes and cost several times the append.</remarks>
internal sealed class Zstd : IDisposable
{
    private const int Level = 1;

    private readonly Compressor _compressor = new(Level);
    private readonly Decompressor _decompressor = new();
    private byte[] _packed = [];

    /// <summary>The compressed bytes when they are under <paramref name="sizeMax"/>, else an empty span. Valid until the next call.</summary>
    public ReadOnlySpan<byte> Compress(ReadOnlySpan<byte> bytes, int sizeMax)
    {
        int bound = Compressor.GetCompressBound(bytes.Length);
        if (_packed.Length < bound) _packed = new byte[bound];
        int size = _compressor.Wrap(bytes, _packed);
        return size < sizeMax ? _packed.AsSpan(0, size) : default;
    }

    /// <summary>Fills <paramref name="destination"/> exactly.</summary>
    /// <exception cref="InvalidDataException">The bytes hold something else.</exception>
    public void Decompress(ReadOnlySpan<byte> packed, Span<byte> destination)
    {
        int size;
        try
        {
            size = _decompressor.Unwrap(packed, destination);
        }
        catch (ZstdException e)
        {
            throw new InvalidDataException(e.Message, e);
        }

        if (size != destination.Length) throw new InvalidDataException($"{size} bytes unpacked, {destination.Length} expected");
    }

    public void Dispose()
    {
        _compressor.Dispose();
        _decompressor.Dispose();
    }
}
