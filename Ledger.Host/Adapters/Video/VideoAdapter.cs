using Ledger.Host.Adapters.Video.Uploads;
using Microsoft.AspNetCore.Routing;

namespace Ledger.Host.Adapters.Video;

/// <summary>Videos from files: uploads in, checked, cut and made ready to be played, then stated as published.</summary>
internal sealed class VideoAdapter : IAdapter
{
    private static readonly TimeSpan SweepEvery = TimeSpan.FromMinutes(1);

    private readonly AdapterContext _context;
    private readonly VideoDatabase _database;
    private readonly UploadStore _uploads;
    private readonly TusEndpoints _tus;

    private VideoAdapter(VideoSettings settings, AdapterContext context)
    {
        _context = context;
        _database = new VideoDatabase(context.Folder);
        _uploads = new UploadStore(_database, settings, context.Clock, Path.Combine(context.Folder, "uploads"));
        _tus = new TusEndpoints(_uploads, settings);
    }

    public static AdapterKind Kind { get; } = AdapterKind.Of<VideoSettings>("video", (settings, context) => new VideoAdapter(settings, context));

    /// <inheritdoc/>
    public string Name => Kind.Name;

    /// <inheritdoc/>
    public AdapterHealth Health => AdapterHealth.Up;

    /// <inheritdoc/>
    public void Map(IEndpointRouteBuilder routes) => _tus.Map(routes);

    /// <inheritdoc/>
    public async Task RunAsync(CancellationToken cancel)
    {
        using PeriodicTimer timer = new(SweepEvery, _context.Clock);
        do _uploads.Sweep();
        while (await timer.WaitForNextTickAsync(cancel));
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        _database.Dispose();
        return ValueTask.CompletedTask;
    }
}
