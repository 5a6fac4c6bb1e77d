namespace Ledger.Tests.Support;

/// <summary>Where this machine keeps the programs and npm packages that tests talk to.</summary>
public static class MachineParts
{
    private static readonly string[] ServerFolders =
        ["/usr/sbin", "/usr/local/sbin", .. Directory.Exists("/usr/lib/postgresql") ? Directory.GetDirectories("/usr/lib/postgresql").OrderDescending().Select(v => Path.Combine(v, "bin")) : []];

    /// <summary>Absolute path of a program, or of an npm package given as <c>folder:package</c>; null when it is not here.</summary>
    public static string? Find(string part)
    {
        if (part.Split(':') is [var folder, var package])
        {
            string module = Repository.PathOf($"{folder}/node_modules/{package}");
            return Directory.Exists(module) ? module : null;
        }

        string[] path = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries);
        return path.Concat(ServerFolders).Select(folder => Path.Combine(folder, part)).FirstOrDefault(File.Exists);
    }

    /// <summary>The same, for a test that is about to use it.</summary>
    /// <exception cref="FileNotFoundException">It is not here.</exception>
    public static string Require(string part) => Find(part)
        ?? throw new FileNotFoundException($"'{part}' is not on this machine; Ledger.Tests/Support/install-parts.sh installs what the tests need");
}
