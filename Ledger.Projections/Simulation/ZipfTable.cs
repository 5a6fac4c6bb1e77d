namespace Ledger.Projections.Simulation;

/// <summary>Draws ranks with weights 1 / (rank + shift) in constant time: a table of slots shared out by weight, in integers.</summary>
/// <remarks>Every rank has at least one slot. A shift of 1 is Zipf's law; a larger one flattens the head.</remarks>
internal sealed class ZipfTable
{
    private const ulong One = 1UL << 32;

    private readonly int[] _slots;

    public ZipfTable(int ranks, int shift)
    {
        ulong total = 0;
        for (int rank = 0; rank < ranks; rank++) total += One / (ulong)(rank + shift);
        List<int> slots = new(ranks * 17);
        ulong goal = (ulong)ranks * 16;
        for (int rank = 0; rank < ranks; rank++)
        {
            int own = 1 + (int)(One / (ulong)(rank + shift) * goal / total);
            for (int i = 0; i < own; i++) slots.Add(rank);
        }

        _slots = [.. slots];
    }

    public int Draw(ref SplitMix64 random) => _slots[random.Below(_slots.Length)];
}
