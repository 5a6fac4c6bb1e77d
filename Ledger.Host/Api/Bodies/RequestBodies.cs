using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Ledger.Host.Api.Bodies;

/// <summary>The body of the request at hand, read once, whole, within the limits of <see cref="ApiLimits"/>; its memory goes back with the answer.</summary>
internal static class RequestBodies
{
    private static readonly TimeSpan BodyWithin = TimeSpan.FromSeconds(30);

    /// <summary>The bytes as they came over the wire: what a signature is over.</summary>
    /// <exception cref="ApiProblemException"><c>body-too-slow</c> or <c>busy</c>.</exception>
    public static async ValueTask<ReadOnlyMemory<byte>> WireBodyAsync(this HttpContext context)
    {
        if (context.Features.Get<Read>() is { } read) return read.Wire;
        CountedBuffer buffer = New(context, (int)Math.Min(context.Request.ContentLength + 1 ?? 0, ApiLimits.BodyBytesMax));
        using CancellationTokenSource deadline = new(BodyWithin, context.RequestServices.GetRequiredService<TimeProvider>());
        using CancellationTokenSource end = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, deadline.Token);
        try
        {
            while (await context.Request.Body.ReadAsync(buffer.Room(), end.Token) is > 0 and var bytes) buffer.Advance(bytes);
        }
        catch (OperationCanceledException) when (!context.RequestAborted.IsCancellationRequested)
        {
            throw new ApiProblemException(Problems.BodyTooSlow(BodyWithin));
        }

        context.Features.Set(new Read(buffer.Written));
        return buffer.Written;
    }

    /// <summary>The body for an endpoint that takes more than fits in memory, and limits and reads it by itself: the wire, unless a signature or a key was over it and it was read.</summary>
    public static Stream BodyStream(this HttpContext context) => context.Features.Get<Read>() is { } read ? new MemoryStream(read.Wire.ToArray()) : context.Request.Body;

    /// <summary>The body with its content encoding undone.</summary>
    /// <exception cref="ApiProblemException"><c>encoding-unsupported</c>, <c>encoding-malformed</c>, <c>body-too-large</c>, or as <see cref="WireBodyAsync"/>.</exception>
    public static async ValueTask<ReadOnlyMemory<byte>> BodyAsync(this HttpContext context)
    {
        string encoding = context.Request.Headers.ContentEncoding.ToString();
        ReadOnlyMemory<byte> wire = await context.WireBodyAsync();
        if (encoding is "" or "identity") return wire;
        CountedBuffer buffer = New(context, Math.Min(wire.Length * 4, 1 << 20));
        ContentDecoding.Decode(wire, encoding, buffer);
        return buffer.Written;
    }

    /// <summary>The body as a JSON document of a type, strictly: no member twice or unknown, none missing, no U+0000.</summary>
    /// <exception cref="ApiProblemException"><c>media-type-unsupported</c>, a code of <see cref="StrictJson"/>, or as <see cref="BodyAsync"/>.</exception>
    public static async ValueTask<T> JsonAsync<T>(this HttpContext context)
        where T : class
    {
        MediaTypes.Require(context, MediaTypes.Json);
        ReadOnlyMemory<byte> body = await context.BodyAsync();
        StrictJson.Check(body.Span);
        try
        {
            return JsonSerializer.Deserialize<T>(body.Span, StrictJson.Options) ?? throw new ApiProblemException(Problems.Malformed("json-malformed", "a JSON object is expected, not null"));
        }
        catch (JsonException e)
        {
            throw new ApiProblemException(Problems.Malformed("json-malformed", $"{e.Path ?? "$"} is not as the endpoint expects it; see /openapi/v1.json"));
        }
    }

    private static CountedBuffer New(HttpContext context, int firstBytes)
    {
        CountedBuffer buffer = new(context.RequestServices.GetRequiredService<BodyBudget>(), firstBytes);
        context.Response.RegisterForDispose(buffer);
        return buffer;
    }

    private sealed record Read(ReadOnlyMemory<byte> Wire);
}
