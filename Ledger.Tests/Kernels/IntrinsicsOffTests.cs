using System.Diagnostics;
using Ledger.Tests.Support;
using Xunit;

namespace Ledger.Tests.Kernels;

/// <summary>Guaranteed: a machine without vector instructions gives the same bits. The tests of everything that has a vector tier run again with them off.</summary>
public sealed class IntrinsicsOffTests
{
    private const string Switch = "DOTNET_EnableHWIntrinsic";
    private const string Filter = "FullyQualifiedName~KeccakTierTests|FullyQualifiedName~LogHashLanesTests|FullyQualifiedName~ColumnCodecTests|FullyQualifiedName~RewardTreeGoldenTests"
        + "|FullyQualifiedName~PayoutGoldenTests|FullyQualifiedName~FoldTests.Sheet_is_that_of_the_reference|FullyQualifiedName~PlainActivityTests|FullyQualifiedName~PackedEventTests|FullyQualifiedName~IntrinsicsOffTests";

    [Fact]
    public async Task The_kernels_tests_pass_without_vector_instructions()
    {
        if (Environment.GetEnvironmentVariable(Switch) == "0")
        {
            // This is the run with them off: make sure that they are.
            Assert.False(System.Runtime.Intrinsics.X86.Avx2.IsSupported);
            Assert.False(System.Runtime.Intrinsics.Vector256.IsHardwareAccelerated);
            return;
        }

        ProcessStartInfo start = new("dotnet", ["test", typeof(IntrinsicsOffTests).Assembly.Location, "--nologo", "--filter", Filter])
        {
            WorkingDirectory = Repository.Root,
            RedirectStandardOutput = true,
            UseShellExecute = false,
        };
        start.Environment[Switch] = "0";
        using Process child = Process.Start(start)!;
        string output = await child.StandardOutput.ReadToEndAsync();
        await child.WaitForExitAsync();
        Assert.True(child.ExitCode == 0 && output.Contains("Passed!", StringComparison.Ordinal), output);
    }
}
