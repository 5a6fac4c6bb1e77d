using Ledger.Projections.EventLog.Embedded;
using Microsoft.Data.Sqlite;

namespace Ledger.Tests.EventLog.Faults;

/// <summary>Stores that break the promise on purpose.</summary>
internal static class Mutants
{
    /// <summary>Commits without a sync.</summary>
    public static IBlockStore SkipSync(string folder)
    {
        SqliteConnection connection = LogFile.OpenWriter(folder);
        LogFile.Execute(connection, "PRAGMA synchronous = OFF");
        return new BlockStore(connection, AppendProgram.CheckpointBytes);
    }

    /// <summary>Answers before the commit, which comes with the next one.</summary>
    public static IBlockStore AnswerEarly(string folder) => new Late(new BlockStore(LogFile.OpenWriter(folder), AppendProgram.CheckpointBytes));

    private sealed class Late(BlockStore store) : IBlockStore
    {
        private IReadOnlyList<SealedBlock> _before = [];

        public void Commit(IReadOnlyList<SealedBlock> blocks)
        {
            if (_before.Count > 0) store.Commit(_before);
            _before = [.. blocks.Select(block => block with { Parts = [.. block.Parts.Select(part => (ReadOnlyMemory<byte>)part.ToArray())] })]; // their memory serves other blocks soon
        }

        public void Checkpoint() => store.Checkpoint();

        public void Dispose()
        {
            if (_before.Count > 0) store.Commit(_before);
            store.Dispose();
        }
    }
}
