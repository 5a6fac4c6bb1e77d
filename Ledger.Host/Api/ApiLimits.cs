namespace Ledger.Host.Api;

/// <summary>How much of anything a request may bring (specs/api.md).</summary>
internal static class ApiLimits
{
    /// <summary>Bytes of a body as it comes over the wire.</summary>
    public const long BodyBytesMax = 8 << 20;

    /// <summary>Bytes of a body once its encoding is undone.</summary>
    public const int DecodedBytesMax = 16 << 20;

    /// <summary>Bytes of all bodies at hand together, with the room they grow into.</summary>
    public const long BodiesBytesMax = 128 << 20;

    /// <summary>Events of one request.</summary>
    public const int BatchItemsMax = 10_000;

    /// <summary>Bytes of the header lines together.</summary>
    public const int HeaderBytesMax = 16 << 10;

    /// <summary>Bytes of the first line: the address with its query.</summary>
    public const int RequestLineBytesMax = 4 << 10;

    /// <summary>Connections open at once.</summary>
    public const long ConnectionsMax = 4_096;
}
