using System.Buffers;
using System.Buffers.Binary;
using System.IO.Compression;
using System.Runtime.InteropServices;

namespace Ledger.Host.Api.Bodies;

/// <summary>Undoes gzip and Brotli within a cap, so that a few bytes cannot become a full memory.</summary>
internal static class ContentDecoding
{
    private const int GzipTrailerBytes = 8;

    /// <exception cref="ApiProblemException"><c>encoding-unsupported</c>, <c>encoding-malformed</c> or <c>body-too-large</c>.</exception>
    public static void Decode(ReadOnlyMemory<byte> wire, string encoding, CountedBuffer output)
    {
        switch (encoding)
        {
            case "gzip":
                Gzip(wire, output);
                break;
            case "br":
                Brotli(wire.Span, output);
                break;
            default:
                throw new ApiProblemException(new ApiProblem(415, "encoding-unsupported", "the Content-Encoding is none of gzip, br and identity"));
        }
    }

    private static void Gzip(ReadOnlyMemory<byte> wire, CountedBuffer output)
    {
        if (!MemoryMarshal.TryGetArray(wire, out ArraySegment<byte> bytes)) throw new InvalidOperationException("bodies are in arrays");
        using MemoryStream source = new(bytes.Array!, bytes.Offset, bytes.Count, writable: false);
        using GZipStream gzip = new(source, CompressionMode.Decompress);
        try
        {
            while (gzip.Read(output.Room().Span) is > 0 and var size)
            {
                output.Advance(size);
                RequireWithinCap(output);
            }
        }
        catch (InvalidDataException)
        {
            throw Malformed();
        }

        // A stream that was cut short ends without a word; its last bytes then are not the size of what came out.
        bool isWhole = wire.Length > GzipTrailerBytes && BinaryPrimitives.ReadUInt32LittleEndian(wire.Span[^4..]) == (uint)output.Written.Length;
        if (!isWhole) throw Malformed();
    }

    private static void Brotli(ReadOnlySpan<byte> wire, CountedBuffer output)
    {
        using BrotliDecoder decoder = default;
        while (true)
        {
            OperationStatus status = decoder.Decompress(wire, output.Room().Span, out int consumed, out int written);
            wire = wire[consumed..];
            output.Advance(written);
            RequireWithinCap(output);
            if (status == OperationStatus.DestinationTooSmall) continue;
            if (status == OperationStatus.Done && wire.IsEmpty) return;
            throw Malformed();
        }
    }

    private static void RequireWithinCap(CountedBuffer output)
    {
        if (output.Written.Length > ApiLimits.DecodedBytesMax) throw new ApiProblemException(Problems.BodyTooLarge(ApiLimits.DecodedBytesMax));
    }

    private static ApiProblemException Malformed() => new(Problems.Malformed("encoding-malformed", "the body is not in the encoding that Content-Encoding names, or was cut short"));
}
