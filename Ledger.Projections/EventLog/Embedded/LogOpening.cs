using Ledger.Core.Identity;
using Ledger.Core.Merkle;

namespace Ledger.Projections.EventLog.Embedded;

/// <summary>What opening finds out: the whole chain of headers, all names, the last block in full, and that the log is not behind its recorded head.</summary>
/// <remarks>Whoever follows the log goes on with it from there: headers and names of what another process has appended.</remarks>
internal sealed class LogOpening
{
    public NameTable Names { get; } = new();

    public long Head { get; private set; }

    public Digest LastHash { get; private set; }

    public LogFrontier Frontier { get; private set; } = new();

    public static LogOpening Of(BlockSource source, (long Head, Digest Hash)? recorded)
    {
        LogOpening opening = new();
        With(source, reader => opening.Read(reader, recorded));
        return opening;
    }

    /// <summary>Reads on to the log's present end.</summary>
    public void ReadOn(BlockSource source) => With(source, reader => ReadChain(reader, (_, _) => { }));

    private static void With(BlockSource source, Action<BlockReader> read)
    {
        BlockReader reader = source.Rent();
        try
        {
            read(reader);
        }
        finally
        {
            source.Return(reader);
        }
    }

    private void Read(BlockReader reader, (long Head, Digest Hash)? recorded)
    {
        bool onRecord = recorded is null or { Head: 0 };
        BlockHeader? last = ReadChain(reader, (head, hash) => onRecord |= recorded is { } known && known.Head == head && known.Hash == hash);
        if (reader.LastPosition() is { } stored && stored >= Head) throw LogFaults.Missing(Head, $"the log goes on at {stored}");
        RequireRecorded(recorded, onRecord);
        if (last is null) return;
        foreach (BlockPart part in Enum.GetValues<BlockPart>()) reader.Part(last, part, 0, static (_, _) => 0);
        BlockEvents.All(reader, last, Names);
        Frontier = reader.Part(last, BlockPart.Tree, last, TreePart.Frontier);
    }

    /// <summary>Takes the names of every block from the head on; the last block that there is, or null.</summary>
    private BlockHeader? ReadChain(BlockReader reader, Action<long, Digest> passed)
    {
        BlockHeader? last = null;
        while (reader.TryAt(Head, LastHash) is { } block)
        {
            last = block.Header;
            if (last.NewNames > 0)
            {
                reader.Part(last, BlockPart.Names, (last, Names, reader.Zstd), static (part, into) =>
                {
                    NamesPart.Load(part, into.last, into.Names, into.Zstd);
                    return 0;
                });
            }

            (Head, LastHash) = (last.End, block.Hash);
            passed(Head, LastHash);
        }

        return last;
    }

    private void RequireRecorded((long Head, Digest Hash)? recorded, bool onRecord)
    {
        if (recorded is null && Head > 0)
            throw new LogFaultException("head-missing", $"the log has {Head} events but no readable {HeadFile.FileName}: restore that file together with the log");
        if (recorded is { } known && known.Head > Head)
            throw new LogFaultException("log-truncated", $"the log has {Head} events, {known.Head} were acknowledged: it was cut short or an older copy was put back; restore the newer one");
        if (!onRecord)
            throw new LogFaultException("log-diverged", $"the log's event {recorded!.Value.Head - 1} is not the one that was acknowledged: another log was put in its place; restore the right one");
    }
}
