using System.Buffers;
using System.Buffers.Binary;
using Google.Protobuf;
using Grpc.Core;

namespace Ledger.Projections.EventLog.EventStoreDb;

/// <summary>Cuts the body of a gRPC answer into its messages: many lie in what one read of it brings, and all stay where they are.</summary>
/// <remarks>Before each message: a byte, 1 if the message is compressed, then its length, four bytes, most significant first.</remarks>
internal sealed class MessageFrames(Stream body) : IDisposable
{
    /// <summary>Largest message: the server's own limit of events is 16 MiB.</summary>
    public const int MessageBytesMax = 17 << 20;

    /// <summary>Bytes before a message.</summary>
    public const int PrefixBytes = 5;

    private const int FirstBytes = 1 << 16;

    private byte[] _buffer = ArrayPool<byte>.Shared.Rent(FirstBytes);
    private int _start;
    private int _end;

    /// <summary>A message with what stands before it.</summary>
    public static byte[] Of(IMessage message)
    {
        byte[] frame = new byte[PrefixBytes + message.CalculateSize()];
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(1), frame.Length - PrefixBytes);
        message.WriteTo(frame.AsSpan(PrefixBytes));
        return frame;
    }

    /// <summary>The next message, if all of it is here; good until <see cref="FillAsync"/>.</summary>
    /// <exception cref="RpcException">No message of a kind that was asked for follows.</exception>
    public bool TryTake(out ReadOnlyMemory<byte> message)
    {
        message = default;
        if (_end - _start < PrefixBytes) return false;
        int size = Size();
        if (_end - _start - PrefixBytes < size) return false;
        message = _buffer.AsMemory(_start + PrefixBytes, size);
        _start += PrefixBytes + size;
        return true;
    }

    /// <summary>Reads more; false at the body's end.</summary>
    /// <exception cref="RpcException">The body ends within a message.</exception>
    public async ValueTask<bool> FillAsync(CancellationToken cancel)
    {
        MakeRoom();
        int read = await body.ReadAsync(_buffer.AsMemory(_end), cancel);
        _end += read;
        return read > 0 || (_end == _start ? false : throw new RpcException(new Status(StatusCode.Internal, "the server's answer ends within a message")));
    }

    public void Dispose()
    {
        ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = [];
        (_start, _end) = (0, 0);
    }

    private int Size()
    {
        if (_buffer[_start] != 0) throw new RpcException(new Status(StatusCode.Internal, "the server's message is compressed, which was not asked for"));
        uint size = BinaryPrimitives.ReadUInt32BigEndian(_buffer.AsSpan(_start + 1));
        return size <= MessageBytesMax ? (int)size : throw new RpcException(new Status(StatusCode.ResourceExhausted, $"the server's message has {size} bytes; at most {MessageBytesMax} are taken"));
    }

    // What is not taken yet goes to the front, and the message that it begins gets all its bytes.
    private void MakeRoom()
    {
        int needed = _end - _start < PrefixBytes ? PrefixBytes : PrefixBytes + Size();
        if (needed > _buffer.Length)
        {
            byte[] larger = ArrayPool<byte>.Shared.Rent(needed);
            _buffer.AsSpan(_start, _end - _start).CopyTo(larger);
            ArrayPool<byte>.Shared.Return(_buffer);
            _buffer = larger;
        }
        else if (_start > 0)
        {
            _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
        }

        (_start, _end) = (0, _end - _start);
    }
}
