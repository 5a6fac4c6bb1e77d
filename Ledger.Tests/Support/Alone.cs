using Xunit;

namespace Ledger.Tests.Support;

/// <summary>Tests that measure the whole process, such as its memory, and so run while no other test does.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class Alone
{
    public const string Name = "alone";
}
