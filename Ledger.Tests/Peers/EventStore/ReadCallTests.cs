using System.Net;
using System.Net.Http.Headers;
using Grpc.Core;
using Ledger.Core.Events;
using Ledger.Core.Identity;
using Ledger.Projections.EventLog;
using Ledger.Projections.EventLog.EventStoreDb;
using Ledger.Projections.EventLog.EventStoreDb.Protocol;
using Ledger.Tests.EventLog;
using Xunit;

namespace Ledger.Tests.Peers.EventStore;

/// <summary>A read gives its events however its bytes are cut on the way, ends as the server says that it ends, and makes nothing for an event of activity.</summary>
public sealed class ReadCallTests
{
    private const string Ok = "grpc-status: 0";

    [Fact]
    public async Task Events_come_whole_however_the_bytes_are_cut()
    {
        const int Seed = 21;
        NewEvent[] events = new SampleEvents(Seed).Take(300);
        EncodedLog log = EncodedLog.Of([events]);
        byte[] caughtUp = MessageFrames.Of(new ReadResponse { LastStreamPosition = 299 });
        for (int sizeMax = 1; sizeMax < 1 << 20; sizeMax *= 4)
        {
            List<string> read = [];
            await foreach (StoredEvent e in ReadAsync(new Answer([.. log.Frames, .. caughtUp], Ok, sizeMax, Seed))) read.Add(e.Recorded.Text());
            Assert.Equal(events.Select(e => Convert.ToHexStringLower(CanonicalBytes.Of(e))), read.Select(text => text[(text.IndexOf(':', StringComparison.Ordinal) + 1)..]));
        }
    }

    [Fact]
    public void Nothing_is_allocated_for_an_event_of_activity_on_its_way_into_columns()
    {
        const int Events = 100_000;
        SampleEvents sample = new(22);
        EncodedLog log = EncodedLog.Of(Enumerable.Range(0, Events / 5_000).Select(_ => Activity(sample, 5_000)));
        NameTable names = new();
        foreach (string name in Names()) names.Intern(name);
        long first = Read(log, names);
        long allocated = GC.GetAllocatedBytesForCurrentThread();
        long second = Read(log, names);
        allocated = GC.GetAllocatedBytesForCurrentThread() - allocated;
        Assert.Equal((Events, Events), (first, second));

        // The columns, the buffer and the call, once, and two objects a block; an object of the smallest kind for every event would be six times as much.
        Assert.True(allocated < 4 * Events, $"{allocated} bytes for {Events} events");
    }

    [Theory]
    [InlineData("", StatusCode.Unavailable, "the node's answer ends without a status")]
    [InlineData("grpc-status: 7, grpc-message: no%20access", StatusCode.PermissionDenied, "no access")]
    [InlineData("grpc-status: what", StatusCode.Unavailable, "the node's answer ends without a status")]
    public async Task A_call_ends_as_the_server_says(string trailers, StatusCode expected, string detail)
    {
        EncodedLog log = EncodedLog.Of([new SampleEvents(23).Take(3)]);
        foreach (bool hasMessages in new[] { true, false })
        {
            int read = 0;
            RpcException fault = await Assert.ThrowsAsync<RpcException>(async () =>
            {
                await foreach (StoredEvent _ in ReadAsync(new Answer(hasMessages ? log.Frames : [], trailers))) read++;
            });
            Assert.Equal((hasMessages ? 3 : 0, expected, detail), (read, fault.StatusCode, fault.Status.Detail));
        }
    }

    [Fact]
    public async Task A_status_among_the_headers_ends_the_call_and_says_where_the_leader_is()
    {
        RpcException fault = await Assert.ThrowsAsync<RpcException>(async () =>
        {
            await foreach (StoredEvent _ in ReadAsync(new Answer([], "grpc-status: 5, exception: not-leader, leader-endpoint-host: other, leader-endpoint-port: 2114", isInHeaders: true)))
            {
            }
        });
        Assert.Equal(new DnsEndPoint("other", 2114), ClusterErrors.LeaderOf(fault));
        await foreach (StoredEvent _ in ReadAsync(new Answer([], Ok, isInHeaders: true))) Assert.Fail("an empty read has an event");
    }

