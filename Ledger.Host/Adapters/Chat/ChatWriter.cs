using System.Threading.Channels;
using Ledger.Core.Events;
using Ledger.Core.Time;
using Ledger.Projections.Ingest;

namespace Ledger.Host.Adapters.Chat;

/// <summary>The one order of everything that is said: stores it, states its event, and then tells it.</summary>
internal sealed class ChatWriter(ChatStore store, ChatRooms rooms, ChatSettings settings, Func<IReadOnlyList<SubmittedEvent>, Task<IntakeOutcome[]>> submit, ChatMetrics metrics, TimeProvider clock)
{
    private const int WaitingMax = 16_384;
    private const int BatchMax = 1_000;
    private const int PruneEvery = 64;

    private readonly Channel<ChatEntry> _waiting = Channel.CreateBounded<ChatEntry>(new BoundedChannelOptions(WaitingMax) { SingleReader = true });
    private long _settled;

    /// <summary>Every message up to here was told or refused.</summary>
    public long Settled => Volatile.Read(ref _settled);

    /// <summary>Takes something to be written; false when too much waits.</summary>
    public bool TryPost(ChatEntry entry) => _waiting.Writer.TryWrite(entry);

    /// <summary>Takes nothing more; what waits is still written.</summary>
    public void Complete() => _waiting.Writer.TryComplete();

    /// <summary>States the events of messages that were stored and not told before the last end.</summary>
    public async Task RecoverAsync()
    {
        while (store.Unsettled(BatchMax) is { Count: > 0 } stored)
        {
            // A duplicate is as good as accepted here: the end came between the log's commit and ours.
            IntakeOutcome[] outcomes = await submit([.. stored.Select(s => ChatEvents.Comment(s.Room, s.Account, s.Id, s.Content, s.At, s.Text))]);
            store.Commit(() =>
            {
                store.Drop(stored.Where((_, i) => outcomes[i].Status == IntakeStatus.Refused).Select(s => s.Number));
                store.Settle(stored[^1].Number);
            });
        }

        Volatile.Write(ref _settled, store.LastOfAll());
    }

    /// <summary>Writes until <see cref="Complete"/> was called and nothing waits.</summary>
    public async Task RunAsync()
    {
        List<ChatEntry> batch = [];
        while (await _waiting.Reader.WaitToReadAsync())
        {
            batch.Clear();
            while (batch.Count < BatchMax && _waiting.Reader.TryRead(out ChatEntry? entry)) batch.Add(entry);
            await WriteAsync(batch);
        }

        store.Commit(() => store.Settle(_settled));
    }

    private async Task WriteAsync(List<ChatEntry> batch)
    {
        if (batch.Exists(e => e is not PresenceSeen)) store.Commit(() => Store(batch));
        List<SubmittedEvent> events = [];
        List<int> ofEntry = []; // by entry: its event, or −1
        foreach (ChatEntry entry in batch)
        {
            SubmittedEvent? e = entry switch
            {
                Saying { IsRepeat: false } s => ChatEvents.Comment(s.Room.Space.Value, s.By.Account, s.Id, s.Content, s.At, s.Text),
                PresenceSeen p => p.Event,
                _ => null,
            };
            ofEntry.Add(e is null ? -1 : events.Count);
            if (e is { } some) events.Add(some);
        }

        IntakeOutcome[] outcomes = await submit(events);
        DropUntaken(batch, ofEntry, outcomes);
        Dictionary<long, IntakeOutcome> byNumber = [];
        for (int i = 0; i < batch.Count; i++)
        {
            if (ofEntry[i] >= 0 && batch[i] is Saying s) byNumber[s.Number] = outcomes[ofEntry[i]];
        }

        foreach (ChatEntry entry in batch) Tell(entry, byNumber);
    }

    private void Store(List<ChatEntry> batch)
    {
        store.Settle(_settled);
        UnixMs now = UnixMs.From(clock.GetUtcNow().ToUnixTimeMilliseconds());
        foreach (ChatEntry entry in batch)
        {
            switch (entry)
            {
                case Saying s:
                    (s.Number, s.IsRepeat) = store.Say(s.Room.Space.Value, s.By.Account, s.Id, s.Content.Value, s.At, s.Text);
                    if (s.Number % PruneEvery == 0) store.Prune(s.Room.Space.Value, settings.HistoryPerRoom);
                    break;
                case Removing r:
                    r.IsDone = store.Remove(r.Room.Space.Value, r.Number);
                    break;
                case Muting { Until: { } until } m:
                    m.IsDone = store.Mute(m.Room.Space.Value, m.Account, until, now);
                    break;
                case Muting m:
                    store.Unmute(m.Room.Space.Value, m.Account);
                    m.IsDone = true;
                    break;
            }
        }
    }

    /// <summary>Before anybody is told: a message that got no event of its own is not kept.</summary>
    private void DropUntaken(List<ChatEntry> batch, List<int> ofEntry, IntakeOutcome[] outcomes)
    {
        List<long> untaken = [];
        for (int i = 0; i < batch.Count; i++)
        {
            if (batch[i] is Saying s && ofEntry[i] >= 0 && outcomes[ofEntry[i]].Status is IntakeStatus.Refused or IntakeStatus.Duplicate) untaken.Add(s.Number);
        }

        if (untaken.Count > 0) store.Commit(() => store.Drop(untaken));
    }

    private void Tell(ChatEntry entry, Dictionary<long, IntakeOutcome> byNumber)
    {
        switch (entry)
        {
            case Saying s:
                Tell(s, byNumber.GetValueOrDefault(s.Number, new IntakeOutcome(IntakeStatus.Duplicate, -1)));
                Volatile.Write(ref _settled, Math.Max(_settled, s.Number));
                s.By.Settled();
                rooms.Release(s.Room);
                break;
            case Muting m:
                if (m.IsDone) rooms.Mute(m.Room, m.Account, m.Until);
                m.By.Peer.Send(!m.IsDone ? ChatFrame.Error(ChatFault.MutesFull)
                    : m.Until is { } until ? ChatFrame.Muted(m.Room.Space.Value, m.Account, until)
                    : ChatFrame.Unmuted(m.Room.Space.Value, m.Account));
                rooms.Release(m.Room);
                break;
            case Removing r:
                if (r.IsDone) rooms.Tell(r.Room, ChatFrame.Removed(r.Room.Space.Value, r.Number));
                else r.By.Peer.Send(ChatFrame.Error(ChatFault.UnknownMessage));
                rooms.Release(r.Room);
                break;
        }
    }

    private void Tell(Saying s, IntakeOutcome outcome)
    {
        if (outcome.Refusal is { } refusal)
        {
            metrics.Said(refusal.Code);
            s.By.Peer.Send(ChatFrame.Error(new ChatFault(refusal.Code, refusal.Detail), s.Id));
            return;
        }

        bool isNew = !s.IsRepeat && outcome.Status != IntakeStatus.Duplicate;
        metrics.Said(isNew ? "said" : "duplicate");
        IntakeOutcome told = isNew ? outcome : outcome with { Status = IntakeStatus.Duplicate };
        s.By.Peer.Send(ChatFrame.Said(s.Room.Space.Value, s.Id, isNew || s.IsRepeat ? s.Number : null, ChatEvents.Comment(s.Room.Space.Value, s.By.Account, s.Id, s.Content, s.At, s.Text).Id, told));
        if (!isNew) return;
        ChatMessage message = new(s.Number, s.Room.Space.Value, s.By.Account, s.At, s.Text);
        metrics.Delivered(rooms.Deliver(s.Room, s.Number, ChatFrame.Message(message)));
    }
}
