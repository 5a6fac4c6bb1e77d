namespace Ledger.Tests.Support;

/// <summary>A folder that is gone after the test: in memory where there is a memory file system, for tests that sync often and do not test the disk.</summary>
public sealed class ScratchFolder : IDisposable
{
    private const string Memory = "/dev/shm";

    public ScratchFolder(string prefix) =>
        Path = Directory.Exists(Memory)
            ? Directory.CreateDirectory(System.IO.Path.Combine(Memory, $"{prefix}-{Guid.NewGuid():N}")).FullName
            : Directory.CreateTempSubdirectory(prefix + "-").FullName;

    /// <summary>Its absolute path.</summary>
    public string Path { get; }

    /// <summary>A file or folder in it.</summary>
    public string PathOf(string name) => System.IO.Path.Combine(Path, name);

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
