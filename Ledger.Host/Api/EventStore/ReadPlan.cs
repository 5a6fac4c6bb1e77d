using Ledger.Projections.EventLog;
using Ledger.Projections.EventLog.EventStoreDb.Protocol;
using WireDirection = Ledger.Projections.EventLog.EventStoreDb.Protocol.Direction;

namespace Ledger.Host.Api.EventStore;

/// <summary>A checked <c>Read</c> request.</summary>
/// <param name="Stream">The stream, or null for all streams.</param>
/// <param name="From">Where to begin.</param>
/// <param name="Point">The revision or position when <paramref name="From"/> is <see cref="ReadFrom.Point"/>.</param>
/// <param name="Direction">Which way; subscriptions go forwards.</param>
/// <param name="Count">How many events at most; null for a subscription.</param>
/// <param name="Filter">Which events; null for every one.</param>
/// <param name="StructuredIds">Whether ids are wanted as two numbers.</param>
/// <param name="TellsLast">Whether the client knows the message that closes a stream read.</param>
internal sealed record ReadPlan(string? Stream, ReadFrom From, ulong Point, ReadDirection Direction, ulong? Count, EventFilter? Filter, bool StructuredIds, bool TellsLast)
{
    /// <exception cref="Grpc.Core.RpcException">What the real server refuses too, with its words.</exception>
    public static ReadPlan Of(ReadOptions options)
    {
        bool isStream = options.SourceCase == ReadOptions.SourceOneofCase.Stream;
        bool isSubscription = options.AmountCase == ReadOptions.AmountOneofCase.Subscription;
        bool isBackwards = options.Direction == WireDirection.Backwards;
        bool isFiltered = options.FilteringCase == ReadOptions.FilteringOneofCase.Filter;
        if (options.SourceCase == ReadOptions.SourceOneofCase.None
            || options.AmountCase == ReadOptions.AmountOneofCase.None
            || options.FilteringCase == ReadOptions.FilteringOneofCase.None
            || (isStream && isFiltered) || (isSubscription && isBackwards))
            throw StreamErrors.InvalidCombination(options.SourceCase.ToString(), options.AmountCase.ToString(), options.Direction.ToString(), options.FilteringCase.ToString());
        (ReadFrom from, ulong point) = isStream ? StreamFrom(options.Stream) : AllFrom(options.All);
        return new ReadPlan(
            isStream ? AppendAssembly.NameOf(options.Stream.Stream) : null,
            from,
            point,
            isBackwards ? ReadDirection.Backwards : ReadDirection.Forwards,
            isSubscription ? null : options.Count,
            isFiltered ? EventFilter.Of(options.Filter) : null,
            options.UuidForm?.FormCase == ReadOptions.Types.UuidForm.FormOneofCase.Structured,
            options.Control?.Compatibility >= 1);
    }

    private static (ReadFrom From, ulong Point) StreamFrom(ReadOptions.Types.OneStream stream) => stream.FromCase switch
    {
        ReadOptions.Types.OneStream.FromOneofCase.Revision => (ReadFrom.Point, Math.Min(stream.Revision, long.MaxValue)),
        ReadOptions.Types.OneStream.FromOneofCase.End => (ReadFrom.End, 0),
        _ => (ReadFrom.Start, 0),
    };

    private static (ReadFrom From, ulong Point) AllFrom(ReadOptions.Types.AllStreams all) => all.FromCase switch
    {
        ReadOptions.Types.AllStreams.FromOneofCase.Position when all.Position.Commit != all.Position.Prepare => throw StreamErrors.ReadFailed("ReadAllResult"),
        ReadOptions.Types.AllStreams.FromOneofCase.Position => (ReadFrom.Point, all.Position.Commit),
        ReadOptions.Types.AllStreams.FromOneofCase.End => (ReadFrom.End, 0),
        _ => (ReadFrom.Start, 0),
    };
}

/// <summary>Where a read begins.</summary>
internal enum ReadFrom
{
    Start,
    Point,
    End,
}
