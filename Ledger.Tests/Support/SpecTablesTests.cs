using Xunit;

namespace Ledger.Tests.Support;

/// <summary>The reader of worked examples gives every row as written, and never takes a broken table for an empty one.</summary>
public sealed class SpecTablesTests
{
    private const string Page = """
        # Rounding

        Words before.

        | share | of 10 | note |
        | :--- | ---: | --- |
        | `1/3` | 3 | a \| b |
        | 2/3 | 6 |  |

        ## Empty

        ```
        # Rounding
        | not | a table |
        ```
        """;

    [Fact]
    public void Rows_are_keyed_by_column_name_and_unquoted()
    {
        var rows = SpecTables.Parse(Page, "page.md", "Rounding");

        Assert.Equal(2, rows.Count);
        Assert.Equal("1/3", rows[0]["share"]);
        Assert.Equal("3", rows[0]["of 10"]);
        Assert.Equal("a | b", rows[0]["note"]);
        Assert.Equal("", rows[1]["note"]);
    }

    [Theory]
    [InlineData("# T\n| a |\n| --- |\n", "no table")]
    [InlineData("# T\n| a |\n| b |\n| c |\n", "delimiter")]
    [InlineData("# T\n| a | a |\n| --- | --- |\n| 1 | 2 |\n", "distinct")]
    [InlineData("# T\n| a | b |\n| --- | --- |\n| 1 |\n", "1 cells")]
    [InlineData("# T\n| a |\n| - |\n| 1 |\n\n| b |\n| - |\n| 2 |\n", "more than one")]
    [InlineData("# T\n| a |\n| - |\n| 1 |\n# T\n", "occurs 2 times")]
    [InlineData("# U\n| a |\n| - |\n| 1 |\n", "occurs 0 times")]
    public void A_table_that_cannot_be_read_is_an_error(string markdown, string reason)
    {
        var error = Assert.Throws<FormatException>(() => SpecTables.Parse(markdown, "page.md", "T"));
        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_table_inside_fenced_code_is_not_read() =>
        Assert.Throws<FormatException>(() => SpecTables.Parse(Page, "page.md", "Empty"));
}
