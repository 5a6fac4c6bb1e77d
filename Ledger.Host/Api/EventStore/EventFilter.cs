using System.Text.RegularExpressions;
using Ledger.Projections.EventLog.EventStoreDb.Protocol;

namespace Ledger.Host.Api.EventStore;

/// <summary>Which events a read of all streams is for: by stream name or type, by prefixes or a regular expression.</summary>
internal sealed class EventFilter
{
    private const int PatternCharsMax = 1_000;
    private const int PrefixesMax = 1_000;

    /// <summary>Events examined per checkpoint step when the client names no number: the official clients' default.</summary>
    private const uint WindowDefault = 32;

    private static readonly TimeSpan MatchMax = TimeSpan.FromMilliseconds(100);

    private readonly bool _byStream;
    private readonly string[] _prefixes;
    private readonly Regex? _pattern;

    private EventFilter(bool byStream, ReadOptions.Types.Filter.Types.Expression expression, ulong interval)
    {
        _byStream = byStream;
        _prefixes = [.. expression.Prefix];
        _pattern = _prefixes.Length == 0 ? Pattern(expression.Regex) : null;
        CheckpointInterval = interval;
    }

    /// <summary>Events examined between two checkpoints of a subscription.</summary>
    public ulong CheckpointInterval { get; }

    /// <exception cref="Grpc.Core.RpcException">No expression, or one that cannot be used.</exception>
    public static EventFilter Of(ReadOptions.Types.Filter filter)
    {
        ReadOptions.Types.Filter.Types.Expression expression = filter.SubjectCase switch
        {
            ReadOptions.Types.Filter.SubjectOneofCase.StreamName => filter.StreamName,
            ReadOptions.Types.Filter.SubjectOneofCase.EventType => filter.EventType,
            _ => throw StreamErrors.BadFilter("neither stream names nor event types are asked for"),
        };
        if (expression.Prefix.Count > PrefixesMax) throw StreamErrors.BadFilter($"{expression.Prefix.Count} prefixes; at most {PrefixesMax}");
        uint window = filter.WindowCase == ReadOptions.Types.Filter.WindowOneofCase.Max ? filter.Max : WindowDefault;
        ulong interval = (ulong)Math.Max(1, window) * Math.Max(1, filter.CheckpointMultiplier);
        return new EventFilter(filter.SubjectCase == ReadOptions.Types.Filter.SubjectOneofCase.StreamName, expression, interval);
    }

    /// <exception cref="Grpc.Core.RpcException">The expression takes too long.</exception>
    public bool Matches(StoredEvent e)
    {
        string text = _byStream ? e.Stream : e.Type;
        if (_pattern is null) return Array.Exists(_prefixes, prefix => text.StartsWith(prefix, StringComparison.Ordinal));
        try
        {
            return _pattern.IsMatch(text);
        }
        catch (RegexMatchTimeoutException)
        {
            throw StreamErrors.BadFilter($"the expression takes more than {MatchMax.TotalMilliseconds} ms; use prefixes, or one without back references and look-arounds");
        }
    }

    // Linear time where the expression allows it; a bound on time where it does not, because it comes from outside.
    private static Regex Pattern(string pattern)
    {
        if (pattern.Length is 0 or > PatternCharsMax) throw StreamErrors.BadFilter($"an expression of {pattern.Length} characters; 1 to {PatternCharsMax}");
        try
        {
            return new Regex(pattern, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant, MatchMax);
        }
        catch (NotSupportedException)
        {
            return new Regex(pattern, RegexOptions.CultureInvariant, MatchMax);
        }
        catch (ArgumentException e)
        {
            throw StreamErrors.BadFilter(e.Message);
        }
    }
}
