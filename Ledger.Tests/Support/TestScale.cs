namespace Ledger.Tests.Support;

/// <summary>How often randomised tests repeat: a share that fits every run, or the long version where <see cref="Soak"/> asks for more than usual.</summary>
public static class TestScale
{
    /// <summary>Whether this is the long version.</summary>
    public static bool IsSoak { get; } = Soak.Factor > 1;

    /// <summary>One of two counts.</summary>
    public static int Of(int usual, int soak) => IsSoak ? soak : usual;
}
