using Google.Protobuf;
using Grpc.Core;
using Grpc.Net.Client;
using Ledger.Projections.EventLog.EventStoreDb.Protocol;

namespace Ledger.Tests.Peers.EventStore;

/// <summary>The cases of specs/eventstore.md, sent as they were sent to the real server: a stream of three events, then each call in turn.</summary>
internal sealed class FaceCases : IDisposable
{
    private static readonly Metadata NoHeaders = [];

    private readonly GrpcChannel _channel;
    private readonly Streams.StreamsClient _client;
    private readonly Func<string, int, ProposedMessage> _event;
    private readonly string _stream;
    private readonly string _missing;
    private readonly List<(string Case, string Answer)> _answers = [];

    /// <param name="address">Where the server is.</param>
    /// <param name="streamPrefix">What its streams' names begin with.</param>
    /// <param name="newEvent">Makes event n of a stream.</param>
    public FaceCases(Uri address, string streamPrefix, Func<string, int, ProposedMessage> newEvent)
    {
        _channel = GrpcChannel.ForAddress(address);
        _client = new Streams.StreamsClient(_channel);
        _event = newEvent;
        _stream = streamPrefix + "s";
        _missing = streamPrefix + "none";
    }

    /// <summary>The events themselves, as the first case appended them.</summary>
    public ProposedMessage Event(int n) => _event(_stream, n);

    public void Dispose() => _channel.Dispose();

    public async Task<IReadOnlyList<(string Case, string Answer)>> RunAsync()
    {
        await AppendsAsync();
        await BatchesAsync();
        await MalformedAsync();
        await StreamReadsAsync();
        await AllReadsAsync();
        await SubscriptionsAsync();
        await DeletesAsync();
        await OthersAsync();
        return _answers;
    }

    private async Task AppendsAsync()
    {
        await Append("append 2 no_stream", _stream, NoStream, Event(0), Event(1));
        await Append("append 0 events to existing, any", _stream, Any);
        await Append("append 0 events to existing, rev 1", _stream, At(1));
        await Append("append 0 events to existing, wrong rev 0", _stream, At(0));
        await Append("append 0 events to missing, any", _missing, Any);
        await Append("append 0 events to missing, no_stream", _missing, NoStream);
        await Append("same 2 again, no_stream (idempotent)", _stream, NoStream, Event(0), Event(1));
        await Append("same 2 again, any", _stream, Any, Event(0), Event(1));
        await Append("same 2 again, stream_exists", _stream, Exists, Event(0), Event(1));
        await Append("first of the two again, no_stream", _stream, NoStream, Event(0));
        await Append("first of the two again, any", _stream, Any, Event(0));
        await Append("second of the two again, rev 0", _stream, At(0), Event(1));
        await Append("old + new event, no_stream", _stream, NoStream, Event(0), Event(90));
        await Append("second again, wrong rev 5", _stream, At(5), Event(1));
        await Append("append new rev 5 (ahead of the stream)", _stream, At(5), Event(91));
    }

    private async Task BatchesAsync()
    {
        await Batch("batch new rev 5", _stream, At(5), Event(92));
        await Batch("batch wrong no_stream", _stream, NoStream, Event(93));
        await Batch("batch exists on missing", _missing, Exists, _event(_missing, 94));
        await Batch("batch ok any", _stream, Any, Event(2));
        await Batch("batch 0 events", _stream, Any);
        await Batch("batch same events any, again", _stream, Any, Event(0), Event(1));
    }

    private async Task MalformedAsync()
    {
        ProposedMessage untyped = Event(95);
        untyped.Metadata.Remove("type");
        await Append("append without type", _stream, Any, untyped);
        await Batch("batch without type", _stream, Any, untyped);
        ProposedMessage large = Event(96);
        large.Data = ByteString.CopyFrom(new byte[(1 << 20) + 1]);
        await Append("append 1 MiB + 1", _stream, Any, large);
        await Batch("batch 1 MiB + 1", _stream, Any, large);
        await Append("append with no expectation", _stream, _ => { }, Event(97));
        await Append("append to an empty stream name", "", Any, Event(97));
        ProposedMessage nameless = Event(97);
        nameless.Id = new Uuid { Text = "not-a-uuid" };
        await Append("append bad uuid", _stream, Any, nameless);
    }

    private async Task StreamReadsAsync()
    {
        await Read("read forwards start", Of(_stream, s => s.Start = new Empty()));
        await Read("read forwards start compat 0", Of(_stream, s => s.Start = new Empty()), o => o.Control = null);
        await Read("read forwards count 1", Of(_stream, s => s.Start = new Empty()), o => o.Count = 1);
        await Read("read forwards from last+1", Of(_stream, s => s.Revision = 3));
        await Read("read forwards from 50", Of(_stream, s => s.Revision = 50));
        await Read("read forwards from end", Of(_stream, s => s.End = new Empty()));
        await Read("read backwards end", Of(_stream, s => s.End = new Empty()), Backwards);
        await Read("read backwards from start", Of(_stream, s => s.Start = new Empty()), Backwards);
        await Read("read backwards from 1", Of(_stream, s => s.Revision = 1), Backwards);
        await Read("read backwards from 50", Of(_stream, s => s.Revision = 50), Backwards);
        await Read("read count 0", Of(_stream, s => s.Start = new Empty()), o => o.Count = 0);
        await Read("read missing", Of(_missing, s => s.Start = new Empty()));
        await Read("read missing backwards", Of(_missing, s => s.End = new Empty()), Backwards);
        await Read("read empty stream name", Of("", s => s.Start = new Empty()));
        await Read("read without uuid_option", Of(_stream, s => s.Start = new Empty()), o => o.UuidForm = null);
        await Read("read without no_filter", Of(_stream, s => s.Start = new Empty()), o => o.ClearFiltering());
    }

