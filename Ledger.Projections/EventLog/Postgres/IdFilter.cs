using System.Buffers.Binary;
using Ledger.Core.Identity;

namespace Ledger.Projections.EventLog.Postgres;

/// <summary>Says of an id that it is surely not in a segment of the log, or that it may be: a Bloom filter in blocks of one cache line.</summary>
/// <remarks>20 bits an id and 7 probes: about one id in five thousand is looked for in vain.</remarks>
internal sealed class IdFilter
{
    private const int BitsPerId = 20;
    private const int WordsPerBlock = 8;
    private const int Probes = 7;
    private const int ProbeBits = 9; // 512 bits in a block

    private readonly ulong[] _words;

    private IdFilter(ulong[] words) => _words = words;

    /// <summary>The filter of these ids.</summary>
    public static IdFilter Of(ICollection<EventId> ids)
    {
        int blocks = Math.Max(1, (int)(((long)ids.Count * BitsPerId) / (WordsPerBlock * 64)) + 1);
        IdFilter filter = new(new ulong[blocks * WordsPerBlock]);
        foreach (EventId id in ids) filter.Add(id);
        return filter;
    }

    /// <exception cref="InvalidDataException">Not what <see cref="ToBytes"/> gave.</exception>
    public static IdFilter FromBytes(ReadOnlySpan<byte> bytes)
    {
        if (bytes.IsEmpty || bytes.Length % (WordsPerBlock * 8) != 0) throw new InvalidDataException($"a filter of {bytes.Length} bytes");
        ulong[] words = new ulong[bytes.Length / 8];
        for (int i = 0; i < words.Length; i++) words[i] = BinaryPrimitives.ReadUInt64LittleEndian(bytes[(i * 8)..]);
        return new IdFilter(words);
    }

    public byte[] ToBytes()
    {
        byte[] bytes = new byte[_words.Length * 8];
        for (int i = 0; i < _words.Length; i++) BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(i * 8), _words[i]);
        return bytes;
    }

    /// <summary>False: the id is not in the segment.</summary>
    public bool MayHold(IdHash hash)
    {
        ReadOnlySpan<ulong> block = _words.AsSpan(Block(hash), WordsPerBlock);
        ulong probes = hash.Probes;
        for (int i = 0; i < Probes; i++, probes >>= ProbeBits)
        {
            if ((block[(int)((probes >> 6) & 7)] & (1UL << (int)(probes & 63))) == 0) return false;
        }

        return true;
    }

    private void Add(EventId id)
    {
        IdHash hash = IdHash.Of(id);
        Span<ulong> block = _words.AsSpan(Block(hash), WordsPerBlock);
        ulong probes = hash.Probes;
        for (int i = 0; i < Probes; i++, probes >>= ProbeBits) block[(int)((probes >> 6) & 7)] |= 1UL << (int)(probes & 63);
    }

    private int Block(IdHash hash) => (int)Math.BigMul(hash.Place, (ulong)(_words.Length / WordsPerBlock), out _) * WordsPerBlock;
}

/// <summary>An id's two hashes: where it is looked for and which bits.</summary>
internal readonly record struct IdHash(ulong Place, ulong Probes)
{
    /// <summary>Ids may be counters or times, so both halves go through a full mix (splitmix64).</summary>
    public static IdHash Of(EventId id)
    {
        ulong place = Mix(unchecked((ulong)id.Value) ^ Mix((ulong)(id.Value >> 64)));
        return new IdHash(place, Mix(place));
    }

    private static ulong Mix(ulong z)
    {
        unchecked
        {
            z += 0x9e3779b97f4a7c15;
            z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
            z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
            return z ^ (z >> 31);
        }
    }
}
