using System.Buffers;
using Ledger.Core.Accounting;
using Ledger.Core.Merkle;
using Ledger.Core.Payouts;
using Ledger.Core.Quantities;
using Ledger.Core.Rulesets;
using Ledger.Tests.Support;
using Xunit;

namespace Ledger.Tests.Payouts;

/// <summary>Bytes and digests of a small fixed window: two others that recompute it must get the same.</summary>
public sealed class PayoutGoldenTests
{
    private static readonly Person[] People =
    [
        new(1, 10, 10, 1, 5, 1), new(1, 9, 8, 0, 0, 0), new(1, 12, 12, 0, 3, 2), new(0, 10, 0, 2, 7, 0), new(0, 3, 0, 0, 0, 1), new(0, 8, 0, 3, 2, 3),
    ];

    [Fact]
    public void Statement_state_leaves_and_journal_of_a_window()
    {
        World world = new(Ruleset.Default, People);
        WindowResult first = WindowRules.Compute(world.Window(0, PayoutState.Initial, topUps: 3));
        WindowResult second = WindowRules.Compute(world.Window(1, first.Next));
        ArrayBufferWriter<byte> statement = new(), state = new();
        second.Statement.WriteTo(statement);
        second.Next.WriteTo(state, world.Names);
        RewardLeaf[] leaves = second.Next.Payees.Leaves(PayeeNames.Domain(Ruleset.Default.Settlement));

        VectorFile.Match("window-close.txt", string.Join('\n',
        [
            $"statement {second.Statement.Digest}",
            Convert.ToHexStringLower(statement.WrittenSpan),
            $"state {second.Next.DigestOf(world.Names)}",
            Convert.ToHexStringLower(state.WrittenSpan),
            $"root {RewardTree.Build(leaves).Root}",
            .. leaves.Select(l => $"{l.Domain} {l.Payee} {l.Cumulative}"),
            $"journal {JournalEntry.DigestOf(CloseEntries.Of(World.FirstDay, first, TokenAmount.FromWe(3), TokenAmount.Zero, 0), world.Names)}",
            string.Empty,
        ]));
    }
}
