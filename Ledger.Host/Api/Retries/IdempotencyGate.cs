using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using Ledger.Host.Api.Bodies;
using Ledger.Host.Security;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Ledger.Host.Api.Retries;

/// <summary>A request that writes and carries an <c>Idempotency-Key</c>, or is signed, gets its answer once; the same request again gets the same answer.</summary>
/// <remarks>Answers that ask for another try (429, 5xx) are not kept. Keys are each client's own.</remarks>
internal sealed class IdempotencyGate(RequestDelegate next, RequestMemory memory)
{
    public const string Header = "Idempotency-Key";

    private const int KeyLengthMax = 128;

    private readonly ConcurrentDictionary<(string Client, string Key), bool> _underWay = new();

    public async Task InvokeAsync(HttpContext context)
    {
        string key = KeyOf(context);
        if (key.Length == 0 || HttpMethods.IsGet(context.Request.Method) || context.Features.Get<ApiCaller>() is not { } caller)
        {
            await next(context);
            return;
        }

        if (key.Length > KeyLengthMax || key.AsSpan().ContainsAnyExceptInRange('!', '~'))
            throw new ApiProblemException(Problems.Malformed("idempotency-key-malformed", $"an {Header} is 1 to {KeyLengthMax} visible ASCII characters"));
        byte[] request = Digest(context, await context.WireBodyAsync());
        if (!_underWay.TryAdd((caller.Client.Name, key), true))
            throw new ApiProblemException(new ApiProblem(409, "idempotency-key-under-way", "a request with this key is being handled; ask again for its answer", TimeSpan.FromSeconds(1)));
        try
        {
            await AnswerOnceAsync(context, caller.Client.Name, key, request);
        }
        finally
        {
            _underWay.TryRemove((caller.Client.Name, key), out _);
        }
    }

    private async Task AnswerOnceAsync(HttpContext context, string client, string key, byte[] request)
    {
        if (memory.Find(client, key) is { } given)
        {
            if (!given.Request.AsSpan().SequenceEqual(request)) throw new ApiProblemException(new ApiProblem(422, "idempotency-key-reused", "the key came with another request before; a new request needs a new key"));
            context.Response.Headers["Idempotency-Replayed"] = "true";
            await SendAsync(context, given);
            return;
        }

        IHttpResponseBodyFeature wire = context.Features.GetRequiredFeature<IHttpResponseBodyFeature>();
        using MemoryStream body = new();
        StreamResponseBodyFeature kept = new(body, wire);
        context.Features.Set<IHttpResponseBodyFeature>(kept);
        try
        {
            await next(context);
            await kept.CompleteAsync();
        }
        finally
        {
            context.Features.Set(wire);
        }

        GivenAnswer answer = new(request, context.Response.StatusCode, context.Response.ContentType, body.ToArray());
        if (answer.Status is < 500 and not 429) memory.Keep(client, key, answer);
        await SendAsync(context, answer);
    }

    private static async Task SendAsync(HttpContext context, GivenAnswer answer)
    {
        context.Response.StatusCode = answer.Status;
        context.Response.ContentType = answer.ContentType;
        context.Response.ContentLength = answer.Body.Length;
        await context.Response.Body.WriteAsync(answer.Body, context.RequestAborted);
    }

    /// <summary>The key that a request brings; empty when it brings none.</summary>
    public static string KeyOf(HttpContext context)
    {
        string own = context.Request.Headers[Header].ToString();
        return own.Length > 0 ? own : context.Features.Get<SignedRequest>()?.Id ?? "";
    }

    /// <summary>What makes two requests the same: method, address, type, encoding and every byte.</summary>
    private static byte[] Digest(HttpContext context, ReadOnlyMemory<byte> body)
    {
        HttpRequest request = context.Request;
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes($"{request.Method}\n{request.Path}{request.QueryString}\n{request.ContentType}\n{request.Headers.ContentEncoding}\n"));
        hash.AppendData(body.Span);
        return hash.GetHashAndReset();
    }
}
