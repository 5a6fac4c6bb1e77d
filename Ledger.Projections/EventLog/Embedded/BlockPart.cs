namespace Ledger.Projections.EventLog.Embedded;

/// <summary>The parts of a block, kept and hashed apart so that a reader fetches and verifies only what it needs. Codes are persisted.</summary>
internal enum BlockPart
{
    /// <summary>Names that appear for the first time in this block.</summary>
    Names = 0,

    /// <summary>Events that are not columnar, as canonical bytes.</summary>
    Rows = 1,

    /// <summary>Columnar activity.</summary>
    Activity = 2,

    /// <summary>The id of every event.</summary>
    Ids = 3,

    /// <summary>Nodes of the log tree that became complete in this block, and the frontier after it.</summary>
    Tree = 4,

    /// <summary>Streams that have events in this block.</summary>
    Streams = 5,
}