    [Theory]
    [InlineData("0100000000", StatusCode.Internal)] // compressed
    [InlineData("00FFFFFFFF", StatusCode.ResourceExhausted)]
    [InlineData("0001100001", StatusCode.ResourceExhausted)] // one byte more than is taken
    [InlineData("0001100000", StatusCode.Internal)] // as many, and the body ends
    [InlineData("000000", StatusCode.Internal)]
    [InlineData("00000000020A05", StatusCode.Internal)] // a field longer than its message
    [InlineData("00000000050A80808080", StatusCode.Internal)]
    [InlineData("000000000F0A0D0A0B18FFFFFFFFFFFFFFFFFF01", StatusCode.Internal)] // revision 2^64 - 1
    public async Task What_is_no_message_ends_the_call(string hex, StatusCode expected) =>
        Assert.Equal(expected, (await Assert.ThrowsAsync<RpcException>(async () =>
        {
            await foreach (StoredEvent _ in ReadAsync(new Answer(Convert.FromHexString(hex), Ok)))
            {
            }
        })).StatusCode);

    [Theory]
    [InlineData(HttpStatusCode.Unauthorized, StatusCode.Unauthenticated)]
    [InlineData(HttpStatusCode.ServiceUnavailable, StatusCode.Unavailable)]
    [InlineData(HttpStatusCode.InternalServerError, StatusCode.Unknown)]
    public async Task An_answer_that_is_not_grpc_is_a_failure(HttpStatusCode status, StatusCode expected) =>
        Assert.Equal(expected, (await Assert.ThrowsAsync<RpcException>(async () =>
        {
            await foreach (StoredEvent _ in ReadAsync(new Answer([], Ok) { Status = status }))
            {
            }
        })).StatusCode);

    [Fact]
    public async Task A_log_whose_server_sends_what_cannot_be_read_is_a_fault_that_says_so()
    {
        await using FaceHost host = await FaceHost.StartAsync(new GenericStreams(), interpose: static async (context, next) =>
        {
            if (!context.Request.Path.Value!.EndsWith("/Read", StringComparison.Ordinal))
            {
                await next(context);
                return;
            }

            context.Response.ContentType = "application/grpc";
            await context.Response.Body.WriteAsync(Convert.FromHexString("00000000020A05"));
        });
        LogFaultException fault = await Assert.ThrowsAsync<LogFaultException>(() =>
            EventStoreDbLog.OpenAsync($"esdb://localhost:{host.Port}?tls=false&discoveryInterval=1&maxDiscoverAttempts=2"));
        Assert.Equal("cluster-unreachable", fault.Code);
        Assert.Contains("a field of 5 bytes where 0 are left", fault.Message, StringComparison.Ordinal);
    }

    private static long Read(EncodedLog log, NameTable names) =>
        BlockReading.Run(ReadAsync(new Answer(log.Frames, Ok)), names, new BlockRequest(Rows: true, Columns: true)).Sum(block => (long)block.Activity.Count);

    private static NewEvent[] Activity(SampleEvents sample, int count) => [.. Enumerable.Range(0, count).Select(i => sample.Of(i % 2 == 0 ? new Viewed(sample.Account(), new ContentId("video"), 30) : new Liked(sample.Account(), new ContentId("video"))))];

    private static IEnumerable<string> Names() => [.. Enumerable.Range(0, 20).Select(i => $"account-{i}"), "video"];

    private static async IAsyncEnumerable<StoredEvent> ReadAsync(Answer answer)
    {
        using HttpClient http = new(answer);
        using ReadCall call = new(http, new Uri("http://node"), [], new ReadOptions(), new CancellationTokenSource());
        StoredEventReader reader = new();
        while (await call.NextAsync()) yield return reader.Read(call.Current);
    }

    /// <summary>Answers a call with these bytes, given out in pieces, and these trailers.</summary>
    private sealed class Answer(byte[] body, string trailers, int sizeMax = int.MaxValue, int seed = 0, bool isInHeaders = false) : HttpMessageHandler
    {
        public HttpStatusCode Status { get; init; } = HttpStatusCode.OK;

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            HttpResponseMessage response = new(Status) { Content = new StreamContent(new Pieces(body, sizeMax, seed)) };
            HttpHeaders headers = isInHeaders ? response.Headers : response.TrailingHeaders;
            foreach (string trailer in trailers.Split(", ", StringSplitOptions.RemoveEmptyEntries))
            {
                string[] parts = trailer.Split(": ");
                headers.TryAddWithoutValidation(parts[0], parts[1]);
            }

            return Task.FromResult(response);
        }
    }

    /// <summary>Bytes of which a read gives a drawn part.</summary>
    private sealed class Pieces(byte[] bytes, int sizeMax, int seed) : MemoryStream(bytes)
    {
        private readonly Random _random = new(seed);

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            ValueTask.FromResult(Read(buffer.Span[..Math.Min(buffer.Length, sizeMax == int.MaxValue ? sizeMax : _random.Next(1, sizeMax + 1))]));
    }
}
