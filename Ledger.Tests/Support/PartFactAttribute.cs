using Xunit;

namespace Ledger.Tests.Support;

/// <summary>
/// A fact that needs programs or npm packages beside the .NET SDK. Where one is absent the fact is skipped and says how to get it;
/// with the environment variable <c>CI=true</c> it runs all the same, and fails.
/// </summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class PartFactAttribute : FactAttribute
{
    /// <param name="parts">Programs on the path such as <c>strace</c>, server programs such as <c>postgres</c>, or npm packages as <c>folder:package</c> with the folder relative to the repository.</param>
    public PartFactAttribute(params string[] parts)
    {
        Parts = parts;
        string[] missing = [.. parts.Where(part => MachineParts.Find(part) is null)];
        if (missing.Length > 0 && Environment.GetEnvironmentVariable("CI") != "true")
            Skip = $"missing here: {string.Join(", ", missing)}; Ledger.Tests/Support/install-parts.sh installs what the tests need";
    }

    /// <summary>What the fact needs.</summary>
    public IReadOnlyList<string> Parts { get; }
}
