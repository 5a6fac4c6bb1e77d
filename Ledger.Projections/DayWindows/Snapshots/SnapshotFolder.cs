using System.Globalization;
using Ledger.Core.Merkle;
using Ledger.Core.Time;
using Ledger.Projections.EventLog;

namespace Ledger.Projections.DayWindows.Snapshots;

/// <summary>Snapshots of a ledger's state, a file each, kept beside the log so that opening a ledger folds no closed window again.</summary>
/// <remarks>
/// Derived and disposable: a file that is missing, damaged, of another log or of another build is passed over and the log is replayed. So nothing is
/// synced, and a save that fails is no fault. An audit never looks here.
/// </remarks>
/// <param name="dataDirectory">The ledger's data folder; the files stand in its <c>snapshots</c>.</param>
public sealed class SnapshotFolder(string dataDirectory)
{
    /// <summary>How many are kept: enough that the last days are explained from near by.</summary>
    public const int FilesMax = 8;

    private const string Extension = ".state";

    private readonly string _directory = Path.Combine(dataDirectory, "snapshots");

    /// <summary>The snapshot with the highest position up to <paramref name="position"/> that serves this log; null when there is none.</summary>
    internal async ValueTask<LedgerSnapshot?> LatestAsync(IEventLog log, long position, CancellationToken cancel)
    {
        foreach ((long at, string path) in Files().Where(f => f.Position <= position))
        {
            try
            {
                if (await LedgerSnapshot.ReadAsync(await File.ReadAllBytesAsync(path, cancel).ConfigureAwait(false), log, cancel).ConfigureAwait(false) is { } snapshot
                    && snapshot.State.Position == at) return snapshot;
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException or FormatException or ArgumentException or InvalidOperationException)
            {
                // Whatever is wrong with it, an older one or the log itself says the same.
            }
        }

        return null;
    }

    /// <summary>Keeps a ledger's state; the oldest files give way.</summary>
    internal async ValueTask SaveAsync(IEventLog log, LedgerState state, IReadOnlyDictionary<Day, WindowRecord> records, CancellationToken cancel)
    {
        try
        {
            Digest root = await log.LogRootAsync(state.Position, cancel).ConfigureAwait(false);
            Directory.CreateDirectory(_directory);
            string path = Path.Combine(_directory, state.Position.ToString("d16", CultureInfo.InvariantCulture) + Extension);
            await File.WriteAllBytesAsync(path + ".part", LedgerSnapshot.Bytes(state, records, root), cancel).ConfigureAwait(false);
            File.Move(path + ".part", path, overwrite: true);
            foreach ((long _, string old) in Files().Skip(FilesMax)) File.Delete(old);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // A full or read-only disk costs the next opening time, nothing else.
        }
    }

    /// <summary>Newest first.</summary>
    private List<(long Position, string Path)> Files()
    {
        List<(long Position, string Path)> files = [];
        if (!Directory.Exists(_directory)) return files;
        foreach (string path in Directory.EnumerateFiles(_directory, "*" + Extension))
        {
            if (long.TryParse(Path.GetFileNameWithoutExtension(path), NumberStyles.None, CultureInfo.InvariantCulture, out long position)) files.Add((position, path));
        }

        files.Sort((a, b) => b.Position.CompareTo(a.Position));
        return files;
    }
}
