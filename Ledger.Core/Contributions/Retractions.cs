using System.Buffers;
using System.Collections.Concurrent;
using Ledger.Core.Events;
using Ledger.Core.Identity;
using Ledger.Core.Merkle;

namespace Ledger.Core.Contributions;

/// <summary>What was taken back before a window's seal, by account: unlikes, unfollows and refunded tips.</summary>
/// <remarks>
/// A like or follow at position p is retracted when the same account unlikes or unfollows the same target after p and before the seal,
/// whatever window that event is in. A tip is retracted when a refund names it.
/// </remarks>
public sealed class Retractions
{
    private readonly NameTable _names;
    private readonly Dictionary<int, List<Retraction>> _byAccount = [];
    private readonly ConcurrentDictionary<EventId, (int Account, long Position)> _tips;

    public Retractions(NameTable names)
        : this(names, new ConcurrentDictionary<EventId, (int Account, long Position)>())
    {
    }

    private Retractions(NameTable names, ConcurrentDictionary<EventId, (int Account, long Position)> tips) => (_names, _tips) = (names, tips);

    /// <summary>Takes one event in log order.</summary>
    public void Apply(RecordedEvent recorded)
    {
        switch (recorded.Payload)
        {
            case Unliked e:
                Add(_names.Intern(e.Account.Value), new Retraction((byte)EventKind.Liked, _names.Intern(e.Content.Value), recorded.Position, recorded.Position));
                break;
            case Unfollowed e:
                Add(_names.Intern(e.Account.Value), new Retraction((byte)EventKind.Followed, _names.Intern(e.Followee.Value), recorded.Position, recorded.Position));
                break;
            case Tipped e:
                _tips[recorded.Event.Id] = (_names.Intern(e.Account.Value), recorded.Position);
                break;
            case TipRefunded e:
                int account = _names.Intern(e.Account.Value);
                if (KnowsTip(e, recorded.Position)) Add(account, new Retraction((byte)EventKind.Tipped, Retraction.AnyTarget, _tips[e.Tip].Position, recorded.Position));
                break;
        }
    }

    /// <summary>Whether a refund names a tip that the same account made before a position. May be asked while events are taken: a closed window is explained beside that.</summary>
    public bool KnowsTip(TipRefunded refund, long before) =>
        _tips.TryGetValue(refund.Tip, out (int Account, long Position) tip) && tip.Position < before && tip.Account == _names.Find(refund.Account.Value);

    /// <summary>What an account took back, in log order.</summary>
    public IReadOnlyList<Retraction> Of(int account) => _byAccount.TryGetValue(account, out List<Retraction>? list) ? list : [];

    /// <summary>The same without what can no longer matter, because no open window has an event before a position. Tips stay known: a refund may come late.</summary>
    /// <remarks>This one is left as it is, so that a window judged with it can be explained later.</remarks>
    public Retractions Since(long position)
    {
        Retractions since = new(_names, _tips);
        foreach ((int account, List<Retraction> list) in _byAccount)
        {
            List<Retraction> kept = list.FindAll(r => r.At >= position);
            if (kept.Count > 0) since._byAccount.Add(account, kept);
        }

        return since;
    }

    /// <summary>Appends everything it knows, ids as ordinals.</summary>
    public void WriteTo(IBufferWriter<byte> output)
    {
        using CanonicalBuffer bytes = new(output);
        bytes.Int32(_byAccount.Count);
        foreach ((int account, List<Retraction> list) in _byAccount.OrderBy(a => a.Key))
        {
            bytes.Int32(account);
            bytes.Int32(list.Count);
            foreach (Retraction retraction in list)
            {
                bytes.Byte(retraction.Kind);
                bytes.Int32(retraction.Target);
                bytes.Int64(retraction.Position);
                bytes.Int64(retraction.At);
            }
        }

        bytes.Int32(_tips.Count);
        foreach ((EventId id, (int account, long position)) in _tips.OrderBy(t => t.Value.Position))
        {
            bytes.Event(id);
            bytes.Int32(account);
            bytes.Int64(position);
        }

        bytes.Finish();
    }

    /// <summary>Takes back what <see cref="WriteTo"/> wrote, into one that has taken no event.</summary>
    /// <exception cref="FormatException"><c>state-damaged</c>.</exception>
    public void Restore(ReadOnlySpan<byte> bytes)
    {
        CanonicalReader input = new(bytes);
        for (int left = input.Count(); left > 0; left--)
        {
            List<Retraction> list = [];
            _byAccount.Add(input.Int32(), list);
            for (int entry = input.Count(); entry > 0; entry--) list.Add(new Retraction(input.Byte(), input.Int32(), input.Int64(), input.Int64()));
        }

        for (int left = input.Count(); left > 0; left--) _tips[input.Event()] = (input.Int32(), input.Int64());
        input.RequireEnd();
    }

    private void Add(int account, Retraction retraction)
    {
        if (!_byAccount.TryGetValue(account, out List<Retraction>? list)) _byAccount.Add(account, list = []);
        list.Add(retraction);
    }
}

/// <summary>One thing taken back.</summary>
/// <param name="Kind">The kind of event that is taken back.</param>
/// <param name="Target">On which target, or <see cref="AnyTarget"/> for a refund, which names one event.</param>
/// <param name="Position">Everything before this position; for a refund, the event at exactly this position.</param>
/// <param name="At">Where the taking back stands in the log.</param>
public readonly record struct Retraction(byte Kind, int Target, long Position, long At)
{
    /// <summary>The target of a refund.</summary>
    public const int AnyTarget = -1;
}
