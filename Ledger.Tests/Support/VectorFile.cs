using Xunit;

namespace Ledger.Tests.Support;

/// <summary>Golden files in <c>Ledger.Tests/Vectors</c>. <c>WRITE_VECTORS=1 dotnet test</c> writes them anew; their diff is reviewed.</summary>
public static class VectorFile
{
    /// <summary>Requires a text to be what the file holds.</summary>
    public static void Match(string name, string actual)
    {
        string path = Repository.PathOf($"Ledger.Tests/Vectors/{name}");
        if (Environment.GetEnvironmentVariable("WRITE_VECTORS") == "1") File.WriteAllText(path, actual);
        Assert.Equal(File.ReadAllText(path), actual);
    }
}
