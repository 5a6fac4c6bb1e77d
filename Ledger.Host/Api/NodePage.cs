using System.Net;
using Ledger.Core.Time;
using Ledger.Host.Composition;
using Ledger.Projections.DayWindows;
using Ledger.Projections.DayWindows.Cluster;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Ledger.Host.Api;

/// <summary>A cluster member's health page: whether it lives, and the cluster as it sees it. Nothing on it is secret and nothing can be changed by it.</summary>
internal sealed class NodePage : IAsyncDisposable
{
    private readonly WebApplication _app;

    private NodePage(WebApplication app) => _app = app;

    /// <summary>Where the page is.</summary>
    public Uri Address => new(_app.Urls.First());

    public static async Task<NodePage> StartAsync(IPEndPoint listen, ClusterNode node, ISheetStore sheets, CancellationToken cancel)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { Args = [] });
        builder.Logging.ClearProviders();
        builder.Services.AddSingleton<Microsoft.Extensions.Hosting.IHostLifetime, ActorHost.CommandLifetime>();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(listen));
        WebApplication app = builder.Build();
        app.MapGet("/health/live", () => TypedResults.Text("live\n"));
        app.MapGet("/cluster", async (CancellationToken aborted) => TypedResults.Json(await StatusAsync(node, sheets, aborted), ApiJson.Answers));
        await app.StartAsync(cancel);
        return new NodePage(app);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private static async Task<NodeStatus> StatusAsync(ClusterNode node, ISheetStore sheets, CancellationToken cancel)
    {
        Akka.Cluster.ClusterEvent.CurrentClusterState state = node.Cluster.State;
        (Day Window, long SealedAt)? open = node.Folder.Open;
        (WindowParts Parts, long To)? following = node.Ledger.Following;
        int held = open is { } sealedWindow ? (await sheets.HeldAsync(sealedWindow.Window, sealedWindow.SealedAt, cancel)).Count : 0;
        return new NodeStatus(
            $"{node.Cluster.SelfAddress.Host}:{node.Cluster.SelfAddress.Port}",
            node.Ledger.Term,
            [.. state.Members.Select(member => new NodeMember(
                $"{member.Address.Host}:{member.Address.Port}", member.Status.ToString().ToLowerInvariant(), state.Unreachable.Any(lost => lost.Address.Equals(member.Address))))],
            open?.Window.ToString(),
            held,
            ClusterFold.PartCount,
            node.Folder.Placed.Numbers.Count(),
            following?.Parts.Numbers.Count() ?? 0,
            following?.To,
            node.Folder.StoredCount,
            node.Folder.FencedCount,
            node.Ledger.Position,
            node.Ledger.LastClosed?.ToString());
    }
}

/// <summary>What a member tells of itself and of the cluster.</summary>
/// <param name="Node">Its address.</param>
/// <param name="Term">The term it drives in; null when it does not drive.</param>
/// <param name="Members">The members it knows.</param>
/// <param name="Window">The sealed window that waits for its parts; null when none does.</param>
/// <param name="PartsHeld">How many of them are there.</param>
/// <param name="PartCount">How many a window has.</param>
/// <param name="PartsPlaced">How many live on this member.</param>
/// <param name="PartsFollowed">Parts of open windows that this member folds while they fill.</param>
/// <param name="FollowedTo">Everything of them before this position is folded; null when none are.</param>
/// <param name="PartsStored">Parts that this member folded and stored since it started.</param>
/// <param name="PartsFenced">Parts it folded for a driver whose term was over, and that were refused.</param>
/// <param name="Position">Events of the log it has read.</param>
/// <param name="LastClosed">The last closed window it knows of.</param>
internal sealed record NodeStatus(
    string Node, long? Term, IReadOnlyList<NodeMember> Members, string? Window, int PartsHeld, int PartCount, int PartsPlaced, int PartsFollowed, long? FollowedTo, long PartsStored, long PartsFenced, long Position, string? LastClosed);

/// <param name="Address">Where the member is.</param>
/// <param name="Status">Joining, up, leaving, exiting, down.</param>
/// <param name="Unreachable">Whether it does not answer at the moment.</param>
internal sealed record NodeMember(string Address, string Status, bool Unreachable);
