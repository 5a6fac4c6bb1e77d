using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using Ledger.ChainBridge.Signing;
using Ledger.Core.Events;
using Ledger.Core.Identity;
using Ledger.Core.Merkle;
using Ledger.Core.Rulesets;
using Ledger.Core.Time;
using Ledger.Host.Composition;
using Ledger.Host.Security;
using Ledger.Projections.EventLog;
using Ledger.Projections.Ingest;
using Ledger.Projections.ReadModels;
using Ledger.Projections.ReadModels.Rulesets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Ledger.Host.Api;

/// <summary>Linking a wallet with its holder's signature: what to sign, and the taking of what was signed.</summary>
internal static class WalletEndpoints
{
    /// <summary>How far ahead an expiry may be: what is signed is meant to be used now.</summary>
    private static readonly TimeSpan ValidMax = TimeSpan.FromHours(1);

    private static readonly TimeSpan ValidDefault = TimeSpan.FromMinutes(15);

    public static void Map(IEndpointRouteBuilder routes)
    {
        RouteGroupBuilder wallet = routes.MapGroup("/v1/accounts/{account}/wallet").WithTags("commands").RequireScope(Scope.Write(ScopeSource.Accounts));
        wallet.MapGet("/message", MessageAsync)
            .WithName("wallet-message").WithSummary("What the holder of ?address= signs: as text (EIP-191 personal_sign) or as typed data (EIP-712).");
        wallet.MapPost("/", LinkAsync)
            .WithName("link-wallet").WithSummary("Links a wallet: {\"address\", \"nonce\", \"expires\", \"scheme\": \"eip191\" or \"eip712\", \"signature\"}. A signature links once; sent again it changes nothing.")
            .Accepts<JsonElement>("application/json").Produces<CommandEndpoints.CommandAnswer>(StatusCodes.Status201Created);
    }

    private static async Task<IResult> MessageAsync(HttpContext context, LedgerSession session, IEventLog log, TimeProvider clock, string account, string? address)
    {
        long expires = (clock.GetUtcNow() + ValidDefault).ToUnixTimeSeconds() * 1000;
        EventId nonce = EventId.FromBytes(RandomNumberGenerator.GetBytes(EventId.SizeBytes));
        WalletLink link = new(await DomainAsync(session, log, clock, context.RequestAborted), RouteIds.Account(account), AddressOf(address), nonce, UnixMs.From(expires));
        context.Response.Headers.CacheControl = "no-store";
        return TypedResults.Json(new { address = link.Wallet.ToString(), nonce, link.Expires, text = link.Text, typedData = link.TypedData() }, ApiJson.Answers);
    }

    private static async Task<IResult> LinkAsync(HttpContext context, LedgerSession session, IEventLog log, EventIntake intake, TimeProvider clock, string account)
    {
        JsonElement body = await CommandBody.ReadAsync(context);
        if (body.EnumerateObject().FirstOrDefault(m => m.Name is not ("address" or "nonce" or "expires" or "scheme" or "signature")) is { Value.ValueKind: not JsonValueKind.Undefined } other)
            return Problems.Malformed("field-unknown", $"the body has no '{other.Name}'");
        if (!UnixMs.TryParse(Text(body, "expires"), out UnixMs expires)) return Problems.Malformed("time-malformed", "expires is written as 2026-11-22T12:00:00Z");
        UnixMs now = UnixMs.From(clock.GetUtcNow().ToUnixTimeMilliseconds());
        WalletLink link = new(await DomainAsync(session, log, clock, context.RequestAborted), RouteIds.Account(account), AddressOf(Text(body, "address")), RouteIds.Event(Text(body, "nonce")), expires);
        Digest digest = Text(body, "scheme") switch
        {
            "eip191" => link.Eip191Digest,
            "eip712" => link.Eip712Digest,
            var scheme => throw new ApiProblemException(Problems.Malformed("scheme-unknown", $"'{scheme}' is no scheme; sign by eip191 or eip712")),
        };
        if (!WalletSignature.TryRecover(digest, Text(body, "signature"), out WalletAddress signer) || signer != link.Wallet)
            return new ApiProblem(StatusCodes.Status403Forbidden, "signature-invalid", $"the signature is not {link.Wallet}'s over this account, nonce, expiry and ledger; ask for the message again and sign it as it is");

        // The id follows from what was signed, and the log takes an id once, for ever: a signature that is sent again links nothing again.
        EventId id = EventId.Derive("wallet-link", string.Create(CultureInfo.InvariantCulture, $"{link.Account}\u001f{link.Wallet}\u001f{link.Nonce}"));
        bool isKnown = await log.FindAsync(id, context.RequestAborted) is not null;
        if (!isKnown && (expires < now || expires - now > (long)ValidMax.TotalMilliseconds))
            return Problems.Refused("signature-expired", $"what was signed holds until {expires}; it must be at most an hour ahead and not past");
        return await CommandEndpoints.SubmitAsync(intake, new SubmittedEvent(id, now, new WalletLinked(link.Account, link.Wallet)), context.RequestAborted);
    }

    /// <summary>The ledger by its log's first event, and where today's ruleset settles.</summary>
    private static async Task<WalletLinkDomain> DomainAsync(LedgerSession session, IEventLog log, TimeProvider clock, CancellationToken cancel)
    {
        Digest first = await log.LogRootAsync(1, cancel);
        using ViewReader views = session.Views!.Read();
        RulesetRow? row = views.RulesetFor(Day.Of(UnixMs.From(clock.GetUtcNow().ToUnixTimeMilliseconds())));
        SettlementRules? settlement = row is null ? null : RulesetDocument.Parse(row.Document).Ruleset?.Settlement;
        return new WalletLinkDomain(first, settlement?.ChainId ?? 0, settlement?.Distributor ?? default);
    }

    private static WalletAddress AddressOf(string? text) => WalletAddress.TryParse(text, out WalletAddress address)
        ? address
        : throw new ApiProblemException(Problems.Malformed("wallet-malformed", "a wallet address is 0x and 40 hexadecimal digits"));

    private static string Text(JsonElement body, string name) => body.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.String
        ? value.GetString()!
        : throw new ApiProblemException(Problems.Malformed("field-missing", $"the body needs '{name}', a text"));
}
