using Xunit;
using Xunit.Abstractions;

[assembly: TestCollectionOrderer("Ledger.Tests.Support.LongestFirst", "Ledger.Tests")]

namespace Ledger.Tests.Support;

/// <summary>A class that takes a minute or more, most of it waiting: it begins first, so that nothing waits for it at the end.</summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class TakesMinutesAttribute : Attribute;

/// <summary>Begins classes that take minutes before all others; the rest in order of their names, the same in every run.</summary>
public sealed class LongestFirst : ITestCollectionOrderer
{
    private static readonly HashSet<string> Long =
        [.. typeof(LongestFirst).Assembly.GetTypes().Where(type => type.IsDefined(typeof(TakesMinutesAttribute), false)).Select(type => type.FullName!)];

    public IEnumerable<ITestCollection> OrderTestCollections(IEnumerable<ITestCollection> testCollections) =>
        testCollections.OrderBy(collection => Long.Contains(collection.DisplayName[(collection.DisplayName.LastIndexOf(' ') + 1)..]) ? 0 : 1).ThenBy(collection => collection.DisplayName, StringComparer.Ordinal);
}
