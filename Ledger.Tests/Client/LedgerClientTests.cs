using System.Net;
using System.Net.Sockets;
using Ledger.Core.Events;
using Ledger.Core.Identity;
using Ledger.Core.Time;
using Ledger.Host.Client;
using Ledger.Host.Security;
using Ledger.Tests.Api;
using NetArchTest.Rules;
using Xunit;

namespace Ledger.Tests.Client;

/// <summary>The client library delivers every event once, whatever the network does to its requests, and keeps the order of the calls.</summary>
public sealed class LedgerClientTests
{
    [Fact]
    public async Task Events_that_come_one_by_one_travel_in_batches_in_their_order()
    {
        await using ApiHarness api = await ApiHarness.StartAsync(TimeProvider.System);
        UnreliableHandler network = new(every: int.MaxValue);
        using LedgerClient client = new(Options(api, "activity:write"), handler: network);
        EventVerdict[] verdicts;
        await using (EventSender sender = new(client))
            verdicts = await Task.WhenAll(Enumerable.Range(0, 2_000).Select(i => sender.SendAsync(new Liked(new AccountId($"ann-{i}"), new ContentId("clip")), Now())));
        Assert.All(verdicts, v => Assert.Equal("accepted", v.Status));
        Assert.True(network.Requests < 200, $"{network.Requests} requests for 2,000 events");
        long[] positions = [.. verdicts.Select(v => v.Position!.Value)];
        Assert.Equal(positions.Order(), positions);
    }

    [Fact]
    public async Task Requests_and_answers_that_are_lost_double_nothing()
    {
        await using ApiHarness api = await ApiHarness.StartAsync(TimeProvider.System);
        UnreliableHandler network = new(every: 3);
        using LedgerClient client = new(Options(api, "activity:write"), handler: network);
        long head = api.Session.Log.Head;
        await using (EventSender sender = new(client))
        {
            for (int i = 0; i < 40; i++)
            {
                EventVerdict[] verdicts = await Task.WhenAll(Enumerable.Range(0, 10).Select(n => sender.SendAsync(new Liked(new AccountId($"ann-{n}"), new ContentId($"clip-{i}")), Now())));
                Assert.All(verdicts, v => Assert.Equal("accepted", v.Status)); // also when the answer that said so first was lost
            }
        }

        Assert.True(network.RequestsLost > 3 && network.AnswersLost > 3 && network.Busy > 3, "the network was too kind");
        int likes = 0;
        await foreach (RecordedEvent e in api.Session.Log.ReadAllAsync(head)) likes += e.Payload is Liked ? 1 : 0;
        Assert.Equal(400, likes);
    }

    [Fact]
    public async Task A_signing_client_is_believed()
    {
        await using ApiHarness api = await ApiHarness.StartAsync(TimeProvider.System);
        LedgerClientOptions options = Options(api, "activity:write");
        (_, byte[] secret) = api.Keys.Sign(api.Keys.Clients().Keys.Single());
        using LedgerClient unsigned = new(options);
        Assert.Equal("signature-missing", (await Assert.ThrowsAsync<LedgerRequestException>(() => unsigned.SubmitAsync([Like(1)]))).Code);
        using LedgerClient signed = new(options with { SigningSecret = WebhookSignature.Text(secret) });
        Assert.Equal("accepted", Assert.Single(await signed.SubmitAsync([Like(1)])).Status);
    }

    [Fact]
    public async Task A_refusal_is_a_verdict_and_a_request_that_is_not_taken_says_why()
    {
        await using ApiHarness api = await ApiHarness.StartAsync(TimeProvider.System);
        using LedgerClient client = new(Options(api, "activity:write"));
        IReadOnlyList<EventVerdict> verdicts = await client.SubmitAsync([Like(1), new SubmittedEvent(new EventId(2), Now(), new AccountOpened(new AccountId("ann")))]);
        Assert.Equal(("accepted", "refused", "scope-missing"), (verdicts[0].Status, verdicts[1].Status, verdicts[1].Code));
        using LedgerClient stranger = new(new LedgerClientOptions { Address = api.Http, Key = ApiKey.Generate().Text });
        Assert.Equal("key-invalid", (await Assert.ThrowsAsync<LedgerRequestException>(() => stranger.SubmitAsync([Like(2)]))).Code);
        using LedgerClient lost = new(new LedgerClientOptions { Address = new Uri("http://127.0.0.1:1"), Key = "k", RetriesMax = 1, RetryAfter = TimeSpan.FromMilliseconds(1) });
        await Assert.ThrowsAsync<LedgerRequestException>(() => lost.SubmitAsync([Like(3)]));
    }

    [Fact]
    public void The_client_knows_nothing_of_the_host()
    {
        TestResult result = Types.InAssembly(typeof(LedgerClient).Assembly).That().ResideInNamespace("Ledger.Host.Client")
            .ShouldNot().HaveDependencyOnAny("Ledger.Host.Api", "Ledger.Host.Cli", "Ledger.Host.Composition", "Ledger.Host.Security", "Ledger.Host.Adapters", "Ledger.Projections", "Microsoft.AspNetCore").GetResult();
        Assert.True(result.IsSuccessful, string.Join(", ", result.FailingTypeNames ?? []));
    }

    private static LedgerClientOptions Options(ApiHarness api, params string[] scopes) =>
        new() { Address = api.Http, Key = api.NewKey(scopes).Text, RetryAfter = TimeSpan.FromMilliseconds(1) };

    private static SubmittedEvent Like(ulong id) => new(new EventId(id), Now(), new Liked(new AccountId("ann"), new ContentId("clip")));

    private static UnixMs Now() => UnixMs.From(DateTimeOffset.UtcNow.ToUnixTimeMilliseconds());

    /// <summary>Loses a request, loses an answer, or says that the ledger is busy, in turn, for all but every n-th request.</summary>
    private sealed class UnreliableHandler(int every) : DelegatingHandler(new SocketsHttpHandler())
    {
        public int Requests { get; private set; }

        public int RequestsLost { get; private set; }

        public int AnswersLost { get; private set; }

        public int Busy { get; private set; }

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            int number = ++Requests;
            if (every == int.MaxValue || number % every == 0) return await base.SendAsync(request, cancellationToken);
            switch (number % 7 % 3)
            {
                case 0:
                    RequestsLost++;
                    throw new HttpRequestException("lost on the way there", new SocketException());
                case 1:
                    AnswersLost++;
                    (await base.SendAsync(request, cancellationToken)).Dispose();
                    throw new HttpRequestException("lost on the way back", new SocketException());
                default:
                    Busy++;
                    return new HttpResponseMessage(HttpStatusCode.ServiceUnavailable);
            }
        }
    }
}
