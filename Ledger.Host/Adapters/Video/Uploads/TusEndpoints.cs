using System.Globalization;
using Ledger.Host.Api;
using Ledger.Host.Api.Bodies;
using Ledger.Host.Security;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing;

namespace Ledger.Host.Adapters.Video.Uploads;

/// <summary>The tus protocol 1.0.0 with creation, expiration, checksum and termination.</summary>
internal sealed class TusEndpoints(UploadStore store, VideoSettings settings)
{
    private const string Version = "1.0.0";
    private const string Resumable = "Tus-Resumable";
    private const string OffsetHeader = "Upload-Offset";
    private const string BodyType = "application/offset+octet-stream";

    public void Map(IEndpointRouteBuilder routes)
    {
        RouteGroupBuilder uploads = routes.MapGroup("/v1/uploads").WithTags("uploads");
        Func<HttpContext, IResult> tell = Tell;
        uploads.MapMethods("/", ["OPTIONS"], tell).OpenToAll().WithName("upload-options").WithSummary("What of the tus protocol is spoken here.");
        Func<HttpContext, Task<IResult>> begin = context => DoAsync(context, () => Task.FromResult(Create(context)));
        Writes(uploads.MapPost("/", begin)).WithName("begin-upload").WithSummary("Begins an upload (tus creation).");
        Writes(uploads.MapMethods("/{upload}", ["HEAD"], (HttpContext context, string upload) => DoAsync(context, () => Task.FromResult(Head(context, upload))))).WithName("upload-offset").WithSummary("How far an upload is.");
        Writes(uploads.MapPatch("/{upload}", (HttpContext context, string upload) => DoAsync(context, () => PatchAsync(context, upload)))).WithName("upload").WithSummary("Sends bytes from an offset on.");
        Writes(uploads.MapDelete("/{upload}", (HttpContext context, string upload) => DoAsync(context, () => Task.FromResult(Delete(context, upload))))).WithName("delete-upload").WithSummary("Throws an upload away (tus termination).");
        Writes(uploads.MapPost("/{upload}", (HttpContext context, string upload) => DoAsync(context, () => InsteadAsync(context, upload)))).WithName("upload-override").WithSummary("PATCH or DELETE, named by X-HTTP-Method-Override.");
    }

    private static RouteHandlerBuilder Writes(RouteHandlerBuilder endpoint) => endpoint.RequireScope(Scope.Write(ScopeSource.Content));

    private IResult Tell(HttpContext context)
    {
        IHeaderDictionary headers = context.Response.Headers;
        headers[Resumable] = Version;
        headers["Tus-Version"] = Version;
        headers["Tus-Extension"] = "creation,expiration,checksum,termination";
        headers["Tus-Checksum-Algorithm"] = UploadChecksum.Algorithms;
        headers["Tus-Max-Size"] = settings.UploadBytesMax.ToString(CultureInfo.InvariantCulture);
        return TypedResults.NoContent();
    }

    /// <summary>Checks the version and states ours with the answer, whatever it is.</summary>
    private static async Task<IResult> DoAsync(HttpContext context, Func<Task<IResult>> act)
    {
        context.Response.Headers[Resumable] = Version;
        if (context.Request.Headers[Resumable].ToString() != Version)
        {
            context.Response.Headers["Tus-Version"] = Version;
            return TusProblems.Version;
        }

        return await act();
    }

    private IResult Create(HttpContext context)
    {
        if (!TryCount(context.Request.Headers["Upload-Length"].ToString(), out long length)) return TusProblems.LengthMalformed;
        if (length > settings.UploadBytesMax) return TusProblems.TooLarge(settings.UploadBytesMax);
        string metadata = context.Request.Headers["Upload-Metadata"].ToString();
        if (UploadMetadata.Parse(metadata) is null) return TusProblems.MetadataMalformed;
        if (store.Create(context.Caller().Client.Name, length, metadata) is not { } upload) return TusProblems.Quota(settings.ClientBytesMax);
        Expires(context, upload);
        return TypedResults.Created($"/v1/uploads/{upload.Id}");
    }

