using Ledger.Core.Events;
using Ledger.Core.Identity;
using Ledger.Core.Quantities;
using Ledger.Core.Rulesets;
using Ledger.Tests.Support;
using Xunit;

namespace Ledger.Tests.Accounting;

/// <summary>The payment examples of <c>specs/rules.md</c>, recomputed through the books.</summary>
public sealed class PaymentPageTests
{
    [Fact]
    public void Payment()
    {
        foreach (IReadOnlyDictionary<string, string> row in SpecTables.Read("rules.md", "Worked example: payment"))
        {
            Ruleset ruleset = Ruleset.Default with
            {
                Fees = Ruleset.Default.Fees with { Tip = BasisPoints.From(int.Parse(row["fee bps"])) },
                Promoter = new PromoterRules { ShareMax = BasisPoints.From(BasisPoints.Whole) },
            };
            Books books = new(ruleset);
            books.Do(new PromoterShareSet(new SpaceId("ann-space"), uint.Parse(row["promoter bps"])));
            books.Do(new WindowOpened(Books.Today, default));
            books.Do(new ShareVisited(new AccountId("dan"), new ContentId("ann-video"), new AccountId("cat")));
            TokenAmount ann = books.Available("ann"), dan = books.Available("dan");
            books.Tip("cat", "ann-space", TokenAmount.TryParse(row["amount"], out TokenAmount amount) ? amount : default);

            Assert.Equal(
                (row["platform"], row["promoter"], row["provider"]),
                (books.Revenue.ToString(), (books.Available("dan") - dan).ToString(), (books.Available("ann") - ann).ToString()));
        }
    }
}
