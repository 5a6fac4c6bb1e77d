using Xunit;

namespace Ledger.Tests.Support;

/// <summary>
/// Public test vectors and real activity logs, kept outside the repository in <c>shared/data</c> beside its root.
/// </summary>
public static class SharedData
{
    private static readonly string Folder = Path.Combine(Path.GetDirectoryName(Repository.Root)!, "shared", "data");

    /// <summary>Absolute path of a file or folder named relative to <c>shared/data</c>, for example <c>vectors/keccak256</c>.</summary>
    /// <exception cref="FileNotFoundException">Nothing of that name is there.</exception>
    public static string Find(string relativePath)
    {
        var path = PathOf(relativePath);
        return Path.Exists(path)
            ? path
            : throw new FileNotFoundException($"Shared data '{relativePath}' is missing: put it at {path}.", path);
    }

    internal static bool Has(string relativePath) => Path.Exists(PathOf(relativePath));

    private static string PathOf(string relativePath) =>
        Path.Combine(Folder, Path.Combine(relativePath.Split('/')));
}

/// <summary>
/// A fact over <see cref="SharedData"/>. Where the data is absent it is skipped and says which data it wants; with the
/// environment variable <c>CI=true</c> it runs all the same, and fails.
/// </summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class SharedDataFactAttribute : FactAttribute
{
    /// <param name="relativePath">The file or folder below <c>shared/data</c> that the test reads.</param>
    public SharedDataFactAttribute(string relativePath)
    {
        RelativePath = relativePath;
        if (!SharedData.Has(relativePath) && Environment.GetEnvironmentVariable("CI") != "true")
        {
            Skip = $"shared/data/{relativePath} is not beside the repository.";
        }
    }

    /// <summary>The file or folder below <c>shared/data</c> that the test reads.</summary>
    public string RelativePath { get; }
}
