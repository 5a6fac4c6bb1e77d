namespace Ledger.Core.Rulesets;

/// <summary>One parameter that two rulesets disagree on.</summary>
/// <param name="Path">JSON path.</param>
/// <param name="Before">JSON text of the value in the first.</param>
/// <param name="After">JSON text of the value in the second.</param>
public sealed record RulesetChange(string Path, string Before, string After);

/// <summary>Compares rulesets field by field.</summary>
public static class RulesetDiff
{
    /// <summary>The differences in path order.</summary>
    public static IReadOnlyList<RulesetChange> Between(Ruleset before, Ruleset after)
    {
        List<RulesetChange> changes = [];
        Compare("$", RulesetLister.List(before), RulesetLister.List(after), changes);
        return changes;
    }

    private static void Compare(string path, SortedDictionary<string, object> before, SortedDictionary<string, object> after, List<RulesetChange> changes)
    {
        foreach ((string name, object old) in before)
        {
            string at = $"{path}.{name}";
            if (old is SortedDictionary<string, object> section) Compare(at, section, (SortedDictionary<string, object>)after[name], changes);
            else if (!old.Equals(after[name])) changes.Add(new RulesetChange(at, (string)old, (string)after[name]));
        }
    }
}
