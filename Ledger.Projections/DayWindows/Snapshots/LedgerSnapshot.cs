using System.Security.Cryptography;
using Ledger.Core.Events;
using Ledger.Core.Identity;
using Ledger.Core.Merkle;
using Ledger.Core.Time;
using Ledger.Projections.EventLog;

namespace Ledger.Projections.DayWindows.Snapshots;

/// <summary>Everything a ledger knows at one position, as it stands in a snapshot.</summary>
/// <param name="State">The state; what is written is all of it, what is read starts a ledger.</param>
/// <param name="Records">What the log records of closed windows.</param>
/// <remarks>
/// Bytes, little-endian; specs/read-models.md says when they are believed:
/// <code>
/// "WLS1" (4), build (32), position (8), root of the log tree over everything before the position (32),
/// names (4), SHA-256 of those names, each id (32), state, records, SHA-256 of all bytes before (32)
/// </code>
/// </remarks>
internal sealed record LedgerSnapshot(LedgerState State, SortedDictionary<Day, WindowRecord> Records)
{
    private const int HashBytes = SHA256.HashSizeInBytes;

    private static ReadOnlySpan<byte> Magic => "WLS1"u8;

    /// <summary>Which code computed the state. Another build's is not believed: what it computed differently would be carried on for ever.</summary>
    internal static byte[] Build { get; } =
        [.. typeof(EventPayload).Module.ModuleVersionId.ToByteArray(), .. typeof(LedgerSnapshot).Module.ModuleVersionId.ToByteArray()];

    /// <summary>The bytes of a ledger's knowledge.</summary>
    public static byte[] Bytes(LedgerState state, IReadOnlyDictionary<Day, WindowRecord> records, Digest logRoot)
    {
        using MemoryStream stream = new();
        using BinaryWriter output = new(stream);
        NameTable names = state.Directory.Names;
        int count = names.Count;
        output.Write(Magic);
        output.Write(Build);
        output.Write(state.Position);
        output.Write(logRoot);
        output.Write(count);
        output.Write(DigestOf(names, count));
        state.WriteTo(output);
        output.Write(records.Count);
        foreach (WindowRecord record in records.Values) Write(output, record);
        output.Flush();
        output.Write(SHA256.HashData(stream.GetBuffer().AsSpan(0, (int)stream.Length)));
        return stream.ToArray();
    }

    /// <summary>Reads a snapshot of this log by this build; null when the bytes are anything else.</summary>
    public static async ValueTask<LedgerSnapshot?> ReadAsync(byte[] bytes, IEventLog log, CancellationToken cancel)
    {
        int end = bytes.Length - HashBytes;
        if (end < 0 || !SHA256.HashData(bytes.AsSpan(0, end)).AsSpan().SequenceEqual(bytes.AsSpan(end))) return null;
        using BinaryReader input = new(new MemoryStream(bytes, 0, end, writable: false));
        if (!input.ReadBytes(Magic.Length).AsSpan().SequenceEqual(Magic) || !input.ReadBytes(Build.Length).AsSpan().SequenceEqual(Build)) return null;
        long position = input.ReadInt64();
        Digest root = input.ReadDigest();
        if (position > log.Head || await log.LogRootAsync(position, cancel).ConfigureAwait(false) != root) return null;
        int names = input.ReadInt32();
        if (names > log.Names.Count || DigestOf(log.Names, names) != input.ReadDigest()) return null;
        LedgerState state = new(log.Names);
        state.Restore(input);
        SortedDictionary<Day, WindowRecord> records = [];
        for (int left = input.ReadInt32(); left > 0; left--)
        {
            WindowRecord record = ReadRecord(input);
            records.Add(record.Closed.Window, record);
        }

        return new LedgerSnapshot(state, records);
    }

    private static void Write(BinaryWriter output, WindowRecord record)
    {
        output.WriteSection(bytes => CanonicalBytes.Write(Stored(record.Closed, record), bytes));
        output.Write(record.ClosedAt);
        output.WriteSection(bytes => CanonicalBytes.Write(Stored(record.Statement, record), bytes));
        output.Write(record.StatementAt);
        output.Write(record.IssuedAt.Value);
        output.Write(record.IsFinal);
    }

    private static WindowRecord ReadRecord(BinaryReader input) => new(
        (WindowClosed)CanonicalBytes.Read(input.ReadSection()).Payload,
        input.ReadInt64(),
        (StatementIssued)CanonicalBytes.Read(input.ReadSection()).Payload,
        input.ReadInt64(),
        UnixMs.From(input.ReadInt64()),
        input.ReadBoolean());

    private static NewEvent Stored(EventPayload payload, WindowRecord record) => new(default, record.IssuedAt, record.IssuedAt, record.Closed.Window, payload);

    /// <summary>Over the first names, each a length byte and its UTF-8.</summary>
    internal static Digest DigestOf(NameTable names, int count)
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        byte[] buffer = new byte[1 << 16];
        int used = 0;
        for (int ordinal = 0; ordinal < count; ordinal++)
        {
            ReadOnlySpan<byte> name = names.Bytes(ordinal);
            if (used + 1 + name.Length > buffer.Length)
            {
                hash.AppendData(buffer, 0, used);
                used = 0;
            }

            buffer[used] = (byte)name.Length;
            name.CopyTo(buffer.AsSpan(used + 1));
            used += 1 + name.Length;
        }

        hash.AppendData(buffer, 0, used);
        return Digest.FromBytes(hash.GetHashAndReset());
    }
}
