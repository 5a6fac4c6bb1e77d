using Ledger.Core.Contributions;
using Ledger.Core.Rulesets;
using Ledger.Core.Time;

namespace Ledger.Core.Payouts;

/// <summary>Creators' posts by category over the trailing windows: what vertical strength is measured on.</summary>
internal sealed class CategoryHistory(ContributionSheet sheet, Day window)
{
    private readonly Dictionary<string, ulong> _posts = new(StringComparer.Ordinal);
    private int _next;

    /// <summary>Drops what is older than the trailing windows and adds this window's rows. Sheet rows must come in ascending order.</summary>
    /// <param name="old">The creator's history before.</param>
    /// <param name="row">The creator's row in the sheet, or −1.</param>
    internal CategoryPosts[] Extend(CategoryPosts[] old, int row)
    {
        int expired = 0;
        while (expired < old.Length && old[expired].Window <= window.Number - PocRules.VerticalWindows) expired++;
        int first = _next;
        if (row >= 0)
        {
            while (first < sheet.CategoryCreatorIndex.Length && sheet.CategoryCreatorIndex[first] < row) first++;
            _next = first;
            while (_next < sheet.CategoryCreatorIndex.Length && sheet.CategoryCreatorIndex[_next] == row) _next++;
        }

        int added = _next - first;
        if (expired == 0 && added == 0) return old;
        CategoryPosts[] history = new CategoryPosts[old.Length - expired + added];
        old.AsSpan(expired).CopyTo(history);
        for (int i = 0; i < added; i++)
            history[old.Length - expired + i] = new CategoryPosts(window.Number, sheet.Category[first + i], sheet.CategoryPosts[first + i]);
        return history;
    }

    /// <summary>Posts in the largest category, and in all.</summary>
    internal (ulong Top, ulong All) Concentration(CategoryPosts[] history)
    {
        if (history.Length == 1) return (history[0].Posts, history[0].Posts);
        _posts.Clear();
        ulong top = 0, all = 0;
        foreach (CategoryPosts posts in history)
        {
            ulong sum = _posts.GetValueOrDefault(posts.Category) + posts.Posts;
            _posts[posts.Category] = sum;
            top = Math.Max(top, sum);
            all += posts.Posts;
        }

        return (top, all);
    }
}
