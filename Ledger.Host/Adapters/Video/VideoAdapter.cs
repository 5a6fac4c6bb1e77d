using Ledger.Host.Adapters.Video.Ipfs;
using Ledger.Host.Adapters.Video.Jobs;
using Ledger.Host.Adapters.Video.Transcode;
using Ledger.Host.Adapters.Video.Uploads;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Logging;

namespace Ledger.Host.Adapters.Video;

/// <summary>Videos from files: uploads in, checked, cut and made ready to be played, then stated as published.</summary>
internal sealed class VideoAdapter : IAdapter, IRecordingSink
{
    private static readonly TimeSpan SweepEvery = TimeSpan.FromMinutes(1);

    private readonly VideoDatabase _database;
    private readonly VideoStore _videos;
    private readonly UploadStore _uploads;
    private readonly Ffmpeg _ffmpeg;
    private readonly IpfsNode? _ipfs;
    private readonly VideoWorker _worker;
    private readonly TusEndpoints _tus;
    private readonly VideoEndpoints _endpoints;

    private VideoAdapter(VideoSettings settings, AdapterContext context)
    {
        _database = new VideoDatabase(context.Folder);
        _uploads = new UploadStore(_database, settings, context.Clock, Path.Combine(context.Folder, "uploads"));
        _ffmpeg = new Ffmpeg(settings, Path.Combine(context.Folder, "bin"));
        _ipfs = settings.Ipfs is null ? null : new IpfsNode(new Uri(settings.Ipfs));
        string folder = Directory.CreateDirectory(Path.Combine(context.Folder, "videos")).FullName;
        _videos = new VideoStore(_database);
        VideoMaker maker = new(settings, _uploads, _ffmpeg, folder);
        _worker = new VideoWorker(context, _videos, maker, _uploads, _ipfs, context.Loggers.CreateLogger<VideoWorker>());
        _tus = new TusEndpoints(_uploads, settings);
        _endpoints = new VideoEndpoints(_videos, _worker, maker);
        context.Meter.CreateObservableGauge("weledger.video.waiting", _videos.Waiting, null, "Videos that are asked for and not published yet");
    }

    public static AdapterKind Kind { get; } = AdapterKind.Of<VideoSettings>("video", (settings, context) => new VideoAdapter(settings, context));

    /// <inheritdoc/>
    public string Name => Kind.Name;

    /// <inheritdoc/>
    public AdapterHealth Health => !_ffmpeg.IsHere
        ? new AdapterHealth("ffmpeg-missing", "ffmpeg, ffprobe or setpriv is not on this machine, so videos wait; install Debian's ffmpeg and util-linux and start the server again")
        : !_worker.Health.IsUp ? _worker.Health : _ipfs?.Health ?? AdapterHealth.Up;

    /// <inheritdoc/>
    public void Map(IEndpointRouteBuilder routes)
    {
        _tus.Map(routes);
        _endpoints.Map(routes);
    }

    /// <inheritdoc/>
    public bool Take(Recording recording)
    {
        bool isNew = _videos.Ask(recording);
        if (isNew) _worker.Wake();
        return isNew;
    }

    /// <inheritdoc/>
    public Task RunAsync(CancellationToken cancel) => Task.WhenAll(SweepAsync(cancel), _ffmpeg.IsHere ? _worker.RunAsync(cancel) : Task.CompletedTask);

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        _ipfs?.Dispose();
        _worker.Dispose();
        _database.Dispose();
        return ValueTask.CompletedTask;
    }

    private async Task SweepAsync(CancellationToken cancel)
    {
        using PeriodicTimer timer = new(SweepEvery);
        do
        {
            try
            {
                _uploads.Sweep();
            }
            catch (IOException)
            {
                // What could not be thrown away is found again at the next tick.
            }
        }
        while (await timer.WaitForNextTickAsync(cancel));
    }
}
