using System.Diagnostics;
using Xunit;

namespace Ledger.Tests.Support;

/// <summary>Waits for what other threads and processes bring about. How long it takes says nothing; that it never comes is a failure.</summary>
internal static class Until
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);
    private static readonly TimeSpan LookAgain = TimeSpan.FromMilliseconds(20);

    /// <param name="what">What is waited for, for the failure.</param>
    /// <param name="holds">Whether it is so.</param>
    public static async Task HoldsAsync(string what, Func<Task<bool>> holds)
    {
        for (Stopwatch watch = Stopwatch.StartNew(); !await holds(); await Task.Delay(LookAgain))
            Assert.True(watch.Elapsed < Patience, $"not within {Patience}: {what}");
    }

    /// <inheritdoc cref="HoldsAsync(string, Func{Task{bool}})"/>
    public static Task HoldsAsync(string what, Func<bool> holds) => HoldsAsync(what, () => Task.FromResult(holds()));
}
