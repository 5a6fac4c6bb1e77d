using System.Text;
using Ledger.Core.Events;
using Ledger.Core.Identity;
using Ledger.Core.Merkle;
using Ledger.Projections.EventLog;
using Ledger.Projections.EventLog.Embedded;
using Ledger.Tests.Support;
using Xunit;

namespace Ledger.Tests.EventLog;

/// <summary>The bytes of a block are fixed by specs/event-log.md: a change of one is a new layout, never an accident.</summary>
public sealed class BlockLayoutTests
{
    private static string Golden => Path.Combine(Repository.Root, "Ledger.Tests", "Vectors", "event-log-block.txt");

    [Fact]
    public void A_block_has_the_bytes_of_the_golden_file()
    {
        string found = Describe();
        if (Environment.GetEnvironmentVariable("UPDATE_GOLDENS") == "1") File.WriteAllText(Golden, found);
        Assert.Equal(File.ReadAllText(Golden), found);
    }

    private static string Describe()
    {
        SampleEvents sample = new(77, accounts: 3, contents: 3);
        NameTable names = new();
        BlockDraft draft = new(names, new StreamIndex());
        PreparedAppend prepared = PreparedAppend.Of([.. Enumerable.Range(0, 300).Select(_ => sample.Next()).Where(e => e.Payload is not RulesetAdopted)], null);
        draft.Begin(0);
        Assert.Equal(prepared.Events.Count, draft.Add(prepared, 0, prepared.Events.Count));
        draft.End();
        using BlockSealer sealer = new(names, new LogFrontier(), new Digest(1, 2, 3, 4));
        SealedBlock block = sealer.Seal(draft);
        StringBuilder text = new();
        text.Append($"header {Convert.ToHexStringLower(block.HeaderBytes)}\n");
        foreach (BlockPart part in Enum.GetValues<BlockPart>()) text.Append($"{part} {Convert.ToHexStringLower(block.Parts[(int)part].Span)}\n");
        return text.ToString();
    }
}
