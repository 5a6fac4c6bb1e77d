using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Ledger.Host.Adapters.Chat;

/// <summary>The section <c>chat</c> of the settings file (specs/adapters.md).</summary>
/// <param name="Tcp">Where the line protocol listens; null: WebSocket alone. An address that is not loopback needs a certificate.</param>
/// <param name="TlsCertificate">PEM file with the line protocol's certificate and its chain; null serves it in the clear.</param>
/// <param name="TlsKey">PEM file with the certificate's private key.</param>
/// <param name="ConnectionsMax">Connections open at once, both protocols together.</param>
/// <param name="ConnectionsPerAccountMax">Connections of one account open at once.</param>
/// <param name="MessagesPerMinute">Messages an account may send, on average, over all of its connections.</param>
/// <param name="HistoryPerRoom">Messages that are kept of a room.</param>
internal sealed record ChatSettings(
    string? Tcp = null,
    string? TlsCertificate = null,
    string? TlsKey = null,
    int ConnectionsMax = 10_000,
    int ConnectionsPerAccountMax = 8,
    int MessagesPerMinute = 30,
    int HistoryPerRoom = 10_000)
{
    /// <summary>Messages an account may send at once after a silence.</summary>
    public const int MessagesBurst = 10;

    /// <summary>Lines a connection may send per second, on average, and at once after a silence.</summary>
    public const int LinesPerSecond = 20, LinesBurst = 60;

    /// <summary>Rooms a connection may be in.</summary>
    public const int RoomsPerConnectionMax = 16;

    /// <summary>Messages of a connection that may wait for being durable.</summary>
    public const int UnsettledPerConnectionMax = 32;

    /// <summary>Accounts that may be mute in a room.</summary>
    public const int MutesPerRoomMax = 1_000;

    /// <summary>A connection that was silent so long is asked whether it is there.</summary>
    public static readonly TimeSpan PingAfter = TimeSpan.FromSeconds(10);

    /// <summary>A connection that was silent so long is gone.</summary>
    public static readonly TimeSpan IdleMax = TimeSpan.FromSeconds(30);

    /// <summary>A connection over the line protocol says who it is within this.</summary>
    public static readonly TimeSpan HelloWithin = TimeSpan.FromSeconds(10);

    /// <summary>What is sent to a connection is taken by it within this.</summary>
    public static readonly TimeSpan TakenWithin = TimeSpan.FromSeconds(10);

    /// <summary>A connection that is told why it ends has this long to take it.</summary>
    public static readonly TimeSpan FarewellWithin = TimeSpan.FromSeconds(2);

    /// <summary>Part of a minute that an account must have been seen to be there for the minute to count.</summary>
    public static readonly TimeSpan PresenceMin = TimeSpan.FromSeconds(30);

    /// <summary>Where the line protocol listens, or null.</summary>
    /// <exception cref="FormatException"><c>address-malformed</c>, <c>tls-required</c> or <c>out-of-range</c>.</exception>
    public IPEndPoint? Check()
    {
        Require(ConnectionsMax, 1, 100_000, "connectionsMax");
        Require(ConnectionsPerAccountMax, 1, 1_000, "connectionsPerAccountMax");
        Require(MessagesPerMinute, 1, 1_000_000, "messagesPerMinute");
        Require(HistoryPerRoom, 100, 1_000_000, "historyPerRoom");
        if (TlsCertificate is null != TlsKey is null) throw new FormatException("usage: tlsCertificate and tlsKey of the chat go together; give both");
        if (Tcp is null) return null;
        if (!IPEndPoint.TryParse(Tcp, out IPEndPoint? address) || !Tcp.Contains(':', StringComparison.Ordinal))
            throw new FormatException($"address-malformed: '{Tcp}' is no address for the chat; write it as 127.0.0.1:5090");
        return TlsCertificate is not null || IPAddress.IsLoopback(address.Address) ? address
            : throw new FormatException($"tls-required: {Tcp} is reachable over a network and chat tokens would go over it in the clear; give tlsCertificate and tlsKey, or listen on 127.0.0.1");
    }

    /// <summary>The line protocol's certificate, or null.</summary>
    /// <exception cref="FormatException"><c>certificate-invalid</c>.</exception>
    public X509Certificate2? Certificate(Func<string, string> pathOf)
    {
        if (TlsCertificate is null) return null;
        try
        {
            return X509Certificate2.CreateFromPemFile(pathOf(TlsCertificate), pathOf(TlsKey!));
        }
        catch (Exception e) when (e is CryptographicException or IOException or UnauthorizedAccessException)
        {
            throw new FormatException($"certificate-invalid: {e.Message.TrimEnd('.')}; give the chat a PEM certificate and its unencrypted PEM key", e);
        }
    }

    private static void Require(int value, int min, int max, string name)
    {
        if (value < min || value > max) throw new FormatException($"out-of-range: {name} of the chat is {value}; give {min} to {max}");
    }
}
