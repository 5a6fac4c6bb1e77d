using Google.Protobuf;
using Ledger.Core.Identity;
using Ledger.Projections.EventLog;
using Ledger.Projections.EventLog.EventStoreDb;
using Ledger.Projections.EventLog.EventStoreDb.Protocol;
using Ledger.Tests.EventLog;
using Xunit;

namespace Ledger.Tests.Peers.EventStore;

/// <summary>Messages that are read where they lie say what the generated messages say of the same bytes; bytes that are no message are told as such, and nothing else happens.</summary>
public sealed class ReadMessageTests
{
    private static readonly int Scale = Environment.GetEnvironmentVariable("SOAK") == "1" ? 20 : 1;

    [Fact]
    public void In_place_is_what_the_generated_messages_are()
    {
        const int Seed = 11;
        RandomWire wire = new(Seed);
        int events = 0;
        for (int round = 0; round < 20_000 * Scale; round++)
        {
            byte[] bytes = wire.Response();
            RecordedMessage? expected = ReadResponse.Parser.ParseFrom(bytes) is { ContentCase: ReadResponse.ContentOneofCase.Event } response ? response.Event.Event : null;
            bool isEvent = ReadMessage.TryRead(bytes, out ReadMessage message);
            string text = $"seed {Seed}, round {round}: {Convert.ToHexString(bytes)}";
            Assert.True(isEvent == expected is not null, text);
            if (expected is null) continue;
            events++;
            Assert.True(expected.Revision == unchecked((ulong)message.Revision), text);
            EventId id = default;
            Assert.True((expected.Id?.TryId(out id) == true) == message.TryId(out EventId read), text);
            if (message.TryId(out _)) Assert.True(id == read, text);
            Assert.True(expected.Metadata.TryGetValue("type", out string? type) == message.TryType(out ReadOnlyMemory<byte> bare), text);
            Assert.True(type is null || ByteString.CopyFromUtf8(type).Span.SequenceEqual(bare.Span), text);
            Assert.True(expected.CustomMetadata.Span.SequenceEqual(message.CustomMetadata.Span), text);
            Assert.True(expected.Data.Span.SequenceEqual(message.Data.Span), text);
        }

        Assert.InRange(events, 5_000 * Scale, 19_000 * Scale);
    }

    [Fact]
    public void Broken_bytes_are_refused_as_no_message_and_never_refused_alone()
    {
        const int Seed = 12;
        RandomWire wire = new(Seed);
        Random random = new(Seed);
        int refused = 0;
        for (int round = 0; round < 20_000 * Scale; round++)
        {
            byte[] bytes = RandomWire.Broken(random, wire.Response());
            string text = $"seed {Seed}, round {round}: {Convert.ToHexString(bytes)}";
            try
            {
                ReadMessage.TryRead(bytes, out _);
            }
            catch (InvalidDataException)
            {
                refused++;
                Assert.True(Record.Exception(() => ReadResponse.Parser.ParseFrom(bytes)) is InvalidProtocolBufferException, text);
            }
        }

        Assert.InRange(refused, 2_000 * Scale, 19_000 * Scale);
    }

    [Fact]
    public void Broken_events_are_foreign_and_nothing_else()
    {
        const int Seed = 13;
        Random random = new(Seed);
        EncodedLog log = EncodedLog.Of([new SampleEvents(Seed).Take(200)]);
        StoredEventReader reader = new();
        int foreign = 0;
        int malformed = 0;
        for (int round = 0; round < 20_000 * Scale; round++)
        {
            int which = random.Next(200);
            byte[] bytes = RandomWire.Broken(random, log.Frames[(log.Starts[which] + MessageFrames.PrefixBytes)..log.Starts[which + 1]]);
            try
            {
                if (ReadMessage.TryRead(bytes, out ReadMessage message)) _ = reader.Read(message).Recorded;
            }
            catch (InvalidDataException)
            {
                malformed++;
            }
            catch (LogFaultException e)
            {
                foreign++;
                Assert.True(e.Code == "event-foreign", $"seed {Seed}, round {round}: {e.Code}");
            }
        }

        Assert.True(foreign > 1_000 * Scale && malformed > 100 * Scale, $"{foreign} foreign, {malformed} malformed");
    }

    [Theory]
    [InlineData("0A80", "a number is cut short")]
    [InlineData("0AFFFFFFFFFFFFFFFFFFFF7F", "a number has more than ten bytes")]
    [InlineData("0A05", "a field of 5 bytes where 0 are left")]
    [InlineData("0AFFFFFFFFFFFFFFFFFF01", "a field of 4294967295 bytes where 0 are left")]
    [InlineData("00", "a field without a number")]
    [InlineData("0C", "a field with tag 12, which cannot be here")]
    [InlineData("7B", "a group is cut short")]
    [InlineData("7B84", "a number is cut short")]
    [InlineData("7B8401", "a group 15 ends as 16")]
    [InlineData("790000", "a field of 8 bytes where 2 are left")]
    public void What_is_wrong_is_said(string hex, string expected) =>
        Assert.Equal(expected, Assert.Throws<InvalidDataException>(() => ReadMessage.TryRead(Convert.FromHexString(hex), out _)).Message);

    [Fact]
    public void Groups_in_one_another_have_a_limit()
    {
        byte[] bytes = [.. Enumerable.Repeat((byte)0x7b, 100_000)];
        Assert.Throws<InvalidDataException>(() => ReadMessage.TryRead(bytes, out _));
    }
}
