using System.Buffers.Binary;
using System.Security.Cryptography;
using Ledger.Core.Merkle;

namespace Ledger.Projections.EventLog.Embedded;

/// <summary>The last head that was acknowledged, kept beside the log so that a log put back or cut short is noticed.</summary>
/// <remarks>
/// Two slots of 64 bytes, written in turn: head (8), hash of the last block (32), the first 24 bytes of SHA-256 over those 40.
/// Written after the commit and before the acknowledgement, in place and, but for the first time, without a sync: a crash of the machine may leave it
/// behind the log, never ahead.
/// </remarks>
internal sealed class HeadFile : IDisposable
{
    public const string FileName = "log.head";

    private const int SlotBytes = 64;
    private const int BodyBytes = 8 + Digest.SizeBytes;

    private readonly FileStream _file;
    private readonly byte[] _slot = new byte[SlotBytes];
    private int _next;

    private HeadFile(string directory) =>
        _file = new FileStream(Path.Combine(directory, FileName), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.ReadWrite, bufferSize: 0);

    /// <summary>Opens the file for writing, making it when there is none, and puts the log's head there; durable with its name, so that a log that has events has a head file too.</summary>
    /// <exception cref="LogFaultException"><c>disk-failed</c>.</exception>
    public static HeadFile Open(string directory, long head, Digest hash)
    {
        HeadFile? file = null;
        try
        {
            file = new HeadFile(directory);
            file.Write(head, hash);
            FileSync.Sync(file._file.SafeFileHandle);
            FileSync.SyncFolder(directory);
            return file;
        }
        catch (IOException e)
        {
            file?.Dispose();
            throw LogFaults.Disk(e);
        }
    }

    /// <summary>The newest readable slot, or null when none is.</summary>
    public static (long Head, Digest Hash)? Read(string directory)
    {
        string path = Path.Combine(directory, FileName);
        if (!File.Exists(path)) return null;
        byte[] bytes = new byte[2 * SlotBytes];
        using (FileStream file = new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite))
        {
            int size = file.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
            bytes.AsSpan(size).Clear();
        }

        (long Head, Digest Hash)? newest = null;
        for (int slot = 0; slot < 2; slot++)
        {
            ReadOnlySpan<byte> body = bytes.AsSpan(slot * SlotBytes, BodyBytes);
            if (!SHA256.HashData(body).AsSpan(0, SlotBytes - BodyBytes).SequenceEqual(bytes.AsSpan((slot * SlotBytes) + BodyBytes, SlotBytes - BodyBytes))) continue;
            long head = BinaryPrimitives.ReadInt64LittleEndian(body);
            if (newest is null || head > newest.Value.Head) newest = (head, Digest.FromBytes(body[8..]));
        }

        return newest;
    }

    /// <summary>Writes the head into the slot that holds the older one.</summary>
    public void Write(long head, Digest hash)
    {
        BinaryPrimitives.WriteInt64LittleEndian(_slot, head);
        hash.WriteTo(_slot.AsSpan(8));
        SHA256.HashData(_slot.AsSpan(0, BodyBytes)).AsSpan(0, SlotBytes - BodyBytes).CopyTo(_slot.AsSpan(BodyBytes));
        RandomAccess.Write(_file.SafeFileHandle, _slot, _next * SlotBytes);
        _next = 1 - _next;
    }

    public void Dispose() => _file.Dispose();
}
