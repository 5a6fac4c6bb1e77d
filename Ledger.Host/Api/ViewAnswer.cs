using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using Ledger.Host.Composition;
using Ledger.Projections.DayWindows;
using Ledger.Projections.ReadModels;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace Ledger.Host.Api;

/// <summary>Answers from the views, all of one position, with an entity tag over the answer's bytes.</summary>
internal static class ViewAnswer
{
    /// <summary>The position of the log that an answer knows everything before.</summary>
    public const string PositionHeader = "Weledger-Position";

    /// <summary>Asks the views; null is told as not found.</summary>
    /// <exception cref="ApiProblemException"><c>position-malformed</c>, <c>position-unknown</c>, <c>views-behind</c>, or the given problem.</exception>
    /// <exception cref="WindowWaitsForClusterException">The views stand at the seal of a window whose parts are missing.</exception>
    public static async Task<IResult> OfAsync(HttpContext context, LedgerSession session, Func<ViewReader, object?> ask, ApiProblem? missing = null)
    {
        ReadModelStore views = session.Views ?? throw new InvalidOperationException("the session was opened without views");
        await RequirePositionAsync(context, session, views);
        object? answer;
        using (ViewReader reader = views.Read())
        {
            context.Response.Headers[PositionHeader] = reader.Position.ToString(CultureInfo.InvariantCulture);
            answer = ask(reader);
        }

        return answer is null ? missing ?? throw new InvalidOperationException("nothing was said of what is missing") : Tagged(context, answer);
    }

    /// <summary>An answer with its entity tag; when the caller has it already, only that is said.</summary>
    public static IResult Tagged(HttpContext context, object answer)
    {
        byte[] body = JsonSerializer.SerializeToUtf8Bytes(answer, ApiJson.Answers);
        EntityTagHeaderValue tag = new($"\"{Convert.ToHexStringLower(SHA256.HashData(body).AsSpan(0, 16))}\"");
        context.Response.Headers.ETag = tag.ToString();
        context.Response.Headers.CacheControl = "private, no-cache";
        IList<EntityTagHeaderValue> known = context.Request.GetTypedHeaders().IfNoneMatch;
        return known.Any(k => k.Equals(EntityTagHeaderValue.Any) || k.Compare(tag, useStrongComparison: false))
            ? TypedResults.StatusCode(StatusCodes.Status304NotModified)
            : TypedResults.Bytes(body, "application/json");
    }

    /// <summary>Waits until the views know everything before <c>minPosition</c>: how a caller reads what it has just written.</summary>
    private static async Task RequirePositionAsync(HttpContext context, LedgerSession session, ReadModelStore views)
    {
        string? text = context.Request.Query["minPosition"];
        if (string.IsNullOrEmpty(text)) return;
        if (!long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long position))
            throw new ApiProblemException(Problems.Malformed("position-malformed", "minPosition is a position of the log: a whole number"));
        if (position > session.Log.Head) throw new ApiProblemException(Problems.Malformed("position-unknown", $"the log ends before {position}"));
        if (views.NextPosition < position) await session.Ledger.CatchUpAsync(null, context.RequestAborted);
        if (views.NextPosition >= position) return;
        if (session.Ledger.Gathering is { } gathering) throw new WindowWaitsForClusterException(gathering);
        throw new ApiProblemException(new ApiProblem(StatusCodes.Status503ServiceUnavailable, "views-behind", $"the views stand before {position}: a sealed window waits for its draw seed, or their disk failed", TimeSpan.FromSeconds(5)));
    }
}