    private IResult Head(HttpContext context, string id)
    {
        if (Find(context, id, out Upload upload) is { } problem) return problem;
        IHeaderDictionary headers = context.Response.Headers;
        headers.CacheControl = "no-store";
        headers[OffsetHeader] = upload.Offset.ToString(CultureInfo.InvariantCulture);
        headers["Upload-Length"] = upload.Length.ToString(CultureInfo.InvariantCulture);
        if (upload.Metadata.Length > 0) headers["Upload-Metadata"] = upload.Metadata;
        Expires(context, upload);
        return TypedResults.Ok();
    }

    private async Task<IResult> PatchAsync(HttpContext context, string id)
    {
        if (context.Request.ContentType != BodyType) return Problems.MediaTypeUnsupported;
        if (!TryCount(context.Request.Headers[OffsetHeader].ToString(), out long offset)) return TusProblems.OffsetMalformed;
        UploadChecksum? checksum = null;
        if (context.Request.Headers["Upload-Checksum"].ToString() is { Length: > 0 } promised && (checksum = UploadChecksum.Parse(promised)) is null) return TusProblems.ChecksumUnsupported;
        if (Find(context, id, out Upload upload) is { } problem) return problem;
        using UploadStore.Writing? alone = store.TryWrite(upload);
        if (alone is null) return TusProblems.Locked;
        // Again, now that nobody else moves it.
        if (Find(context, id, out upload) is { } since) return since;
        if (upload.Video is not null) return TusProblems.InUse;
        if (offset != upload.Offset) return TusProblems.Offset(upload.Offset);
        long remaining = upload.Length - offset;
        if (context.Request.ContentLength > remaining) return TusProblems.TooMuch(remaining);
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit) limit.MaxRequestBodySize = remaining;
        return await TakeAsync(context, upload, checksum);
    }

    private async Task<IResult> TakeAsync(HttpContext context, Upload upload, UploadChecksum? checksum)
    {
        long? reached;
        try
        {
            reached = await UploadBody.WriteAsync(store, upload, context.BodyStream(), checksum, context.RequestAborted);
        }
        catch (BadHttpRequestException e) when (e.StatusCode == StatusCodes.Status413PayloadTooLarge)
        {
            return TusProblems.TooMuch(upload.Length - upload.Offset);
        }
        catch (IOException e) when (e is not BadHttpRequestException && !context.RequestAborted.IsCancellationRequested)
        {
            return TusProblems.Storage;
        }

        if (reached is not { } offset) return TusProblems.ChecksumMismatch;
        context.Response.Headers[OffsetHeader] = offset.ToString(CultureInfo.InvariantCulture);
        Expires(context, upload);
        return TypedResults.NoContent();
    }

    private IResult Delete(HttpContext context, string id)
    {
        if (Find(context, id, out Upload upload) is { } problem) return problem;
        using UploadStore.Writing? alone = store.TryWrite(upload);
        if (alone is null) return TusProblems.Locked;
        if (Find(context, id, out upload) is { } since) return since;
        if (upload.Video is not null) return TusProblems.InUse;
        store.Remove(id);
        return TypedResults.NoContent();
    }

    private Task<IResult> InsteadAsync(HttpContext context, string id) => context.Request.Headers["X-HTTP-Method-Override"].ToString() switch
    {
        "PATCH" => PatchAsync(context, id),
        "DELETE" => Task.FromResult(Delete(context, id)),
        _ => Task.FromResult<IResult>(Problems.MethodUnknown),
    };

    private ApiProblem? Find(HttpContext context, string id, out Upload upload)
    {
        upload = store.Find(context.Caller().Client.Name, id)!;
        return upload is null ? TusProblems.Unknown : store.IsExpired(upload) ? TusProblems.Gone : null;
    }

    private static void Expires(HttpContext context, Upload upload) => context.Response.Headers["Upload-Expires"] = upload.Expires.ToString("R", CultureInfo.InvariantCulture);

    private static bool TryCount(string text, out long value) => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out value);
}
