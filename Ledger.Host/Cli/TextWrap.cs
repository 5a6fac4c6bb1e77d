namespace Ledger.Host.Cli;

/// <summary>Breaks text between words.</summary>
internal static class TextWrap
{
    /// <summary>Lines of at most <paramref name="width"/> characters; a word that is longer has a line of its own and stays whole.</summary>
    public static IEnumerable<string> Lines(string text, int width)
    {
        foreach (string paragraph in text.Split('\n'))
        {
            int start = 0;
            while (paragraph.Length - start > width)
            {
                int at = paragraph.LastIndexOf(' ', start + width, width);
                if (at <= start) at = paragraph.IndexOf(' ', start + 1);
                if (at < 0) break;
                yield return paragraph[start..at];
                start = at + 1;
            }

            yield return paragraph[start..];
        }
    }
}
