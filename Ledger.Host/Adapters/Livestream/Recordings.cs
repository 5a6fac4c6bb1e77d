using System.Diagnostics.Metrics;
using Ledger.Core.Identity;

namespace Ledger.Host.Adapters.Livestream;

/// <summary>Finds finished recordings on this host and hands them to the adapter that makes videos.</summary>
internal sealed class Recordings
{
    private readonly LivestreamSettings _settings;
    private readonly AdapterContext _context;
    private readonly Counter<long> _told;
    private volatile string? _missing;

    public Recordings(LivestreamSettings settings, AdapterContext context)
    {
        (_settings, _context) = (settings, context);
        _told = context.Meter.CreateCounter<long>("weledger.livestream.recordings", "{recording}", "Recordings that media servers told of, by outcome");
    }

    /// <summary>What keeps recordings from becoming videos.</summary>
    public AdapterHealth Health
    {
        get
        {
            if (_settings.Servers.All(s => s.Recordings is null)) return AdapterHealth.Up;
            if (_context.Other<IRecordingSink>() is null) return new AdapterHealth("video-adapter-off", "the settings name a folder of recordings and have no section 'video', which makes videos of them; add one, or leave the folder out");
            return _missing is { } path
                ? new AdapterHealth("recording-missing", $"{path} is not here, and a media server says that it recorded it; 'recordings' must be the folder in which this host finds that server's recordings")
                : AdapterHealth.Up;
        }
    }

    /// <summary>Takes the recording that a media server says it has finished. Only the file's name is believed: it is looked for in the server's folder alone.</summary>
    /// <param name="server">Whose.</param>
    /// <param name="path">Where it is there.</param>
    /// <param name="space">Where it was broadcast.</param>
    /// <param name="account">Who broadcast it; null: nobody was let in there, and it is nobody's.</param>
    public void Take(MediaServer server, string path, string space, AccountId? account)
    {
        if (server.Recordings is not { } folder || _context.Other<IRecordingSink>() is not { } sink) return;
        string name = Path.GetFileName(path);
        string file = Path.Combine(_context.PathOf(folder), name);
        string outcome = "stranger";
        if (account is { } broadcaster)
        {
            bool isHere = File.Exists(file);
            _missing = isHere ? null : file;
            outcome = !isHere ? "missing" : sink.Take(new Recording(LiveEvents.RecordingId(server.Name, name), file, new SpaceId(space), broadcaster, _settings.RecordingCategory)) ? "taken" : "again";
        }

        _told.Add(1, new("server", server.Name), new("outcome", outcome));
    }
}
