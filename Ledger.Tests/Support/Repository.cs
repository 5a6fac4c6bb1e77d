namespace Ledger.Tests.Support;

/// <summary>The checkout that the tests run in, found by walking up from the test assembly to <c>Ledger.slnx</c>.</summary>
public static class Repository
{
    /// <summary>Absolute path of the folder that holds <c>Ledger.slnx</c>.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>Absolute path of a file or folder named relative to <see cref="Root"/> with forward slashes.</summary>
    public static string PathOf(string relativePath) => Path.Combine(Root, Path.Combine(relativePath.Split('/')));

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Ledger.slnx"))) return folder.FullName;
        }

        throw new InvalidOperationException(
            $"No folder above {AppContext.BaseDirectory} holds Ledger.slnx; run the tests from inside the checkout.");
    }
}
