using Ledger.Core.Identity;
using Ledger.Host.Adapters.Chat;
using Ledger.Tests.Support;
using Xunit;

namespace Ledger.Tests.Adapters.Chat;

/// <summary>Guaranteed: what waits for a connection is bounded and in order, and telling one more connection makes nothing new.</summary>
[Collection(Alone.Name)]
public sealed class SendQueueTests
{
    [Fact]
    public void A_queue_is_a_queue_with_an_end()
    {
        int seed = Random.Shared.Next(1_000_000);
        Random random = new(seed);
        SendQueue queue = new();
        Queue<byte[]> model = [];
        for (int i = 0; i < 20_000; i++)
        {
            if (random.Next(100) < 55)
            {
                byte[] line = new byte[random.Next(1, random.Next(50) == 0 ? 200_000 : 3_000)];
                bool fits = model.Count == 0 || (model.Count < SendQueue.LinesMax && model.Sum(l => l.Length) + line.Length <= SendQueue.BytesMax);
                Assert.True(queue.TryPut(line) == fits, $"seed {seed}, step {i}");
                if (fits) model.Enqueue(line);
            }
            else
            {
                Assert.Same(model.TryDequeue(out byte[]? expected) ? expected : null, queue.Take());
            }
        }
    }

    [Fact]
    public async Task Telling_a_room_allocates_nothing_for_a_recipient()
    {
        const int Recipients = 2_000;
        const int Lines = 20;
        await using ChatWorld world = await ChatWorld.StartAsync(new ChatSettings(ConnectionsPerAccountMax: 1_000));
        List<CountingLink> links = [];
        ChatRoom? room = null;
        for (int i = 0; i < Recipients; i++)
        {
            CountingLink link = new();
            ChatConnection connection = new(world.Hub, link);
            ChatSession session = world.Hub.Open(connection);
            session.Authenticate(world.Hub.Tokens.Read(world.Token($"user-{i}"))!);
            room = world.Hub.Rooms.Join(session, new SpaceId("room"), new AccountId(ChatWorld.Provider));
            links.Add(link);
        }

        SpinUntilSent(2 * Recipients); // welcome and joined
        byte[] line = ChatFrame.Ping;
        Tell(3);
        double perDelivery = Enumerable.Range(0, 5).Min(_ => // what tests before left behind only ever adds
        {
            long before = GC.GetTotalAllocatedBytes(precise: true);
            Tell(Lines);
            return (GC.GetTotalAllocatedBytes(precise: true) - before) / (double)(Recipients * Lines);
        });
        Assert.True(perDelivery < 4, $"{perDelivery:F2} bytes for each line and recipient");

        void Tell(int lines)
        {
            for (int i = 0; i < lines; i++)
            {
                long sent = Sent();
                world.Hub.Rooms.Tell(room!, line);
                SpinUntilSent(sent + Recipients);
            }
        }

        void SpinUntilSent(long count)
        {
            long started = TimeProvider.System.GetTimestamp();
            while (Sent() != count)
            {
                Assert.True(TimeProvider.System.GetElapsedTime(started) < TimeSpan.FromSeconds(30), $"{Sent()} lines are sent where {count} are expected");
                Thread.Yield();
            }
        }

        long Sent()
        {
            long sum = 0;
            for (int i = 0; i < links.Count; i++) sum += links[i].Count;
            return sum;
        }
    }

    private sealed class CountingLink : IChatLink
    {
        private long _count;

        public long Count => Volatile.Read(ref _count);

        public ValueTask<ReadOnlyMemory<byte>?> ReadAsync() => new((ReadOnlyMemory<byte>?)null);

        public ValueTask SendAsync(ReadOnlyMemory<byte> line)
        {
            Interlocked.Increment(ref _count);
            return ValueTask.CompletedTask;
        }

        public ValueTask EndAsync(ChatFault why) => ValueTask.CompletedTask;

        public void Abort()
        {
        }
    }
}
