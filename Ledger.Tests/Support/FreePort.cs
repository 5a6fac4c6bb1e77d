using System.Net;
using System.Net.Sockets;

namespace Ledger.Tests.Support;

/// <summary>Ports on loopback that nobody listens on, for programs that have to be told theirs.</summary>
/// <remarks>
/// Not such as the system gives to whoever asks for any: until the program listens, the next to ask, or a connection, could get the same. These are
/// below, each is given once in a process, and processes begin apart.
/// </remarks>
internal static class FreePort
{
    private const int First = 20_000;
    private const int Count = 10_000; // connections begin at 32,768, or higher

    private static int _given = Environment.ProcessId * 101 % Count;

    public static int Next()
    {
        for (int tried = 0; tried < Count; tried++)
        {
            int port = First + (int)((uint)Interlocked.Increment(ref _given) % Count);
            try
            {
                using Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
                socket.Bind(new IPEndPoint(IPAddress.Loopback, port));
                return port;
            }
            catch (SocketException e) when (e.SocketErrorCode is SocketError.AddressAlreadyInUse or SocketError.AccessDenied)
            {
                // somebody else's
            }
        }

        throw new InvalidOperationException($"no port from {First} to {First + Count - 1} is free");
    }
}
