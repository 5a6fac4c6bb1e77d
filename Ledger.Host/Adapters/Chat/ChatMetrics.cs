using System.Diagnostics.Metrics;

namespace Ledger.Host.Adapters.Chat;

/// <summary>What the chat counts.</summary>
internal sealed class ChatMetrics
{
    private readonly Counter<long> _said;
    private readonly Counter<long> _delivered;
    private readonly Counter<long> _ended;

    public ChatMetrics(Meter meter, Func<int> connections)
    {
        meter.CreateObservableGauge("weledger.chat.connections", connections, "{connection}", "Chat connections open");
        _said = meter.CreateCounter<long>("weledger.chat.messages", "{message}", "Messages sent in, by what became of them");
        _delivered = meter.CreateCounter<long>("weledger.chat.deliveries", "{message}", "Messages handed to the connections of their room");
        _ended = meter.CreateCounter<long>("weledger.chat.ended", "{connection}", "Connections ended by the chat, by code");
    }

    public void Said(string outcome) => _said.Add(1, new KeyValuePair<string, object?>("outcome", outcome));

    public void Delivered(int count) => _delivered.Add(count);

    public void Ended(string code) => _ended.Add(1, new KeyValuePair<string, object?>("code", code));
}