    private async Task AllReadsAsync()
    {
        await Read("read $all forwards start 3", All(a => a.Start = new Empty()), o => o.Count = 3);
        await Read("read $all backwards end 2", All(a => a.End = new Empty()), Backwards, o => o.Count = 2);
        await Read("read $all forwards position 1 (not a record's)", All(a => a.Position = Position(1)), o => o.Count = 2);
        await Read("read $all forwards far past the end", All(a => a.Position = Position(1UL << 50)));
        await Read("read $all backwards far past the end", All(a => a.Position = Position(1UL << 50)), Backwards);
        await Read("read $all forwards end", All(a => a.End = new Empty()));
        await Read("read $all backwards start", All(a => a.Start = new Empty()), Backwards);
    }

    private async Task SubscriptionsAsync()
    {
        await Subscribe("subscribe stream end", "caught_up", Of(_stream, s => s.End = new Empty()));
        await Subscribe("subscribe stream from 50 (ahead)", "caught_up", Of(_stream, s => s.Revision = 50));
        await Subscribe("subscribe backwards", "", Of(_stream, s => s.Start = new Empty()), Backwards);
        await Subscribe("subscribe $all end", "caught_up", All(a => a.End = new Empty()));
        await Subscribe("subscribe $all far ahead", "caught_up", All(a => a.Position = Position(1UL << 50)));
        ReadOptions.Types.Filter none = new() { StreamName = new ReadOptions.Types.Filter.Types.Expression { Prefix = { "matches-nothing" } }, Max = 32, CheckpointMultiplier = 1 };
        await Subscribe("subscribe $all filtered, nothing matches", "caught_up", All(a => a.Start = new Empty()), o => o.Filter = none);
    }

    private async Task DeletesAsync()
    {
        await Delete("delete wrong rev", _client.DeleteAsync, _stream, At(0));
        await Delete("delete missing, no_stream", _client.DeleteAsync, _missing, NoStream);
        await Delete("delete missing, any", _client.DeleteAsync, _missing, Any);
        await Delete("delete ok", _client.DeleteAsync, _stream, At(2));
        await Read("read deleted", Of(_stream, s => s.Start = new Empty()));
        await Append("append to deleted, no_stream", _stream, NoStream, Event(98));
        await Read("read after", Of(_stream, s => s.Start = new Empty()));
        await Delete("tombstone ok", _client.TombstoneAsync, _stream, Any);
        await Read("read tombstoned", Of(_stream, s => s.Start = new Empty()));
        await Append("append tombstoned", _stream, At(0), Event(99));
        await Batch("batch tombstoned", _stream, At(0), Event(99));
        await Delete("delete tombstoned", _client.DeleteAsync, _stream, Any);
        await Subscribe("subscribe tombstoned", "caught_up", Of(_stream, s => s.Start = new Empty()));
    }

