using System.Globalization;

namespace Ledger.Tests.Support;

/// <summary>How many times longer than usual the tests with many rounds run: 1, or what <c>./build.sh soak</c> puts into the environment's <c>SOAK</c>.</summary>
public static class Soak
{
    public static int Factor { get; } = int.TryParse(Environment.GetEnvironmentVariable("SOAK"), NumberStyles.None, CultureInfo.InvariantCulture, out int factor) && factor > 0 ? factor : 1;
}
