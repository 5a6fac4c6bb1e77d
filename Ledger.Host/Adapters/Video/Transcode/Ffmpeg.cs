using System.Globalization;
using System.Text.RegularExpressions;
using FFMpegCore;
using FFMpegCore.Exceptions;

namespace Ledger.Host.Adapters.Video.Transcode;

/// <summary>Debian's ffmpeg and ffprobe through FFMpegCore, each process within limits of its own and with an empty environment.</summary>
internal sealed partial class Ffmpeg
{
    private static readonly TimeSpan ProbeWithin = TimeSpan.FromSeconds(60);
    private static readonly string[] Folders = ["/usr/bin", "/usr/local/bin"];
    private static readonly string? Setpriv = Find("setpriv");

    private readonly VideoSettings _settings;
    private readonly FFOptions _options;
    private readonly string _folder;

    /// <param name="settings">How much a process may take.</param>
    /// <param name="folder">Gets the two launchers that set the limits.</param>
    public Ffmpeg(VideoSettings settings, string folder)
    {
        (_settings, _folder) = (settings, folder);
        _options = new FFOptions { BinaryFolder = folder, TemporaryFilesFolder = folder, WorkingDirectory = folder };
        Directory.CreateDirectory(folder);
        foreach (string program in (string[])["ffmpeg", "ffprobe"]) WriteLauncher(program);
    }

    /// <summary>Whether the programs are on this machine.</summary>
    public bool IsHere { get; private set; } = true;

    /// <summary>Reads what a file says it is, and refuses what may not be.</summary>
    /// <exception cref="MediaRefusedException">A code of specs/adapters.md.</exception>
    public async Task<MediaFile> ProbeAsync(string path, string? declaredType, CancellationToken cancel)
    {
        IMediaAnalysis found;
        try
        {
            using CancellationTokenSource within = CancellationTokenSource.CreateLinkedTokenSource(cancel);
            within.CancelAfter(ProbeWithin);
            found = await OnItsThreadAsync(() => FFProbe.AnalyseAsync(path, _options, Formats.InputArguments, within.Token));
        }
        catch (Exception e) when (e is FFMpegException or Instances.Exceptions.InstanceException or OperationCanceledException or FormatException or System.Text.Json.JsonException && !cancel.IsCancellationRequested)
        {
            throw new MediaRefusedException("media-unreadable", "it is no complete media file of a container that is taken here (MP4, QuickTime, WebM, Matroska, FLV, MPEG-TS)");
        }

        return MediaChecks.Of(path, found, declaredType, _settings);
    }

    /// <summary>Runs ffmpeg.</summary>
    /// <param name="arguments">What it is to do.</param>
    /// <param name="durationMs">How long the result will be.</param>
    /// <param name="progress">Told the part that is done, in basis points.</param>
    /// <param name="cancel">Ends it.</param>
    /// <exception cref="MediaRefusedException"><c>media-damaged</c> or <c>media-limits</c>.</exception>
    public async Task RunAsync(FFMpegArgumentProcessor arguments, long durationMs, Action<int> progress, CancellationToken cancel)
    {
        using CancellationTokenSource within = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        within.CancelAfter(TimeSpan.FromSeconds(_settings.CpuSecondsMax + 60L));
        try
        {
            await OnItsThreadAsync(() => arguments
                .NotifyOnProgress(done => progress((int)Math.Clamp((long)done.TotalMilliseconds * 10_000 / Math.Max(1, durationMs), 0, 9_999)))
                .CancellableThrough(within.Token)
                .ProcessAsynchronously(throwOnError: true, _options, CancellationToken.None));
            within.Token.ThrowIfCancellationRequested(); // asked to quit, ffmpeg ends as if it were done
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            throw Limits("its time");
        }
        catch (FFMpegException e)
        {
            cancel.ThrowIfCancellationRequested();
            // 128 and a signal: XCPU (24), KILL (9), XFSZ (25), ABRT (6) and SEGV (11), which is how an allocation that is refused ends.
            throw ExitCode().Match(e.Message) is { Success: true } match && int.Parse(match.Groups["code"].Value, CultureInfo.InvariantCulture) is > 128
                ? Limits("processor time, memory or disk")
                : new MediaRefusedException("media-damaged", "the file could not be decoded to its end");
        }
    }

    [GeneratedRegex("exit-code \\((?<code>\\d+)", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex ExitCode();

    /// <summary>Starts a program on a thread that lives as long as it does: the kernel ends a program with the thread that started it, so a host that is killed leaves none at work.</summary>
    private static Task<T> OnItsThreadAsync<T>(Func<Task<T>> run) =>
        Task.Factory.StartNew(() => run().GetAwaiter().GetResult(), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    private static string? Find(string program) => Folders.Select(f => Path.Combine(f, program)).FirstOrDefault(File.Exists);

    private static MediaRefusedException Limits(string what) => new("media-limits", $"making the video took more of {what} than one may take here");

    /// <summary>A launcher sets the limits of the process that it becomes: FFMpegCore starts programs by folder and name.</summary>
    private void WriteLauncher(string program)
    {
        string? real = Find(program);
        IsHere &= real is not null && Setpriv is not null;
        string path = Path.Combine(_folder, program);
        File.WriteAllText(path, string.Create(CultureInfo.InvariantCulture, $"""
            #!/bin/sh
            ulimit -t {_settings.CpuSecondsMax} && ulimit -v {(long)_settings.MemoryMibMax << 10} && ulimit -f {(long)_settings.OutputMibMax << 11} && ulimit -c 0 || exit 125
            exec {Setpriv ?? "/bin/false"} --pdeathsig KILL env -i nice -n 10 {real ?? "/bin/false"} "$@"

            """));
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }
}
