using ZstdSharp;
using ZstdSharp.Unsafe;

namespace Ledger.Projections.EventLog.Embedded;

/// <summary>Compression where it pays, with the buffers it needs; one per thread of use.</summary>
/// <remarks>Level 1: higher levels gain a few percent on these bytes and cost several times the append.</remarks>
internal sealed class Zstd : IDisposable
{
    private const int Level = 1;

    // A plane's bytes are drawn from few values rather than repeated: found again by the thousand, short matches cost decoding three times what they save.
    private const int PlaneMatchMin = 7;
    private const int PlaneStep = 1024;

    private readonly Compressor _compressor = new(Level);
    private readonly Compressor _planes = OfPlanes();
    private readonly Decompressor _decompressor = new();
    private byte[] _packed = [];

    /// <summary>The compressed bytes when they are under <paramref name="sizeMax"/>, else an empty span. Valid until the next call.</summary>
    public ReadOnlySpan<byte> Compress(ReadOnlySpan<byte> bytes, int sizeMax) => Compress(_compressor, bytes, sizeMax);

    /// <summary>The same for a plane of a column: its bytes by how frequent they are, repetition only where it is long.</summary>
    public ReadOnlySpan<byte> CompressPlane(ReadOnlySpan<byte> plane, int sizeMax) => Compress(_planes, plane, sizeMax);

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
        _planes.Dispose();
        _decompressor.Dispose();
    }

    private ReadOnlySpan<byte> Compress(Compressor compressor, ReadOnlySpan<byte> bytes, int sizeMax)
    {
        int bound = Compressor.GetCompressBound(bytes.Length);
        if (_packed.Length < bound) _packed = new byte[bound];
        int size = compressor.Wrap(bytes, _packed);
        return size < sizeMax ? _packed.AsSpan(0, size) : default;
    }

    private static Compressor OfPlanes()
    {
        Compressor compressor = new(Level);
        compressor.SetParameter(ZSTD_cParameter.ZSTD_c_minMatch, PlaneMatchMin);
        compressor.SetParameter(ZSTD_cParameter.ZSTD_c_targetLength, PlaneStep);

        // Long steps alone would leave the bytes as they are.
        compressor.SetParameter(ZSTD_cParameter.ZSTD_c_experimentalParam5, (int)ZSTD_paramSwitch_e.ZSTD_ps_enable);
        return compressor;
    }
}
