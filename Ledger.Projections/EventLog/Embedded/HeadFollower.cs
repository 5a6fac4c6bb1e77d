namespace Ledger.Projections.EventLog.Embedded;

/// <summary>Follows a log that another process writes: looks at its head file, and where that has moved reads on from the last block known.</summary>
internal sealed class HeadFollower : IAsyncDisposable
{
    // A look is one read of 128 bytes.
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    private readonly string _directory;
    private readonly BlockSource _source;
    private readonly LogOpening _opening;
    private readonly Action<long, LogFaultException?> _grown;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _run;

    /// <param name="directory">The log's.</param>
    /// <param name="source">Its blocks.</param>
    /// <param name="opening">What is known of it so far.</param>
    /// <param name="grown">Told the new head, or what is wrong with what was appended; then nothing more.</param>
    public HeadFollower(string directory, BlockSource source, LogOpening opening, Action<long, LogFaultException?> grown)
    {
        (_directory, _source, _opening, _grown) = (directory, source, opening, grown);
        _run = Task.Run(RunAsync);
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _run;
        _stop.Dispose();
    }

    private async Task RunAsync()
    {
        try
        {
            using PeriodicTimer look = new(Pause);
            while (await look.WaitForNextTickAsync(_stop.Token))
            {
                if (HeadFile.Read(_directory) is not { } recorded || recorded.Head <= _opening.Head) continue;
                _opening.ReadOn(_source);
                _grown(_opening.Head, null);
            }
        }
        catch (OperationCanceledException)
        {
            // The log is being closed.
        }
        catch (Exception e)
        {
            _grown(_opening.Head, e as LogFaultException ?? LogFaults.File(Path.Combine(_directory, HeadFile.FileName), e));
        }
    }
}
