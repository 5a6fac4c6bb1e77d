using System.Text.Json;
using Ledger.Core.Events;
using Ledger.Core.Identity;
using Ledger.Core.Time;
using Ledger.Host.Api.Retries;
using Ledger.Host.Security;
using Ledger.Projections.Ingest;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.OpenApi;

namespace Ledger.Host.Api;

/// <summary>Commands that state one event each: an address, and the event's fields as the body.</summary>
internal static class CommandEndpoints
{
    /// <summary>Every command; what stands in braces is a field of the event that the address gives.</summary>
    public static IReadOnlyList<Command> All { get; } =
    [
        new("/v1/accounts", EventKind.AccountOpened, "open-account", "Opens an account."),
        new("/v1/accounts/{account}/suspension", EventKind.AccountSuspended, "suspend-account", "Suspends an account."),
        new("/v1/accounts/{account}/bandwidth", EventKind.BandwidthPurchased, "buy-bandwidth", "Buys broadcast minutes."),
        new("/v1/spaces", EventKind.SpaceOpened, "open-space", "Opens a space."),
        new("/v1/spaces/{space}/invitations", EventKind.MemberInvited, "invite-member", "Invites an account into a space's team."),
        new("/v1/spaces/{space}/approvals", EventKind.MemberApproved, "approve-member", "Approves a member; it is in the team from the next window on."),
        new("/v1/spaces/{space}/departures", EventKind.MemberLeft, "leave-space", "Takes a member out of the team from the next window on."),
        new("/v1/spaces/{space}/provider-share", EventKind.ProviderShareSet, "set-provider-share", "Sets the part of the team's pay that the provider takes, from the next window on."),
        new("/v1/spaces/{space}/promoter-share", EventKind.PromoterShareSet, "set-promoter-share", "Sets the part of a visitor's payments that goes to whoever brought the visitor, from the next window on."),
        new("/v1/spaces/{space}/tips", EventKind.Tipped, "tip", "Tips a space's provider."),
        new("/v1/spaces/{space}/gifts", EventKind.GiftSent, "send-gift", "Sends a gift, which is also a vote."),
        new("/v1/tips/{tip}/refund", EventKind.TipRefunded, "refund-tip", "Gives a tip back."),
        new("/v1/content", EventKind.VideoPublished, "publish", "Publishes a video."),
        new("/v1/content/{content}/deletion", EventKind.ContentDeleted, "delete-content", "Deletes a video."),
        new("/v1/content/{content}/purchases", EventKind.ContentPurchased, "purchase-content", "Buys access to a video."),
        new("/v1/apps/{app}/purchases", EventKind.AppPurchased, "purchase-in-app", "Buys something in an application."),
    ];

    public static void Map(IEndpointRouteBuilder routes)
    {
        foreach (Command command in All)
        {
            routes.MapPost(command.Route, (HttpContext context, EventIntake intake, TimeProvider clock) => StateAsync(context, command, intake, clock))
                .RequireScope(KindScopes.Of(command.Kind)!.Value)
                .WithTags("commands").WithName(command.Name).WithSummary(command.Summary)
                .Accepts<JsonElement>("application/json").Produces<CommandAnswer>(StatusCodes.Status201Created).Produces<CommandAnswer>()
                .ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status409Conflict)
                .AddOpenApiOperationTransformer((operation, _, _) =>
                {
                    Describe(operation, command);
                    return Task.CompletedTask;
                });
        }
    }

    /// <summary>Submits a command's event and tells what became of it.</summary>
    public static async Task<IResult> SubmitAsync(EventIntake intake, SubmittedEvent e, CancellationToken cancel)
    {
        IntakeOutcome outcome = (await intake.SubmitAsync([e], cancel))[0];
        return outcome.Status switch
        {
            IntakeStatus.Refused => Problems.Refused(outcome.Refusal!.Code, outcome.Refusal.Detail),
            IntakeStatus.Duplicate => Answer(StatusCodes.Status200OK, "duplicate"),
            IntakeStatus.CarriedForward => Answer(StatusCodes.Status201Created, "carried-forward"),
            _ => Answer(StatusCodes.Status201Created, "accepted"),
        };

        IResult Answer(int status, string text) => TypedResults.Json(new CommandAnswer(e.Id.ToString(), text, outcome.Position), ApiJson.Answers, statusCode: status);
    }

    private static async Task<IResult> StateAsync(HttpContext context, Command command, EventIntake intake, TimeProvider clock)
    {
        JsonElement body = await CommandBody.ReadAsync(context);
        (string Name, string Value)[] address = [.. command.Fields.Select(f => (f, RouteIds.Id((string)context.Request.RouteValues[f]!)))];
        string now = UnixMs.From(clock.GetUtcNow().ToUnixTimeMilliseconds()).ToString();
        return await SubmitAsync(intake, CommandBody.Event(body, command.Kind, address, IdOf(context, body), now), context.RequestAborted);
    }

    /// <summary>The id that the idempotency key gives; null when the body names one itself.</summary>
    private static string? IdOf(HttpContext context, JsonElement body)
    {
        if (body.TryGetProperty("id", out _)) return null;
        string key = IdempotencyGate.KeyOf(context);
        return key.Length > 0
            ? EventId.Derive($"command/{context.Caller().Client.Name}", $"{context.Request.Path}\u001f{key}").ToString()
            : throw new ApiProblemException(Problems.Malformed("id-missing", $"a command is done once however often it is sent: name it by an 'id' (a UUID) in the body or by an {IdempotencyGate.Header}"));
    }

    private static void Describe(OpenApiOperation operation, Command command)
    {
        Dictionary<string, IOpenApiSchema> properties = new(StringComparer.Ordinal)
        {
            ["id"] = Text("The event's id, a UUID; left out when an Idempotency-Key names the command."),
            ["occurredAt"] = Text("When it happened, ISO 8601; now when left out."),
        };
        if (EventCatalogue.Version(command.Kind) is var newest and > 1)
            properties["v"] = new OpenApiSchema { Type = JsonSchemaType.Integer, Description = $"The version of the event's fields, up to {newest}; 1 when left out." };
        foreach ((string name, string type) in CommandFields.Of(command.Kind))
        {
            if (!command.Fields.Contains(name, StringComparer.Ordinal)) properties[name] = type is "uint32" ? new OpenApiSchema { Type = JsonSchemaType.Integer } : Text(type);
        }

        operation.RequestBody = new OpenApiRequestBody
        {
            Required = true,
            Content = new Dictionary<string, OpenApiMediaType>(StringComparer.Ordinal)
            {
                ["application/json"] = new() { Schema = new OpenApiSchema { Type = JsonSchemaType.Object, Properties = properties, AdditionalPropertiesAllowed = false } },
            },
        };

        static OpenApiSchema Text(string description) => new() { Type = JsonSchemaType.String, Description = description };
    }

    /// <summary>One command.</summary>
    /// <param name="Route">Its address.</param>
    /// <param name="Kind">What it states.</param>
    /// <param name="Name">Its operation id.</param>
    /// <param name="Summary">What it does.</param>
    internal sealed record Command(string Route, EventKind Kind, string Name, string Summary)
    {
        /// <summary>The event's fields that the address gives.</summary>
        public IReadOnlyList<string> Fields { get; } = [.. Route.Split('/').Where(p => p.StartsWith('{')).Select(p => p.Trim('{', '}'))];
    }

    /// <param name="Id">The event's id.</param>
    /// <param name="Status">accepted, carried-forward or duplicate.</param>
    /// <param name="Position">Where it stands in the log.</param>
    internal sealed record CommandAnswer(string Id, string Status, long Position);
}
