using System.Diagnostics.Metrics;
using System.Text.Json;
using System.Xml;
using Ledger.Core.Time;
using Ledger.Host.Security;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Logging;

namespace Ledger.Host.Adapters.Livestream;

/// <summary>Broadcasts as media servers see them (specs/adapters.md): lets broadcasters in by stream key and bandwidth, and records the minutes in which media flowed.</summary>
internal sealed class LivestreamAdapter : IAdapter
{
    private const int FailuresUntilDegraded = 3;
    private static readonly TimeSpan FollowEvery = TimeSpan.FromSeconds(1);

    private readonly LivestreamSettings _settings;
    private readonly AdapterContext _context;
    private readonly CallbackAccess _access;
    private readonly LivestreamEngine _engine;
    private readonly Dictionary<string, (int Failures, string Detail)> _unreachable = new(StringComparer.Ordinal);
    private readonly Counter<long> _samples;
    private readonly Counter<long> _drops;
    private readonly ILogger<LivestreamAdapter> _logger;

    public LivestreamAdapter(LivestreamSettings settings, AdapterContext context)
    {
        (_settings, _context) = (settings, context);
        _access = new CallbackAccess(settings.CallbackSecret, settings.Networks ?? []);
        _engine = new LivestreamEngine(settings, context);
        _samples = context.Meter.CreateCounter<long>("weledger.livestream.samples", "{sample}", "Looks at media servers' counters, by server and outcome");
        _drops = context.Meter.CreateCounter<long>("weledger.livestream.drops", "{broadcast}", "Broadcasts that were ended because no bandwidth was left");
        _logger = context.Loggers.CreateLogger<LivestreamAdapter>();
    }

    /// <inheritdoc/>
    public string Name => "livestream";

    /// <inheritdoc/>
    public AdapterHealth Health
    {
        get
        {
            lock (_unreachable)
            {
                string[] servers = [.. _unreachable.Where(u => u.Value.Failures >= FailuresUntilDegraded).Select(u => $"{u.Key} ({u.Value.Detail})").Order(StringComparer.Ordinal)];
                return servers.Length == 0 ? _engine.Recordings
                    : new AdapterHealth("media-server-unreachable", $"no counters from {string.Join(", ", servers)}; no minute of theirs is recorded until they answer");
            }
        }
    }

    /// <inheritdoc/>
    public void Map(IEndpointRouteBuilder routes) => LivestreamEndpoints.Map(routes, _engine, _access);

    /// <inheritdoc/>
    public Task RunAsync(CancellationToken cancel) => Task.WhenAll([FollowAsync(cancel), .. _settings.Servers.Select(s => WatchAsync(s, cancel))]);

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        _engine.Dispose();
        return ValueTask.CompletedTask;
    }

    private async Task FollowAsync(CancellationToken cancel)
    {
        using PeriodicTimer timer = new(FollowEvery);
        do await _engine.FollowAsync(cancel);
        while (await timer.WaitForNextTickAsync(cancel));
    }

    private async Task WatchAsync(MediaServer server, CancellationToken cancel)
    {
        TimeSpan interval = TimeSpan.FromSeconds(_settings.SampleSeconds);
        using MediaServerClient client = new(server, interval);
        using PeriodicTimer timer = new(interval);
        do await LookAsync(server, client, cancel);
        while (await timer.WaitForNextTickAsync(cancel));
    }

    private async Task LookAsync(MediaServer server, MediaServerClient client, CancellationToken cancel)
    {
        UnixMs asked = UnixMs.From(_context.Clock.GetUtcNow().ToUnixTimeMilliseconds());
        try
        {
            byte[] counters = await client.StatAsync(cancel);
            foreach ((LiveSession session, string publisher) in await _engine.SampleAsync(server, counters, asked))
            {
                if (!await client.DropAsync(session.Space.Value, publisher, cancel)) continue;
                _drops.Add(1);
                if (_logger.IsEnabled(LogLevel.Information)) _logger.LogInformation("broadcast {Session} of {Account} was ended: no bandwidth is left", session.Id, session.Account.ToString());
            }

            Reached(server, null);
        }
        catch (Exception e) when (e is HttpRequestException or XmlException or JsonException || (e is TaskCanceledException && !cancel.IsCancellationRequested))
        {
            Reached(server, e.Message);
        }
    }

    private void Reached(MediaServer server, string? fault)
    {
        _samples.Add(1, new("server", server.Name), new("outcome", fault is null ? "read" : "failed"));
        lock (_unreachable)
        {
            int failures = fault is null ? 0 : _unreachable.GetValueOrDefault(server.Name).Failures + 1;
            _unreachable[server.Name] = (failures, fault ?? "");
            if (failures == FailuresUntilDegraded && _logger.IsEnabled(LogLevel.Warning)) _logger.LogWarning("media server {Server} cannot be looked at: {Fault}", server.Name, fault);
        }
    }
}
