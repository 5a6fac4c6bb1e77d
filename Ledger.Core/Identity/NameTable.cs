using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;

namespace Ledger.Core.Identity;

/// <summary>
/// Numbers the identifiers of one log in the order they first appear, so that the fold works on integers.
/// </summary>
/// <remarks>
/// The number (the ordinal) is an address inside one process and one store, nothing more: no rule, order or result may depend on it.
/// Accounts, spaces and contents share the table; the same text used for two purposes is one name with two uses.
/// One writer; readers that hold an ordinal published to them may read it, and look names up, from any thread.
/// Names lie end to end in chunks, not in objects of their own: a lookup is one slot and one name, and the collector has nothing to follow.
/// </remarks>
public sealed class NameTable
{
    private const int Empty = -1;

    // A name as kept: stable hash (4), ordinal (4), size (1), bytes; from a multiple of eight bytes on.
    private const int OrdinalAt = 4;
    private const int SizeAt = 8;
    private const int BytesAt = 9;
    private const int UnitBytes = 8;
    private const int ChunkUnits = 1 << 13;

    private const ulong LookupFactor = 0x9e3779b97f4a7c15;

    // Looked up together, so that their cache misses overlap; few enough that what was fetched is still there.
    private const int Together = 64;

    private byte[][] _chunks = [new byte[ChunkUnits * UnitBytes]];
    private uint[] _units = new uint[1024];
    private ulong[] _slots = new ulong[4096]; // lookup hash and, from 1, the unit where the name is kept; 0 is free
    private uint _nextUnit;
    private int _count;

    /// <summary>Names so far; ordinals run from 0 to this, exclusive.</summary>
    public int Count => _count;

    /// <summary>The UTF-8 bytes of a name.</summary>
    public ReadOnlySpan<byte> Bytes(int ordinal) => Bytes(Kept(_units[ordinal]));

    /// <summary>The text of a name.</summary>
    public string Text(int ordinal) => Encoding.UTF8.GetString(Bytes(ordinal));

    /// <summary>The ordinal of <paramref name="text"/>, or −1 when it has never appeared.</summary>
    public int Find(string text)
    {
        Span<byte> utf8 = stackalloc byte[IdText.BytesMax];
        return Encoding.UTF8.TryGetBytes(text, utf8, out int size) ? Find(utf8[..size]) : Empty;
    }

    /// <summary>The ordinal of the name with these bytes, or −1 when it has never appeared.</summary>
    public int Find(ReadOnlySpan<byte> utf8) => Find(Volatile.Read(ref _slots), utf8, LookupHash(utf8), out _);

    /// <summary>The ordinals of many names, −1 for those that have never appeared, and the <see cref="StableHash"/> of the others.</summary>
    /// <param name="texts">Holds the names' bytes.</param>
    /// <param name="names">Where each name lies in <paramref name="texts"/>.</param>
    /// <param name="ordinals">One entry per name.</param>
    /// <param name="stableHashes">One entry per name; what stands with −1 means nothing.</param>
    public void Find(ReadOnlySpan<byte> texts, ReadOnlySpan<NameSpan> names, Span<int> ordinals, Span<uint> stableHashes)
    {
        ulong[] slots = Volatile.Read(ref _slots);
        int mask = slots.Length - 1;
        ulong touched = 0;
        while (!names.IsEmpty)
        {
            ReadOnlySpan<NameSpan> some = names[..Math.Min(Together, names.Length)];
            foreach (ref readonly NameSpan name in some) touched |= slots[unchecked((int)name.Hash) & mask];
            foreach (ref readonly NameSpan name in some)
            {
                ulong slot = Volatile.Read(ref slots[unchecked((int)name.Hash) & mask]);
                if (slot >> 32 == name.Hash && slot != 0) touched |= Kept(unchecked((uint)slot) - 1)[0];
            }

            for (int i = 0; i < some.Length; i++)
            {
                ReadOnlySpan<byte> kept = FindKept(slots, texts.Slice(some[i].Start, some[i].Size), some[i].Hash, out _);
                (ordinals[i], stableHashes[i]) = kept.IsEmpty ? (Empty, 0) : (OrdinalOf(kept), StableHashOf(kept));
            }

            names = names[some.Length..];
            ordinals = ordinals[some.Length..];
            stableHashes = stableHashes[some.Length..];
        }

        GC.KeepAlive(touched);
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
        ulong[] slots = Volatile.Read(ref _slots);
        uint hash = LookupHash(utf8);
        int ordinal = Find(slots, utf8, hash, out int slot);
        if (ordinal != Empty) return ordinal;

        if (_count == _units.Length) Array.Resize(ref _units, _count * 2);
        ordinal = _count;
        uint unit = Keep(utf8, Hash(utf8), ordinal);
        _units[ordinal] = unit;
        Volatile.Write(ref slots[slot], ((ulong)hash << 32) | (unit + 1)); // last: who finds the slot finds the name
        _count = ordinal + 1;
        if (_count * 2 > slots.Length) Grow();
        return ordinal;
    }

    /// <summary>Orders two names by their bytes: the canonical order of everything that is paid or hashed.</summary>
    public int Compare(int left, int right) => Bytes(left).SequenceCompareTo(Bytes(right));

