using System.Globalization;
using System.Text;

namespace Ledger.Host.Cli;

/// <summary>Makes text of strangers safe to show: a terminal must not take an id for a command, nor a reader one id for another.</summary>
internal static class PlainText
{
    /// <summary>Writes controls, line separators and invisible formatting characters as <c>\uXXXX</c>.</summary>
    public static string Of(string text)
    {
        if (!text.Any(IsHidden)) return text;
        StringBuilder safe = new(text.Length + 16);
        foreach (char c in text)
        {
            if (IsHidden(c)) safe.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}");
            else safe.Append(c);
        }

        return safe.ToString();
    }

    private static bool IsHidden(char c) => char.IsControl(c)
        || char.GetUnicodeCategory(c) is UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator;
}
