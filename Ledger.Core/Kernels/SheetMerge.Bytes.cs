using System.Buffers;
using System.Text;
using Ledger.Core.Merkle;

namespace Ledger.Core.Kernels;

/// <content>Some shards of a window, added up, as bytes: what one machine hands to another.</content>
/// <remarks>
/// Little-endian, each count before its rows; layout in specs/cluster.md. Accounts and owners stand as ordinals of the log's names, which
/// every reader of the log numbers alike; rows are sorted, so the same part has the same bytes whoever folded it.
/// </remarks>
public sealed partial class SheetMerge
{
    private const int PartMagic = 0x31505357; // "WSP1"

    /// <summary>The bytes of everything added so far, and their SHA-256.</summary>
    public (byte[] Bytes, Digest Digest) ToPart()
    {
        ArrayBufferWriter<byte> bytes = new(1 << 16);
        using CanonicalBuffer output = new(bytes);
        output.Int32(PartMagic);
        WriteAccounts(output);
        WriteReceived(output);
        WriteMade(output);
        output.UInt64(_active);
        foreach (ulong[] counts in Histograms())
        {
            foreach (ulong count in counts) output.UInt64(count);
        }

        Digest digest = output.Finish();
        return (bytes.WrittenSpan.ToArray(), digest);
    }

    /// <summary>Adds a part, which shares no account with what was added before.</summary>
    /// <exception cref="FormatException"><c>state-damaged</c>: these are no part's bytes.</exception>
    public void Add(ReadOnlySpan<byte> part)
    {
        CanonicalReader input = new(part);
        if (input.Int32() != PartMagic) throw CanonicalReader.Damaged();
        for (int left = input.Count(); left > 0; left--)
        {
            _accounts.Add(input.Int32());
            _points.Add(input.Int64());
            _teamPoints.Add(input.Int64());
        }

        for (int left = input.Count(); left > 0; left--)
        {
            int owner = _subjects.IndexOf(input.Int32());
            if (owner < 0) throw CanonicalReader.Damaged();
            for (int column = 0; column < CreatorTally.Columns; column++) _received[(owner * CreatorTally.Columns) + column] += input.Int32();
        }

        for (int left = input.Count(); left > 0; left--)
            _made.Add(new ShardTotals.Made(input.Int32(), (uint)input.Int32(), (uint)input.Int32(), (uint)input.Int32()));
        ReadCategories(ref input);
        _active += input.UInt64();
        foreach (ulong[] counts in Histograms())
        {
            for (int i = 0; i < counts.Length; i++) counts[i] += input.UInt64();
        }

        input.RequireEnd();
    }

    private ulong[][] Histograms() => [_verdicts, _counted, _people, _present];

    private void WriteAccounts(CanonicalBuffer output)
    {
        int[] accounts = [.. _accounts];
        int[] order = [.. Enumerable.Range(0, accounts.Length)];
        Array.Sort(accounts, order);
        output.Int32(order.Length);
        foreach (int row in order)
        {
            output.Int32(_accounts[row]);
            output.Int64(_points[row]);
            output.Int64(_teamPoints[row]);
        }
    }

    private void WriteReceived(CanonicalBuffer output)
    {
        List<int> met = [];
        for (int owner = 0; owner < _subjects.OwnerCount; owner++)
        {
            if (_received.AsSpan(owner * CreatorTally.Columns, CreatorTally.Columns).ContainsAnyExcept(0)) met.Add(_subjects.OrdinalOf(owner));
        }

        met.Sort();
        output.Int32(met.Count);
        foreach (int ordinal in met)
        {
            output.Int32(ordinal);
            foreach (int count in _received.AsSpan(_subjects.IndexOf(ordinal) * CreatorTally.Columns, CreatorTally.Columns)) output.Int32(count);
        }
    }

    private void WriteMade(CanonicalBuffer output)
    {
        ShardTotals.Made[] made = [.. _made.OrderBy(row => row.Account)];
        output.Int32(made.Length);
        foreach (ShardTotals.Made row in made)
        {
            output.Int32(row.Account);
            output.Int32((int)row.Posts);
            output.Int32((int)row.BroadcastMinutes);
            output.Int32((int)row.OwnReplies);
        }

        // By name: a number of a category is a matter of the process.
        (int Creator, string Category, uint Posts)[] categories =
            [.. _categoryPosts.Select(entry => (entry.Key.Creator, context.Directory.Category(entry.Key.Category), entry.Value))];
        Array.Sort(categories, (a, b) => a.Creator != b.Creator ? a.Creator.CompareTo(b.Creator) : string.CompareOrdinal(a.Category, b.Category));
        output.Int32(categories.Length);
        foreach ((int creator, string category, uint posts) in categories)
        {
            output.Int32(creator);
            output.Id(Encoding.UTF8.GetBytes(category));
            output.Int32((int)posts);
        }
    }

    private void ReadCategories(ref CanonicalReader input)
    {
        for (int left = input.Count(); left > 0; left--)
        {
            int creator = input.Int32();
            int category = context.Directory.FindCategory(Encoding.UTF8.GetString(input.Id()));
            if (category < 0) throw CanonicalReader.Damaged();
            (int, int) key = (creator, category);
            _categoryPosts[key] = _categoryPosts.GetValueOrDefault(key) + (uint)input.Int32();
        }
    }
}
