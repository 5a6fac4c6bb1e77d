using System.Buffers;
using System.Security.Cryptography;
using Microsoft.Win32.SafeHandles;

namespace Ledger.Host.Adapters.Video.Uploads;

/// <summary>Takes the body of one request into an upload's file.</summary>
internal static class UploadBody
{
    private const int BufferBytes = 256 << 10;

    /// <summary>A kill costs a sender at most this much.</summary>
    private const long DurableEveryBytes = 64 << 20;

    /// <summary>Writes the body from the upload's offset on.</summary>
    /// <returns>The new offset, durable; null when the body is not what its checksum promises, and then the offset stays.</returns>
    /// <exception cref="IOException">The body broke off, or the disk could not. What came without a checksum before a broken connection is kept.</exception>
    public static async Task<long?> WriteAsync(UploadStore store, Upload upload, Stream body, UploadChecksum? checksum, CancellationToken cancel)
    {
        using SafeFileHandle file = store.OpenFile(upload.Id);
        using IncrementalHash? hash = checksum is null ? null : IncrementalHash.CreateHash(checksum.Algorithm);
        byte[] buffer = ArrayPool<byte>.Shared.Rent(BufferBytes);
        (long at, long durable) = (upload.Offset, upload.Offset);
        try
        {
            while (await body.ReadAsync(buffer.AsMemory(0, BufferBytes), cancel) is > 0 and var size)
            {
                await RandomAccess.WriteAsync(file, buffer.AsMemory(0, size), at, cancel);
                hash?.AppendData(buffer, 0, size);
                at += size;
                if (hash is not null || at - durable < DurableEveryBytes) continue;
                store.Advance(upload.Id, file, at);
                durable = at;
            }
        }
        catch (Exception) when (hash is null && at > durable)
        {
            store.Advance(upload.Id, file, at);
            throw;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }

        if (hash is not null && !hash.GetHashAndReset().AsSpan().SequenceEqual(checksum!.Value)) return null;
        store.Advance(upload.Id, file, at);
        return at;
    }
}
