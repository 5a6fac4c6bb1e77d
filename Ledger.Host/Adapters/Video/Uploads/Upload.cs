namespace Ledger.Host.Adapters.Video.Uploads;

/// <summary>A file on its way in.</summary>
/// <param name="Id">Its name here; nobody can guess it.</param>
/// <param name="Client">The client it is of; nobody else sees it.</param>
/// <param name="Length">Its bytes when it is whole, as declared.</param>
/// <param name="Offset">Its bytes that are here and durable, from the first.</param>
/// <param name="Metadata">What the client said of it, as it was sent.</param>
/// <param name="ExpiresMs">When it is thrown away unless a video is made of it, Unix milliseconds.</param>
/// <param name="Video">The video that is made of it; null until one is.</param>
internal sealed record Upload(string Id, string Client, long Length, long Offset, string Metadata, long ExpiresMs, string? Video)
{
    public bool IsWhole => Offset == Length;

    public DateTimeOffset Expires => DateTimeOffset.FromUnixTimeMilliseconds(ExpiresMs);
}
