namespace Ledger.Tests.EventLog.Faults;

/// <summary>One call that changes files, as recorded.</summary>
/// <param name="Kind">What it does.</param>
/// <param name="Path">The file.</param>
/// <param name="Offset">Where a write begins, or the size that a truncation leaves.</param>
/// <param name="Bytes">What is written.</param>
internal sealed record FileCall(FileCallKind Kind, string Path, long Offset, byte[] Bytes);

/// <summary>Calls that change files or make changes durable.</summary>
internal enum FileCallKind
{
    Create,
    Write,
    Truncate,
    Sync,
    Unlink,
}
