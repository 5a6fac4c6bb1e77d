namespace Ledger.Tests.Support;

/// <summary>How often randomised tests repeat: a share that fits every run, or with the environment variable <c>SOAK=1</c> the long version.</summary>
public static class TestScale
{
    /// <summary>Whether this is the long version.</summary>
    public static bool IsSoak { get; } = Environment.GetEnvironmentVariable("SOAK") == "1";

    /// <summary>One of two counts.</summary>
    public static int Of(int usual, int soak) => IsSoak ? soak : usual;
}
