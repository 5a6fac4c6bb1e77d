using System.Net;
using System.Net.Sockets;
using System.Text;
using Ledger.Core.Events;
using Ledger.Core.Identity;
using Ledger.Core.Rulesets;
using Ledger.Core.Time;
using Ledger.Host.Api;
using Ledger.Projections.Ingest;
using Ledger.Tests.Support;
using Xunit;

namespace Ledger.Tests.Api;

/// <summary>What the server cannot do at the moment, or will not wait for, it says by its code, and when to come back.</summary>
public sealed class NotNowTests
{
    [Fact]
    public async Task A_body_that_does_not_come_in_time_is_told_so_and_its_memory_goes_back()
    {
        await using ApiHarness api = await ApiHarness.StartAsync(new HurriedClock());
        using Socket socket = new(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(IPAddress.Loopback, api.Http.Port);
        await socket.SendAsync(Encoding.ASCII.GetBytes($"POST /v1/events HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {api.NewKey("activity:write").Text}\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n["));
        string answer = "";
        byte[] bytes = new byte[4096];
        while (!answer.Contains("body-too-slow", StringComparison.Ordinal) && await socket.ReceiveAsync(bytes) is > 0 and var size) answer += Encoding.UTF8.GetString(bytes, 0, size);
        Assert.StartsWith("HTTP/1.1 408 ", answer, StringComparison.Ordinal);
        Assert.Contains("\"code\":\"body-too-slow\"", answer, StringComparison.Ordinal);
        using CancellationTokenSource patience = new(TimeSpan.FromSeconds(30));
        while (api.Budget.TakenBytes > 0) await Task.Delay(5, patience.Token);
    }

    [Fact]
    public async Task Views_that_wait_for_a_draw_are_behind_and_nothing_is_closed_yet()
    {
        await using ApiHarness api = await ApiHarness.StartAsync();
        EventIntake intake = api.Session.Ledger.Intake;
        UnixMs noon = new ManualClock("2026-11-22T12:00:00Z").Now;
        Assert.Null(await intake.AdoptAsync(Day.Of(noon), Ruleset.Default with { Poc = Ruleset.Default.Poc with { Mode = PrizeMode.Draw } }));
        await intake.SubmitAsync([new SubmittedEvent(EventId.Derive("behind", "1"), noon, new AccountOpened(new AccountId("ann")))]);
        using HttpClient client = api.Client("accounts:read");
        Assert.Equal("nothing-closed", await (await client.GetAsync($"/v1/accounts/ann/explanation?minPosition={api.Session.Log.Head}")).ProblemAsync(HttpStatusCode.NotFound));

        await intake.SealAsync(Day.Of(noon));
        await intake.SubmitAsync([new SubmittedEvent(EventId.Derive("behind", "2"), noon, new AccountOpened(new AccountId("bob")))]);
        HttpResponseMessage behind = await client.GetAsync($"/v1/accounts/bob?minPosition={api.Session.Log.Head}");
        Assert.Equal("views-behind", await behind.ProblemAsync(HttpStatusCode.ServiceUnavailable));
        Assert.NotNull(behind.Headers.RetryAfter);
    }

    [Fact]
    public async Task Who_would_wait_behind_sixteen_foldings_is_told_to_come_back()
    {
        using Recomputations foldings = new();
        Task<IDisposable>[] inside = [.. Enumerable.Range(0, 16).Select(_ => foldings.TakeAsync(CancellationToken.None))];
        ApiProblem problem = (await Assert.ThrowsAsync<ApiProblemException>(() => foldings.TakeAsync(CancellationToken.None))).Problem;
        Assert.Equal((503, "too-busy"), (problem.Status, problem.Code));
        Assert.NotNull(problem.RetryAfter);
        foreach (Task<IDisposable> turn in inside) (await turn).Dispose();
        (await foldings.TakeAsync(CancellationToken.None)).Dispose();
    }

    /// <summary>Waits a hundredth of what it is asked to.</summary>
    private sealed class HurriedClock : TimeProvider
    {
        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) => System.CreateTimer(callback, state, dueTime / 100, period);
    }
}
