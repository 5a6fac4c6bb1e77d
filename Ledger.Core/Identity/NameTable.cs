using System.Text;

namespace Ledger.Core.Identity;

/// <summary>
/// Numbers the identifiers of one log in the order they first appear, so that the fold works on integers.
/// </summary>
/// <remarks>
/// The number (the ordinal) is an address inside one process and one store, nothing more: no rule, order or result may depend on it.
/// Accounts, spaces and contents share the table; the same text used for two purposes is one name with two uses.
/// One writer; readers that hold an ordinal published to them may read it from any thread.
/// </remarks>
public sealed class NameTable
{
    private const int Empty = -1;

    private byte[][] _bytes = new byte[1024][];
    private int[] _slots = NewSlots(4096);
    private int _count;

    /// <summary>Names so far; ordinals run from 0 to this, exclusive.</summary>
    public int Count => _count;

    /// <summary>The UTF-8 bytes of a name.</summary>
    public ReadOnlySpan<byte> Bytes(int ordinal) => _bytes[ordinal];

    /// <summary>The text of a name.</summary>
    public string Text(int ordinal) => Encoding.UTF8.GetString(_bytes[ordinal]);

    /// <summary>The ordinal of <paramref name="text"/>, or −1 when it has never appeared.</summary>
    public int Find(string text)
    {
        Span<byte> utf8 = stackalloc byte[IdText.BytesMax];
        return Encoding.UTF8.TryGetBytes(text, utf8, out int size) ? Find(utf8[..size]) : Empty;
    }

    /// <summary>The ordinal of the name with these bytes, or −1 when it has never appeared.</summary>
    public int Find(ReadOnlySpan<byte> utf8)
    {
        int[] slots = Volatile.Read(ref _slots);
        return slots[Slot(slots, utf8)];
    }

    /// <summary>The ordinal of <paramref name="text"/>, assigning the next one when it is new.</summary>
    public int Intern(string text)
    {
        Span<byte> utf8 = stackalloc byte[IdText.BytesMax];
        return Encoding.UTF8.TryGetBytes(text, utf8, out int size)
            ? Intern(utf8[..size])
            : throw new FormatException($"id-too-long: an id has at most {IdText.BytesMax} bytes");
    }

    /// <summary>The ordinal of the name with these bytes, assigning the next one when it is new.</summary>
    public int Intern(ReadOnlySpan<byte> utf8)
    {
        // One look at the table: a name that is known is found by any thread, whatever the writer does meanwhile.
        int[] slots = Volatile.Read(ref _slots);
        int slot = Slot(slots, utf8);
        if (slots[slot] != Empty) return slots[slot];

        if (_count == _bytes.Length) Array.Resize(ref _bytes, _count * 2);
        int ordinal = _count;
        _bytes[ordinal] = utf8.ToArray();
        slots[slot] = ordinal;
        _count = ordinal + 1;
        if (_count * 2 > slots.Length) Grow();
        return ordinal;
    }

    /// <summary>Orders two names by their bytes: the canonical order of everything that is paid or hashed.</summary>
    public int Compare(int left, int right) => _bytes[left].AsSpan().SequenceCompareTo(_bytes[right]);

    /// <summary>A hash of a name's bytes that is the same in every process and store; used to place accounts in shards.</summary>
    public uint StableHash(int ordinal) => Hash(_bytes[ordinal]);

    /// <summary>FNV-1a over the bytes, finished with a multiply so that low bits mix.</summary>
    public static uint Hash(ReadOnlySpan<byte> utf8)
    {
        uint hash = 2166136261;
        unchecked
        {
            foreach (byte b in utf8) hash = (hash ^ b) * 16777619;
            hash ^= hash >> 16;
            hash *= 0x85ebca6b;
            return hash ^ (hash >> 13);
        }
    }

    private int Slot(int[] slots, ReadOnlySpan<byte> utf8)
    {
        int mask = slots.Length - 1;
        int slot = unchecked((int)Hash(utf8)) & mask;
        for (int ordinal = Volatile.Read(ref slots[slot]); ordinal != Empty; ordinal = Volatile.Read(ref slots[slot]))
        {
            // The name stands before its ordinal does, so whoever saw the ordinal finds the name in the array as it is now.
            if (Volatile.Read(ref _bytes)[ordinal].AsSpan().SequenceEqual(utf8)) break;
            slot = (slot + 1) & mask;
        }

        return slot;
    }

    // Readers may look names up meanwhile, so the larger table is filled before they see it.
    private void Grow()
    {
        int[] larger = NewSlots(_slots.Length * 2);
        for (int ordinal = 0; ordinal < _count; ordinal++) larger[Slot(larger, _bytes[ordinal])] = ordinal;
        Volatile.Write(ref _slots, larger);
    }

    private static int[] NewSlots(int size)
    {
        int[] slots = new int[size];
        Array.Fill(slots, Empty);
        return slots;
    }
}
