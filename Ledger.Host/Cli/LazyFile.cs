namespace Ledger.Host.Cli;

/// <summary>A file that is made, or emptied, at the first write: no faults, no report.</summary>
internal sealed class LazyFile(string path) : Stream
{
    private FileStream? _file;

    /// <inheritdoc/>
    public override bool CanRead => false;

    /// <inheritdoc/>
    public override bool CanSeek => false;

    /// <inheritdoc/>
    public override bool CanWrite => true;

    /// <inheritdoc/>
    public override long Length => throw new NotSupportedException();

    /// <inheritdoc/>
    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    /// <inheritdoc/>
    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    /// <inheritdoc/>
    public override void Write(ReadOnlySpan<byte> buffer) => Opened().Write(buffer);

    /// <inheritdoc/>
    public override void Flush() => _file?.Flush();

    /// <inheritdoc/>
    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void SetLength(long value) => throw new NotSupportedException();

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing) _file?.Dispose();
        base.Dispose(disposing);
    }

    private FileStream Opened()
    {
        if (_file is not null) return _file;
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        return _file = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.Read);
    }
}