    private async Task OthersAsync()
    {
        Method<Empty, Empty> unknown = new(MethodType.Unary, "event_store.client.streams.Streams", "Vanish", Marshaller, Marshaller);
        await Answer("unknown method", async () =>
        {
            await _channel.CreateCallInvoker().AsyncUnaryCall(unknown, null, new CallOptions(NoHeaders), new Empty());
            return "answered";
        });
        await Answer("features", async () =>
        {
            SupportedMethods supported = await new ServerFeatures.ServerFeaturesClient(_channel).GetSupportedMethodsAsync(new Empty());
            return supported.ServerVersion + " " + string.Join(" ", supported.Methods.Select(m => $"{m.Service["event_store.client.".Length..]}/{m.Method}{(m.Features.Count > 0 ? $"[{string.Join(",", m.Features)}]" : "")}"));
        });
        await Answer("gossip", async () =>
        {
            ClusterInfo cluster = await new Gossip.GossipClient(_channel).ReadAsync(new Empty());
            return string.Join(" ", cluster.Members.Select(m => $"state {(int)m.State} alive {m.IsAlive} {(m.Http.Port == new Uri("http://" + _channel.Target).Port ? "own address" : m.Http.ToString())}"));
        });
    }

    private static Marshaller<Empty> Marshaller { get; } = Marshallers.Create(_ => [], _ => new Empty());

    private static void NoStream(ExpectedStream e) => e.NoStream = new Empty();

    private static void Any(ExpectedStream e) => e.Any = new Empty();

    private static void Exists(ExpectedStream e) => e.Exists = new Empty();

    private static Action<ExpectedStream> At(ulong revision) => e => e.Revision = revision;

    private static void Backwards(ReadOptions options) => options.Direction = Direction.Backwards;

    private static LogPosition Position(ulong position) => new() { Commit = position, Prepare = position };

    private static ReadOptions Of(string stream, Action<ReadOptions.Types.OneStream> from)
    {
        ReadOptions.Types.OneStream source = new() { Stream = StreamIdentifier.Of(stream) };
        from(source);
        return With(new ReadOptions { Stream = source });
    }

    private static ReadOptions All(Action<ReadOptions.Types.AllStreams> from)
    {
        ReadOptions.Types.AllStreams source = new();
        from(source);
        return With(new ReadOptions { All = source });
    }

    private static ReadOptions With(ReadOptions options)
    {
        options.Count = 100;
        options.NoFilter = new Empty();
        options.UuidForm = new ReadOptions.Types.UuidForm { Text = new Empty() };
        options.Control = new ReadOptions.Types.Control { Compatibility = 1 };
        return options;
    }

    private Task Append(string name, string stream, Action<ExpectedStream> expected, params ProposedMessage[] events) => Answer(name, async () =>
    {
        ExpectedStream options = new() { Stream = StreamIdentifier.Of(stream) };
        expected(options);
        using AsyncClientStreamingCall<AppendRequest, AppendResponse> call = _client.Append();
        try
        {
            await call.RequestStream.WriteAsync(new AppendRequest { Options = options });
            foreach (ProposedMessage e in events) await call.RequestStream.WriteAsync(new AppendRequest { Message = e });
            await call.RequestStream.CompleteAsync();
        }
        catch (Exception e) when (e is RpcException or InvalidOperationException)
        {
            // The server answered before it had read everything; what it said is the response.
        }

        return AnswerText.Of(await call.ResponseAsync);
    });

    private Task Batch(string name, string stream, Action<ExpectedStream> expected, params ProposedMessage[] events) => Answer(name, async () =>
    {
        ExpectedStream options = new();
        expected(options);
        BatchAppendRequest request = new() { Correlation = new Uuid { Text = "6b4e2a30-35a5-4b1c-9f0e-000000000001" }, Options = new BatchAppendRequest.Types.Options { Stream = StreamIdentifier.Of(stream) }, Messages = { events }, IsFinal = true };
        switch (options.ExpectedCase)
        {
            case ExpectedStream.ExpectedOneofCase.Revision:
                request.Options.Revision = options.Revision;
                break;
            case ExpectedStream.ExpectedOneofCase.NoStream:
                request.Options.NoStream = new Empty();
                break;
            case ExpectedStream.ExpectedOneofCase.Exists:
                request.Options.Exists = new Empty();
                break;
            default:
                request.Options.Any = new Empty();
                break;
        }

        using AsyncDuplexStreamingCall<BatchAppendRequest, BatchAppendResponse> call = _client.BatchAppend();
        await call.RequestStream.WriteAsync(request);
        return await call.ResponseStream.MoveNext(CancellationToken.None) ? AnswerText.Of(call.ResponseStream.Current) : "no answer";
    });

    private Task Read(string name, ReadOptions options, params Action<ReadOptions>[] changes) => Answer(name, async () =>
    {
        foreach (Action<ReadOptions> change in changes) change(options);
        using AsyncServerStreamingCall<ReadResponse> call = _client.Read(new ReadRequest { Options = options });
        List<ReadResponse> responses = [];
        await foreach (ReadResponse response in call.ResponseStream.ReadAllAsync()) responses.Add(response);
        return AnswerText.Of(responses);
    });

    private Task Subscribe(string name, string until, ReadOptions options, params Action<ReadOptions>[] changes) => Answer(name, async () =>
    {
        foreach (Action<ReadOptions> change in changes) change(options);
        options.Subscription = new Empty();
        using AsyncServerStreamingCall<ReadResponse> call = _client.Read(new ReadRequest { Options = options });
        List<ReadResponse> responses = [];
        await foreach (ReadResponse response in call.ResponseStream.ReadAllAsync())
        {
            responses.Add(response);
            if (AnswerText.Of(response) == until) break;
        }

        return AnswerText.Of(responses);
    });

    private Task Delete(string name, Func<DeleteRequest, CallOptions, AsyncUnaryCall<DeleteResponse>> call, string stream, Action<ExpectedStream> expected) => Answer(name, async () =>
    {
        ExpectedStream options = new() { Stream = StreamIdentifier.Of(stream) };
        expected(options);
        await call(new DeleteRequest { Options = options }, new CallOptions(NoHeaders));
        return "deleted";
    });

    private async Task Answer(string name, Func<Task<string>> ask)
    {
        string answer;
        try
        {
            answer = await ask().WaitAsync(TimeSpan.FromSeconds(30));
        }
        catch (RpcException e)
        {
            answer = AnswerText.Of(e);
        }

        _answers.Add((name, answer));
    }
}
