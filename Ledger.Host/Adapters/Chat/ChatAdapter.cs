using System.Net;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Ledger.Host.Adapters.Chat;

/// <summary>Rooms of spaces: what is said there becomes comments, being there becomes presence minutes.</summary>
internal sealed class ChatAdapter : IAdapter
{
    private readonly ChatHub _hub;
    private readonly ChatListener? _listener;

    /// <exception cref="FormatException">The settings make no sense, or the port is taken.</exception>
    public ChatAdapter(ChatSettings settings, AdapterContext context)
    {
        IPEndPoint? address = settings.Check();
        var certificate = settings.Certificate(context.PathOf);
        _hub = new ChatHub(settings, context);
        try
        {
            if (address is not null) _listener = ChatListener.Bind(_hub, address, certificate);
        }
        catch
        {
            _hub.Dispose();
            throw;
        }
    }

    /// <summary>The adapter as the settings file names it.</summary>
    public static AdapterKind Kind { get; } = AdapterKind.Of<ChatSettings>("chat", (settings, context) => new ChatAdapter(settings, context));

    /// <inheritdoc/>
    public string Name => Kind.Name;

    /// <inheritdoc/>
    public AdapterHealth Health => _hub.Connections < _hub.Settings.ConnectionsMax ? AdapterHealth.Up
        : new AdapterHealth("connections-full", "nobody more can connect; raise connectionsMax, or serve fewer rooms");

    /// <inheritdoc/>
    public void Map(IEndpointRouteBuilder routes)
    {
        // Before the server waits for its connections to end: these never would by themselves.
        routes.ServiceProvider.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping.Register(() => _hub.EndAll(ChatFault.ServerStops));
        ChatEndpoints.Map(routes, _hub);
    }

    /// <inheritdoc/>
    public async Task RunAsync(CancellationToken cancel)
    {
        using CancellationTokenSource listening = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        Task accepting = _listener?.RunAsync(listening.Token) ?? Task.CompletedTask;
        try
        {
            await _hub.RunAsync(cancel);
        }
        finally
        {
            await listening.CancelAsync();
            await accepting;
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        _listener?.Dispose();
        _hub.Dispose();
        return ValueTask.CompletedTask;
    }
}