    /// <summary>A hash of a name's bytes that is the same in every process and store; used to place accounts in shards.</summary>
    public uint StableHash(int ordinal) => StableHashOf(Kept(_units[ordinal]));

    /// <summary>FNV-1a over the bytes, finished with a multiply so that low bits mix.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
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

    /// <summary>
    /// What names are looked up by: eight bytes a step, where <see cref="Hash"/> takes a multiplication for each byte. Nothing that is kept depends on it.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static uint LookupHash(ReadOnlySpan<byte> utf8)
    {
        const int StepBytes = sizeof(ulong);
        unchecked
        {
            ulong hash = (ulong)utf8.Length * LookupFactor;
            ReadOnlySpan<byte> rest = utf8;
            for (; rest.Length > StepBytes; rest = rest[StepBytes..]) hash = Step(hash, BinaryPrimitives.ReadUInt64LittleEndian(rest));

            // The last eight bytes once more, or the few that there are.
            if (utf8.Length >= StepBytes) return (uint)Step(hash, BinaryPrimitives.ReadUInt64LittleEndian(utf8[^StepBytes..]));
            ulong last = 0;
            foreach (byte b in rest) last = (last << 8) | b;
            return (uint)Step(hash, last);
        }
    }

    // Both halves of the product: the upper one carries high bits down, the lower one low bits up.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Step(ulong hash, ulong word) => Math.BigMul(hash ^ word, LookupFactor, out ulong low) ^ low;

    private static uint StableHashOf(ReadOnlySpan<byte> kept) => BinaryPrimitives.ReadUInt32LittleEndian(kept);

    private static int OrdinalOf(ReadOnlySpan<byte> kept) => BinaryPrimitives.ReadInt32LittleEndian(kept[OrdinalAt..]);

    private static ReadOnlySpan<byte> Bytes(ReadOnlySpan<byte> kept) => kept.Slice(BytesAt, kept[SizeAt]);

    private ReadOnlySpan<byte> Kept(uint unit) => Volatile.Read(ref _chunks)[unit / ChunkUnits].AsSpan((int)(unit % ChunkUnits) * UnitBytes);

    private int Find(ulong[] slots, ReadOnlySpan<byte> utf8, uint hash, out int slot)
    {
        ReadOnlySpan<byte> kept = FindKept(slots, utf8, hash, out slot);
        return kept.IsEmpty ? Empty : OrdinalOf(kept);
    }

    // Gives the name as kept, or nothing, and the slot where it is, or would be; by the time that is looked at again another name may have taken a free one.
    private ReadOnlySpan<byte> FindKept(ulong[] slots, ReadOnlySpan<byte> utf8, uint hash, out int slot)
    {
        int mask = slots.Length - 1;
        slot = unchecked((int)hash) & mask;
        while (true)
        {
            ulong entry = Volatile.Read(ref slots[slot]);
            if (entry == 0) return [];
            if (entry >> 32 == hash)
            {
                ReadOnlySpan<byte> kept = Kept(unchecked((uint)entry) - 1);
                if (Bytes(kept).SequenceEqual(utf8)) return kept;
            }

            slot = (slot + 1) & mask;
        }
    }

    private uint Keep(ReadOnlySpan<byte> utf8, uint hash, int ordinal)
    {
        uint units = (uint)((BytesAt + utf8.Length + UnitBytes - 1) / UnitBytes);
        if ((_nextUnit % ChunkUnits) + units > ChunkUnits) _nextUnit = (_nextUnit / ChunkUnits * ChunkUnits) + ChunkUnits;
        if (_nextUnit / ChunkUnits == _chunks.Length) Volatile.Write(ref _chunks, [.. _chunks, new byte[ChunkUnits * UnitBytes]]);
        uint unit = _nextUnit;
        _nextUnit += units;
        Span<byte> kept = _chunks[unit / ChunkUnits].AsSpan((int)(unit % ChunkUnits) * UnitBytes);
        BinaryPrimitives.WriteUInt32LittleEndian(kept, hash);
        BinaryPrimitives.WriteInt32LittleEndian(kept[OrdinalAt..], ordinal);
        kept[SizeAt] = (byte)utf8.Length;
        utf8.CopyTo(kept[BytesAt..]);
        return unit;
    }

    // Readers may look names up meanwhile, so the larger table is filled before they see it.
    private void Grow()
    {
        ulong[] larger = new ulong[_slots.Length * 2];
        foreach (ulong entry in _slots)
        {
            if (entry == 0) continue;
            int slot = unchecked((int)(entry >> 32)) & (larger.Length - 1);
            while (larger[slot] != 0) slot = (slot + 1) & (larger.Length - 1);
            larger[slot] = entry;
        }

        Volatile.Write(ref _slots, larger);
    }
}

/// <summary>Where a name's UTF-8 bytes lie in a larger text, with their hash.</summary>
/// <param name="Start">First byte.</param>
/// <param name="Size">How many.</param>
/// <param name="Hash"><see cref="NameTable.LookupHash"/> of them.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct NameSpan(int Start, int Size, uint Hash);
