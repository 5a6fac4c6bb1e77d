using Ledger.Host.Api;
using Ledger.Host.Api.Bodies;
using Ledger.Host.Security;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Hosting;

namespace Ledger.Host.Adapters.Video.Jobs;

/// <summary>Asks for videos and tells how far they are.</summary>
internal sealed class VideoEndpoints(VideoStore videos, VideoWorker worker, VideoMaker maker)
{
    private const int CategoryLengthMax = 64;

    public void Map(IEndpointRouteBuilder routes)
    {
        RouteGroupBuilder group = routes.MapGroup("/v1/videos").WithTags("videos");
        Func<HttpContext, Task<IResult>> ask = AskAsync;
        group.MapPost("/", ask).RequireScope(Scope.Write(ScopeSource.Content)).WithName("make-video").WithSummary("Makes a video of uploads and publishes it.")
            .Accepts<VideoRequest>("application/json").Produces<VideoAnswer>(StatusCodes.Status202Accepted).Produces<VideoAnswer>();
        group.MapGet("/{content}", Tell).RequireScope(Scope.Read(ScopeSource.Content)).WithName("video").WithSummary("How far a video is; with 'Accept: text/event-stream' whenever that changes, until it is published or refused.").Produces<VideoAnswer>();
    }

    private async Task<IResult> AskAsync(HttpContext context)
    {
        VideoRequest request = await context.JsonAsync<VideoRequest>();
        foreach (string id in (string[])[request.Content, request.Space, request.Account]) RouteIds.Id(id);
        if (request.Category.Length is 0 or > CategoryLengthMax || request.Category.Any(char.IsControl)) return Problems.Malformed("category-malformed", $"a category has 1 to {CategoryLengthMax} characters");
        if (request.Edits.Fault() is { } fault) return Problems.Malformed("edit-malformed", fault);
        (VideoJob? job, bool isNew, ApiProblem? problem) = videos.Ask(context.Caller().Client.Name, request);
        if (problem is not null) return problem;
        if (isNew) worker.Wake();
        return isNew ? TypedResults.Accepted($"/v1/videos/{Uri.EscapeDataString(request.Content)}", Of(job!)) : TypedResults.Json(Of(job!), ApiJson.Answers);
    }

    private IResult Tell(HttpContext context, IHostApplicationLifetime lifetime, string content)
    {
        if (videos.Find(RouteIds.Id(content)) is not { } job) return Problems.NotFound("unknown-video", "no video of this id was asked for here");
        return context.Request.Headers.Accept.ToString().Contains(EventTail.ContentType, StringComparison.OrdinalIgnoreCase)
            ? TypedResults.ServerSentEvents(VideoProgress.FollowAsync(() => Of(videos.Find(content)!), lifetime.ApplicationStopping))
            : TypedResults.Json(Of(job), ApiJson.Answers);
    }

    private VideoAnswer Of(VideoJob job) => new(
        job.Request.Content, job.State.ToString().ToLowerInvariant(), worker.DoneBps(job), job.Code, job.Detail,
        job.Cid is { } cid ? cid.ToString() : null, job.Cid is null ? null : job.DurationSeconds, job.State is VideoState.Ready or VideoState.Published ? Path.GetFileName(maker.FolderOf(job)) : null, job.IsPinned);

    /// <param name="Content">The video.</param>
    /// <param name="State">queued, working, ready, published or refused.</param>
    /// <param name="DoneBps">The part that is made, in basis points.</param>
    /// <param name="Code">Why it is refused.</param>
    /// <param name="Detail">What was found.</param>
    /// <param name="Cid">Its source's name in IPFS.</param>
    /// <param name="DurationSeconds">Its length.</param>
    /// <param name="Folder">Where it lies, under <c>videos</c> of the adapter's folder.</param>
    /// <param name="Pinned">Whether the IPFS node has it.</param>
    internal sealed record VideoAnswer(string Content, string State, int DoneBps, string? Code, string? Detail, string? Cid, uint? DurationSeconds, string? Folder, bool Pinned);
}
