using Microsoft.AspNetCore.Routing;

namespace Ledger.Host.Adapters;

/// <summary>A way by which what people do comes in as events: a media server, a player, a chat (specs/adapters.md).</summary>
/// <remarks>It states events through <see cref="AdapterContext.SubmitAsync"/> and no other way, as every producer does.</remarks>
internal interface IAdapter : IAsyncDisposable
{
    /// <summary>Its section in the settings file, and its name in answers and metrics.</summary>
    string Name { get; }

    /// <summary>How it is now. Asked from any thread.</summary>
    AdapterHealth Health { get; }

    /// <summary>Maps its endpoints. Each says who may use it, or is closed to everybody.</summary>
    void Map(IEndpointRouteBuilder routes);

    /// <summary>What it does by itself, until it is asked to stop; an adapter that only answers returns at once.</summary>
    Task RunAsync(CancellationToken cancel);
}

/// <summary>How an adapter is.</summary>
/// <param name="Code">What is wrong, stable and kebab-case; null when nothing is.</param>
/// <param name="Detail">What was found, and what to do.</param>
internal sealed record AdapterHealth(string? Code = null, string? Detail = null)
{
    /// <summary>Nothing is wrong.</summary>
    public static AdapterHealth Up { get; } = new();

    public bool IsUp => Code is null;
}
