using System.Text;
using Ledger.Core.Identity;

namespace Ledger.Tests.Peers.EventStore;

/// <summary>
/// Responses of a read as bytes, drawn from a seed: fields in any order, missing, repeated and in pieces, of numbers and wire types that the schema does not
/// have, numbers longer than they need be.
/// </summary>
internal sealed class RandomWire(int seed)
{
    private readonly Random _random = new(seed);

    public byte[] Response()
    {
        List<byte[]> fields = Some(3, () => Sized(1, Event()));
        if (_random.Next(4) == 0) fields.AddRange(Some(2, OtherContent));
        return Shuffled(fields);
    }

    /// <summary>The bytes with a few changed, cut off or put in.</summary>
    public static byte[] Broken(Random random, byte[] bytes)
    {
        List<byte> broken = [.. bytes];
        for (int i = random.Next(1, 4); i > 0 && broken.Count > 0; i--)
        {
            int at = random.Next(broken.Count);
            switch (random.Next(4))
            {
                case 0:
                    broken.RemoveRange(at, broken.Count - at);
                    break;
                case 1:
                    broken.Insert(at, (byte)random.Next(256));
                    break;
                case 2:
                    broken.RemoveAt(at);
                    break;
                default:
                    broken[at] ^= (byte)(1 << random.Next(8));
                    break;
            }
        }

        return [.. broken];
    }

    private byte[] Event() => Shuffled([.. Some(3, () => Sized(1, Recorded())), .. Some(1, () => Sized(2, Recorded())), .. Some(1, () => Number(3, Long())), .. Some(1, () => Sized(4, []))]);

    private byte[] Recorded() => Shuffled(
    [
        .. Some(3, () => Sized(1, Uuid())), .. Some(2, () => Sized(2, Shuffled(Some(2, () => Sized(3, Bytes()))))),
        .. Some(2, () => Number(3, Long())), .. Some(1, () => Number(4, Long())), .. Some(1, () => Number(5, Long())),
        .. Some(4, () => Sized(6, Entry())), .. Some(2, () => Sized(7, Bytes())), .. Some(2, () => Sized(8, Bytes())),
    ]);

    private byte[] Uuid() => Shuffled(
    [
        .. Some(2, () => Sized(1, Shuffled([.. Some(2, () => Number(1, Long())), .. Some(2, () => Number(2, Long()))]))),
        .. Some(1, () => Sized(2, Encoding.UTF8.GetBytes(_random.Next(3) == 0 ? "no-uuid" : new EventId(new UInt128(Long(), Long())).ToString()))),
    ]);

    private byte[] Entry() => Shuffled([.. Some(2, () => Sized(1, Word("type", "content-type", "typ", ""))), .. Some(2, () => Sized(2, Word("liked", "viewed", "ü", "")))]);

    private byte[] OtherContent() => _random.Next(8) switch
    {
        0 => Sized(2, Shuffled(Some(1, () => Sized(1, Word("sub"))))),
        1 => Sized(3, Shuffled(Some(1, () => Number(1, Long())))),
        2 => Sized(4, []),
        3 => Number(5, Long()),
        4 => Number(6, Long()),
        5 => Sized(7, Shuffled(Some(1, () => Number(2, Long())))),
        6 => Sized(8, []),
        _ => Sized(9, Shuffled(Some(1, () => Number(2, Long())))),
    };

    /// <summary>A field that no message has, or that is of another type than the message's.</summary>
    private byte[] Unknown(int depth)
    {
        int field = _random.Next(20, 3_000);
        return _random.Next(5) switch
        {
            0 => Number(field, Long()),
            1 => [.. Varint(((ulong)field << 3) | 1), .. Fixed(8)],
            2 => Sized(field, Bytes()),
            3 when depth > 0 => [.. Varint(((ulong)field << 3) | 3), .. Some(2, () => Unknown(depth - 1)).SelectMany(f => f), .. Varint(((ulong)field << 3) | 4)],
            _ => [.. Varint(((ulong)_random.Next(1, 12) << 3) | 5), .. Fixed(4)],
        };
    }

    private byte[] Shuffled(List<byte[]> fields)
    {
        fields.AddRange(_random.Next(3) == 0 ? Some(2, () => Unknown(3)) : []);
        byte[][] shuffled = [.. fields];
        if (_random.Next(2) == 0) _random.Shuffle(shuffled);
        return [.. shuffled.SelectMany(field => field)];
    }

    // Most often one, so that most messages are whole.
    private List<byte[]> Some(int max, Func<byte[]> one) => [.. Enumerable.Range(0, _random.Next(4) == 0 ? _random.Next(max + 1) : Math.Min(max, 1)).Select(_ => one())];

    private byte[] Sized(int field, byte[] content) => [.. Varint(((ulong)field << 3) | 2), .. Varint((ulong)content.Length), .. content];

    private byte[] Number(int field, ulong value) => [.. Varint((ulong)field << 3), .. Varint(value)];

    private byte[] Varint(ulong value)
    {
        List<byte> bytes = [];
        int sevens = _random.Next(20) == 0 ? 10 : 1;
        do
        {
            bytes.Add((byte)((value & 0x7f) | 0x80));
            value >>= 7;
        }
        while (value > 0 || bytes.Count < sevens);
        bytes[^1] &= 0x7f;
        return [.. bytes];
    }

    private byte[] Bytes() => Fixed(_random.Next(4) == 0 ? 0 : _random.Next(1, 300));

    private byte[] Fixed(int size)
    {
        byte[] bytes = new byte[size];
        _random.NextBytes(bytes);
        return bytes;
    }

    private byte[] Word(params string[] words) => Encoding.UTF8.GetBytes(words[_random.Next(words.Length)]);

    private ulong Long() => (ulong)_random.NextInt64() << _random.Next(2) >> _random.Next(64);
}
