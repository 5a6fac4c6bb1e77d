namespace Ledger.Host.Adapters.Files;

/// <summary>How far an import is.</summary>
/// <param name="BytesRead">Bytes of the file read, over both passes of a strict import.</param>
/// <param name="BytesTotal">Bytes to read in all.</param>
/// <param name="Lines">Lines read in this pass.</param>
/// <param name="Events">Events submitted so far.</param>
/// <param name="Faults">Bad lines so far.</param>
public readonly record struct ImportProgress(long BytesRead, long BytesTotal, long Lines, long Events, long Faults);

/// <summary>What an import did.</summary>
public sealed class ImportSummary
{
    /// <summary>False when a strict import found a bad line and therefore took nothing.</summary>
    public bool Taken { get; internal set; } = true;

    /// <summary>Lines read, a header included.</summary>
    public long Lines { get; internal set; }

    /// <summary>Rows that the mapping skips, and exported lines of kinds that the ledger states itself.</summary>
    public long Skipped { get; internal set; }

    /// <summary>Events now in the log that were not before, in the window of their own day.</summary>
    public long Accepted { get; internal set; }

    /// <summary>Events now in the log that were not before, in a later window than their own.</summary>
    public long CarriedForward { get; internal set; }

    /// <summary>Events that were in the log already.</summary>
    public long Duplicates { get; internal set; }

    /// <summary>Bad lines and refused events.</summary>
    public long Faults { get; internal set; }

    /// <summary>Faults by code.</summary>
    public IReadOnlyDictionary<string, long> FaultsByCode { get; internal set; } = new Dictionary<string, long>(StringComparer.Ordinal);

    /// <summary>Events now in the log that were not before, by kind.</summary>
    public SortedDictionary<string, long> NewByKind { get; } = new(StringComparer.Ordinal);
}
