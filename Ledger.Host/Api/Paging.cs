using System.Globalization;
using System.Text;
using System.Text.Unicode;
using Ledger.Core.Time;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;

namespace Ledger.Host.Api;

/// <summary>Which page of a list is asked for: <c>limit</c>, and where the page before ended as its opaque <c>cursor</c>.</summary>
/// <param name="After">The key of the last item before the page; empty for the first page.</param>
/// <param name="Limit">Items on the page at most, 1 to <see cref="LimitMax"/>.</param>
internal sealed record Paging(string After, int Limit)
{
    public const int LimitMax = 1_000;
    public const int LimitDefault = 100;

    /// <summary>Reads the query; the framework calls this.</summary>
    /// <exception cref="ApiProblemException"><c>limit-malformed</c> or <c>cursor-malformed</c>.</exception>
    public static ValueTask<Paging?> BindAsync(HttpContext context)
    {
        string? limit = context.Request.Query["limit"], cursor = context.Request.Query["cursor"];
        return ValueTask.FromResult<Paging?>(new Paging(string.IsNullOrEmpty(cursor) ? "" : Decode(cursor), string.IsNullOrEmpty(limit) ? LimitDefault : LimitOf(limit)));
    }

    /// <summary>The key as a number; <paramref name="first"/> on the first page.</summary>
    public long Number(long first) => After.Length == 0 ? first : NumberOf(After);

    /// <summary>The key as two numbers, or null on the first page.</summary>
    public (long First, long Second)? Numbers()
    {
        if (After.Length == 0) return null;
        string[] parts = After.Split('.');
        return parts.Length == 2 ? (NumberOf(parts[0]), NumberOf(parts[1])) : throw Malformed();
    }

    /// <summary>A page of rows: one more than the limit was read, so that the last page says that it is the last.</summary>
    /// <param name="rows">Up to <see cref="Limit"/> + 1 rows.</param>
    /// <param name="key">Where a row stands.</param>
    /// <param name="answer">How a row is answered.</param>
    public object Page<T>(IReadOnlyList<T> rows, Func<T, string> key, Func<T, object> answer)
    {
        bool more = rows.Count > Limit;
        return new
        {
            items = rows.Take(Limit).Select(answer),
            next = more ? WebEncoders.Base64UrlEncode(Encoding.UTF8.GetBytes(key(rows[Limit - 1]))) : null,
        };
    }

    /// <summary>A key that is a day's number.</summary>
    public static Day Day(long number) => number is >= 0 and <= int.MaxValue && Core.Time.Day.TryFromNumber((int)number, out Day day) ? day : throw Malformed();

    private static int LimitOf(string text) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int limit) && limit is >= 1 and <= LimitMax
        ? limit
        : throw new ApiProblemException(Problems.Malformed("limit-malformed", $"limit is a number from 1 to {LimitMax}"));

    private static long NumberOf(string text) => long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long number) ? number : throw Malformed();

    private static string Decode(string cursor)
    {
        try
        {
            byte[] bytes = WebEncoders.Base64UrlDecode(cursor);
            return Utf8.IsValid(bytes) ? Encoding.UTF8.GetString(bytes) : throw Malformed();
        }
        catch (FormatException)
        {
            throw Malformed();
        }
    }

    private static ApiProblemException Malformed() => new(Problems.Malformed("cursor-malformed", "the cursor is none of this list's; take 'next' of the page before as it is"));
}
