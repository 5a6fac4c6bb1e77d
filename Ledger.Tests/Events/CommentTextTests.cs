using Ledger.Core.Events;
using Ledger.Tests.Support;
using Xunit;

namespace Ledger.Tests.Events;

/// <summary>Comments that read the same have one digest; letters are what a person would count.</summary>
public sealed class CommentTextTests
{
    [Fact]
    public void The_examples_on_the_page_hold()
    {
        foreach (IReadOnlyDictionary<string, string> row in SpecTables.Read("events.md", "Examples of comment texts"))
        {
            string text = row["text"].Replace("·", " ");
            Assert.Equal(row["letters"], CommentText.Letters(text).ToString());
            Assert.Equal(row["textDigest"], CommentText.Digest(text).ToString());
        }
    }

    [Theory]
    [InlineData(" Nice\t\nVideo ", "nice video")]
    [InlineData("ÉTÉ", "été")]
    [InlineData("좋아요  ", "좋아요")]
    public void White_space_and_case_do_not_tell_comments_apart(string left, string right) =>
        Assert.Equal(CommentText.Digest(left), CommentText.Digest(right));

    [Fact]
    public void Letters_stop_at_the_cap() => Assert.Equal(CommentText.LettersMax, CommentText.Letters(new string('x', 10_000)));

    [Fact]
    public void The_digest_fits_its_56_bits() => Assert.All(Enumerable.Range(0, 1000), i => Assert.True(CommentText.Digest(i.ToString()) <= CommentText.DigestMax));
}
