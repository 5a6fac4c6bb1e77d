using Ledger.Core.Contributions;
using Ledger.Core.Time;
using Ledger.Projections.EventLog;
using Directory = System.IO.Directory;

namespace Ledger.Projections.DayWindows.ByAccount;

/// <summary>Activity by account of closed windows, a file each, kept beside the log so that an explanation reads its account and not its window.</summary>
/// <remarks>
/// Derived and disposable: a file that is missing, damaged, of another log or of another build is written anew, and where that cannot be, the log is
/// read; the answer is the same. So nothing is synced. An audit never looks here. Members may be called from any thread.
/// </remarks>
/// <param name="dataDirectory">The ledger's data folder; the files stand in its <c>by-account</c>.</param>
public sealed class ActivityFolder(string dataDirectory) : IDisposable
{
    /// <summary>How many are kept: as many as there are state snapshots, from which their windows are explained.</summary>
    public const int FilesMax = Snapshots.SnapshotFolder.FilesMax;

    private const string Extension = ".activity";

    private readonly string _directory = Path.Combine(dataDirectory, "by-account");
    private readonly Dictionary<Day, ActivityFile> _open = [];
    private readonly SemaphoreSlim _writing = new(1, 1);

    /// <summary>One account's activity in a closed window; when the window has no file yet, it gets one.</summary>
    internal async Task<AccountActivity> OfAsync(IEventLog log, ClosedWindow close, int account, IProgress<LedgerProgress>? progress, CancellationToken cancel)
    {
        FoldContext context = close.Context;
        for (int attempt = 0; attempt < 2; attempt++)
        {
            if (!await KeepAsync(log, close, Environment.ProcessorCount, progress, cancel).ConfigureAwait(false)) break;
            if (await FileAsync(log, context, cancel).ConfigureAwait(false) is not { } file) break;
            if (file.Read(account) is { } activity) return activity;
            Drop(context.Window, file);
        }

        return AccountActivity.Collect(log, context, account, cancel);
    }

    /// <summary>Makes sure that a closed window has its file; false when the disk does not take it.</summary>
    /// <param name="log">The log.</param>
    /// <param name="close">The close.</param>
    /// <param name="workers">How many cores it may use.</param>
    /// <param name="progress">Told how far it is.</param>
    /// <param name="cancel">Stops it; nothing is left behind that the next one does not overwrite.</param>
    internal async Task<bool> KeepAsync(IEventLog log, ClosedWindow close, int workers, IProgress<LedgerProgress>? progress, CancellationToken cancel)
    {
        if (await FileAsync(log, close.Context, cancel).ConfigureAwait(false) is not null) return true;
        await _writing.WaitAsync(cancel).ConfigureAwait(false);
        try
        {
            // Whoever had the turn before may have written it.
            if (await FileAsync(log, close.Context, cancel).ConfigureAwait(false) is not null) return true;
            Directory.CreateDirectory(_directory);
            string path = PathOf(close.Window);
            await new ActivityFileWriter(log, close.Context, workers).WriteAsync(path + ".part", close.Sheet, progress, cancel).ConfigureAwait(false);
            File.Move(path + ".part", path, overwrite: true);
            DropOld(close.Window);
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // A full or read-only disk, or another process at the same file, costs the explanation time, nothing else.
            return false;
        }
        finally
        {
            _writing.Release();
        }
    }

    /// <summary>The sheet of a window as its file has it; null when there is no file that serves.</summary>
    internal async Task<ContributionSheet?> SheetAsync(IEventLog log, FoldContext context, CancellationToken cancel) =>
        (await FileAsync(log, context, cancel).ConfigureAwait(false))?.Sheet();

    /// <inheritdoc/>
    public void Dispose() => _writing.Dispose();

    private string PathOf(Day window) => Path.Combine(_directory, window + Extension);

    /// <summary>The window's file, if it is one of this log and this build; checked once.</summary>
    private async Task<ActivityFile?> FileAsync(IEventLog log, FoldContext context, CancellationToken cancel)
    {
        lock (_open)
        {
            if (_open.TryGetValue(context.Window, out ActivityFile? known)) return known;
        }

        ActivityFile? file = await ActivityFile.OpenAsync(PathOf(context.Window), log, context, cancel).ConfigureAwait(false);
        if (file is null) return null;
        lock (_open) _open[context.Window] = file;
        return file;
    }

    /// <summary>Forgets a file that turned out damaged, so that it is written anew.</summary>
    private void Drop(Day window, ActivityFile file)
    {
        lock (_open)
        {
            if (_open.TryGetValue(window, out ActivityFile? known) && known == file) _open.Remove(window);
            else return;
        }

        Delete(PathOf(window));
    }

    /// <summary>The oldest windows give way to one that was just written.</summary>
    private void DropOld(Day written)
    {
        IEnumerable<Day> others = Directory.EnumerateFiles(_directory, "*" + Extension)
            .Select(path => Day.TryParse(Path.GetFileNameWithoutExtension(path), out Day day) ? day : written)
            .Where(day => day != written)
            .OrderByDescending(day => day.Number);
        foreach (Day old in others.Skip(FilesMax - 1).ToList())
        {
            lock (_open) _open.Remove(old);
            Delete(PathOf(old));
        }
    }

    private static void Delete(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // It is refused or overwritten when it is asked for again.
        }
    }
}
