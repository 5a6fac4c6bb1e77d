using Ledger.Tests.EventLog.Faults;

namespace Ledger.Tests.Support;

/// <summary>What tests start as a process of its own, to be killed or have its disk taken away: <c>dotnet Ledger.Tests.dll NAME ARGUMENTS</c>.</summary>
internal static class TestProgram
{
    public static async Task<int> Main(string[] args) => args switch
    {
        ["append", .. var rest] => await AppendProgram.RunAsync(rest),
        _ => 2,
    };
}
