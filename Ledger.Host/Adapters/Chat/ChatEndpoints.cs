using System.Globalization;
using System.Net.WebSockets;
using Ledger.Core.Identity;
using Ledger.Core.Time;
using Ledger.Host.Api;
using Ledger.Host.Api.Bodies;
using Ledger.Host.Security;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;

namespace Ledger.Host.Adapters.Chat;

/// <summary>Tokens for an app's users, the WebSocket, and what was said for the app's own pages.</summary>
internal static class ChatEndpoints
{
    public static void Map(IEndpointRouteBuilder routes, ChatHub hub)
    {
        routes.MapPost("/v1/chat/tokens", (Delegate)((HttpContext context) => IssueAsync(context, hub)))
            .WithTags("chat").WithName("chat-token").WithSummary("A token that lets an account chat for a time.")
            .Accepts<TokenRequest>(MediaTypes.Json).Produces<TokenAnswer>().ProducesProblem(400).ProducesProblem(403)
            .RequireScope(Scope.Write(ScopeSource.Activity));
        routes.MapGet("/v1/chat/rooms/{space}/messages", IResult (string space, Paging paging) => Messages(hub, RouteIds.Space(space), paging))
            .WithTags("chat").WithName("chat-messages").WithSummary("What was said in a room, latest first.")
            .RequireScope(Scope.Read(ScopeSource.Spaces));
        IApplicationBuilder socket = routes.CreateApplicationBuilder();
        socket.UseWebSockets(new WebSocketOptions { KeepAliveInterval = TimeSpan.Zero }); // the chat has pings of its own, which count as being there
        socket.Run(context => ServeAsync(context, hub));
        routes.MapGet("/v1/chat", socket.Build())
            .WithTags("chat").WithName("chat").WithSummary("The chat over WebSocket; the query's token says who it is.")
            .RequireProof(context => hub.Tokens.Read(Token(context)) is null ? Problem(StatusCodes.Status401Unauthorized, ChatFault.TokenInvalid) : null);
    }

    private static ApiProblem Problem(int status, ChatFault fault) => new(status, fault.Code, fault.Detail);

    private static string Token(HttpContext context) => context.Request.Query[CallbackAccess.Member].ToString();

    private static async Task<IResult> IssueAsync(HttpContext context, ChatHub hub)
    {
        // A token states both: messages and minutes.
        Scope live = Scope.Write(ScopeSource.Live);
        if (!context.Caller().May(live)) return Problems.ScopeMissing([live]);
        TokenRequest request = await context.JsonAsync<TokenRequest>();
        AccountId account = new(RouteIds.Require(request.Account));
        TimeSpan life = TimeSpan.FromSeconds(request.Seconds);
        if (life < AccountTokens.LifeMin || life > AccountTokens.LifeMax)
            return Problems.Malformed("out-of-range", string.Create(CultureInfo.InvariantCulture, $"seconds is {AccountTokens.LifeMin.TotalSeconds} to {AccountTokens.LifeMax.TotalSeconds}"));
        (string text, AccountToken token) = hub.Tokens.Issue(account, life);
        context.Response.Headers.CacheControl = "no-store";
        return TypedResults.Json(new TokenAnswer(text, account.Value, token.Expires), ApiJson.Answers);
    }

    private static IResult Messages(ChatHub hub, SpaceId space, Paging paging)
    {
        if (hub.Spaces.ProviderOf(space) is null) return Problems.NotFound(ChatFault.UnknownSpace.Code, ChatFault.UnknownSpace.Detail);
        List<ChatMessage> page = hub.Store.Page(space.Value, Math.Min(paging.Number(long.MaxValue), hub.Writer.Settled + 1), paging.Limit + 1);
        return TypedResults.Json(
            paging.Page(page, m => m.Number.ToString(CultureInfo.InvariantCulture), m => new { m.Number, m.Account, m.At, m.Text, removed = m.Text is null }),
            ApiJson.Answers);
    }

    private static async Task ServeAsync(HttpContext context, ChatHub hub)
    {
        if (!context.WebSockets.IsWebSocketRequest)
        {
            await new ApiProblem(StatusCodes.Status400BadRequest, "websocket-expected", "this address speaks WebSocket; connect with wss:// or ws://").ExecuteAsync(context);
            return;
        }

        if (hub.Tokens.Read(Token(context)) is not { } token)
        {
            await Problem(StatusCodes.Status401Unauthorized, ChatFault.TokenInvalid).ExecuteAsync(context); // it ended since the gate
            return;
        }

        if (hub.Admit() is { } why)
        {
            await Problem(StatusCodes.Status503ServiceUnavailable, why).ExecuteAsync(context);
            return;
        }

        bool isServed = false;
        try
        {
            if (context.Features.Get<IHttpMinResponseDataRateFeature>() is { } rate) rate.MinDataRate = null; // the chat ends slow readers itself
            using WebSocket socket = await context.WebSockets.AcceptWebSocketAsync();
            isServed = true;
            await ChatConnection.ServeAsync(hub, new WebSocketLink(socket), token);
        }
        finally
        {
            if (!isServed) hub.Close(null);
        }
    }

    /// <param name="Account">Who may chat with it.</param>
    /// <param name="Seconds">For how long: 60 to 86,400.</param>
    private sealed record TokenRequest(string Account, int Seconds = 3_600);

    /// <param name="Token">To be handed to the account's client.</param>
    /// <param name="Account">Whose it is.</param>
    /// <param name="Expires">Until when it is good.</param>
    private sealed record TokenAnswer(string Token, string Account, UnixMs Expires);
}
